import { basename, resolve } from 'node:path'
import { nameOf } from '../../../figures/figure-text.ts'
import { escapeText } from '../../../figures/svg.ts'
import { identityOf } from '../../packages/model-manifest.ts'
import type { PackageEvaluation } from '../package-evaluation.ts'
import { agreementPlot } from './agreement-plot.ts'
import { comparisonNotes, modelRows, pairRows } from './comparison-tables.ts'
import { confusionPlot } from './confusion-plot.ts'
import { classCurves, precisionRecallPlot, rocPlot } from './curve-plots.ts'
import { exampleRows } from './example-figures.ts'
import { pageStyle } from './page-style.ts'
import { reliabilityPlot } from './reliability-plot.ts'
import { classTable, inBrief, leftOut, pairwiseTable, sentence } from './report-text.ts'
import { ceilingNotes, domainNotes } from './summary-text.ts'

const domainTitles = { synthetic: 'Simulated films', real: 'Real films' } as const

const setText = {
  internal: 'people of the hospital whose films the package learned from, but not those people',
  external: 'people of clinics that the package has not seen',
} as const

const notice = (found: PackageEvaluation): string =>
  `<div class="notice"><p><strong>${domainTitles[found.domain]}. Research use; not a medical device.</strong></p>
${[domainNotes[found.domain], ...ceilingNotes(found)].map((note) => `<p>${sentence(note)}</p>`).join('\n')}</div>`

const plainTable = ([head = [], ...rows]: readonly (readonly string[])[]): string =>
  `<table><tr>${head.map((cell) => `<th>${escapeText(cell)}</th>`).join('')}</tr>${rows
    .map(([name = '', ...cells]) => {
      const own = cells.map((cell) => `<td>${escapeText(cell)}</td>`).join('')
      return `<tr><th>${escapeText(name)}</th>${own}</tr>`
    })
    .join('')}</table>`

const comparison = (found: PackageEvaluation): string =>
  found.comparisons.length === 0
    ? ''
    : `<h2>Beside other packages</h2>${plainTable(modelRows(found))}${plainTable(pairRows(found))}
${comparisonNotes(found)
  .map((note) => `<p class="quiet">${sentence(note)}</p>`)
  .join('\n')}
`

const calibrationText = ({ tables }: PackageEvaluation): string => {
  const errors = Object.entries(tables.calibration).map(([name, found]) =>
    found.kind === 'no-answer'
      ? `${name}: no answer`
      : `${name} ${(100 * found.value.expectedError).toFixed(1)}`,
  )
  return `<p class="quiet">Mean gap between chance and outcome (expected calibration error), in percentage points: ${errors.join(', ')}.
Ten bins of equal size; even a perfect package shows a gap of a few points in a small set.</p>`
}

const agreement = ({ tables, evaluation }: PackageEvaluation): string => {
  const found = tables.tScore
  if (found === undefined)
    return '<p>Either the package does not estimate the T-score, or the labels do not have it.</p>'
  if (found.kind === 'no-answer') return `<p>No answer: ${found.detail}.</p>`
  const { meanAbsoluteDifference, slope, spread, films, persons } = found.value
  return `<div class="wide">${agreementPlot(evaluation.hips, found.value)}</div>
<p class="quiet">${films} hips of ${persons} people. Mean absolute difference ${meanAbsoluteDifference.toFixed(2)}, standard deviation
${spread.toFixed(2)}; the difference changes by ${slope.toFixed(2).replace('-', '−')} for each unit of T.</p>`
}

const limits = ({ domain, tables }: PackageEvaluation): string => `<ul>
<li>${sentence(domainNotes[domain])}</li>
<li>Intervals are 95 % and treat two hips of a person as one cluster; they do not cover a change of device, positioning or population.</li>
<li>Predictive values, specificity, AUC and accuracy move with the shares of the classes without any change of the package: between
sets, compare the columns of the matrices and the AUCs of two classes.</li>
<li>Films that the gate rejects are in no figure. Fractures and implants are not missing at random.</li>
<li>The classes are those of one hip (WHO 1994). A diagnosis takes the lowest T-score of several sites and the person's history.</li>
<li>${tables.perVote.hips} votes: the left hip of a person's first film, or the right one. Prevalence counts votes.</li>
<li>This page holds regions of films. Keep it where the films may be kept.</li></ul>`

const provenance = (found: PackageEvaluation): string => {
  const { manifest, finder, data } = found
  const identity = identityOf(manifest)
  const rows = [
    [
      'package',
      `${manifest.name}@${manifest.version}, ${manifest.architecture}, trained on ${manifest.domain} films`,
    ],
    ['hip finder', `${finder.name}@${finder.version}`],
    ['weights', identity.weightsDigest],
    ['preprocessing', identity.preprocessingDigest],
    [
      'decision rule',
      `${identity.thresholdsDigest}: osteoporosis from ${manifest.thresholds.t1.toFixed(3)}, osteopenia or worse from ${manifest.thresholds.t2.toFixed(3)}, temperature ${manifest.temperature.toFixed(3)}`,
    ],
    ['folder', basename(resolve(data))],
  ]
  return `<table>${rows.map(([name = '', text = '']) => `<tr><th>${name}</th><td><code>${escapeText(text)}</code></td></tr>`).join('')}</table>`
}

/** The report of an evaluation as one page without any other file. */
export const writePage = async (found: PackageEvaluation): Promise<string> => {
  const { manifest, set, tables, evaluation, examples } = found
  const { perHip, perVote } = tables
  const curves = classCurves(evaluation.hips)
  const title = escapeText(`${nameOf(manifest)}, ${set} set`)
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title}</title><style>${pageStyle}</style></head><body>
<h1>How well ${escapeText(manifest.name)} reads bone density from hip X-rays</h1>
<p class="quiet">${title}: ${perHip.hips} hips of ${perHip.persons} people; ${setText[set]}</p>
${notice(found)}
<h2>In brief</h2>${inBrief(perVote)}
<h2>The table, hip by hip</h2>${classTable(perHip, found)}
<p class="quiet">95 % intervals beneath. Each class against the other two; the thresholds are those of the package.</p>
<h2>One vote for each person</h2>${classTable(perVote, found)}
${comparison(found)}<h2>What was called what</h2>
<div class="plots">${confusionPlot('All hips', perHip)}${confusionPlot('One vote for each person', perVote)}</div>
<h2>Other thresholds</h2>
<div class="plots">${rocPlot(curves)}${precisionRecallPlot(curves)}</div>${pairwiseTable(tables)}
<h2>Chances</h2>
<div class="plots">${reliabilityPlot(tables)}</div>${calibrationText(found)}
<h2>T-score</h2>${agreement(found)}
<h2>What the package saw</h2>
<p>The regions exactly as the package gets them; right hips are mirrored. Of each class up to three right calls drawn by lot (full
frame) and the up to three wrong calls of which the package was surest (dashed frame). In blue what the finder takes for the head and the
landmarks of the femur, the fainter the less sure.</p>
${await exampleRows(examples)}
<h2>What is in no table</h2>${leftOut(found)}
<h2>Limits</h2>${limits(found)}
<h2>Where it comes from</h2>${provenance(found)}
</body></html>
`
}
