import { type DicomElement, writeDicom } from '../../imaging/dicom/write-dicom.ts'
import { uidFor } from './clinic-patient.ts'
import { below, randomFor } from './seeded-random.ts'
import { type DrawContext } from './write-clinic-film.ts'
import { type PngPicture, writePng } from './write-png.ts'

const magneticResonance = '1.2.840.10008.5.1.4.1.1.4'
const textReport = '1.2.840.10008.5.1.4.1.1.88.11'

const commonElements = (context: DrawContext, modality: string): DicomElement[] => [
  [0x00080060, 'CS', modality],
  [0x00080020, 'DA', context.planned.acquiredAt.slice(0, 10).replaceAll('-', '')],
  [0x00080080, 'LO', context.clinic.name],
  [0x00100010, 'PN', 'OTHER^OBJECT'],
  [0x00100020, 'LO', `X-${context.planned.film}`],
  [0x0020000d, 'UI', uidFor(context.seed, 'study', context.planned.film)],
  [0x0020000e, 'UI', uidFor(context.seed, 'series', context.planned.film)],
]

/** An image of another modality, sent by mistake. */
export const writeMagneticResonance = (context: DrawContext): Uint8Array => {
  const random = randomFor(context.seed, 'resonance', context.planned.film)
  const side = 128
  return writeDicom({
    sopClassUid: magneticResonance,
    sopInstanceUid: uidFor(context.seed, 'film', context.planned.film),
    elements: [
      ...commonElements(context, 'MR'),
      [0x00280002, 'US', 1],
      [0x00280004, 'CS', 'MONOCHROME2'],
      [0x00280010, 'US', side],
      [0x00280011, 'US', side],
      [0x00280100, 'US', 8],
      [0x00280101, 'US', 8],
      [0x00280102, 'US', 7],
      [0x00280103, 'US', 0],
      [0x7fe00010, 'OB', Uint8Array.from({ length: side * side }, () => below(random, 256))],
    ],
  })
}

/** A report: an object without an image. */
export const writeReport = (context: DrawContext): Uint8Array =>
  writeDicom({
    sopClassUid: textReport,
    sopInstanceUid: uidFor(context.seed, 'film', context.planned.film),
    elements: commonElements(context, 'SR'),
  })

/** A colour photograph, of a film on a light box say. */
export const writePhotograph = (context: DrawContext): Promise<Uint8Array> => {
  const random = randomFor(context.seed, 'photograph', context.planned.film)
  const [rows, columns] = [360, 480]
  const tint = [0.6 + 0.4 * random(), 0.3 + 0.4 * random(), 0.2 * random()]
  const samples = new Uint8Array(rows * columns * 3)
  for (let index = 0; index < samples.length; index += 1) {
    const pixel = Math.floor(index / 3)
    const shade =
      0.5 + 0.25 * ((pixel % columns) / columns) + 0.2 * (pixel / samples.length) + 0.05 * random()
    samples[index] = Math.round(255 * shade * (tint[index % 3] ?? 1))
  }
  const picture: PngPicture = { rows, columns, colour: 'rgb', bitDepth: 8, samples }
  return writePng(picture)
}

/** A file of noise under the name of a film. */
export const writeRandomBytes = (context: DrawContext): Uint8Array => {
  const random = randomFor(context.seed, 'noise', context.planned.film)
  return Uint8Array.from({ length: 8192 + below(random, 24_576) }, () => below(random, 256))
}
