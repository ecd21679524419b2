import type { DicomAcquisition } from '../../imaging/dicom/write-dicom-film.ts'
import type { Random } from '../clinics/seeded-random.ts'
import { below } from '../clinics/seeded-random.ts'
import type { Acquisition } from './expose-film.ts'
import type { SimulatedFilm, View } from './render-film.ts'

const sides = { left: 'L', right: 'R', pelvis: 'B' } as const
const otherSides = { left: 'R', right: 'L', pelvis: 'B' } as const

/**
 * What a device writes into the header of a film of one hip or of both; nothing in it depends on density. `intent` is
 * FOR PRESENTATION unless given; `wrongSide` is what happens where the operator chose the other side at the console.
 */
export const describeExposure = (options: {
  device: Acquisition
  film: SimulatedFilm
  view: View
  random: Random
  intent?: DicomAcquisition['intent']
  wrongSide?: boolean
}): DicomAcquisition => {
  const { device, film, view, random, intent = 'FOR PRESENTATION', wrongSide = false } = options
  const { maker, model, detector, softwareVersion, kvp } = device
  return {
    modality: model.startsWith('CR') ? 'CR' : 'DX',
    intent,
    maker,
    model,
    detector,
    softwareVersion,
    kvp,
    bodyPart: view === 'pelvis' ? 'PELVIS' : 'HIP',
    viewPosition: 'AP',
    laterality: (wrongSide ? otherSides : sides)[view],
    exposureIndex: 200 + below(random, 250),
    deviationIndex: Math.round(20 * (random() - 0.5)) / 10,
    imagerPixelSpacingMm: [film.spacingMm, film.spacingMm],
  }
}
