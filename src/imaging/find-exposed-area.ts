import { type Thumbnail, thumbnailOf } from './crop-region.ts'
import type { Box, GreyFilm } from './grey-film.ts'

/** The film is looked at in a thumbnail of this size, so the rectangle is right to about 1/256 of it. */
const viewSize = 256

/** Bands are looked for in the outer part of the film, this share from each edge. */
const outerShare = 0.4

/** A collimator's edge moves the mean of a line by at least this much of 255 within two lines. */
const leastStep = 255 * 0.12

/** A band shows less structure than this share of what the middle of the film shows. */
const structureShare = 0.5

/** Lines of an image in one direction: their mean grey and their structure (upper quartile of the curvature). */
type Profile = { readonly means: readonly number[]; readonly structure: readonly number[] }

const sorted = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b)
const quantile = (values: readonly number[], share: number): number =>
  sorted(values)[Math.floor((values.length - 1) * share)] ?? 0

type View = { readonly image: Uint8Array; readonly width: number; readonly height: number }

const innerOf = ({ image, offsetX, offsetY }: Thumbnail, width: number, height: number): View => {
  const inner = new Uint8Array(width * height)
  for (let row = 0; row < height; row += 1) {
    const start = (row + offsetY) * viewSize + offsetX
    inner.set(image.subarray(start, start + width), row * width)
  }
  return { image: inner, width, height }
}

/** The profile of lines that start `lineStep` apart and whose pixels lie `pixelStep` apart. */
const profileOf = (
  { image }: View,
  lines: { count: number; step: number },
  pixels: { count: number; step: number },
): Profile => {
  const means: number[] = []
  const structure: number[] = []
  for (let line = 0; line < lines.count; line += 1) {
    const at = (index: number): number => image[line * lines.step + index * pixels.step] ?? 0
    const curvature: number[] = []
    let sum = 0
    for (let index = 0; index < pixels.count; index += 1) {
      sum += at(index)
      if (index > 0 && index < pixels.count - 1)
        curvature.push(Math.abs(at(index - 1) - 2 * at(index) + at(index + 1)))
    }
    means.push(sum / pixels.count)
    structure.push(quantile(curvature, 0.75))
  }
  return { means, structure }
}

/** How many lines from the start belong to a band: up to the steepest step that has nothing but a band before it. */
const bandOf = ({ means, structure }: Profile): number => {
  const middle = quantile(structure.slice(means.length * 0.25, means.length * 0.75), 0.5)
  const isBlank = (lines: number): boolean =>
    quantile(structure.slice(0, lines), 0.5) <= middle * structureShare
  let best = 0
  let steepest = leastStep
  for (let line = 1; line < means.length * outerShare; line += 1) {
    const step = Math.abs((means[line + 1] ?? 0) - (means[line - 1] ?? 0))
    if (step <= steepest || !isBlank(line)) continue
    best = line + 1
    steepest = step
  }
  return best
}

const reversed = ({ means, structure }: Profile): Profile => ({
  means: means.toReversed(),
  structure: structure.toReversed(),
})

/**
 * Finds the rectangle of a film that X-rays reached: bands at its edges that the collimator left unexposed, black or
 * white, are left out. They show no structure and end in a step. Answers the whole film where there is none.
 */
export const findExposedArea = (film: GreyFilm): Box => {
  const thumbnail = thumbnailOf(film, viewSize)
  const { scale } = thumbnail
  const width = Math.max(1, Math.round(film.columns / scale))
  const height = Math.max(1, Math.round(film.rows / scale))
  const view = innerOf(thumbnail, width, height)
  const acrossColumns = profileOf(view, { count: width, step: 1 }, { count: height, step: width })
  const acrossRows = profileOf(view, { count: height, step: width }, { count: width, step: 1 })
  const [left, right] = [bandOf(acrossColumns), bandOf(reversed(acrossColumns))]
  const [top, bottom] = [bandOf(acrossRows), bandOf(reversed(acrossRows))]
  const [x, y] = [Math.round(left * scale), Math.round(top * scale)]
  return {
    x,
    y,
    width: Math.max(1, film.columns - x - Math.round(right * scale)),
    height: Math.max(1, film.rows - y - Math.round(bottom * scale)),
  }
}
