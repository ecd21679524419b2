import type { Box, GreyFilm } from './grey-film.ts'
import { histogramOf, percentileOf } from './percentiles.ts'

/** Most samples along an edge that one output pixel averages. */
const samplesLimit = 4

/** Averages the film over each cell of a grid laid on a box; what lies outside of the film repeats its edge. */
const resample = (film: GreyFilm, box: Box, width: number, height: number): Uint16Array => {
  const { rows, columns, pixels } = film
  const stepX = box.width / width
  const stepY = box.height / height
  const nx = Math.max(1, Math.min(samplesLimit, Math.round(stepX)))
  const ny = Math.max(1, Math.min(samplesLimit, Math.round(stepY)))
  const out = new Uint16Array(width * height)
  for (let v = 0; v < height; v += 1) {
    for (let u = 0; u < width; u += 1) {
      let sum = 0
      for (let j = 0; j < ny; j += 1) {
        const y = Math.min(rows - 1, Math.max(0, Math.floor(box.y + (v + (j + 0.5) / ny) * stepY)))
        for (let i = 0; i < nx; i += 1) {
          const x = Math.min(columns - 1, Math.max(0, Math.floor(box.x + (u + (i + 0.5) / nx) * stepX)))
          sum += pixels[y * columns + x] ?? 0
        }
      }
      out[v * width + u] = sum / (nx * ny)
    }
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

/** Fits a whole film into a square of `size`, black beside it, stretched as `cropRegion` does. */
export const thumbnailOf = (film: GreyFilm, size: number): Thumbnail => {
  const scale = Math.max(film.rows, film.columns) / size
  const width = Math.max(1, Math.round(film.columns / scale))
  const height = Math.max(1, Math.round(film.rows / scale))
  const whole = { x: 0, y: 0, width: film.columns, height: film.rows }
  const inner = stretch(resample(film, whole, width, height))
  const image = new Uint8Array(size * size)
  const offsetX = Math.floor((size - width) / 2)
  const offsetY = Math.floor((size - height) / 2)
  for (let row = 0; row < height; row += 1)
    image.set(inner.subarray(row * width, (row + 1) * width), (row + offsetY) * size + offsetX)
  return { image, scale, offsetX, offsetY }
}
