import { InvalidArgumentError, Option } from 'commander'
import { writeProgress } from './write-output.ts'

/** `--data-dir`, which every command has. */
export const dataDirOption = (): Option =>
  new Option('--data-dir <dir>', 'folder of the engine (default: .osteostream, or OSTEOSTREAM_DATA_DIR)')

export const jsonOption = (): Option => new Option('--json', 'print one JSON object on the last line')

/** A whole number of at least `least`. */
export const wholeNumber =
  (least: number) =>
  (text: string): number => {
    const value = Number(text)
    if (Number.isInteger(value) && value >= least) return value
    throw new InvalidArgumentError(`must be a whole number of at least ${least}`)
  }

/** Of an option that is a part of a whole, 0 to 1. */
export const share = (text: string): number => {
  const value = Number(text)
  if (text.trim() !== '' && value >= 0 && value <= 1) return value
  throw new InvalidArgumentError('must be a share from 0 to 1')
}

export type DataDir = { readonly dataDir?: string }
export type Json = DataDir & { readonly json?: boolean }

/** Progress over films: a terminal shows each fifth, a log file each hundredth. */
export const showFilms = (done: number, all: number): void => {
  const { isTTY } = process.stderr
  if (done % (isTTY ? 5 : 100) === 0) writeProgress(`${done} of ${all} films`)
  if (isTTY && done === all) writeProgress('')
}
