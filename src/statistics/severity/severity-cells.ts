import { numberFrom, requireInputs } from '../inputs/input-rules.ts'
/** Cells of the T-score: cell c covers (start + c·width, start + (c+1)·width], in T units; edges fall on −2.5 and −1. */
export type SeverityCells = { readonly start: number; readonly width: number; readonly cells: number }

/** Classes as cuts of the T-score (WHO 1994), in the order used everywhere: 0, 1, 2. */
export const severityClasses = ['osteoporosis', 'osteopenia', 'normal'] as const

/** Width of a cell in T units. */
export const cellWidth = 0.1

const cuts = [-2.5, -1] as const
/** How far the grid reaches beyond the card's own people, in T units. */
const margin = 1.2

/** Class of a T-score: 0 at −2.5 and below, 1 between, 2 from −1 on. */
export const classOfSeverity = (t: number): 0 | 1 | 2 => {
  requireInputs({ t }, { t: numberFrom() })
  if (t <= cuts[0]) return 0
  return t < cuts[1] ? 1 : 2
}

/** Grid that covers the T-scores from `least` to `greatest` with a margin, aligned to tenths. */
export const coverSeverity = (least: number, greatest: number): SeverityCells => {
  const first = Math.floor(Math.min(least - margin, cuts[0] - margin) * 10 + 1e-6)
  const last = Math.ceil(Math.max(greatest + margin, cuts[1] + margin) * 10 - 1e-6)
  return { start: first / 10, width: cellWidth, cells: last - first }
}

/** Cell of a T-score; values beyond the grid fall into its end cells. */
export const cellOf = (grid: SeverityCells, t: number): number => {
  const place = Math.ceil((t - grid.start) / grid.width - 1e-6) - 1
  return Math.min(grid.cells - 1, Math.max(0, place))
}

/** Middle of a cell, in T units. */
export const middleOf = (grid: SeverityCells, cell: number): number => grid.start + (cell + 0.5) * grid.width

/** Index of the first cell of class 1 and of class 2: the cells below belong to class 0. */
export const classStarts = (grid: SeverityCells): readonly [number, number] => [
  Math.round((cuts[0] - grid.start) / grid.width),
  Math.round((cuts[1] - grid.start) / grid.width),
]
