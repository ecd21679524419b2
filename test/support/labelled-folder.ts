import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeDicomFilm } from '../../src/imaging/dicom/write-dicom-film.ts'
import { randomFor } from '../../src/simulation/clinics/seeded-random.ts'
import { sampleAcquisition } from '../../src/simulation/films/devices.ts'
import { type SimulatedPerson, samplePerson } from '../../src/simulation/films/person.ts'
import { renderFilm, type SimulatedFilm, type View } from '../../src/simulation/films/render-film.ts'
import { type RefusedKind, renderRefusedFilm } from '../../src/simulation/films/render-refused.ts'

const header = 'file,person,side,tScore,class,age,sex,clinic,simulatedErrorSd,simulatedClinicSd'

/** A simulated film as a DICOM file. */
const dicomOf = (film: SimulatedFilm, index: number, laterality: 'L' | 'R' | 'B'): Uint8Array =>
  writeDicomFilm({
    sopInstanceUid: `2.25.${index + 1}`,
    rows: film.rows,
    columns: film.columns,
    pixels: film.pixels,
    bitsStored: film.bitsStored,
    photometric: film.photometric,
    acquisition: { modality: 'DX', intent: 'FOR PRESENTATION', laterality },
    study: { studyInstanceUid: `2.25.1${index}`, seriesInstanceUid: `2.25.2${index}`, date: '20240510' },
  })

const lateralities = { left: 'L', right: 'R', pelvis: 'B' } as const

const rowsOf = (file: string, person: number, age: number, film: SimulatedFilm): string[] =>
  film.hips.map(
    (hip) =>
      `${file},p${person},${hip.side === 'left' ? 'L' : 'R'},${hip.tScore.toFixed(3)},,${age},F,simulated,0.2,0`,
  )

/** What a folder is drawn from; a film for each view, each of a person of its own. */
export type FolderPlan = {
  readonly views: readonly View[]
  readonly refused?: readonly RefusedKind[]
  readonly seed: number
}

const draw = (person: SimulatedPerson, view: View, seed: number, index: number): SimulatedFilm =>
  renderFilm({
    person,
    view,
    acquisition: sampleAcquisition({ world: 'hospital', random: randomFor(seed, 'exposure', index) }),
    size: 512,
    random: randomFor(seed, 'film', index),
  })

/** Writes a folder of simulated films with `labels.csv`. */
export const writeLabelledFolder = async (folder: string, plan: FolderPlan): Promise<void> => {
  const { views, seed } = plan
  const rows: string[] = []
  for (const [index, view] of views.entries()) {
    const person = samplePerson({
      world: 'hospital',
      random: randomFor(seed, 'person', index),
      hospitalMix: true,
    })
    const film = draw(person, view, seed, index)
    const file = `film-${String(index).padStart(3, '0')}.dcm`
    await writeFile(join(folder, file), dicomOf(film, index, lateralities[view]))
    rows.push(...rowsOf(file, index, person.age, film))
  }
  for (const [index, kind] of (plan.refused ?? []).entries()) {
    const random = randomFor(seed, 'refused', index)
    const acquisition = sampleAcquisition({ world: 'hospital', random })
    const film = renderRefusedFilm({ kind, acquisition, size: 512, random })
    const file = `other-${index}.dcm`
    await writeFile(join(folder, file), dicomOf(film, 1000 + index, 'L'))
    rows.push(`${file},q${index},L,-2.000,,70,F,simulated,0.2,0`)
  }
  await writeFile(join(folder, 'labels.csv'), [header, ...rows, ''].join('\n'))
}
