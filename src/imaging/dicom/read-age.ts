import { type AgeBand, ageBandOf } from '../../contracts/film-attributes.ts'
import type { DicomDataset } from './parse-dicom.ts'

/** An age lies between these years: an age string or a year of birth leaves up to a year open. */
type Years = { readonly low: number; readonly high: number }

const yearsPerUnit: Readonly<Record<string, number>> = {
  D: 1 / 365.25,
  W: 7 / 365.25,
  M: 1 / 12,
  Y: 1,
}

/** Nobody is older; what says so is a default or a slip. */
const oldest = 125

const adultYears = 18

/** A person may have had a birthday between the two, and ages are rounded up here and there. */
const toleranceYears = 1

/** DICOM writes 016Y; systems also write 16Y, 16 and blanks. Months, weeks and days come for children. */
const writtenAge = (text: string | undefined): Years | undefined => {
  const match = /^(\d{1,4})\s*([DWMY])?$/.exec((text ?? '').trim().toUpperCase())
  if (match === null) return undefined
  const years = Math.floor(Number(match[1]) * (yearsPerUnit[match[2] ?? 'Y'] ?? 1))
  return years > oldest ? undefined : { low: years, high: years }
}

type Day = { readonly year: number; readonly monthDay: string | undefined }

/** 20120101, with dots, hyphens or slashes between, or the year alone. */
const dayIn = (text: string | undefined): Day | undefined => {
  const match = /^(\d{4})(?:[-./]?(\d{2})(?:[-./]?(\d{2}))?)?$/.exec((text ?? '').trim())
  if (match === null) return undefined
  const [, year, month, day] = match
  const isWhole = month !== undefined && day !== undefined && month !== '00' && day !== '00'
  return { year: Number(year), monthDay: isWhole ? `${month}-${day}` : undefined }
}

/** From the day of birth to the day of the film. */
const countedAge = (birth: Day | undefined, film: Day | undefined): Years | undefined => {
  if (birth === undefined || film === undefined) return undefined
  const years = film.year - birth.year
  const isKnown = birth.monthDay !== undefined && film.monthDay !== undefined
  const isBefore = isKnown && (film.monthDay ?? '') < (birth.monthDay ?? '')
  const low = isKnown && !isBefore ? years : years - 1
  const high = isBefore ? years - 1 : years
  return high < 0 || low > oldest ? undefined : { low: Math.max(0, low), high }
}

/** The one age that the header states; undefined where it states none, or two that cannot both be. */
const statedAge = (dataset: DicomDataset, filmDay: string | undefined): Years | undefined => {
  const written = writtenAge(dataset.text('patientAge'))
  const counted = countedAge(dayIn(dataset.text('patientBirthDate')), dayIn(filmDay))
  if (written === undefined || counted === undefined) return written ?? counted
  const agree = written.low <= counted.high + toleranceYears && written.high >= counted.low - toleranceYears
  // Two ages of an adult: the one that was written for this film counts.
  if (Math.min(written.low, counted.low) >= adultYears) return written
  if (!agree) return undefined
  return counted.high < written.high ? counted : written
}

/**
 * The band of the age that a header states by the patient's age or the date of birth. Undefined where it says neither,
 * where the band cannot be told from a year, and where one says child and the other says adult.
 */
export const readAgeBand = (dataset: DicomDataset, filmDay: string | undefined): AgeBand | undefined => {
  const years = statedAge(dataset, filmDay)
  if (years === undefined) return undefined
  const band = ageBandOf(years.low)
  return band === ageBandOf(years.high) ? band : undefined
}
