import type { FilmIdentity } from './film-header.ts'
import { parseDicom } from './parse-dicom.ts'

/** What a file names, as far as it can be read at all: a film that is refused is known again all the same. */
export const readIdentity = (bytes: Uint8Array): FilmIdentity => {
  const parsed = parseDicom(bytes)
  if (parsed.kind !== 'ok') return {}
  const [sopInstanceUid, patientId, issuerOfPatientId] = [
    parsed.value.text('sopInstanceUid'),
    parsed.value.text('patientId'),
    parsed.value.text('issuerOfPatientId'),
  ]
  return {
    ...(sopInstanceUid === undefined ? {} : { sopInstanceUid }),
    ...(patientId === undefined ? {} : { patientId }),
    ...(issuerOfPatientId === undefined ? {} : { issuerOfPatientId }),
  }
}
