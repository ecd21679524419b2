import { createElement, Fragment, type ReactElement, type ReactNode, type ReactSVGElement } from 'react'

/** A point or a length in pixels, to a tenth. */
export const px = (value: number): number => Math.round(value * 10) / 10

type TextOptions = {
  readonly anchor?: 'start' | 'middle' | 'end'
  readonly className?: string
}

/** Text at a point. */
export const textAt = (x: number, y: number, text: string, options: TextOptions = {}): ReactElement =>
  createElement(
    'text',
    {
      key: `t${x} ${y} ${text}`,
      x: px(x),
      y: px(y),
      textAnchor: options.anchor,
      className: options.className,
    },
    text,
  )

/** A straight line. */
export const lineAt = (
  from: readonly [number, number],
  to: readonly [number, number],
  className: string,
): ReactElement =>
  createElement('line', {
    key: `l${from.join()} ${to.join()} ${className}`,
    x1: px(from[0]),
    y1: px(from[1]),
    x2: px(to[0]),
    y2: px(to[1]),
    className,
  })

/** A dot; a class `hollow` leaves it open. */
export const dotAt = (x: number, y: number, className: string, radius = 5): ReactElement =>
  createElement('circle', { key: `c${x} ${y} ${className}`, cx: px(x), cy: px(y), r: radius, className })

/** A rectangle. */
export const boxAt = (x: number, y: number, width: number, height: number, className: string): ReactElement =>
  createElement('rect', {
    key: `r${x} ${y} ${className}`,
    x: px(x),
    y: px(y),
    width: px(Math.max(0, width)),
    height: px(Math.max(0, height)),
    rx: Math.min(2, width / 2),
    className,
  })

/** A drawn path. */
export const pathOf = (d: string | null, className: string): ReactNode =>
  d === null ? null : createElement('path', { key: `p${d}`, d, className })

/** Parts that belong together. */
export const group = (key: string, ...parts: readonly ReactNode[]): ReactElement =>
  createElement(Fragment, { key }, ...parts)

/** What every figure says of itself. */
export type FigureText = {
  /** Unique on its page. */
  readonly id: string
  readonly title: string
  /** What a person who cannot see the figure must know: figures in words. */
  readonly description: string
}

/** A drawn figure; its width and height are numbers. */
export type Drawing = ReactSVGElement

/** A figure that stands in a page: title and description for screen readers, no ground of its own. */
export const figure = (
  { id, title, description }: FigureText,
  size: { readonly width: number; readonly height: number },
  ...parts: readonly ReactNode[]
): Drawing =>
  createElement(
    'svg',
    {
      className: 'figure',
      viewBox: `0 0 ${size.width} ${size.height}`,
      width: size.width,
      height: size.height,
      role: 'img',
      'aria-labelledby': `${id}-title ${id}-text`,
    },
    createElement('title', { id: `${id}-title` }, title),
    createElement('desc', { id: `${id}-text` }, description),
    ...parts,
  )
