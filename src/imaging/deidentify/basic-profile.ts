import { readFileSync } from 'node:fs'
import { z } from 'zod'
import type { DicomElement, DicomItem } from '../dicom/write-dicom.ts'
import { basicProfilePath } from './generate-basic-profile.ts'

const fileSchema = z.object({ edition: z.string(), attributes: z.record(z.string(), z.string()) })

type Profile = { readonly edition: string; readonly actions: ReadonlyMap<string, string> }

const load = (): Profile => {
  const { edition, attributes } = fileSchema.parse(JSON.parse(readFileSync(basicProfilePath, 'utf8')))
  return { edition, actions: new Map(Object.entries(attributes)) }
}

let loaded: Profile | undefined
const profile = (): Profile => (loaded ??= load())

/** Repeating groups (curves, overlays) stand in the table with their first byte; and some with it alone. */
const patternsOf = (tag: number): string[] => {
  const id = tag.toString(16).padStart(8, '0')
  const group = id.slice(0, 2)
  return [id, `${group}xx${id.slice(4)}`, `${group}xxxxxx`]
}

/** What the table asks to do with an attribute: the basic profile's action, and `K` where patients' characteristics stay. */
export const profileActionOf = (tag: number): { basic: string; keeps: boolean } | undefined => {
  for (const pattern of patternsOf(tag)) {
    const found = profile().actions.get(pattern)
    const [basic, option] = found?.split(' ') ?? []
    if (basic !== undefined) return { basic, keeps: option === 'K' }
  }
  return undefined
}

const isItems = (value: DicomElement[2]): value is readonly DicomItem[] =>
  Array.isArray(value) && typeof value[0] === 'object'

/**
 * The attributes that may be written with a value although the table asks to remove, empty or replace them: UIDs,
 * which are replaced by keyed hashes before they come here.
 */
const isReplaced = (basic: string): boolean => basic === 'U'

const isPrivate = (tag: number): boolean => (tag >>> 16) % 2 === 1

/**
 * Applies PS3.15 table E.1-1 to what is about to be written, at every depth: the allow list decides what is offered, and
 * the table has the last word. An attribute that it removes goes, and one that it empties is empty, unless it says what
 * sort of patient this is: age (as a band) and sex stay.
 */
export const applyBasicProfile = (elements: readonly DicomElement[]): DicomElement[] =>
  elements.flatMap((element): DicomElement[] => {
    const [tag, vr, value] = element
    if (isPrivate(tag)) return []
    const action = profileActionOf(tag)
    if (action === undefined || action.keeps || isReplaced(action.basic)) {
      if (!isItems(value)) return [element]
      return [[tag, vr, value.map(({ item }) => ({ item: applyBasicProfile(item) }))]]
    }
    return action.basic.startsWith('X') ? [] : [[tag, vr, '']]
  })

const codeItem = (value: string, meaning: string): DicomItem => ({
  item: [
    [0x00080100, 'SH', value],
    [0x00080102, 'SH', 'DCM'],
    [0x00080104, 'LO', meaning],
  ],
})

/** What a de-identified object says of how that was done (PS3.15 E.1.1). */
export const deidentificationElements = (): DicomElement[] => [
  [0x00120062, 'CS', 'YES'],
  [0x00120063, 'LO', 'osteostream allow list; DICOM PS3.15 Basic Profile 2024b'],
  [
    0x00120064,
    'SQ',
    [
      codeItem('113100', 'Basic Application Confidentiality Profile'),
      codeItem('113108', 'Retain Patient Characteristics Option'),
    ],
  ],
  [0x00280303, 'CS', 'REMOVED'],
]
