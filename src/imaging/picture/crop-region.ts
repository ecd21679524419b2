import type { Box, GreyFilm } from './grey-film.ts'
import { histogramOf, percentileOf } from './percentiles.ts'

/** Most samples along an edge that one output pixel averages. */
const samplesLimit = 4

/** Where the samples of each cell lie on one axis of the film; what lies outside of it repeats its edge. */
const samplesOf = (
  [start, step]: readonly [number, number],
  cells: number,
  end: number,
  limit: number,
): Int32Array => {
  const samples = Math.max(1, Math.min(limit, Math.round(step)))
  const places = new Int32Array(cells * samples)
  for (let index = 0; index < places.length; index += 1) {
    const [cell, sample] = [Math.floor(index / samples), index % samples]
    const place = Math.floor(start + (cell + (sample + 0.5) / samples) * step)
    places[index] = Math.min(end - 1, Math.max(0, place))
  }
  return places
}

/** Samples along a line of the film: where they stand, and how many make a cell. */
type Across = { readonly places: Int32Array; readonly samples: number }

/** Adds up the samples of each cell on one line of a film. */
const addLine = ({ words, greys }: GreyFilm, line: number, across: Across, sums: Uint32Array): void => {
  const { places, samples } = across
  const mask = greys.length - 1
  for (let index = 0, cell = 0; cell < sums.length; cell += 1) {
    let sum = sums[cell] ?? 0
    for (const last = index + samples; index < last; index += 1)
      sum += greys[(words[line + (places[index] ?? 0)] ?? 0) & mask] ?? 0
    sums[cell] = sum
  }
}

/** Adds up the samples of each cell on four lines: looked at together they take half the time. */
const addFourLines = (film: GreyFilm, lines: Int32Array, across: Across, sums: Uint32Array): void => {
  const { words, greys } = film
  const { places, samples } = across
  const [a = 0, b = 0, c = 0, d = 0] = lines
  const mask = greys.length - 1
  for (let index = 0, cell = 0; cell < sums.length; cell += 1) {
    let sum = sums[cell] ?? 0
    for (const last = index + samples; index < last; index += 1) {
      const place = places[index] ?? 0
      sum +=
        (greys[(words[a + place] ?? 0) & mask] ?? 0) +
        (greys[(words[b + place] ?? 0) & mask] ?? 0) +
        (greys[(words[c + place] ?? 0) & mask] ?? 0) +
        (greys[(words[d + place] ?? 0) & mask] ?? 0)
    }
    sums[cell] = sum
  }
}

/** Averages the film over each cell of a grid laid on a box, from `limit` samples along an edge of a cell at most. */
export const resample = (
  film: GreyFilm,
  box: Box,
  width: number,
  height: number,
  limit = samplesLimit,
): Uint16Array => {
  const { rows, columns } = film
  const places = samplesOf([box.x, box.width / width], width, columns, limit)
  const lines = samplesOf([box.y, box.height / height], height, rows, limit).map((row) => row * columns)
  const across = { places, samples: places.length / width }
  const down = lines.length / height
  const sums = new Uint32Array(width)
  const out = new Uint16Array(width * height)
  for (let v = 0; v < height; v += 1) {
    sums.fill(0)
    let line = v * down
    const last = line + down
    for (; line + 4 <= last; line += 4) addFourLines(film, lines.subarray(line, line + 4), across, sums)
    for (; line < last; line += 1) addLine(film, lines[line] ?? 0, across, sums)
    for (let u = 0; u < width; u += 1) out[v * width + u] = (sums[u] ?? 0) / (across.samples * down)
  }
  return out
}

/** Stretches values between their 1st and 99th percentile to 0–255. */
const stretch = (values: Uint16Array): Uint8Array<ArrayBuffer> => {
  const histogram = histogramOf(values)
  const low = percentileOf(histogram, values.length, 0.01)
  const high = percentileOf(histogram, values.length, 0.99)
  const scale = high > low ? 255 / (high - low) : 0
  const out = new Uint8ClampedArray(values.length)
  for (let index = 0; index < values.length; index += 1) out[index] = ((values[index] ?? 0) - low) * scale
  return new Uint8Array(out.buffer)
}

const mirrorRows = (image: Uint8Array, size: number): void => {
  for (let row = 0; row < size; row += 1) image.subarray(row * size, (row + 1) * size).reverse()
}

/**
 * Cuts a region as a square of `size` × `size` 8-bit values: averaged over cells, stretched between its own 1st
 * and 99th percentile, so that exposure and vendor look-up tables cancel; `mirror` turns a right hip into the
 * shape of a left one.
 */
export const cropRegion = (
  film: GreyFilm,
  box: Box,
  size: number,
  mirror = false,
): Uint8Array<ArrayBuffer> => {
  const image = stretch(resample(film, box, size, size))
  if (mirror) mirrorRows(image, size)
  return image
}

/** A small view of a whole film, in the middle of a square; `scale` is film pixels for each pixel of it. */
export type Thumbnail = {
  readonly image: Uint8Array<ArrayBuffer>
  readonly scale: number
  readonly offsetX: number
  readonly offsetY: number
}

/** Fits a whole film into a square of `size`, black beside it, stretched as `cropRegion` does; `limit` as in `resample`. */
export const thumbnailOf = (film: GreyFilm, size: number, limit = samplesLimit): Thumbnail => {
  const scale = Math.max(film.rows, film.columns) / size
  const width = Math.max(1, Math.round(film.columns / scale))
  const height = Math.max(1, Math.round(film.rows / scale))
  const whole = { x: 0, y: 0, width: film.columns, height: film.rows }
  const inner = stretch(resample(film, whole, width, height, limit))
  const image = new Uint8Array(size * size)
  const offsetX = Math.floor((size - width) / 2)
  const offsetY = Math.floor((size - height) / 2)
  for (let row = 0; row < height; row += 1)
    image.set(inner.subarray(row * width, (row + 1) * width), (row + offsetY) * size + offsetX)
  return { image, scale, offsetX, offsetY }
}
