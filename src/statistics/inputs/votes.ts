import { type NoAnswer, noAnswer, type Warning, warn } from '../answer.ts'
import type { Clusters } from './clusters.ts'
import { indexClusters } from './clusters.ts'

/** Refuses more votes than persons: two hips of a person are not two people. Nothing where persons are not given. */
export const faultInVotes = (votes: number, persons: number | undefined): NoAnswer | undefined =>
  persons !== undefined && votes > persons
    ? noAnswer('invalid-input', `${votes} votes of ${persons} persons: one vote a person is needed`)
    : undefined

/** Refuses a person who votes twice, and persons that do not match the votes. */
export const faultInVoters = (votes: number, persons: Clusters | undefined): NoAnswer | undefined => {
  if (persons === undefined) return undefined
  if (persons.length !== votes)
    return noAnswer('invalid-input', `${persons.length} persons for ${votes} votes: one a vote is needed`)
  return faultInVotes(votes, indexClusters(votes, persons)[1])
}

/** The word that goes with votes nobody vouched for: hips in their place make the limits too narrow. */
export const notesOnVotes = (persons: unknown): Warning[] =>
  persons === undefined
    ? [warn('votes-taken-as-persons', 'each vote is taken for another person; two hips would be too sure')]
    : []
