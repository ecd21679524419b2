import sharp from 'sharp'
import { messageOf } from '../../runtime/errors.ts'
import { failed, ok, rejected } from '../../runtime/outcome.ts'
import { filmLimits, type ImagingOutcome } from '../film-header.ts'

/** Grey values of a picture, row by row. */
export type GreyPicture = { readonly rows: number; readonly columns: number; readonly values: Uint16Array }

// Only the loaders of the two formats that clinics send; everything else stays closed.
sharp.block({ operation: ['VipsForeignLoad'] })
sharp.unblock({
  operation: [
    'VipsForeignLoadPngBuffer',
    'VipsForeignLoadJpegBuffer',
    'VipsForeignLoadPng',
    'VipsForeignLoadJpeg',
  ],
})
sharp.concurrency(1)
sharp.cache(false)

/** Largest difference of the colour channels, as a share of the range, that is still taken for grey: JPEG's rounding. */
const colourTolerance = 12 / 255

/** More than this share of pixels in colour makes a picture one in colour. */
const colourShare = 0.01

type Samples = Uint8Array | Uint16Array

const isColour = (samples: Samples, channels: number, tolerance: number): boolean => {
  let coloured = 0
  for (let at = 0; at + 2 < samples.length; at += channels) {
    const [red = 0, green = 0, blue = 0] = [samples[at], samples[at + 1], samples[at + 2]]
    if (Math.max(red, green, blue) - Math.min(red, green, blue) > tolerance) coloured += 1
  }
  return coloured * channels > samples.length * colourShare
}

// A colour profile is not applied: it would move values, and the profile is taken off with other metadata.
const open = (bytes: Uint8Array) =>
  sharp(bytes, {
    limitInputPixels: filmLimits.maxPixels,
    failOn: 'error',
    sequentialRead: true,
    ignoreIcc: true,
  }).removeAlpha()

const spaceOf = (isGrey: boolean, bits: number): string => {
  if (isGrey) return bits === 16 ? 'grey16' : 'b-w'
  return bits === 16 ? 'rgb16' : 'srgb'
}

type Raw = { samples: Samples; rows: number; columns: number; channels: number }

const readRaw = async (bytes: Uint8Array, bits: number): Promise<Raw> => {
  const { space } = await sharp(bytes).metadata()
  const { data, info } = await open(bytes)
    .toColourspace(spaceOf(space === 'b-w' || space === 'grey16', bits))
    .raw({ depth: bits === 16 ? 'ushort' : 'uchar' })
    .toBuffer({ resolveWithObject: true })
  const samples =
    bits === 16
      ? new Uint16Array(data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength))
      : data
  return { samples, rows: info.height, columns: info.width, channels: info.channels }
}

const greyValues = ({ samples, rows, columns, channels }: Raw): Uint16Array => {
  if (channels === 1) return samples instanceof Uint16Array ? samples : new Uint16Array(samples)
  const values = new Uint16Array(rows * columns)
  for (let index = 0; index < values.length; index += 1) values[index] = samples[index * channels] ?? 0
  return values
}

/** Decodes PNG or JPEG to grey, 8 or 16 bits a value; a picture in colour is refused. */
export const decodePicture = async (
  bytes: Uint8Array,
  bits: number,
): Promise<ImagingOutcome<GreyPicture>> => {
  try {
    const raw = await readRaw(bytes, bits)
    if (raw.channels >= 3 && isColour(raw.samples, raw.channels, colourTolerance * (2 ** bits - 1)))
      return rejected('COLOUR_PHOTOGRAPH', 'the channels differ')
    return ok({ rows: raw.rows, columns: raw.columns, values: greyValues(raw) })
  } catch (error) {
    return failed('FILE_CORRUPT', messageOf(error).slice(0, 120))
  }
}

/** Encodes grey values as PNG of 8 or 16 bits. */
export const encodePng = (picture: GreyPicture, bits: 8 | 16): Promise<Uint8Array> => {
  const raw = { width: picture.columns, height: picture.rows, channels: 1 as const }
  const image =
    bits === 16
      ? sharp(picture.values, { raw }).toColourspace('grey16')
      : sharp(Uint8Array.from(picture.values), { raw }).toColourspace('b-w')
  return image.png({ compressionLevel: 6 }).toBuffer()
}

/** Encodes grey values of 8 bits as JPEG. */
export const encodeJpeg = (picture: GreyPicture, quality = 92): Promise<Uint8Array> =>
  sharp(Uint8Array.from(picture.values), {
    raw: { width: picture.columns, height: picture.rows, channels: 1 },
  })
    .toColourspace('b-w')
    .jpeg({ quality })
    .toBuffer()
