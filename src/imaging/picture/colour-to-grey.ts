import { ok, rejected } from '../../runtime/outcome.ts'
import type { ColourLayout, ImagingOutcome } from '../film-header.ts'

/** Largest difference of the colour channels, as a share of the range, that is still taken for grey: JPEG's rounding. */
const colourTolerance = 12 / 255

/** More than this share of pixels in colour makes a picture one in colour. */
const colourShare = 0.01

/** Values of a pixel's samples lie at `first + pixel * step`, and so on for the others. */
type Place = { readonly at: readonly [number, number, number]; readonly step: number }

const placeOf = ({ planar }: ColourLayout, count: number): Place =>
  planar ? { at: [0, count, 2 * count], step: 1 } : { at: [0, 1, 2], step: 3 }

type Samples = Uint8Array | Uint16Array | Int16Array

const answer = (greys: Uint16Array, coloured: number): ImagingOutcome<Uint16Array> =>
  coloured > greys.length * colourShare ? rejected('COLOUR_PHOTOGRAPH', 'the channels differ') : ok(greys)

/** Two pixels share their colours: Y Y Cb Cr (PS3.3 C.7.6.3.1.2). */
const greyOf422 = (samples: Samples, count: number, bits: number): ImagingOutcome<Uint16Array> => {
  const greys = new Uint16Array(count)
  const [middle, tolerance] = [2 ** (bits - 1), colourTolerance * (2 ** bits - 1)]
  let coloured = 0
  for (let index = 0; index < count; index += 1) {
    const group = (index >> 1) * 4
    greys[index] = samples[group + (index & 1)] ?? 0
    const [blue, red] = [samples[group + 2] ?? 0, samples[group + 3] ?? 0]
    if (Math.max(Math.abs(blue - middle), Math.abs(red - middle)) > tolerance) coloured += 1
  }
  return answer(greys, coloured)
}

/** The grey that colour samples hold; a picture in colour is refused. */
export const greyOfColour = (
  samples: Samples,
  count: number,
  layout: ColourLayout,
  bits: number,
): ImagingOutcome<Uint16Array> => {
  if (layout.space === 'ybr422') return greyOf422(samples, count, bits)
  const { at, step } = placeOf(layout, count)
  const [first, second, third] = at
  const greys = new Uint16Array(count)
  const [middle, tolerance] = [2 ** (bits - 1), colourTolerance * (2 ** bits - 1)]
  const isYbr = layout.space === 'ybr'
  let coloured = 0
  for (let index = 0; index < count; index += 1) {
    const a = samples[first + index * step] ?? 0
    const b = samples[second + index * step] ?? 0
    const c = samples[third + index * step] ?? 0
    greys[index] = a
    const spread = isYbr
      ? Math.max(Math.abs(b - middle), Math.abs(c - middle))
      : Math.max(a, b, c) - Math.min(a, b, c)
    if (spread > tolerance) coloured += 1
  }
  return answer(greys, coloured)
}

/** The grey of pixels as cyan, magenta, yellow and black ink of 8 bits; a picture in colour is refused. */
export const greyOfInk = (samples: Uint8Array, count: number): ImagingOutcome<Uint16Array> => {
  const rgb = new Uint8Array(count * 3)
  for (let index = 0; index < count; index += 1) {
    const paper = 255 - (samples[4 * index + 3] ?? 0)
    for (let ink = 0; ink < 3; ink += 1)
      rgb[3 * index + ink] = Math.round(((255 - (samples[4 * index + ink] ?? 0)) * paper) / 255)
  }
  return greyOfColour(rgb, count, { space: 'rgb', planar: false }, 8)
}
