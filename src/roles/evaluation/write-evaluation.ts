import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { nameOf } from '../../figures/figure-text.ts'
import { listPredictions } from '../../inference/evaluation/list-predictions.ts'
import { cardText, makeCard } from '../../inference/evaluation/make-card.ts'
import type { PackageEvaluation } from '../../inference/evaluation/package-evaluation.ts'
import { writePage } from '../../inference/evaluation/report/write-page.ts'
import { messageOf, SetupError } from '../../runtime/errors.ts'
import { makeFolder } from '../../runtime/make-folder.ts'

/** Where an evaluation is kept if no other folder is named; the next one of the same package and set replaces it. */
export const reportFolder = (dataDir: string, { manifest, set }: PackageEvaluation): string =>
  join(dataDir, 'evaluations', `${manifest.name}-${manifest.version}-${set}`)

/** A line for each labelled hip and package. */
const predictionsText = ({ models, labels, evaluation }: PackageEvaluation): string =>
  models
    .flatMap(({ manifest, hips }) => listPredictions(nameOf(manifest), labels, hips, evaluation))
    .map((prediction) => `${JSON.stringify(prediction)}\n`)
    .join('')

/** Writes what an evaluation leaves behind and answers the folder. */
export const writeEvaluation = async (found: PackageEvaluation, folder: string): Promise<string> => {
  const card = makeCard({ ...found, hips: found.evaluation.hips })
  const page = await writePage(found)
  try {
    await makeFolder(folder)
    await writeFile(join(folder, 'card.json'), cardText(card))
    await writeFile(join(folder, 'report.html'), page)
    await writeFile(join(folder, 'predictions.jsonl'), predictionsText(found))
  } catch (error) {
    throw new SetupError(
      'FILE_UNREADABLE',
      `${folder} cannot be written: ${messageOf(error)}`,
      'choose another --report folder',
    )
  }
  return folder
}
