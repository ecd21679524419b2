import { createHash } from 'node:crypto'
import { encodeJpeg, encodePng } from '../../imaging/sharp-codec.ts'
import { sampleAcquisition } from '../films/devices.ts'
import type { Acquisition } from '../films/expose-film.ts'
import { normalDraw } from '../films/normal-draw.ts'
import { type SimulatedPerson, samplePerson } from '../films/person.ts'
import { renderFilm, type SimulatedFilm } from '../films/render-film.ts'
import { renderRefusedFilm } from '../films/render-refused.ts'
import type { SimulatedClinic } from './describe-clinics.ts'
import { type DicomPatch, dicomOf } from './film-to-dicom.ts'
import type { PlannedDelivery } from './plan-deliveries.ts'
import { randomFor } from './seeded-random.ts'
import { writeHugePng, writePng } from './write-png.ts'

/** What a thread needs to draw any delivery of a plan. */
export type MakeFileOptions = {
  readonly clinics: readonly SimulatedClinic[]
  readonly seed: number
  /** Longer edge of a film in pixels. */
  readonly filmSize: number
}

export type MadeFile = { readonly bytes: Uint8Array; readonly contentType: string }

type Scene = {
  readonly options: MakeFileOptions
  readonly planned: PlannedDelivery
  readonly clinic: SimulatedClinic
  readonly person: SimulatedPerson
  readonly acquisition: Acquisition
}

const dicomType = 'application/dicom'

const sceneOf = (options: MakeFileOptions, planned: PlannedDelivery): Scene => {
  const clinic = options.clinics.find(({ siteId }) => siteId === planned.siteId)
  if (clinic === undefined) throw new Error(`no clinic ${planned.siteId}`)
  const { seed } = options
  const person = samplePerson({
    world: 'external',
    random: randomFor(seed, planned.siteId, 'person', planned.person),
    tShift: clinic.region.tShift,
    ageShift: clinic.region.ageShift,
    clinicOffset: 0.15 * normalDraw(randomFor(seed, planned.siteId, 'offset')),
  })
  const random = randomFor(seed, 'acquisition', planned.film)
  const acquisition = sampleAcquisition({ world: 'external', random, maker: clinic.maker })
  return { options, planned, clinic, person, acquisition }
}

/** The film of a delivery; a conflicting one shows the same hip in another exposure. */
const filmOf = ({ options, planned, person, acquisition }: Scene): SimulatedFilm => {
  const take = planned.kind === 'conflict' ? 'second take' : 'take'
  const random = randomFor(options.seed, take, planned.film)
  return renderFilm({ person, view: planned.view, acquisition, size: options.filmSize, random })
}

const refusedOf = (
  { options, planned, acquisition }: Scene,
  kind: 'knee' | 'chest' | 'child',
): SimulatedFilm =>
  renderRefusedFilm({
    kind,
    acquisition,
    size: options.filmSize,
    random: randomFor(options.seed, kind, planned.film),
  })

const dicom = (scene: Scene, film: SimulatedFilm, patch: DicomPatch = {}): MadeFile => {
  const uid = createHash('sha256')
    .update(`${scene.options.seed} ${scene.planned.film}`)
    .digest('hex')
    .slice(0, 30)
  const bytes = dicomOf({
    film,
    person: scene.person,
    acquisition: scene.acquisition,
    patientId: `SIM-${scene.planned.siteId}-${scene.planned.person}`,
    institution: scene.clinic.name,
    sopInstanceUid: `2.25.${BigInt(`0x${uid}`)}`,
    acquiredAt: new Date(scene.planned.acquiredAt),
    timeZone: scene.clinic.region.timeZone,
    view: scene.planned.view,
    patch,
  })
  return { bytes, contentType: dicomType }
}

const eightBits = (film: SimulatedFilm): Uint16Array => {
  const top = 2 ** film.bitsStored - 1
  return film.pixels.map((value) => ((film.photometric === 'MONOCHROME1' ? top - value : value) * 255) / top)
}

const picture = async (scene: Scene, film: SimulatedFilm): Promise<MadeFile> => {
  const grey = { rows: film.rows, columns: film.columns, values: eightBits(film) }
  return scene.planned.film % 2 === 0
    ? { bytes: await encodePng(grey, 8), contentType: 'image/png' }
    : { bytes: await encodeJpeg(grey), contentType: 'image/jpeg' }
}

const colourPhotograph = async (scene: Scene): Promise<MadeFile> => {
  const random = randomFor(scene.options.seed, 'photograph', scene.planned.film)
  const [rows, columns] = [240, 320]
  const samples = Uint8Array.from(
    { length: rows * columns * 3 },
    (_, index) => (index % 3) * 60 + 60 * random(),
  )
  return {
    bytes: await writePng({ rows, columns, colour: 'rgb', bitDepth: 8, samples }),
    contentType: 'image/png',
  }
}

const randomBytes = (scene: Scene): MadeFile => {
  const random = randomFor(scene.options.seed, 'bytes', scene.planned.film)
  return { bytes: Uint8Array.from({ length: 20_000 }, () => 256 * random()), contentType: dicomType }
}

/** JPEG XL: a transfer syntax that nothing here reads. */
const unreadableSyntax = '1.2.840.10008.1.2.4.110'

const makers: Record<PlannedDelivery['kind'], (scene: Scene) => MadeFile | Promise<MadeFile>> = {
  film: (scene) => dicom(scene, filmOf(scene)),
  late: (scene) => dicom(scene, filmOf(scene)),
  resend: (scene) => dicom(scene, filmOf(scene)),
  conflict: (scene) => dicom(scene, filmOf(scene)),
  picture: (scene) => picture(scene, filmOf(scene)),
  truncated: (scene) => {
    const whole = dicom(scene, filmOf(scene))
    return { ...whole, bytes: whole.bytes.slice(0, Math.floor(whole.bytes.length * 0.6)) }
  },
  'zero-bytes': () => ({ bytes: new Uint8Array(0), contentType: dicomType }),
  'random-bytes': randomBytes,
  'unsupported-encoding': (scene) => dicom(scene, filmOf(scene), { declaredSyntaxUid: unreadableSyntax }),
  knee: (scene) => dicom(scene, refusedOf(scene, 'knee'), { bodyPart: 'KNEE' }),
  chest: (scene) => dicom(scene, refusedOf(scene, 'chest'), { bodyPart: 'CHEST' }),
  'wrong-modality': (scene) => dicom(scene, filmOf(scene), { modality: 'MR' }),
  child: (scene) => dicom(scene, refusedOf(scene, 'child'), { age: 9 }),
  'no-pixel-data': (scene) => dicom(scene, filmOf(scene), { withoutPixels: true }),
  'colour-photograph': colourPhotograph,
  'huge-picture': async () => ({ bytes: await writeHugePng(), contentType: 'image/png' }),
}

/** Creates what draws deliveries: the same plan and options give the same bytes on every machine. */
export const createMakeFile =
  (options: MakeFileOptions) =>
  async (planned: PlannedDelivery): Promise<MadeFile> =>
    makers[planned.kind](sceneOf(options, planned))
