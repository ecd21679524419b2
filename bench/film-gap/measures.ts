import { cropRegion, thumbnailOf } from '../../src/imaging/picture/crop-region.ts'
import type { GreyFilm } from '../../src/imaging/picture/grey-film.ts'

/** What is measured of the view of a film that the finder is given: 192 × 192 values of 0 to 255. */
export const measureNames = [
  'fine contrast (1 px)',
  'middle contrast (3 px)',
  'coarse contrast (10 px)',
  'fine to coarse',
  'edge sharpness',
  'edges a pixel',
  'tone at 10 %',
  'tone at 25 %',
  'tone at 50 %',
  'tone at 75 %',
  'tone at 90 %',
  'black share',
  'exposed width to height',
] as const
export type Measures = Readonly<Record<(typeof measureNames)[number], number>>

const size = 192

const meanOf = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length

const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.floor(share * (sorted.length - 1))] ?? 0

/** Mean over a square around each pixel, by sums of rows and columns. */
const blurred = (values: Float64Array, width: number, height: number, reach: number): Float64Array => {
  const sums = new Float64Array((width + 1) * (height + 1))
  for (let row = 0; row < height; row += 1) {
    let line = 0
    for (let column = 0; column < width; column += 1) {
      line += values[row * width + column] ?? 0
      const above = sums[row * (width + 1) + column + 1] ?? 0
      sums[(row + 1) * (width + 1) + column + 1] = above + line
    }
  }
  const at = (row: number, column: number): number => sums[row * (width + 1) + column] ?? 0
  return values.map((_, index) => {
    const [row, column] = [Math.floor(index / width), index % width]
    const [top, bottom] = [Math.max(0, row - reach), Math.min(height, row + reach + 1)]
    const [left, right] = [Math.max(0, column - reach), Math.min(width, column + reach + 1)]
    const sum = at(bottom, right) - at(top, right) - at(bottom, left) + at(top, left)
    return sum / ((bottom - top) * (right - left))
  })
}

/** Measures the picture of a film that lies inside the view's black margins. */
const measure = (view: Float64Array, width: number, height: number): Measures => {
  // Beyond the exposed area nothing is measured.
  const wide = blurred(view, width, height, 2)
  const isExposed = (index: number): boolean => (wide[index] ?? 0) > 12
  const exposed = [...view.keys()].filter(isExposed)
  const bands: number[] = []
  let rest = view
  for (const reach of [1, 3, 10]) {
    const wider = blurred(rest, width, height, reach)
    const from = rest
    bands.push(Math.sqrt(meanOf(exposed.map((index) => ((from[index] ?? 0) - (wider[index] ?? 0)) ** 2))))
    rest = wider
  }
  const [fine = 0, middle = 0, coarse = 0] = bands
  const steps = exposed.map((index) =>
    Math.hypot((view[index + 1] ?? 0) - (view[index] ?? 0), (view[index + width] ?? 0) - (view[index] ?? 0)),
  )
  const sortedSteps = steps.toSorted((a, b) => a - b)
  const greys = exposed.map((index) => view[index] ?? 0).toSorted((a, b) => a - b)
  const tone = (share: number): number => quantile(greys, share)
  return {
    'fine contrast (1 px)': fine,
    'middle contrast (3 px)': middle,
    'coarse contrast (10 px)': coarse,
    'fine to coarse': fine / Math.max(1, coarse),
    'edge sharpness': quantile(sortedSteps, 0.97) / Math.max(1, quantile(sortedSteps, 0.5)),
    'edges a pixel': steps.filter((step) => step > 16).length / Math.max(1, steps.length),
    'tone at 10 %': tone(0.1),
    'tone at 25 %': tone(0.25),
    'tone at 50 %': tone(0.5),
    'tone at 75 %': tone(0.75),
    'tone at 90 %': tone(0.9),
    'black share': 1 - exposed.length / view.length,
    'exposed width to height': width / height,
  }
}

/** Measures the view of a whole film. */
export const measureView = (film: GreyFilm): Measures => {
  const { image, offsetX, offsetY } = thumbnailOf(film, size)
  const [width, height] = [size - 2 * offsetX, size - 2 * offsetY]
  const inner = Float64Array.from(
    { length: width * height },
    (_, index) => image[(Math.floor(index / width) + offsetY) * size + (index % width) + offsetX] ?? 0,
  )
  return measure(inner, width, height)
}

/** Measures the crop of a hip. */
export const measureCrop = (film: GreyFilm, box: Parameters<typeof cropRegion>[1]): Measures =>
  measure(Float64Array.from(cropRegion(film, box, 128)), 128, 128)
