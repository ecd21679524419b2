import { refusalTexts } from '../../../contracts/refusal-texts.ts'
import type { DensityClass } from '../../../contracts/verdict.ts'
import { escapeText } from '../../../figures/svg.ts'
import type { Answer } from '../../../statistics/answer.ts'
import type { Estimate } from '../../../statistics/intervals/interval.ts'
import { severityClasses } from '../../../statistics/severity/severity-cells.ts'
import type { PackageEvaluation } from '../package-evaluation.ts'
import { countReasons } from '../run-evaluation.ts'
import type { EvaluationTables, UnitTable } from '../tabulate.ts'
import { ceilingText, measureNames, measures } from './summary-text.ts'

const percent = (value: number): string => (100 * value).toFixed(1)

const cellOf = (given: Answer<Estimate>): string => {
  if (given.kind === 'no-answer') return `<td>no answer<span class="range">${given.reason}</span></td>`
  const { estimate, low, high } = given.value
  return `<td>${percent(estimate)}<span class="range">${percent(low)} – ${percent(high)}</span></td>`
}

/** The study's table for a set of hips. */
export const classTable = (unit: UnitTable, found: PackageEvaluation): string => {
  const head = measures.map((name) => `<th>${measureNames[name]} %</th>`).join('')
  const best = (name: DensityClass): string[] => ceilingText(found, name).map((text) => `<td>${text}</td>`)
  const rows = severityClasses.map((name) => {
    const table = unit.classes[name]
    const cells = [...measures.map((measure) => cellOf(table[measure])), ...best(name)]
    return `<tr><th>${name}</th><td>${table.hips}</td>${cells.join('')}</tr>`
  })
  const ceilingHead = best('normal').map(() => '<th>AUC ceiling %</th>')
  return `<table><tr><th>class</th><th>hips</th>${head}${ceilingHead.join('')}</tr>${rows.join('')}
<tr><th>all classes</th><td>${unit.hips}</td><td colspan="${5 + ceilingHead.length}">accuracy ${accuracyText(unit.accuracy)}</td></tr></table>`
}

const accuracyText = (given: Answer<Estimate>): string => {
  if (given.kind === 'no-answer') return 'no answer'
  const { estimate, low, high } = given.value
  return `<b>${percent(estimate)} %</b> (${percent(low)} – ${percent(high)})`
}

const outOfHundred = (given: Answer<Estimate>): string => {
  if (given.kind === 'no-answer') return 'an unknown number'
  const whole = (value: number): string => (100 * value).toFixed(0)
  const { estimate, low, high } = given.value
  return `<b>${whole(estimate)}</b> (${whole(low)} to ${whole(high)})`
}

/** Which classes are hard to tell apart: AUC of each against each. */
export const pairwiseTable = ({ pairwise }: EvaluationTables): string => {
  if (pairwise.kind === 'no-answer') return ''
  const head = severityClasses.map((name) => `<th>from ${name}</th>`).join('')
  const rows = severityClasses.map((name, k) => {
    const cells = (pairwise.value[k] ?? []).map((area, j) => `<td>${j === k ? '' : percent(area)}</td>`)
    return `<tr><th>${name}</th>${cells.join('')}</tr>`
  })
  return `<h3>Telling two classes apart, AUC %</h3><table><tr><th></th>${head}</tr>${rows.join('')}</table>
<p class="quiet">By the chance of the class on the left. These figures do not move with the shares of the classes.</p>`
}

/** A sentence with a capital letter and a full stop. */
export const sentence = (text: string): string =>
  escapeText(`${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`)

/** The table in words, for osteoporosis, with people as they came to this set. */
export const inBrief = (unit: UnitTable): string => {
  const { sensitivity, specificity, ppv, npv } = unit.classes.osteoporosis
  return `<div class="brief"><p>Of 100 people who have osteoporosis, the package finds ${outOfHundred(sensitivity)};
of 100 who do not, it calls ${outOfHundred(specificity)} free of it.</p>
<p>Of 100 people it calls osteoporotic, ${outOfHundred(ppv)} are; of 100 it calls free of osteoporosis, ${outOfHundred(npv)} are.
The last two numbers hold for a population with as much osteoporosis as this set and for no other.</p></div>`
}

const adviceOf = (reason: string): string =>
  Object.entries(refusalTexts.en.texts).find(([name]) => name === reason)?.[1].why ?? ''

/** What is in no table, and why; each film by its name. */
export const leftOut = ({ evaluation, unlabelled }: PackageEvaluation): string => {
  const { rejected, excluded, films } = evaluation
  const counts = [...countReasons(rejected), ...countReasons(excluded)]
  const rows = counts.map(
    ([reason, count]) =>
      `<tr><td><code>${reason}</code></td><td>${count}</td><td>${escapeText(adviceOf(reason))}</td></tr>`,
  )
  const entries = [
    ...rejected.map(({ file, reason, detail }) => `${file}: ${reason}, ${detail}`),
    ...excluded.map(
      ({ file, side, reason }) => `${file}${side === undefined ? '' : `, ${side} hip`}: ${reason}`,
    ),
  ]
  const list = `<details><summary>each of them</summary><ul>${entries.map((entry) => `<li>${escapeText(entry)}</li>`).join('')}</ul></details>`
  return `<p>${rejected.length} of ${films} labelled films were rejected by the gate and ${excluded.length} hips of the others were
excluded${unlabelled.length === 0 ? '' : `; ${unlabelled.length} files without a label were not read`}. They count neither as right nor as wrong.</p>
${entries.length === 0 ? '' : `<table><tr><th>reason</th><th>number</th><th>meaning</th></tr>${rows.join('')}</table>${list}`}`
}
