/** What is known of real films: a table with a line for each, tab between its columns, names in the first line. */

/** `A` adults from the front with a hip that can be read, `AN` the same with marks drawn on; `T` and `X` are in doubt. */
export type FilmTruth = {
  readonly name: string
  readonly truth: string
  /** Sides of the hips that can be read, as the patient has them; empty where the table does not say. */
  readonly readable: readonly ('left' | 'right')[]
  readonly age?: number
  /** Size in pixels before the film was squashed to a square. */
  readonly columns?: number
  readonly rows?: number
}

const numberIn = (text: string | undefined): number | undefined => {
  const value = Number(text)
  return text === undefined || text.trim() === '' || !Number.isFinite(value) ? undefined : value
}

/** Reads the table; columns beside `name`, `truth`, `readable`, `age`, `cols` and `rows` are ignored. */
export const parseTruth = (text: string): FilmTruth[] => {
  const [heading = '', ...lines] = text.split(/\r?\n/).filter((line) => line.trim() !== '')
  const columns = heading.split('\t')
  const missing = ['name', 'truth', 'readable'].filter((name) => !columns.includes(name))
  if (missing.length > 0) throw new Error(`the table of truths lacks the columns ${missing.join(', ')}`)
  return lines.map((line) => {
    const cells = line.split('\t')
    const cell = (name: string): string | undefined => cells[columns.indexOf(name)]
    const readable = cell('readable') ?? ''
    const [age, width, height] = [numberIn(cell('age')), numberIn(cell('cols')), numberIn(cell('rows'))]
    const sides = /^[RL]+$/.test(readable) ? readable : ''
    return {
      name: cell('name') ?? '',
      truth: cell('truth') ?? '',
      readable: sides.split('').map((letter) => (letter === 'L' ? 'left' : 'right')),
      ...(age === undefined ? {} : { age }),
      ...(width === undefined ? {} : { columns: width }),
      ...(height === undefined ? {} : { rows: height }),
    }
  })
}

/** Whether a film must be accepted, refused, or is in doubt. */
export const isWanted = ({ truth }: FilmTruth): boolean | undefined => {
  if (truth === 'A' || truth === 'AN') return true
  return truth === 'T' || truth === 'X' ? undefined : false
}
