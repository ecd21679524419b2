import { differencesFigure } from '../kit/differences-figure.ts'
import { monthText, pointsText } from '../kit/numbers.ts'
import type { FigureView, ViewShare } from './figure-view.ts'

/** A judged difference between a month and the one before: the shape that pages get. */
export type ViewChange = {
  readonly region: string
  readonly month: string
  readonly before: string
  readonly verdict: string
  readonly difference: ViewShare
}

const nameOf = ({ region }: ViewChange): string => (region === '' ? 'All regions' : region)

/** Differences of the corrected share to the month before, by region, around no difference. */
export const changesView = (changes: readonly ViewChange[]): FigureView => {
  const [first] = changes
  const months =
    first === undefined
      ? 'no month yet'
      : `${monthText(first.month, true)} against ${monthText(first.before, true)}`
  const title = `Difference in the osteoporosis share, ${months}`
  const textsOf = ({ difference }: ViewChange): readonly string[] =>
    difference.kind === 'answer'
      ? [pointsText(difference.estimate), `${pointsText(difference.low)} to ${pointsText(difference.high)}`]
      : [difference.detail, '']
  return {
    title,
    caption:
      'Dot and bar: difference of the corrected share in percentage points with its own 95 % interval. A bar that crosses the line shows no change; it proves none.',
    columns: ['where', 'difference', '95 % interval', 'verdict'],
    rows: changes.map((change) => [nameOf(change), ...textsOf(change), change.verdict]),
    draw: (id, width) =>
      differencesFigure({
        id,
        title,
        description: changes.map((change) => `${nameOf(change)}: ${textsOf(change).join(', ')}`).join('. '),
        width,
        rows: changes.map((change) => ({
          name: nameOf(change),
          ...(change.difference.kind === 'answer'
            ? { difference: change.difference }
            : { note: change.difference.detail }),
        })),
      }),
  }
}
