import type { Side } from '../../contracts/film-attributes.ts'
import type { DensityClass } from '../../contracts/verdict.ts'
import type { LabelledHip } from './read-labels.ts'
import type { EvaluatedHip, Evaluation } from './run-evaluation.ts'

/** What a package says of a labelled hip, or why it says nothing. */
export type Prediction = {
  readonly model: string
  readonly film: string
  readonly hip: Side | null
  /** A number for each person within this set: what the labels call them goes nowhere. */
  readonly person: string
  readonly truth: { readonly class: DensityClass; readonly tScore: number | null }
  readonly class: DensityClass | null
  readonly probabilities: Readonly<Record<DensityClass, number>> | null
  readonly tScore: number | null
  readonly severity: number | null
  readonly refused: string | null
}

const rounded = (value: number): number => Number(value.toFixed(6))

const saidOf = (hip: EvaluatedHip | undefined, refused: string) => {
  if (hip === undefined) return { class: null, probabilities: null, tScore: null, severity: null, refused }
  const { densityClass, probabilities, tScore, severity } = hip.reading
  return {
    class: densityClass,
    probabilities: {
      osteoporosis: rounded(probabilities.osteoporosis),
      osteopenia: rounded(probabilities.osteopenia),
      normal: rounded(probabilities.normal),
    },
    tScore: tScore === undefined ? null : rounded(tScore),
    severity: rounded(severity),
    refused: null,
  }
}

/** Whether an entry speaks of the hip of a label: a film of one hip needs no side in its label. */
const isOf = (label: LabelledHip, entry: { readonly file: string; readonly side?: Side }): boolean =>
  entry.file === label.file && (label.side === undefined || entry.side === label.side)

/**
 * Every labelled hip with what a package says of it, in the order of the films' names; also those of films that the gate
 * rejected, with the reason.
 */
export const listPredictions = (
  model: string,
  labels: readonly LabelledHip[],
  hips: readonly EvaluatedHip[],
  { rejected, excluded }: Pick<Evaluation, 'rejected' | 'excluded'>,
): readonly Prediction[] => {
  const orderOf = ({ file, side }: LabelledHip): string => `${file}\n${side ?? ''}`
  const ordered = labels.toSorted((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1))
  const persons = new Map([...new Set(ordered.map(({ person }) => person))].map((name, at) => [name, at + 1]))
  const evaluated = Map.groupBy(hips, ({ file }) => file)
  const reasonOf = (label: LabelledHip): string =>
    rejected.find(({ file }) => file === label.file)?.reason ??
    excluded.find((entry) => isOf(label, entry))?.reason ??
    'HIP_NOT_FOUND'
  return ordered.map((label) => {
    const hip = evaluated.get(label.file)?.find((own) => isOf(label, own))
    return {
      model,
      film: label.file,
      hip: hip?.side ?? label.side ?? null,
      person: `person-${persons.get(label.person) ?? 0}`,
      truth: { class: label.densityClass, tScore: label.tScore ?? null },
      ...saidOf(hip, hip === undefined ? reasonOf(label) : ''),
    }
  })
}
