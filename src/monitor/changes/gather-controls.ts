import type { ControlSum } from '../../contracts/window-counts.ts'
import type { ImagingControl } from '../../statistics/drift/witnesses.ts'
import { normalTwoSided } from '../../statistics/maths/distributions.ts'
import { isSameClinics, type Pair, type Scene, sameClinics } from './month-scene.ts'

/** A control that moves by less than this part of its own spread tells nothing: body size alone moves it so far. */
const relevantPart = 0.2

/** Films of a control below which a clinic is left out. */
const fewestFilms = 20

type Moments = { readonly films: number; readonly mean: number; readonly variance: number }

const momentsOf = ({ films, sum, sumOfSquares }: ControlSum): Moments => {
  const count = BigInt(films)
  return {
    films,
    mean: Number(sum) / films,
    variance: Math.max(0, Number(sumOfSquares * count - sum * sum)) / (films * Math.max(1, films - 1)),
  }
}

type Shift = {
  readonly films: number
  readonly difference: number
  readonly error: number
  readonly spread: number
}

const shiftOf = (name: string, { before, after }: Pair): Shift | undefined => {
  const [old, now] = [before, after].map(({ controls }) => controls.find((control) => control.name === name))
  if (old === undefined || now === undefined || Math.min(old.films, now.films) < fewestFilms) return undefined
  const [from, to] = [momentsOf(old), momentsOf(now)]
  return {
    films: to.films,
    difference: to.mean - from.mean,
    error: from.variance / from.films + to.variance / to.films,
    spread: from.variance,
  }
}

/** p that a control has moved by no more than a part of its spread, over clinics weighted by their films. */
const testOf = (name: string, pairs: readonly Pair[]): ImagingControl | undefined => {
  const shifts = pairs.flatMap((pair) => shiftOf(name, pair) ?? [])
  const films = shifts.reduce((sum, shift) => sum + shift.films, 0)
  if (films === 0) return undefined
  const weighted = (of: (shift: Shift) => number, power = 1): number =>
    shifts.reduce((sum, shift) => sum + (shift.films / films) ** power * of(shift), 0)
  const difference = weighted((shift) => shift.difference)
  const error = Math.sqrt(weighted((shift) => shift.error, 2))
  const beyond = Math.abs(difference) - relevantPart * Math.sqrt(weighted((shift) => shift.spread))
  if (beyond <= 0) return { name, p: 1 }
  return { name, p: error > 0 ? normalTwoSided(beyond / error) : 0 }
}

/**
 * What the population must not move, compared clinic by clinic, so that a new clinic with another detector is no change of
 * imaging. The films of a maker are not known by clinic: they are compared where the same clinics send in both windows.
 */
export const gatherControls = (scene: Scene, pair: Pair): readonly ImagingControl[] => {
  const ofMaker = isSameClinics(pair) ? [pair] : []
  const pairs = pair.scope.kind === 'maker' ? ofMaker : sameClinics(scene, pair)
  const names = new Set(pair.after.controls.map(({ name }) => name))
  return [...names].toSorted().flatMap((name) => testOf(name, pairs) ?? [])
}
