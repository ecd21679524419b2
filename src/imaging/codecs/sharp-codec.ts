import sharp from 'sharp'
import { messageOf } from '../../runtime/errors.ts'
import { failed, ok } from '../../runtime/outcome.ts'
import { filmLimits, type ImagingOutcome } from '../film-header.ts'
import { greyOfColour, greyOfInk } from '../picture/colour-to-grey.ts'

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

type Samples = Uint8Array | Uint16Array

// A colour profile is not applied: it would move values, and the profile is taken off with other metadata.
const open = (bytes: Uint8Array) =>
  sharp(bytes, {
    limitInputPixels: filmLimits.maxPixels,
    failOn: 'error',
    sequentialRead: true,
    ignoreIcc: true,
  }).removeAlpha()

const spaceOf = (space: string | undefined, bits: number): string => {
  // Ink is read as it is: turned into light by a press's profile, its grey would be another.
  if (space === 'cmyk') return space
  if (space === 'b-w' || space === 'grey16') return bits === 16 ? 'grey16' : 'b-w'
  return bits === 16 ? 'rgb16' : 'srgb'
}

type Raw = { samples: Samples; rows: number; columns: number; channels: number }

const readRaw = async (bytes: Uint8Array, bits: number): Promise<Raw> => {
  const { space } = await sharp(bytes).metadata()
  const opened = open(bytes)
  const { data, info } = await (space === 'cmyk' ? opened.pipelineColourspace(space) : opened)
    .toColourspace(spaceOf(space, bits))
    .raw({ depth: bits === 16 ? 'ushort' : 'uchar' })
    .toBuffer({ resolveWithObject: true })
  const samples =
    bits === 16
      ? new Uint16Array(data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength))
      : data
  return { samples, rows: info.height, columns: info.width, channels: info.channels }
}

const greyOf = ({ samples, rows, columns, channels }: Raw, bits: number): ImagingOutcome<Uint16Array> => {
  if (channels === 4 && samples instanceof Uint8Array) return greyOfInk(samples, rows * columns)
  if (channels === 3) return greyOfColour(samples, rows * columns, { space: 'rgb', planar: false }, bits)
  return ok(samples instanceof Uint16Array ? samples : new Uint16Array(samples))
}

/** Decodes PNG or JPEG to grey, 8 or 16 bits a value, as it lies in the file; a picture in colour is refused. */
export const decodePicture = async (
  bytes: Uint8Array,
  bits: number,
): Promise<ImagingOutcome<GreyPicture>> => {
  try {
    const raw = await readRaw(bytes, bits)
    const grey = greyOf(raw, bits)
    return grey.kind === 'ok' ? ok({ rows: raw.rows, columns: raw.columns, values: grey.value }) : grey
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
