import { type Answer, answer, noAnswer } from '../answer.ts'
import {
  aChance,
  aShare,
  aText,
  faultInInputs,
  fields,
  listOf,
  oneOf,
  optional,
} from '../inputs/input-rules.ts'
import {
  type ChangeEvidence,
  hearWitnesses,
  type Testimony,
  type Witness,
  type WitnessName,
} from './witnesses.ts'

/** The four things that may be said of a change. */
export const changeVerdicts = ['population-compatible', 'imaging', 'pipeline', 'undetermined'] as const

/** One of the four verdicts on a change. */
export type ChangeVerdict = (typeof changeVerdicts)[number]

/** What is said with every verdict: what scores alone cannot tell. */
export const changeCaveat =
  'older patients at a new clinic would explain it; a smooth change in imaging or model would look the same'

/** The verdict, the sentence to print with it, and everybody who was heard. */
export type JudgedChange = {
  readonly verdict: ChangeVerdict
  /** Always printed with the verdict; the caveat is in it. */
  readonly statement: string
  /** Every witness with what it says of "the imaging or the reading changed". */
  readonly witnesses: readonly Witness[]
  /** Names of those that spoke for it, of those that spoke against it, and of those that do not exist yet. */
  readonly moved: readonly string[]
  readonly steady: readonly string[]
  readonly untested: readonly string[]
}

/** Those who can decide about imaging, the strongest first; those who only support it; those who see the pipeline. */
const deciding: readonly WitnessName[] = ['DXA audit', 'same people', 'phantoms']
const supporting: readonly (readonly WitnessName[])[] = [
  ['announcement', 'software version'],
  ['one maker or clinic'],
  ['imaging controls'],
  ['residual test'],
]
const ofPipeline: readonly WitnessName[] = ['canary films', 'digests']

type Hearing = { readonly says: (name: WitnessName) => Testimony; readonly for: readonly WitnessName[] }

const namesOf = (names: readonly string[]): string => (names.length > 0 ? names.join(', ') : 'none')

const decide = ({ says, for: accusers }: Hearing): { verdict: ChangeVerdict; why: string } => {
  const pipeline = ofPipeline.filter((name) => says(name) === 'for')
  if (pipeline.length > 0)
    return {
      verdict: 'pipeline',
      why: `films that never change are read differently, or by another package (${namesOf(pipeline)})`,
    }
  const heard = deciding.filter((name) => says(name) !== 'does-not-exist-yet')
  const [strongest] = heard
  const moved = heard.filter((name) => says(name) === 'for')
  const support = supporting.filter((names) => names.some((name) => says(name) === 'for'))
  if (strongest !== undefined && says(strongest) === 'for') {
    return ofPipeline.some((name) => says(name) === 'against')
      ? { verdict: 'imaging', why: `the same density is read differently (${namesOf(moved)})` }
      : {
          verdict: 'undetermined',
          why: `the same density is read differently (${namesOf(moved)}), by imaging or by pipeline`,
        }
  }
  if (moved.length > 0)
    return { verdict: 'undetermined', why: `${namesOf(moved)} moved, but ${strongest} held still` }
  if (strongest !== undefined && support.length > 0)
    return { verdict: 'undetermined', why: `${strongest} held still, but ${namesOf(accusers)} moved` }
  if (support.length >= 2)
    return { verdict: 'imaging', why: `moved although the people cannot move them: ${namesOf(accusers)}` }
  if (support.length === 1)
    return {
      verdict: 'undetermined',
      why: `only ${namesOf(accusers)} moved, which supports but does not decide`,
    }
  // Silence says something only of those who were asked.
  const asked = (['imaging controls', 'software version', 'canary films'] as const).filter(
    (name) => says(name) === 'does-not-exist-yet',
  )
  if (strongest === undefined && asked.length > 0)
    return { verdict: 'undetermined', why: `independent checks are missing (${namesOf(asked)})` }
  return { verdict: 'population-compatible', why: 'it has the shape of a change of the people' }
}

const evidenceRules = {
  changeP: aShare,
  residualP: optional(aShare),
  imagingControls: listOf(fields({ name: aText, p: aShare })),
  softwareVersion: oneOf('steady', 'moved', 'untested'),
  canaries: oneOf('steady', 'moved', 'untested'),
  digests: oneOf('steady', 'moved', 'untested'),
  oneMakerP: optional(aShare),
  auditLabels: oneOf('steady', 'moved', 'untested'),
  samePeople: optional(oneOf('steady', 'moved', 'untested')),
  phantoms: optional(oneOf('steady', 'moved', 'untested')),
  announcements: optional(oneOf('steady', 'moved', 'untested')),
  smallestSeen: optional(aText),
  alpha: optional(aChance),
}

/**
 * Judges a change by its witnesses (statistics page, section 11): canaries and digests see the pipeline; a DXA audit, the
 * same people and phantoms decide about imaging, the strongest that exists first; announcements, software, one maker
 * against the others, controls and the residual test support, and two kinds of them are needed. A uniform or smooth
 * change of imaging looks like a change of the people, so the caveat is in every statement, with the witnesses that do
 * not exist yet and the smallest change that could have been seen.
 * No answer: invalid-input, uninformative (no change to explain: changeP ≥ α and nobody speaks for one).
 */
export const judgeChange = (evidence: ChangeEvidence): Answer<JudgedChange> => {
  const fault = faultInInputs(evidence, evidenceRules)
  if (fault) return fault
  const { alpha = 0.05 } = evidence
  const witnesses = hearWitnesses(evidence, alpha)
  const byTestimony = (says: Testimony): WitnessName[] =>
    witnesses.filter((witness) => witness.says === says).map(({ name }) => name)
  const [moved, steady, untested] = [
    byTestimony('for'),
    byTestimony('against'),
    byTestimony('does-not-exist-yet'),
  ]
  if (evidence.changeP >= alpha && moved.length === 0)
    return noAnswer('uninformative', 'no change to explain')
  const says = (name: WitnessName): Testimony =>
    witnesses.find((witness) => witness.name === name)?.says ?? 'does-not-exist-yet'
  const { verdict, why } = decide({ says, for: moved })
  const statement = [
    why,
    changeCaveat,
    `for a change of imaging or reading: ${namesOf(moved)}; against: ${namesOf(steady)}; not there yet: ${namesOf(untested)}`,
    ...(says('DXA audit') === 'does-not-exist-yet'
      ? ['no DXA check yet: do not report as a change in residents']
      : []),
    evidence.smallestSeen ?? 'how small a change would have been seen is not known',
  ].join('; ')
  return answer({ verdict, statement, witnesses, moved, steady, untested })
}
