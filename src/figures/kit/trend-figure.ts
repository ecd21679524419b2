import { scaleLinear, scalePoint } from 'd3-scale'
import { area, line } from 'd3-shape'
import type { ReactNode } from 'react'
import {
  boxAt,
  type Drawing,
  dotAt,
  type FigureText,
  figure,
  group,
  lineAt,
  pathOf,
  textAt,
} from './elements.ts'
import { monthText, shareText } from './numbers.ts'

/** A month of a trend. Its share is missing where it is hidden, unknown or too few people stand behind it. */
export type TrendPoint = {
  readonly month: string
  readonly share?: { readonly estimate: number; readonly low: number; readonly high: number }
  /** The uncorrected share beside a corrected one: a thin line. */
  readonly raw?: number
  /** Drawn open and joined with nothing: no more than a raw share is known. */
  readonly hollow?: boolean
  /** Films of it are still to come: drawn apart and labelled. */
  readonly provisional: boolean
  /** Read by other models than the month before: the line breaks here. */
  readonly breaks?: string
}

export type TrendOptions = FigureText & {
  readonly points: readonly TrendPoint[]
  readonly width: number
  readonly height?: number
}

type Drawn = TrendPoint & { readonly share: NonNullable<TrendPoint['share']> }

const isDrawn = (point: TrendPoint): point is Drawn => point.share !== undefined

const isOpen = ({ provisional, hollow = false }: TrendPoint): boolean => provisional || hollow

/** Runs of months that a line may join: no gap, no open month, no change of model between. */
const runsOf = (points: readonly TrendPoint[]): readonly (readonly Drawn[])[] => {
  const runs: Drawn[][] = [[]]
  for (const point of points) {
    const isSolid = isDrawn(point) && !isOpen(point)
    if (point.breaks !== undefined || !isSolid) runs.push([])
    if (isSolid) runs.at(-1)?.push(point)
  }
  return runs.filter((run) => run.length > 0)
}

const niceTop = (points: readonly TrendPoint[]): number =>
  Math.min(
    1,
    1.06 * Math.max(0.1, ...points.filter(isDrawn).flatMap(({ share, raw = 0 }) => [share.high, raw])),
  )

const margin = { top: 26, right: 14, bottom: 26, left: 46 }

const scalesOf = (options: TrendOptions, height: number) => {
  const { points, width } = options
  const x = scalePoint(
    points.map(({ month }) => month),
    [margin.left, width - margin.right],
  ).padding(0.5)
  const y = scaleLinear([0, niceTop(points)], [height - margin.bottom, margin.top]).nice(4)
  return { x: (month: string) => x(month) ?? 0, y, step: x.step() }
}
type Scales = ReturnType<typeof scalesOf>

const axes = ({ x, y, step }: Scales, { points, width }: TrendOptions, height: number): ReactNode => {
  const every = Math.max(1, Math.ceil(52 / step))
  return group(
    'axes',
    ...y.ticks(4).map((tick) =>
      group(
        `y${tick}`,
        lineAt([margin.left, y(tick)], [width - margin.right, y(tick)], 'rule'),
        textAt(margin.left - 8, y(tick) + 4, shareText(tick).replace('.0', ''), {
          anchor: 'end',
          className: 'quiet small',
        }),
      ),
    ),
    ...points.map(({ month }, at) =>
      at % every === 0
        ? textAt(x(month), height - 7, monthText(month, at === 0), {
            anchor: 'middle',
            className: 'quiet small',
          })
        : null,
    ),
  )
}

const provisionalVeil = ({ x, step }: Scales, points: readonly TrendPoint[], height: number): ReactNode =>
  points
    .filter(({ provisional }) => provisional)
    .map(({ month }, at) =>
      group(
        `veil ${month}`,
        boxAt(x(month) - step / 2, margin.top, step, height - margin.top - margin.bottom, 'veil'),
        at === 0
          ? textAt(x(month) + step / 2, margin.top - 8, 'provisional', {
              anchor: 'end',
              className: 'quiet small',
            })
          : null,
      ),
    )

const runParts = (run: readonly Drawn[], { x, y }: Scales): ReactNode => {
  const band = area<Drawn>(
    ({ month }) => x(month),
    ({ share }) => y(share.low),
    ({ share }) => y(share.high),
  )
  const curve = line<Drawn>(
    ({ month }) => x(month),
    ({ share }) => y(share.estimate),
  )
  const raw = line<Drawn>()
    .defined(({ raw: share }) => share !== undefined)
    .x(({ month }) => x(month))
    .y(({ raw: share = 0 }) => y(share))
  const alone = run.length === 1 ? run : []
  return group(
    `run ${run[0]?.month}`,
    pathOf(run.length > 1 ? band([...run]) : null, 'band'),
    ...alone.map(({ month, share }) =>
      lineAt([x(month), y(share.low)], [x(month), y(share.high)], 'interval main'),
    ),
    pathOf(run.length > 1 ? raw([...run]) : null, 'curve raw'),
    pathOf(run.length > 1 ? curve([...run]) : null, 'curve main'),
    ...run.map(({ month, share }) => dotAt(x(month), y(share.estimate), 'fill-main', 3.5)),
  )
}

const openParts = (point: Drawn, { x, y }: Scales): ReactNode => {
  const { month, share } = point
  return group(
    `open ${month}`,
    lineAt([x(month), y(share.low)], [x(month), y(share.high)], 'interval grey'),
    dotAt(x(month), y(share.estimate), 'hollow grey', 4.5),
  )
}

const missingParts = (points: readonly TrendPoint[], { x, y }: Scales): ReactNode =>
  points
    .filter((point) => !isDrawn(point))
    .map(({ month }) => textAt(x(month), y(0) - 8, 'hidden', { anchor: 'middle', className: 'quiet small' }))

/** A share by month with its interval as a band; a gap is a gap, and provisional months stand apart. */
export const trendFigure = (options: TrendOptions): Drawing => {
  const { points, width, height = 260 } = options
  const scales = scalesOf(options, height)
  const { x } = scales
  return figure(
    options,
    { width, height },
    provisionalVeil(scales, points, height),
    axes(scales, options, height),
    points.map(({ month, breaks }) =>
      breaks === undefined
        ? null
        : group(
            `break ${month}`,
            lineAt(
              [x(month) - scales.step / 2, margin.top],
              [x(month) - scales.step / 2, height - margin.bottom],
              'mark',
            ),
            textAt(x(month) - scales.step / 2, margin.top - 8, breaks, {
              anchor: 'middle',
              className: 'small',
            }),
          ),
    ),
    runsOf(points).map((run) => runParts(run, scales)),
    points.filter(isDrawn).map((point) => (isOpen(point) ? openParts(point, scales) : null)),
    missingParts(points, scales),
  )
}
