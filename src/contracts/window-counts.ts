import type { FigureDomain } from './prevalence-figures.ts'
import type { ReportScope, ReportWindow } from './report.ts'
import type { DensityClass } from './verdict.ts'

/** What read a vote: the digest of the classifier (weights, preprocessing, thresholds) and of what found the hip. */
export type VoteReader = { readonly modelDigest: string; readonly finderDigest: string }

/** People of one kind with one answer: a class, or why there is none. */
export type PeopleCell = VoteReader & {
  readonly sex: string
  readonly ageBand: string
  /** Why the film was taken. */
  readonly reason: string
  /** Undefined where they have no vote. */
  readonly densityClass: DensityClass | undefined
  /** Why they have no vote; empty where they have one. */
  readonly withoutVote: string
  readonly people: number
}

/** People by bin of the severity score, on the edges of the card of their reader; bin -1 where there is no card. */
export type ScoreCell = VoteReader & { readonly bin: number; readonly people: number }

/** Votes of one clinic. */
export type ClinicCell = {
  readonly siteId: string
  readonly densityClass: DensityClass | undefined
  readonly people: number
}

/** Sums of one control over films, in millionths: whole, so that they are the same in whatever order they are added. */
export type ControlSum = {
  readonly name: string
  readonly films: number
  readonly sum: bigint
  readonly sumOfSquares: bigint
}

/**
 * The sufficient statistics of a scope, a window and a domain. Each person counts once: with the first film that has a vote
 * among those of the scope and window, or without a vote. People do not add up over scopes or windows.
 */
export type WindowCounts = {
  readonly scope: ReportScope
  readonly window: ReportWindow
  readonly domain: FigureDomain
  readonly people: readonly PeopleCell[]
  readonly scores: readonly ScoreCell[]
  readonly clinics: readonly ClinicCell[]
  readonly controls: readonly ControlSum[]
  /** Films of these people, those whose day cannot be, and people who are linked across clinics. */
  readonly films: number
  readonly implausibleFilms: number
  readonly linkedPeople: number
}

/** Inner edges of the score bins of a reader's card. */
export type ReaderEdges = VoteReader & { readonly edges: readonly number[] }

/** One pass over what has changed; `windows` are those whose counts may have. */
export type MonitorPass = {
  readonly generation: number
  readonly windows: readonly ReportWindow[]
  /** Remembers that everything of this pass is published; without it the next pass does it again. */
  readonly finish: () => Promise<void>
}

/** Brings what films add up to date, and reads the counts of windows. */
export type MonitorReader = {
  /** `inputs` is a digest of what figures are made with besides films: where it is another one, every window is named. */
  readonly beginPass: (inputs: string) => Promise<MonitorPass>
  /** Windows of one kind that are counted at once, so that many small ones cost little and large ones are bounded. */
  readonly batchesOf: (windows: readonly ReportWindow[]) => Promise<readonly (readonly ReportWindow[])[]>
  readonly readCounts: (
    windows: readonly ReportWindow[],
    edges: readonly ReaderEdges[],
  ) => Promise<readonly WindowCounts[]>
}
