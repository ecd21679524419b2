import { correctionOf, publishCorrection } from '../operations/publish-correction.ts'
import { subjectKeyOf } from '../producers/identify-film.ts'
import { optOut } from '../producers/opt-out.ts'
import { SetupError } from '../runtime/errors.ts'
import type { Process } from './open-process.ts'
import { openSitePublisher } from './site-publisher.ts'

/** The id of a patient, and behind a tab its issuer. */
const personIn = (line: string): { patientId: string; issuer: string | undefined } => {
  const [patientId = '', issuer] = line.replace(/\r?\n$/, '').split('\t')
  if (patientId.trim() !== '') return { patientId, issuer }
  throw new SetupError(
    'SETTING_INVALID',
    'standard input holds no patient id',
    'write the patient id, a tab and its issuer to standard input; see docs/gateway.md',
  )
}

/**
 * Lets no film of a person leave the clinic: first the list, then an erasure that the site signs, so that no film can slip in
 * between. Safe to repeat.
 */
export const optOutPerson = async (
  process: Process,
  line: string,
  of: { readonly clinic: string; readonly who: string; readonly why: string },
): Promise<{ readonly isNew: boolean; readonly correctionId: string }> => {
  const { patientId, issuer } = personIn(line)
  const { keys, publisher } = await openSitePublisher(process, of.clinic)
  const subjectKey = subjectKeyOf(keys, issuer, patientId)
  const isNew = await optOut(process.settings.dataDir, of.clinic, subjectKey)
  const { who, why } = of
  const correction = correctionOf({ kind: 'erase', siteId: of.clinic, subjectKey, who, why }, new Date())
  await publishCorrection(publisher, correction)
  return { isNew, correctionId: correction.correctionId }
}
