import { type Answer, answer, noAnswer } from '../answer.ts'
import { benjaminiHochberg } from '../intervals/false-discovery.ts'

/** The four things that may be said of a change. */
export const changeVerdicts = ['population-compatible', 'imaging', 'pipeline', 'undetermined'] as const

/** One of the four verdicts on a change. */
export type ChangeVerdict = (typeof changeVerdicts)[number]

/** Whether an independent check moved; `untested` is never read as steady. */
export type CheckState = 'steady' | 'moved' | 'untested'

/** A control that the population must not move (exposure, noise, kVp, background grey, …), tested live against baseline. */
export type ImagingControl = { readonly name: string; readonly p: number }

/** All that is known of a change. */
export type ChangeEvidence = {
  /** p that the score distribution is that of the reference (χ² or PSI with its null). */
  readonly changeP: number
  /** p of the residual test of drift attribution, severity left free. */
  readonly residualP: number
  /** Tests of what the population must not move; none means untested. */
  readonly imagingControls: readonly ImagingControl[]
  /** Software version, detector or kVp setting, compared as texts. */
  readonly softwareVersion: CheckState
  /** Canary films: fixed films that see the pipeline only. */
  readonly canaries: CheckState
  /** Digests of weights, preprocessing, thresholds against the card's. */
  readonly digests: CheckState
  /** p that one maker or clinic differs from the others in the residual; missing where there is only one. */
  readonly oneMakerP?: number
  /** Audit labels: `steady` where the confusion matrix of labelled live films fits the card's. */
  readonly auditLabels: CheckState
  /** Error rate of each test (.05). */
  readonly alpha?: number
}

/** The verdict, the sentence to print with it, and what it rests on. */
export type JudgedChange = {
  readonly verdict: ChangeVerdict
  /** Always printed with the verdict. */
  readonly statement: string
  /** The checks that spoke, by name. */
  readonly moved: readonly string[]
  readonly steady: readonly string[]
  readonly untested: readonly string[]
}

type Findings = { moved: string[]; steady: string[]; untested: string[] }

const say = (findings: Findings, name: string, state: CheckState): void => {
  findings[state].push(name)
}

const gather = (evidence: ChangeEvidence, alpha: number): { findings: Findings; imaging: string[] } => {
  const findings: Findings = { moved: [], steady: [], untested: [] }
  const imaging: string[] = []
  const adjusted = benjaminiHochberg(
    evidence.imagingControls.map(({ p }) => p),
    alpha,
  )
  evidence.imagingControls.forEach(({ name }, i) => {
    const discovered = adjusted.kind === 'answer' && adjusted.value.discovered[i] === true
    say(findings, name, discovered ? 'moved' : 'steady')
    if (discovered) imaging.push(name)
  })
  if (evidence.imagingControls.length === 0) findings.untested.push('imaging controls')
  say(findings, 'software version', evidence.softwareVersion)
  if (evidence.softwareVersion === 'moved') imaging.push('software version')
  say(findings, 'canary films', evidence.canaries)
  say(findings, 'digests', evidence.digests)
  say(findings, 'audit labels', evidence.auditLabels)
  return { findings, imaging }
}

const listed = (names: readonly string[]): string => (names.length > 0 ? names.join(', ') : 'none')

const caveatOf = (findings: Findings): string =>
  `has the shape of a population change; a uniform imaging shift would look the same; independent checks: steady: ${listed(
    findings.steady,
  )}; moved: ${listed(findings.moved)}; not tested: ${listed(findings.untested)}`

const decide = (evidence: ChangeEvidence, alpha: number): JudgedChange => {
  const { findings, imaging } = gather(evidence, alpha)
  const conclude = (verdict: ChangeVerdict, statement: string): JudgedChange => ({
    verdict,
    statement,
    ...findings,
  })
  if (evidence.canaries === 'moved' || evidence.digests === 'moved')
    return conclude('pipeline', 'films that never change are read differently, or the package is another one')
  if (imaging.length > 0)
    return conclude('imaging', `moved although the population cannot move it: ${listed(imaging)}`)
  const unexplained = evidence.residualP < alpha
  if (unexplained && evidence.oneMakerP !== undefined && evidence.oneMakerP < alpha)
    return conclude(
      'imaging',
      'no population explains the change, and it is one maker or clinic that differs',
    )
  if (unexplained)
    return conclude('undetermined', 'no population explains the change, and no independent check moved')
  if (evidence.auditLabels === 'moved')
    return conclude('undetermined', `labels contradict the card although the change ${caveatOf(findings)}`)
  // Silence of the residual test says nothing of a uniform shift: only independent checks that were made can.
  const checked = evidence.imagingControls.length > 0 && evidence.canaries === 'steady'
  if (!checked || evidence.softwareVersion === 'untested')
    return conclude('undetermined', `independent checks are missing: the change ${caveatOf(findings)}`)
  return conclude('population-compatible', caveatOf(findings))
}

/**
 * Judges a change from the evidence. A uniform scanner shift looks exactly like a change in prevalence, so
 * `population-compatible` needs imaging controls, software version and canaries that were tested and held still, and
 * even then carries the caveat; nothing tested gives `undetermined`.
 * No answer: invalid-input (p outside [0, 1]), uninformative (no change to explain, changeP ≥ α and every check silent).
 */
export const judgeChange = (evidence: ChangeEvidence): Answer<JudgedChange> => {
  const alpha = evidence.alpha ?? 0.05
  const ps = [
    evidence.changeP,
    evidence.residualP,
    ...(evidence.oneMakerP === undefined ? [] : [evidence.oneMakerP]),
    ...evidence.imagingControls.map(({ p }) => p),
  ]
  if (ps.some((p) => !(p >= 0 && p <= 1))) return noAnswer('invalid-input', 'p outside [0, 1]')
  const judged = decide(evidence, alpha)
  if (evidence.changeP >= alpha && evidence.residualP >= alpha && judged.moved.length === 0)
    return noAnswer('uninformative', 'no change to explain')
  return answer(judged)
}
