import { colours, label, line, picture, scale } from '../../../figures/svg.ts'

/** Size of a plot and of the square within it, in pixels. */
const width = 460
const height = 496
const left = 62
const top = 76
const edge = 340

/** Maps a share from 0 to 1 to the square. */
export const across = scale(0, 1, left, left + edge)
export const upward = scale(0, 1, top + edge, top)

const ticks = [0, 0.2, 0.4, 0.6, 0.8, 1]

const grid = ticks.flatMap((tick) => [
  line(across(tick), top, across(tick), top + edge),
  line(left, upward(tick), left + edge, upward(tick)),
  label(across(tick), top + edge + 18, String(100 * tick), { anchor: 'middle', size: 12 }),
  label(left - 8, upward(tick) + 4, String(100 * tick), { anchor: 'end', size: 12 }),
])

/** A plot of shares in per cent by shares in per cent; the vertical axis is named in the note. */
export const unitSquare = (options: {
  readonly title: string
  readonly note: string
  readonly horizontal: string
  readonly body: readonly string[]
}): string =>
  picture({
    width,
    height,
    title: options.title,
    note: options.note,
    body: [
      ...grid,
      label(left + edge / 2, top + edge + 40, options.horizontal, { anchor: 'middle', fill: colours.quiet }),
      ...options.body,
    ],
  })

/** The line on which nothing is learnt, or everything comes true. */
export const diagonal = line(across(0), upward(0), across(1), upward(1), {
  stroke: colours.quiet,
  dash: '5 4',
})
