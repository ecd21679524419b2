import type { BaselineCard } from '../../contracts/baseline-card.ts'
import type { VoteReader } from '../../contracts/window-counts.ts'

/** The card of one reader: it corrects what this reader has read, and nothing else. */
export type ReaderCard = VoteReader & { readonly card: BaselineCard }
