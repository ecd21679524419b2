import type { ColourLayout } from '../film-header.ts'

/** Samples that an uncompressed pixel has, on average: colours of two pixels may be shared. */
export const samplesOf = (colour: ColourLayout | undefined): number => {
  if (colour === undefined) return 1
  return colour.space === 'ybr422' ? 2 : 3
}
