import { aLevel, numberFrom, positiveUpTo, requireInputs } from '../inputs/input-rules.ts'
import { benjaminiHochberg } from '../intervals/false-discovery.ts'
import type { Estimate } from '../intervals/interval.ts'

/** Whether an independent check moved; `untested` is never read as steady. */
export type CheckState = 'steady' | 'moved' | 'untested'

/** A control that the population must not move (exposure, noise, kVp, background grey, …), tested live against baseline. */
export type ImagingControl = { readonly name: string; readonly p: number }

/** Who can speak of a change, in the order of their strength. */
export const witnessNames = [
  'DXA audit',
  'same people',
  'phantoms',
  'announcement',
  'software version',
  'one maker or clinic',
  'imaging controls',
  'canary films',
  'digests',
  'residual test',
] as const

/** One entry of the closed list of witnesses. */
export type WitnessName = (typeof witnessNames)[number]

/** What a witness says of "the imaging or the reading changed, not the people". */
export type Testimony = 'for' | 'against' | 'does-not-exist-yet'

/** A witness, what it says, and what it rests on. */
export type Witness = { readonly name: WitnessName; readonly says: Testimony; readonly detail: string }

/** All that is known of a change. What is left out does not exist yet. */
export type ChangeEvidence = {
  /** p that the score distribution is that of the reference (χ² or PSI with its null). */
  readonly changeP: number
  /** p of the residual test of drift attribution, severity left free; missing where no card allows the test. */
  readonly residualP?: number
  /** Tests of what the population must not move; none means untested. */
  readonly imagingControls: readonly ImagingControl[]
  /** Software version, detector or maker at the onset, compared as texts. */
  readonly softwareVersion: CheckState
  /** Canary films: fixed films that see the pipeline only. */
  readonly canaries: CheckState
  /** Digests of weights, preprocessing, thresholds against the card's. */
  readonly digests: CheckState
  /** p that one maker or clinic differs from the others in the change; missing where there is only one. */
  readonly oneMakerP?: number
  /** Audit labels: `steady` where a random sample of verified films after the change fits the card. */
  readonly auditLabels: CheckState
  /** The same people before and after (`testimonyOfDifference` of `samePeopleChange`). */
  readonly samePeople?: CheckState
  /** Phantom films of the scope's devices. */
  readonly phantoms?: CheckState
  /** A clinic's announcement that falls on the onset; `steady` where clinics announce and none does. */
  readonly announcements?: CheckState
  /** The smallest change that could have been seen (`smallestVisibleChange`), as its sentence. */
  readonly smallestSeen?: string
  /** Error rate of each test (.05). */
  readonly alpha?: number
}

/**
 * Whether a difference with limits moved, held still, or cannot tell: it held still only where its limits leave no room
 * for a change of `relevant` in either direction. Silence of a weak witness is none.
 */
export const testimonyOfDifference = (difference: Estimate, relevant: number): CheckState => {
  requireInputs(
    { ...difference, relevant },
    {
      estimate: numberFrom(),
      level: aLevel,
      low: numberFrom(),
      high: numberFrom(),
      relevant: positiveUpTo(),
    },
  )
  if (difference.low > 0 || difference.high < 0) return 'moved'
  return difference.low > -relevant && difference.high < relevant ? 'steady' : 'untested'
}

const spoken = { moved: 'for', steady: 'against', untested: 'does-not-exist-yet' } as const
const said = { moved: 'moved', steady: 'held still', untested: 'not there yet' } as const

const controlsOf = (controls: readonly ImagingControl[], alpha: number): Witness => {
  const name = 'imaging controls'
  const adjusted = benjaminiHochberg(
    controls.map(({ p }) => p),
    alpha,
  )
  if (adjusted.kind === 'no-answer') return { name, says: 'does-not-exist-yet', detail: 'none was tested' }
  const moved = controls.filter((_, i) => adjusted.value.discovered[i]).map((control) => control.name)
  return moved.length > 0
    ? { name, says: 'for', detail: `moved: ${moved.join(', ')}` }
    : { name, says: 'against', detail: `held still: ${controls.map((control) => control.name).join(', ')}` }
}

const testOf = (name: WitnessName, p: number | undefined, alpha: number): Witness => {
  if (p === undefined) return { name, says: 'does-not-exist-yet', detail: 'nothing to compare' }
  const detail = `p ${p < 0.001 ? p.toExponential(0) : p.toFixed(3)}`
  return { name, says: p < alpha ? 'for' : 'against', detail }
}

/** A silent residual test says little: whatever is smoother than the card's noise passes it. */
const residualOf = (p: number | undefined, alpha: number): Witness => {
  const found = testOf('residual test', p, alpha)
  return found.says === 'against' ? { ...found, detail: `${found.detail}; a smooth change passes it` } : found
}

/** Hears every witness, in the order of their strength. */
export const hearWitnesses = (evidence: ChangeEvidence, alpha: number): Witness[] => {
  const check = (name: WitnessName, state: CheckState = 'untested'): Witness => ({
    name,
    says: spoken[state],
    detail: said[state],
  })
  return [
    check('DXA audit', evidence.auditLabels),
    check('same people', evidence.samePeople),
    check('phantoms', evidence.phantoms),
    check('announcement', evidence.announcements),
    check('software version', evidence.softwareVersion),
    testOf('one maker or clinic', evidence.oneMakerP, alpha),
    controlsOf(evidence.imagingControls, alpha),
    check('canary films', evidence.canaries),
    check('digests', evidence.digests),
    residualOf(evidence.residualP, alpha),
  ]
}
