import { scaleLinear } from 'd3-scale'
import { boxAt, type Drawing, type FigureText, figure, group, pathOf, px, textAt } from './elements.ts'
import { countText } from './numbers.ts'

/** What became of films: one outcome of the ledger. */
export type FlowPart = {
  readonly name: string
  readonly count: number
  /** Good news are blue, what a person must know of is grey, what must not be is the main colour. */
  readonly tone: 'second' | 'grey' | 'main' | 'third'
  readonly detail?: string
}

export type FlowOptions = FigureText & {
  readonly received: number
  readonly parts: readonly FlowPart[]
  readonly width: number
}

const gap = 34
const barWidth = 12

const ribbon = (from: readonly [number, number], to: readonly [number, number], thick: number): string => {
  const [x0, y0] = from
  const [x1, y1] = to
  const middle = (x0 + x1) / 2
  return [
    `M${px(x0)} ${px(y0)}C${px(middle)} ${px(y0)} ${px(middle)} ${px(y1)} ${px(x1)} ${px(y1)}`,
    `L${px(x1)} ${px(y1 + thick)}`,
    `C${px(middle)} ${px(y1 + thick)} ${px(middle)} ${px(y0 + thick)} ${px(x0)} ${px(y0 + thick)}Z`,
  ].join('')
}

/** How all that was received divides into outcomes: the ledger as a picture. */
export const flowFigure = (options: FlowOptions): Drawing => {
  const { received, parts, width } = options
  const thick = scaleLinear([0, Math.max(1, received)], [0, 120])
  const left = Math.min(120, width * 0.28)
  const right = width < 460 ? left + 40 : left + (width - left) * 0.34
  let source = 30
  let target = 12
  const drawn = parts.map((part) => {
    const size = thick(part.count)
    const place = { part, size, from: source, to: target }
    source += size
    target += Math.max(size, 6) + gap
    return place
  })
  return figure(
    options,
    { width, height: Math.max(target, 170) },
    textAt(0, 44, 'received', { className: 'quiet' }),
    textAt(0, 68, countText(received), { className: 'title' }),
    boxAt(left, 30, barWidth, Math.max(2, source - 30), 'fill-second'),
    drawn.map(({ part, size, from, to }) =>
      group(
        part.name,
        size > 0
          ? pathOf(
              ribbon([left + barWidth, from], [right, to], Math.max(size, 0.75)),
              `ribbon fill-${part.tone}`,
            )
          : null,
        boxAt(right, to, barWidth, Math.max(size, 2), `fill-${part.count === 0 ? 'grey' : part.tone}`),
        textAt(right + barWidth + 10, to + 10, `${countText(part.count)} ${part.name}`, {
          className: 'strong',
        }),
        part.detail === undefined
          ? null
          : textAt(right + barWidth + 10, to + 27, part.detail, { className: 'quiet small' }),
      ),
    ),
  )
}
