/** The way of one film through the engine: times, places and digests, never a person or a class. */
export type FilmPath = {
  readonly arrivalId: string
  readonly siteId: string
  readonly receivedAt: string
  readonly sentAt: string
  readonly appendedAt: string
  readonly screenedAt: string
  readonly outcome: string
  readonly reason: string
  readonly attempt: number
  readonly place: string
  readonly contentSha256: string
  readonly contentSize: number
  readonly finder: string
}

/** Reads the way of a film: several where clinics have used one arrival id, none where it was erased. */
export type FilmPathReader = (arrivalId: string) => Promise<readonly FilmPath[]>
