import type { Correction } from '../../contracts/correction.ts'

/** Under which keys a person votes; without a link key each film keeps its own. */
export type CurrentKeys = { readonly personKey: string; readonly linkKey?: string | undefined }

/** What the corrections of a site say of its people. */
export type PeopleOfSite = {
  /** Subject keys whose films are erased, those that are still to come as well. */
  readonly erased: ReadonlySet<string>
  /** By the subject key of the film. */
  readonly relinked: ReadonlyMap<string, CurrentKeys>
}

type Relink = Extract<Correction, { kind: 'relink' }>

const orderOf = (correction: Correction): string => correction.at + correction.correctionId

/** Every key that the relinks in force join to one of `from`, in whichever direction. */
const joinedTo = (from: Iterable<string>, inForce: ReadonlyMap<string, Relink>): Set<string> => {
  const found = new Set(from)
  for (let before = -1; before < found.size; ) {
    before = found.size
    for (const { subjectKey, newSubjectKey } of inForce.values())
      if (found.has(subjectKey) || found.has(newSubjectKey)) found.add(subjectKey).add(newSubjectKey)
  }
  return found
}

/** Follows the relinks from a key to the last one; of keys that lead in a circle, the lowest stands for all. */
const currentKeys = (start: Relink, inForce: ReadonlyMap<string, Relink>): CurrentKeys => {
  const path: string[] = [start.subjectKey]
  let linkKey: string | undefined
  for (let relink: Relink | undefined = start; relink !== undefined; ) {
    linkKey = relink.newLinkKey ?? linkKey
    const circleFrom = path.indexOf(relink.newSubjectKey)
    if (circleFrom >= 0)
      return { personKey: path.slice(circleFrom).toSorted()[0] ?? start.subjectKey, linkKey }
    path.push(relink.newSubjectKey)
    relink = inForce.get(relink.newSubjectKey)
  }
  return { personKey: path.at(-1) ?? start.subjectKey, linkKey }
}

/**
 * Works out what all corrections of one site mean together, in the order of their times, whatever the order in
 * which they came. The latest relink of a key holds; one from a key to itself takes the last one back. An erasure
 * takes everybody in whom the person is known when it is made, and whoever is relinked to them later. What was
 * once erased stays so: taking a relink back does not bring films back.
 */
export const peopleOfSite = (corrections: readonly Correction[]): PeopleOfSite => {
  const inForce = new Map<string, Relink>()
  let erased = new Set<string>()
  for (const correction of corrections.toSorted((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1))) {
    if (correction.kind === 'relink') inForce.set(correction.subjectKey, correction)
    if (correction.kind === 'erase') erased.add(correction.subjectKey)
    erased = joinedTo(erased, inForce)
  }
  const relinked = new Map([...inForce].map(([key, relink]) => [key, currentKeys(relink, inForce)]))
  return { erased, relinked }
}
