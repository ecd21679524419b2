import type { PixelElement } from '../film-header.ts'

/** The codestream that fragments make together (PS3.5 A.4), or the beginning of it; one fragment is not copied. */
export const joinFragments = (
  bytes: Uint8Array,
  fragments: NonNullable<PixelElement['fragments']>,
  limit = Number.POSITIVE_INFINITY,
): Uint8Array => {
  const [first] = fragments
  const total = fragments.reduce((sum, { length }) => sum + length, 0)
  if (first !== undefined && (first.length === total || first.length >= limit))
    return bytes.subarray(first.offset, first.offset + Math.min(first.length, limit))
  const joined = new Uint8Array(Math.min(total, limit))
  let at = 0
  for (const { offset, length } of fragments) {
    const taken = Math.min(length, joined.length - at)
    joined.set(bytes.subarray(offset, offset + taken), at)
    at += taken
  }
  return joined
}
