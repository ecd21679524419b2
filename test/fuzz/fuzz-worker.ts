import { parentPort, workerData } from 'node:worker_threads'
import { decodeFilm } from '../../src/imaging/decode-film.ts'
import { deidentifyFilm } from '../../src/imaging/deidentify/deidentify-film.ts'
import { toGreyscale } from '../../src/imaging/picture/grey-film.ts'
import { readFilmHeader } from '../../src/imaging/read-film-header.ts'
import { seededWords } from '../imaging/films.ts'
import { baseFilms } from './base-films.ts'
import { mutate, type Structure, structures } from './mutate.ts'

/** What a mutant ended as. */
export type Fate = 'read' | 'refused' | 'fault'
export type FuzzMessage =
  | { readonly kind: 'begins'; readonly mutant: string }
  | {
      readonly kind: 'ended'
      readonly encoding: string
      readonly structure: Structure
      readonly fate: Fate
      readonly detail: string
      readonly ms: number
      readonly mutant: string
    }

const { seed, from, step } = workerData as { seed: number; from: number; step: number }

const pixelsOf = async (bytes: Uint8Array): Promise<{ hash: string; grey: number } | string> => {
  const header = readFilmHeader(bytes)
  const film = header.kind === 'ok' ? await decodeFilm(bytes, header.value) : header
  if (film.kind === 'rejected') return film.reason
  if (film.kind === 'failed') return film.code
  if (!('stored' in film.value)) return 'nothing'
  return { hash: film.value.pixelHash, grey: toGreyscale(film.value).greys.length }
}

/** The rule: a mutant is refused with a name, or its copy decodes to its very pixels. */
const judge = async (bytes: Uint8Array): Promise<{ fate: Fate; detail: string }> => {
  const header = readFilmHeader(bytes)
  if (header.kind !== 'ok') return { fate: 'refused', detail: '' }
  const copy = await deidentifyFilm(bytes, header.value, { replacementUid: () => '2.25.1' })
  if (copy.kind !== 'ok') return { fate: 'refused', detail: '' }
  const [one, other] = [await pixelsOf(bytes), await pixelsOf(copy.value)]
  if (typeof one === 'string') return { fate: 'refused', detail: '' }
  if (typeof other === 'string') return { fate: 'fault', detail: `the copy is refused: ${other}` }
  return one.hash === other.hash
    ? { fate: 'read', detail: '' }
    : { fate: 'fault', detail: 'the copy has other pixels' }
}

const films = [...(await baseFilms())]
for (let index = from; ; index += step) {
  const [encoding = '', bytes = new Uint8Array()] = films[index % films.length] ?? []
  const structure = structures[Math.floor(index / films.length) % structures.length] ?? 'header'
  const words = seededWords(seed * 1_000_003 + index)
  const mutant = `${index} (${encoding}, ${structure})`
  parentPort?.postMessage({ kind: 'begins', mutant } satisfies FuzzMessage)
  const started = performance.now()
  const { fate, detail } = await judge(mutate(bytes, structure, (limit) => words() % limit)).catch(
    (error: unknown) => ({ fate: 'fault' as const, detail: String(error) }),
  )
  const ms = performance.now() - started
  parentPort?.postMessage({
    kind: 'ended',
    encoding,
    structure,
    fate,
    detail,
    ms,
    mutant,
  } satisfies FuzzMessage)
}
