import { writeDicomFilm } from '../../imaging/dicom/write-dicom-film.ts'
import type { SimulatedClinic } from './describe-clinics.ts'
import type { PlannedDelivery } from './plan-deliveries.ts'
import { randomFor } from './seeded-random.ts'
import {
  clinicFilmSpec,
  type DrawContext,
  writeClinicFilm,
  writeClinicPicture,
  writeRefusedFilm,
} from './write-clinic-film.ts'
import {
  writeMagneticResonance,
  writePhotograph,
  writeRandomBytes,
  writeReport,
} from './write-other-object.ts'
import { writeHugePng } from './write-png.ts'

/** What a thread needs to draw any delivery of a plan; people have their drawn age in `referenceYear`. */
export type MakeFileOptions = Pick<DrawContext, 'seed' | 'filmSize'> & {
  readonly clinics: readonly SimulatedClinic[]
  readonly referenceYear?: number
}

/** A file as a clinic's system writes it. */
export type MadeFile = { readonly bytes: Uint8Array; readonly contentType: string }

/** Makes the file of a planned delivery: the same bytes for the same plan. */
export type MakeFile = (planned: PlannedDelivery) => Promise<MadeFile>

const dicom = (bytes: Uint8Array): MadeFile => ({ bytes, contentType: 'application/dicom' })
const png = (bytes: Uint8Array): MadeFile => ({ bytes, contentType: 'image/png' })

/** A video codec, which no film has. */
const mpeg2 = '1.2.840.10008.1.2.4.100'

/** A transfer that broke off within the pixels. */
const truncated = (context: DrawContext): Uint8Array => {
  const whole = writeClinicFilm(context, 0)
  const kept = 0.2 + 0.7 * randomFor(context.seed, 'broken off', context.planned.film)()
  return whole.slice(0, Math.floor(whole.length * kept))
}

const unsupported = (context: DrawContext): Uint8Array => {
  const fragments = [writeRandomBytes(context)]
  return writeDicomFilm({ ...clinicFilmSpec(context, 0), coded: { fragments, transferSyntaxUid: mpeg2 } })
}

/** Creates the maker of files; a planned clinic that it does not know is a fault. */
export const createMakeFile = (options: MakeFileOptions): MakeFile => {
  const { seed, filmSize, referenceYear = 2026 } = options
  const clinics = new Map(options.clinics.map((clinic) => [clinic.siteId, clinic]))
  let hugePng: Promise<Uint8Array> | undefined
  const make = async (context: DrawContext): Promise<MadeFile> => {
    const { kind } = context.planned
    switch (kind) {
      case 'film':
      case 'late':
      case 'resend':
        return dicom(writeClinicFilm(context, 0))
      case 'conflict':
        return dicom(writeClinicFilm(context, 1))
      case 'picture':
        return writeClinicPicture(context)
      case 'truncated':
        return dicom(truncated(context))
      case 'zero-bytes':
        return dicom(new Uint8Array(0))
      case 'random-bytes':
        return dicom(writeRandomBytes(context))
      case 'unsupported-encoding':
        return dicom(unsupported(context))
      case 'knee':
      case 'chest':
      case 'child':
        return dicom(writeRefusedFilm(context, kind))
      case 'wrong-modality':
        return dicom(writeMagneticResonance(context))
      case 'no-pixel-data':
        return dicom(writeReport(context))
      case 'colour-photograph':
        return png(await writePhotograph(context))
      case 'huge-picture':
        return png(await (hugePng ??= writeHugePng()))
    }
  }
  return async (planned) => {
    const clinic = clinics.get(planned.siteId)
    if (clinic === undefined) throw new Error('a delivery of an unknown clinic')
    return make({ seed, filmSize, referenceYear, clinic, planned })
  }
}
