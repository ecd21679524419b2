import { ageBandOf, type FilmAttributes } from '../../contracts/film-attributes.ts'
import type { FilmNote } from '../../contracts/film-inbox.ts'
import type { GatedFilm } from '../receive-film.ts'

const attributesOf = (note: FilmNote): FilmAttributes => {
  const { ageYears, sex, acquisitionDay, bodyPart, viewPosition, laterality, reason } = note
  return {
    ...(ageYears === undefined ? {} : { ageBand: ageBandOf(ageYears) }),
    ...(sex === undefined ? {} : { sex }),
    ...(acquisitionDay === undefined ? {} : { acquisitionDay }),
    ...(bodyPart === undefined ? {} : { bodyPart }),
    ...(viewPosition === undefined ? {} : { viewPosition }),
    ...(laterality === undefined ? {} : { laterality }),
    ...(reason === undefined ? {} : { reason }),
  }
}

/** Adds what a sender says beside a film to what the film says of itself; the film's own word goes before. */
export const applyNote = (gated: GatedFilm, note: FilmNote | undefined): GatedFilm => {
  if (note === undefined) return gated
  const { patientId, issuerOfPatientId, nationalId } = note
  const noted = {
    ...gated,
    identity: {
      ...(patientId === undefined ? {} : { patientId }),
      ...(issuerOfPatientId === undefined ? {} : { issuerOfPatientId }),
      ...(nationalId === undefined ? {} : { nationalId }),
      ...gated.identity,
    },
    attributes: { ...attributesOf(note), ...gated.attributes },
  }
  if (noted.kind === 'refused' || noted.attributes.ageBand !== '0-17') return noted
  const { contentType, identity, attributes } = noted
  return {
    kind: 'refused',
    refusal: 'UNDER_18',
    detail: 'by the age in the note',
    contentType,
    identity,
    attributes,
  }
}
