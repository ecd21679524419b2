import type { DensityClass } from '../../../contracts/verdict.ts'
import { colours, legend } from '../../../figures/svg.ts'
import { severityClasses } from '../../../statistics/severity/severity-cells.ts'
import { across, upward } from './unit-square.ts'

/** The colour of a class in every plot. */
export const classColours: Readonly<Record<DensityClass, string>> = {
  osteoporosis: colours.naive,
  osteopenia: colours.ours,
  normal: colours.third,
}

/** The classes with their colours, beneath the axis of a plot. */
export const classLegend: readonly string[] = legend(
  across(0.05),
  upward(0) + 62,
  severityClasses.map((name) => ({ name, fill: classColours[name] })),
)
