import type { FilmWarning } from '../../contracts/reasons.ts'
import type { FindingOutcome, HipFinding } from '../../contracts/verdict.ts'
import { ok } from '../../runtime/outcome.ts'
import { disagreementOf } from '../classifiers/decide.ts'
import { onnxRuntimeVersion } from '../packages/onnx-version.ts'
import type { Step } from './pipeline.ts'
import type { ClassifiedFilm, ClassifiedHip } from './screening-types.ts'

/** The WHO classes hold for people of 50 and over: without that age a hip is scored, without a vote. */
const ageWarning = (event: ClassifiedFilm): FilmWarning[] => {
  const band = event.headers.ce_attributes.ageBand
  if (band === undefined) return ['AGE_MISSING']
  return band === '18-49' ? ['AGE_18_TO_49'] : []
}

const dateWarning = (event: ClassifiedFilm): FilmWarning[] => {
  const day = event.headers.ce_attributes.acquisitionDay
  if (day === undefined) return []
  // A day ahead of UTC is still today in some time zones.
  const latest = new Date(Date.parse(event.believedAt) + 24 * 3600 * 1000).toISOString().slice(0, 10)
  return day < '1990-01-01' || day > latest ? ['DATE_IMPLAUSIBLE'] : []
}

const findingOf = (hip: ClassifiedHip, hasVotingAge: boolean): HipFinding => {
  const disagreement = disagreementOf(hip.readings)
  return {
    side: hip.side,
    box: hip.box,
    regionScore: hip.regionScore,
    ...(hip.landmarks === undefined ? {} : { landmarks: hip.landmarks }),
    warnings: [...hip.warnings],
    eligible: hip.eligible && hasVotingAge,
    readings: [...hip.readings],
    ...(disagreement === undefined ? {} : { disagreement }),
  }
}

/** Puts the finding together. */
export const createConcludeFilm = (): Step<ClassifiedFilm, FindingOutcome> =>
  async function concludeFilm(event) {
    const ages = ageWarning(event)
    return ok({
      kind: 'finding',
      pixelHash: event.film.pixelHash,
      hips: event.hips.map((hip) => findingOf(hip, ages.length === 0)),
      warnings: [...event.film.warnings, ...ages, ...dateWarning(event)],
      statistics: event.film.statistics,
      finder: event.finder,
      provider: event.provider,
      runtimeVersion: onnxRuntimeVersion,
    })
  }
