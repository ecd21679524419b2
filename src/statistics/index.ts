export * from './answer.ts'
export * from './charts/alarm-budget.ts'
export * from './charts/calibrate-chart.ts'
export * from './charts/funnel.ts'
export * from './charts/incidents.ts'
export * from './charts/phantom-chart.ts'
export * from './charts/run-length.ts'
export * from './charts/sequential-chart.ts'
export {
  fitShareBaseline,
  type ShareBaseline,
  type ShareWeek,
  type WeekStratum,
} from './charts/share-baseline.ts'
export {
  type CalibratedShareChart,
  calibrateShareChart,
  type ShareCalibration,
  type ShareChartPoint,
  standardiseShareWeeks,
} from './charts/share-chart.ts'
export * from './charts/visible-change.ts'
export * from './disclosure/disclosure-control.ts'
export type { Cube } from './disclosure/published-cube.ts'
export * from './drift/change-verdict.ts'
export * from './drift/class-drift.ts'
export * from './drift/drift-attribution.ts'
export * from './drift/drift-model.ts'
export * from './drift/explained-by-mix.ts'
export * from './drift/population-stability.ts'
export * from './drift/same-people.ts'
export * from './drift/severity-adjusted-control.ts'
export * from './drift/severity-drift.ts'
export * from './drift/witnesses.ts'
export * from './inputs/domain.ts'
export * from './inputs/person-folds.ts'
export * from './inputs/score-bins.ts'
export * from './intervals/clustered-share.ts'
export * from './intervals/false-discovery.ts'
export * from './intervals/interval.ts'
export * from './intervals/kolmogorov-smirnov.ts'
export * from './intervals/proportions.ts'
export * from './intervals/two-sample-tests.ts'
export * from './maths/random.ts'
export { projectOntoSimplex } from './maths/simplex.ts'
export * from './performance/agreement.ts'
export * from './performance/auc.ts'
export * from './performance/bland-altman.ts'
export * from './performance/label-audit-size.ts'
export * from './performance/label-free-performance.ts'
export * from './performance/operating-curves.ts'
export * from './performance/projected-baseline.ts'
export * from './performance/reference-weighting.ts'
export * from './performance/reliability.ts'
export * from './performance/temperature.ts'
export * from './performance/visibility-ceiling.ts'
export type { BinnedMixInput, ClassMix, ScoreMixInput } from './prevalence/class-mixture.ts'
export { classMixFromBins, classMixFromScores } from './prevalence/class-mixture.ts'
export { type ConfusionCounts, summariseConfusion } from './prevalence/confusion-matrix.ts'
export * from './prevalence/corrected-difference.ts'
export {
  type ClassPrevalence,
  type CorrectedPrevalence,
  type CorrectedPrevalenceInput,
  correctedPrevalence,
} from './prevalence/corrected-prevalence.ts'
export { type LiveCounts, mergeSmallStrata, type Stratum } from './prevalence/live-shares.ts'
export * from './prevalence/standardised-share.ts'
export * from './prevalence/stratified-prevalence.ts'
export * from './prevalence/two-class-prevalence.ts'
export * from './severity/missed-people.ts'
export * from './severity/severity-against-matrix.ts'
export * from './severity/severity-card.ts'
export { classOfSeverity, type SeverityCells, severityClasses } from './severity/severity-cells.ts'
export * from './severity/severity-differences.ts'
export * from './severity/severity-prevalence.ts'
