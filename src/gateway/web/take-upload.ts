import type { IncomingMessage } from 'node:http'
import {
  type FilmInbox,
  type FilmNote,
  filmNoteSchema,
  type InboxAnswer,
} from '../../contracts/film-inbox.ts'
import { type TakenFilm, takeFilm } from './take-instance.ts'
import { type PartHeaders, type PartTaker, takeParts } from './take-parts.ts'

/** What became of an upload. */
export type UploadAnswer =
  | InboxAnswer
  /** The request is not as it must be; `detail` says what of it, and nothing that it holds. */
  | { readonly kind: 'wrong'; readonly detail: string }

const noteBytes = 16 * 1024

/** A part's name, as a form gives it. */
const nameOf = (headers: PartHeaders): string | undefined =>
  /;\s*name="?([a-z]{1,20})"?/i.exec(headers.get('content-disposition') ?? '')?.[1]

const noteOf = (text: string): FilmNote | string => {
  let content: unknown
  try {
    content = JSON.parse(text)
  } catch {
    return 'the note is no JSON'
  }
  const parsed = filmNoteSchema.safeParse(content)
  if (parsed.success) return parsed.data
  const fields = parsed.error.issues.map(({ path, code }) => (path.length > 0 ? path.join('.') : code))
  return `the note has a field that is not as it must be: ${[...new Set(fields)].join(', ')}`.slice(0, 300)
}

/**
 * Takes a form of two parts: `note`, what the sender says of the film in JSON, and behind it `film` (DICOM, PNG or JPEG). The
 * note comes first, because the film is written down as it comes, and the note beside it.
 */
export const takeUpload = async (
  inbox: FilmInbox,
  request: IncomingMessage,
  of: { readonly siteId: string; readonly boundary: string },
): Promise<UploadAnswer> => {
  let note: FilmNote | string | undefined
  const state: { film?: TakenFilm; fault?: string } = {}
  const wrong = (detail: string): PartTaker => {
    state.fault ??= detail
    return { write: async () => {}, end: async () => {}, drop: async () => {} }
  }
  const takeNote = (): PartTaker => {
    let text = ''
    return {
      write: async (bytes) => {
        if (text.length <= noteBytes) text += Buffer.from(bytes).toString('utf8')
      },
      end: async () => {
        note = text.length > noteBytes ? 'the note is too long' : noteOf(text)
      },
      drop: async () => {},
    }
  }
  const open = (headers: PartHeaders): PartTaker => {
    const name = nameOf(headers)
    if (state.film !== undefined && name === 'film') return wrong('one film in a request')
    if (name === 'note' && note === undefined && state.film === undefined) return takeNote()
    if (name !== 'film')
      return wrong('its parts are `note` (JSON), which may be left out, and behind it `film`')
    if (typeof note === 'string') return wrong(note)
    const taken = takeFilm(inbox, { ...of, via: 'upload', ...(note === undefined ? {} : { note }) })
    state.film = taken
    return { write: taken.write, end: async () => {}, drop: async () => {} }
  }
  const end = await takeParts(request, of.boundary, 2, open)
  const fault =
    state.fault ??
    (end === 'whole' ? undefined : `the body is ${end}`) ??
    (typeof note === 'string' ? note : undefined)
  if (fault === undefined && state.film !== undefined) return state.film.keep()
  // Only a request that is right as a whole leaves something behind.
  await state.film?.drop()
  return { kind: 'wrong', detail: fault ?? 'it holds no film' }
}
