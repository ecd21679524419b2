import { filmModalities } from '../../contracts/known-values.ts'
import { rejected } from '../../runtime/outcome.ts'
import type { ImagingOutcome } from '../film-header.ts'
import type { DicomDataset } from './parse-dicom.ts'
import { readAgeBand } from './read-film-attributes.ts'

type Refusal = Exclude<ImagingOutcome<never>, { kind: 'ok' }>

/** Modalities that are named in a refusal; the field takes any text, which may be a name. */
const namedModalities = [
  'CT',
  'MR',
  'US',
  'MG',
  'NM',
  'PT',
  'XA',
  'PX',
  'IO',
  'DG',
  'SC',
  'OT',
  'SR',
  'PR',
  'ECG',
  'BMD',
]

const rawClass = '1.2.840.10008.5.1.4.1.1.1.1.1'

/** A detector's own values, before they are made to look like a film: the classes were not learned on such. */
const isRaw = (dataset: DicomDataset): boolean =>
  dataset.text('presentationIntentType')?.toUpperCase() === 'FOR PROCESSING' ||
  dataset.text('sopClassUid') === rawClass

/** Refuses what the header says must not be scored. */
export const refusedContent = (dataset: DicomDataset): Refusal | undefined => {
  if (dataset.pixelData === undefined) return rejected('NO_PIXEL_DATA', 'the object has no pixel data')
  const modality = dataset.text('modality')?.toUpperCase()
  if (modality !== undefined && !filmModalities.some((known) => known === modality))
    return rejected(
      'WRONG_MODALITY',
      `modality ${namedModalities.find((name) => name === modality) ?? 'unknown'}`,
    )
  if (dataset.text('burnedInAnnotation')?.toUpperCase() === 'YES')
    return rejected('BURNED_IN_ANNOTATION', 'by the header')
  if (readAgeBand(dataset) === '0-17') return rejected('UNDER_18', 'by the age in the header')
  return isRaw(dataset) ? rejected('RAW_IMAGE', 'for processing, by the header') : undefined
}
