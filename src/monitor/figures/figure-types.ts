import type { BaselineCard } from '../../contracts/baseline-card.ts'
import type { DensityClass } from '../../contracts/verdict.ts'
import type { VoteReader } from '../../contracts/window-counts.ts'

/** The card of one reader: it corrects what this reader has read, and nothing else. */
export type ReaderCard = VoteReader & { readonly card: BaselineCard }

/** An estimate with its 95 % limits, rounded to millionths: equal inputs give equal bytes. */
export type Figure = { readonly estimate: number; readonly low: number; readonly high: number }

/** Why there is no figure: a reason from the closed list of the statistics, and words for a person. */
export type NoFigure = { readonly kind: 'no-answer'; readonly reason: string; readonly detail: string }

export type ByClass = Readonly<Record<DensityClass, Figure>>

/** Corrected shares with everything that must stand beside them. */
export type CorrectedFigure = {
  readonly kind: 'answer'
  readonly method: 'severity-aware' | 'matrix'
  readonly classes: ByClass
  readonly livePeople: number
  readonly validationPeople: number
  readonly validationSites: number
  /** What limits the precision, in words. */
  readonly limitedBy: string
  readonly warnings: readonly string[]
}

/** What the operating point misses among those of the window. */
export type MissedFigure = {
  readonly kind: 'answer'
  /** People with osteoporosis, estimated. */
  readonly people: Figure
  /** Of those the model calls osteoporosis, and does not. */
  readonly flagged: Figure
  readonly missed: Figure
  /** People called osteoporosis, who would be referred. */
  readonly referred: number
}

/** Figures of one domain: people of another one are never pooled with them. */
export type DomainFigures = {
  readonly domain: 'synthetic' | 'real'
  readonly label: string
  readonly caption: string
  readonly people: number
  readonly n: number
  readonly films: number
  readonly implausibleFilms: number
  readonly linkedPeople: number
  readonly counts: Readonly<Record<DensityClass, number>>
  readonly raw: ({ readonly kind: 'answer' } & ByClass) | NoFigure
  readonly withoutVote: readonly {
    readonly reason: string
    readonly sex: string
    readonly ageBand: string
    readonly people: number
  }[]
  /** The osteoporosis share of all people filmed, should none or all of those without a vote have it. */
  readonly bounds: { readonly kind: 'answer'; readonly low: number; readonly high: number } | NoFigure
  readonly readers: readonly (VoteReader & { readonly n: number })[]
  readonly corrected: CorrectedFigure | NoFigure
  /** The matrix estimate beside the severity-aware one, never averaged with it. */
  readonly matrix: CorrectedFigure | NoFigure
  /** Whether the two differ by more than their limits allow; absent where one of them is. */
  readonly differ?: boolean
  readonly missed: MissedFigure | NoFigure
  readonly standardised: {
    readonly standard: string
    readonly raw: ({ readonly kind: 'answer' } & Figure) | NoFigure
    readonly corrected: ({ readonly kind: 'answer' } & ByClass) | NoFigure
  }
  /** Osteoporosis against the rest, as the card implies it at this mix. */
  readonly projected:
    | {
        readonly kind: 'answer'
        readonly sensitivity: number
        readonly specificity: number
        readonly ppv: number
        readonly npv: number
      }
    | NoFigure
  readonly controls: readonly {
    readonly name: string
    readonly films: number
    readonly mean: number
    readonly sd: number
  }[]
}
