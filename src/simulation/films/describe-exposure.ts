import type { DicomAcquisition } from '../../imaging/write-dicom-film.ts'
import type { Random } from '../clinics/seeded-random.ts'
import { below } from '../clinics/seeded-random.ts'
import type { Acquisition } from './expose-film.ts'
import type { SimulatedFilm, View } from './render-film.ts'

/** What a device writes into the header of a film of one hip or of both; nothing in it depends on density. */
export const describeExposure = (options: {
  device: Acquisition
  film: SimulatedFilm
  view: View
  random: Random
}): DicomAcquisition => {
  const { device, film, view, random } = options
  const { maker, model, detector, softwareVersion, kvp } = device
  return {
    modality: model.startsWith('CR') ? 'CR' : 'DX',
    intent: 'FOR PRESENTATION',
    maker,
    model,
    detector,
    softwareVersion,
    kvp,
    bodyPart: view === 'pelvis' ? 'PELVIS' : 'HIP',
    viewPosition: 'AP',
    laterality: view === 'pelvis' ? 'B' : view === 'left' ? 'L' : 'R',
    exposureIndex: 200 + below(random, 250),
    deviationIndex: Math.round(20 * (random() - 0.5)) / 10,
    imagerPixelSpacingMm: [film.spacingMm, film.spacingMm],
  }
}
