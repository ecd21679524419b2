import { type NoAnswer, noAnswer } from '../answer.ts'

/** Where films come from: simulated people or real ones. */
export type Domain = 'synthetic' | 'real'

/** The domain a model's accuracy was measured in, and the domain it is used in. */
export type Domains = { readonly card: Domain; readonly site: Domain }

/**
 * A card measured on simulated films never corrects real people, nor the other way round.
 * Says so where the domains differ; nothing where they agree.
 */
export const faultInDomains = (domains: Domains): NoAnswer | undefined => {
  if (domains.card === domains.site) return undefined
  return noAnswer(
    'domain-mismatch',
    domains.card === 'synthetic'
      ? 'accuracy was measured on simulated films'
      : 'accuracy was measured on real films, these are simulated',
  )
}
