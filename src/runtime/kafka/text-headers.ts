type HeaderValue = Buffer | string

/** Headers as a client library has them. */
export type HeaderValues = Readonly<Record<string, HeaderValue | HeaderValue[] | undefined>>

/**
 * Headers as text, those of the given names or all; of several values of one name the first counts. Runs for every
 * record: no garbage.
 */
export const textHeaders = (
  headers: HeaderValues = {},
  names: readonly string[] = Object.keys(headers),
): Record<string, string> => {
  const texts: Record<string, string> = {}
  for (const name of names) {
    const value = headers[name]
    const first = Array.isArray(value) ? value[0] : value
    if (first !== undefined) texts[name] = first.toString()
  }
  return texts
}
