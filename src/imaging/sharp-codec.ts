import sharp from 'sharp'
import { messageOf } from '../runtime/errors.ts'
import { failed, ok, rejected } from '../runtime/outcome.ts'
import { filmLimits, type ImagingOutcome } from './film-header.ts'

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

/** Largest difference of the colour channels, in 1/255, that is still taken for grey: JPEG's rounding. */
const colourTolerance = 12

const isColour = (data: Uint8Array, channels: number): boolean => {
  let coloured = 0
  for (let at = 0; at + 2 < data.length; at += channels) {
    const [red = 0, green = 0, blue = 0] = [data[at], data[at + 1], data[at + 2]]
    if (Math.max(red, green, blue) - Math.min(red, green, blue) > colourTolerance) coloured += 1
  }
  return coloured * channels > data.length * 0.01
}

const open = (bytes: Uint8Array) =>
  sharp(bytes, {
    limitInputPixels: filmLimits.maxPixels,
    failOn: 'truncated',
    sequentialRead: true,
  }).removeAlpha()

const decodeDeep = async (bytes: Uint8Array): Promise<GreyPicture> => {
  const { data, info } = await open(bytes)
    .toColourspace('grey16')
    .raw({ depth: 'ushort' })
    .toBuffer({ resolveWithObject: true })
  const whole = new Uint16Array(data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength))
  const values = info.channels === 1 ? whole : whole.filter((_, index) => index % info.channels === 0)
  return { rows: info.height, columns: info.width, values }
}

/** Decodes PNG or JPEG to grey; a picture in colour is refused. */
export const decodePicture = async (
  bytes: Uint8Array,
  bits: number,
): Promise<ImagingOutcome<GreyPicture>> => {
  try {
    if (bits === 16) return ok(await decodeDeep(bytes))
    const { data, info } = await open(bytes).raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true })
    if (info.channels >= 3 && isColour(data, info.channels))
      return rejected('COLOUR_PHOTOGRAPH', 'the channels differ')
    const values = new Uint16Array(info.width * info.height)
    for (let index = 0; index < values.length; index += 1) values[index] = data[index * info.channels] ?? 0
    return ok({ rows: info.height, columns: info.width, values })
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
