import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { describe, test } from 'node:test'
import { baselineCardSchema, cardClasses } from '../../../src/contracts/baseline-card.ts'
import { cardText, makeCard } from '../../../src/inference/evaluation/make-card.ts'
import type { EvaluatedHip } from '../../../src/inference/evaluation/run-evaluation.ts'
import { tabulate } from '../../../src/inference/evaluation/tabulate.ts'
import {
  classifierManifestSchema,
  finderIdentityOf,
  finderManifestSchema,
  identityOf,
} from '../../../src/inference/packages/model-manifest.ts'
import { openModelPackage } from '../../../src/inference/packages/model-package.ts'
import { createClassDrift } from '../../../src/statistics/drift/class-drift.ts'
import { total } from '../../../src/statistics/inputs/counts.ts'
import { countScores } from '../../../src/statistics/inputs/score-bins.ts'
import { createRandom } from '../../../src/statistics/maths/random.ts'
import { columnTotals } from '../../../src/statistics/prevalence/confusion-matrix.ts'
import { severityClasses } from '../../../src/statistics/severity/severity-cells.ts'
import { severityPrevalence } from '../../../src/statistics/severity/severity-prevalence.ts'
import { close, valueOf } from '../../statistics/expect-answer.ts'
import { population } from './evaluated-hips.ts'

const models = resolve(import.meta.dirname, '..', '..', '..', 'models')
const opened = await openModelPackage(resolve(models, 'vit', '1.1.0'))
const manifest = classifierManifestSchema.parse(opened.manifest)
const finder = finderManifestSchema.parse(
  (await openModelPackage(resolve(models, 'hip-finder', '1.3.0'))).manifest,
)

const cardOf = (hips: readonly EvaluatedHip[], given = manifest) =>
  makeCard({
    manifest: given,
    finder,
    set: 'external',
    domain: 'synthetic',
    labels: hips,
    hips,
    tables: tabulate(hips),
  })

describe('the cards of the shipped packages', () => {
  for (const name of ['vit', 'resnet50', 'inception-v3'])
    test(`${name} has one for exactly its digests, of simulated films of eight clinics`, async () => {
      const folder = resolve(models, name, '1.1.0')
      const { manifest: own } = await openModelPackage(folder)
      const card = baselineCardSchema.parse(JSON.parse(await readFile(resolve(folder, 'card.json'), 'utf8')))
      assert.deepEqual(card.model, identityOf(classifierManifestSchema.parse(own)))
      assert.equal(card.finder.digest, finderIdentityOf(finder).digest)
      assert.deepEqual([card.domain, card.set, card.sites.length], ['synthetic', 'external', 8])
      assert.equal(card.severity.kind, 'card')
    })
})

describe('baseline card', () => {
  const hips = population(400, 5)

  test('is keyed to the digests of the package, and changes with its decision rule', () => {
    const card = cardOf(hips)
    assert.deepEqual(card.model, identityOf(manifest))
    const moved = { ...manifest, thresholds: { ...manifest.thresholds, t1: 0.5 } }
    assert.notEqual(cardOf(hips, moved).model.thresholdsDigest, card.model.thresholdsDigest)
    assert.deepEqual(cardClasses, severityClasses)
  })

  test('has the same bytes whatever the order of the hips, and others with another label', () => {
    const text = cardText(cardOf(hips))
    assert.equal(cardText(cardOf(hips.toReversed())), text)
    const changed = hips.map((hip, i) => (i === 0 ? { ...hip, tScore: (hip.tScore ?? 0) - 0.001 } : hip))
    assert.notEqual(cardText(cardOf(changed)), text)
  })

  test('counts the votes of each clinic, sex and age band, and the controls of their films', () => {
    const noise = (at: number) => ({
      softTissueLevel: at,
      backgroundLevel: 0,
      noise: 2,
      entropy: 5,
      exposedShare: 0.5,
    })
    const known = hips.map((hip, i) => ({
      ...hip,
      clinic: `clinic-${1 + (Math.floor(i / 2) % 2)}`,
      sex: 'F' as const,
      age: 61,
      statistics: noise(Math.floor(i / 2)),
    }))
    const card = cardOf(known)
    assert.deepEqual(
      card.sites.map(({ site, confusion }) => [site, total(confusion.flat())]),
      [
        ['clinic-1', 200],
        ['clinic-2', 200],
      ],
    )
    assert.deepEqual(
      card.strata.map(({ sex, ageBand, confusion }) => [sex, ageBand, total(confusion.flat())]),
      [['F', '60-64', 400]],
    )
    const [softTissue] = card.controls
    assert.deepEqual([softTissue?.name, softTissue?.films, softTissue?.mean], ['softTissueLevel', 400, 199.5])
    assert.equal(cardText(cardOf(known.toReversed())), cardText(card))
    const { sites, strata, controls } = cardOf(hips)
    assert.deepEqual([sites, strata, controls], [[], [], []], 'labels that say none have none')
  })

  test('corrects prevalence in another population after a round trip through its file', () => {
    const { kind, ...severity } = JSON.parse(cardText(cardOf(hips))).severity
    assert.equal(kind, 'card')
    const live = population(600, 8).filter((hip) => hip.side === 'left')
    const counts = countScores(
      severity.edges,
      live.map((hip) => hip.reading.severity),
    )
    const found = valueOf(
      severityPrevalence({
        card: severity,
        site: 'synthetic',
        live: counts,
        draws: 40,
        random: createRandom(1),
      }),
    )
    const truth = live.filter((hip) => hip.densityClass === 'osteoporosis').length / live.length
    const [osteoporosis] = found.classes
    assert.ok(
      osteoporosis && Math.abs(osteoporosis.estimate - truth) < 0.04,
      `${osteoporosis?.estimate} ${truth}`,
    )
  })

  test('has a calibrator that makes chances come true, judged on people it was not fitted to', () => {
    const { calibrator } = cardOf(hips)
    assert.ok(calibrator.kind === 'temperature')
    assert.equal(calibrator.people, 400)
    assert.equal(calibrator.foldTemperatures.length, 5)
    for (const fold of calibrator.foldTemperatures) close(fold, calibrator.temperature, 0.15)
    // The chances of these readings are .8 whatever they read: the best temperature makes that the share of hits.
    const calls = hips.filter(({ side }) => side === 'left')
    const share = calls.filter((hip) => hip.reading.densityClass === hip.densityClass).length / calls.length
    const raised = [0.8, 0.1, 0.1].map((chance) => chance ** (1 / calibrator.temperature))
    close((raised[0] ?? 0) / total(raised), share, 0.001)
    assert.ok(calibrator.logLoss.crossFitted < calibrator.logLoss.asShipped)
  })

  test('says why there is no h(b | T) where labels have no T', () => {
    const card = cardOf(
      hips.map(
        (hip) => Object.fromEntries(Object.entries(hip).filter(([key]) => key !== 'tScore')) as EvaluatedHip,
      ),
    )
    assert.equal(card.severity.kind, 'no-answer')
    const { edges, classCounts } = card.scores
    assert.deepEqual(classCounts.map(total), columnTotals(card.confusion.perVote), 'each vote once')
    assert.ok(classCounts.every((counts) => counts.length === edges.length + 1))
    const drift = valueOf(createClassDrift(classCounts))
    const { hidden } = drift.fit(drift.reference)
    const osteoporosis = total(classCounts[0] ?? []) / drift.referencePeople
    assert.ok(Math.abs((hidden[0] ?? 0) - osteoporosis) < 0.02, 'drift can start from such a card')
  })
})
