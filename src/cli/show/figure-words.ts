import type { CorrectedFigure, Figure, MissedFigure, NoFigure } from '../../contracts/prevalence-figures.ts'

const percent = (share: number): string => (100 * share).toFixed(1)

/** A share in per cent with its limits. */
export const shareWords = ({ estimate, low, high }: Figure): string =>
  `${percent(estimate)} (${percent(low)}–${percent(high)})`

/** Why there is no figure: a designed answer that never looks like zero. */
export const noFigureWords = ({ detail }: NoFigure): string => `none: ${detail}`

/** The corrected osteoporosis share. */
export const correctedWords = (corrected: CorrectedFigure | NoFigure): string =>
  corrected.kind === 'no-answer' ? noFigureWords(corrected) : shareWords(corrected.classes.osteoporosis)

/** Both numbers of people behind a corrected share. */
export const peopleWords = (corrected: CorrectedFigure | NoFigure): string =>
  corrected.kind === 'no-answer' ? '–' : `${corrected.livePeople} and ${corrected.validationPeople}`

const wholeWords = ({ estimate, low, high }: Figure): string => `${estimate} (${low}–${high})`

/** What the operating point misses, as short as a cell of a table. */
export const missedWords = (missed: MissedFigure | NoFigure): string =>
  missed.kind === 'no-answer' ? '–' : `${wholeWords(missed.missed)} of ${missed.people.estimate}`

/** The same as a sentence. */
export const missedSentence = ({ people, flagged, missed, referred }: MissedFigure): string =>
  `of an estimated ${wholeWords(people)} people with osteoporosis the operating point flags ${wholeWords(flagged)} and misses ${wholeWords(missed)}; ${referred} are referred`
