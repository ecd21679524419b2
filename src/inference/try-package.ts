import { createClassifyTask } from './classify-task.ts'
import { isFiniteReading } from './decide.ts'
import type { FilmWorkerData } from './film-tasks.ts'
import { createFindHips } from './find-hips.ts'
import type { ModelPackage } from './model-package.ts'

/** Grey values that no network may choke on: a ramp. */
const rampOf = (size: number): Uint8Array =>
  Uint8Array.from({ length: size * size }, (_, index) => Math.floor((256 * index) / (size * size)))

/**
 * Runs a package once on a made-up picture: that its file is whole does not say that the runtime can load it, nor that
 * its outputs are those of the manifest. Answers what is wrong, or nothing.
 */
export const tryPackage = async (
  { folder, manifest }: ModelPackage,
  provider: FilmWorkerData['provider'],
): Promise<string | undefined> => {
  const { size } = manifest.input
  if (manifest.task === 'find-hips') {
    const findHips = await createFindHips(folder, provider)
    const pixels = Uint16Array.from(rampOf(size), (value) => value * 257)
    await findHips({ rows: size, columns: size, pixels })
    return undefined
  }
  const classify = createClassifyTask({ finderFolder: '', cropSizes: [size], provider })
  const { readings } = await classify({
    kind: 'classify',
    packageFolder: folder,
    images: rampOf(size),
    count: 1,
  })
  const [reading] = readings
  if (reading === undefined || !isFiniteReading(reading)) return 'its outputs are not finite'
  if (reading.logits.length !== manifest.classes.length) return `it has ${reading.logits.length} logits`
  return reading.embedding.length === 16 ? undefined : `its embedding has ${reading.embedding.length} numbers`
}
