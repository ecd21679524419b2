import { parseCsv } from '../inference/evaluation/parse-csv.ts'
import { correctionOf, publishCorrection } from '../operations/publish-correction.ts'
import { subjectKeyOf } from '../producers/identify-film.ts'
import type { SiteKeys } from '../producers/site-keys.ts'
import { messageOf, SetupError } from '../runtime/errors.ts'
import type { Process } from './open-process.ts'
import { openSitePublisher } from './site-publisher.ts'

/** The columns of a list of merged patients; the two issuers may be left out. */
export const mergeColumns = ['old_patient_id', 'old_issuer', 'new_patient_id', 'new_issuer'] as const

type Merge = { readonly subjectKey: string; readonly newSubjectKey: string }

const wrong = (why: string, cause?: unknown): SetupError =>
  new SetupError(
    'FILE_UNREADABLE',
    `this is no list of merged patients: ${why}`,
    `write a CSV with the columns ${mergeColumns.join(', ')}`,
    { cause },
  )

/** Reads the list; the faults name lines, and no patient. Throws SetupError FILE_UNREADABLE. */
export const mergesIn = (csv: string, keys: SiteKeys): readonly Merge[] => {
  let records: ReturnType<typeof parseCsv>
  try {
    records = parseCsv(csv)
  } catch (error) {
    throw wrong(messageOf(error), error)
  }
  if (records.length === 0) throw wrong('it holds nobody')
  return records.map(({ line, values }) => {
    const [oldId = '', oldIssuer, newId = '', newIssuer] = mergeColumns.map((name) => values[name])
    if (oldId === '' || newId === '') throw wrong(`line ${line} lacks old_patient_id or new_patient_id`)
    return {
      subjectKey: subjectKeyOf(keys, oldIssuer, oldId),
      newSubjectKey: subjectKeyOf(keys, newIssuer, newId),
    }
  })
}

/** Relinks every person of a list, signed by the site; the whole list is read before the first is published. */
export const relinkPeople = async (
  process: Process,
  csv: string,
  of: { readonly clinic: string; readonly who: string; readonly why: string },
): Promise<number> => {
  const { keys, publisher } = await openSitePublisher(process, of.clinic)
  const merges = mergesIn(csv, keys)
  const { who, why } = of
  for (const merge of merges)
    await publishCorrection(
      publisher,
      correctionOf({ kind: 'relink', siteId: of.clinic, ...merge, who, why }, new Date()),
    )
  return merges.length
}
