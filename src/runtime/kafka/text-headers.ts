type HeaderValue = Buffer | string

/** Headers as text; of several values of one name the first counts. Runs for every record: no garbage. */
export const textHeaders = (
  headers: Readonly<Record<string, HeaderValue | HeaderValue[] | undefined>> | undefined,
): Record<string, string> => {
  const texts: Record<string, string> = {}
  for (const name in headers) {
    const value = headers[name]
    const first = Array.isArray(value) ? value[0] : value
    if (first !== undefined) texts[name] = first.toString()
  }
  return texts
}
