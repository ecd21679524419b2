import { resample } from './crop-region.ts'
import { type Box, type GreyFilm, greyAt } from './grey-film.ts'
import { histogramOf, percentileOf } from './percentiles.ts'

/** The darkest and the brightest that a film shows beside single pixels. */
export type FilmRange = { readonly low: number; readonly high: number }

/** What the grey of a hip's region says beside its bone. */
export type RegionSigns = {
  /** Share of the middle of the region that is as opaque as anything on the film. */
  readonly opaqueShare: number
  /** Emptiness between the bone and what is brighter: 0 where nothing lies between, 1 where no gap shows. */
  readonly gapDepth: number
  /** Shares of the middle of the region at the ends of the grey scale, where differences are lost. */
  readonly blackShare: number
  readonly whiteShare: number
  /** Share of the rows or of the columns of the middle that show nothing: the collimator's lead. */
  readonly blankShare: number
  /** Noise of neighbouring pixels as a share of the region's own range. */
  readonly noiseShare: number
}

/** The region is looked at in cells of about 1.5 mm. */
const cells = 96

/** The femur of a left hip within its box: what lies further out is pelvis, other leg or skin. */
const core = { left: 0.12, right: 0.8, top: 0.12, bottom: 0.97 }

/** Within this share of the film's range from its brightest, a value is opaque. */
const opaqueWithin = 0.04

/** A line whose cells differ by less than this share of the film's range shows nothing. */
const blankBelow = 0.03

/** So near to an end of the grey scale a value is clipped. */
const clippedBelow = 0.002 * 65535

/** Grey levels between the soft tissue and the brightest of a region. */
const levels = 64

const everyNth = (film: GreyFilm, step: number): Uint16Array => {
  const some = new Uint16Array(Math.ceil(film.words.length / step))
  for (let index = 0; index < some.length; index += 1) some[index] = greyAt(film, index * step)
  return some
}

/** The range of a film, from every 37th pixel of it. */
export const filmRangeOf = (film: GreyFilm): FilmRange => {
  const some = everyNth(film, film.words.length > 10_000 ? 37 : 1)
  const histogram = histogramOf(some)
  return {
    low: percentileOf(histogram, some.length, 0.05),
    high: percentileOf(histogram, some.length, 0.9995),
  }
}

type Core = { readonly cells: readonly (readonly number[])[]; readonly sorted: Uint16Array }

/** The cells of the femur, row by row and in ascending order. */
const coreOf = (film: GreyFilm, box: Box, mirror: boolean): Core => {
  const grid = resample(film, box, cells, cells)
  const [left, right] = mirror ? [1 - core.right, 1 - core.left] : [core.left, core.right]
  const rows: number[][] = []
  for (let row = Math.ceil(core.top * cells); row < core.bottom * cells; row += 1)
    rows.push([
      ...grid.subarray(row * cells + Math.ceil(left * cells), row * cells + Math.floor(right * cells)),
    ])
  return { cells: rows, sorted: Uint16Array.from(rows.flat()).sort() }
}

const spanOf = (line: readonly number[]): number => Math.max(...line) - Math.min(...line)

const blankShareOf = (rows: readonly (readonly number[])[], { low, high }: FilmRange): number => {
  const isBlank = (line: readonly number[]): boolean => spanOf(line) < blankBelow * (high - low)
  const columns = (rows[0] ?? []).map((_, column) => rows.map((row) => row[column] ?? 0))
  const shares = [rows, columns].map((lines) => lines.filter(isBlank).length / Math.max(1, lines.length))
  return Math.max(...shares)
}

const at = (sorted: Uint16Array, share: number): number =>
  sorted[Math.floor(share * (sorted.length - 1))] ?? 0

const levelCounts = (sorted: Uint16Array): number[] => {
  const low = at(sorted, 0.2)
  const scale = levels / Math.max(1, at(sorted, 0.999) - low)
  const counts = new Array<number>(levels).fill(0)
  for (const value of sorted) {
    const level = Math.min(levels - 1, Math.max(0, Math.floor((value - low) * scale)))
    counts[level] = (counts[level] ?? 0) + 1
  }
  return counts
}

/** The deepest valley of the upper levels, as a share of the lower of the two peaks beside it. */
const gapDepthOf = (counts: readonly number[]): number => {
  let deepest = 1
  for (let level = 20; level < levels - 6; level += 1) {
    const below = Math.max(...counts.slice(8, level))
    const above = Math.max(...counts.slice(level + 1))
    if (above === 0) break
    const here = ((counts[level - 1] ?? 0) + (counts[level] ?? 0) + (counts[level + 1] ?? 0)) / 3
    deepest = Math.min(deepest, here / Math.min(below, above))
  }
  return deepest
}

/** Median difference of neighbouring pixels in the middle half of the box. */
const noiseOf = (film: GreyFilm, box: Box): number => {
  const [left, top] = [Math.floor(box.x + box.width / 4), Math.floor(box.y + box.height / 4)]
  const step = Math.max(1, Math.floor(box.width / (2 * cells)))
  const differences: number[] = []
  for (let row = Math.max(0, top); row < Math.min(film.rows, top + box.height / 2); row += step)
    for (
      let column = Math.max(0, left);
      column < Math.min(film.columns - 1, left + box.width / 2);
      column += step
    ) {
      const index = row * film.columns + column
      differences.push(Math.abs(greyAt(film, index) - greyAt(film, index + 1)))
    }
  return at(Uint16Array.from(differences).sort(), 0.5)
}

/** Measures a hip's region on the film, before it is stretched; `mirror` as in `cropRegion`. */
export const inspectRegion = (film: GreyFilm, box: Box, range: FilmRange, mirror: boolean): RegionSigns => {
  const { cells: rows, sorted } = coreOf(film, box, mirror)
  const count = (isMeant: (value: number) => boolean): number => sorted.filter(isMeant).length / sorted.length
  const opaqueFrom = range.high - opaqueWithin * (range.high - range.low)
  const span = Math.max(1, at(sorted, 0.98) - at(sorted, 0.02))
  return {
    opaqueShare: count((value) => value >= opaqueFrom),
    gapDepth: gapDepthOf(levelCounts(sorted)),
    blackShare: count((value) => value <= clippedBelow),
    whiteShare: count((value) => value >= 65535 - clippedBelow),
    blankShare: blankShareOf(rows, range),
    noiseShare: noiseOf(film, box) / span,
  }
}
