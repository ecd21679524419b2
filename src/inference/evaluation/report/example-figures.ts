import { encodePng } from '../../../imaging/codecs/sharp-codec.ts'
import { severityClasses } from '../../../statistics/severity/severity-cells.ts'
import type { Example } from '../show-examples.ts'
import { classColours } from './class-colours.ts'
import { heatOverlay, heatText } from './heat-overlay.ts'
import { landmarkOverlay } from './landmark-overlay.ts'

const tText = (value: number | undefined): string =>
  value === undefined ? 'none' : value.toFixed(1).replace('-', '−')

const figureOf = async ({ hip, size, crop, heat, landmarks }: Example): Promise<string> => {
  const png = await encodePng({ rows: size, columns: size, values: Uint16Array.from(crop) }, 8)
  const { densityClass: called, tScore, probabilities } = hip.reading
  const isRight = called === hip.densityClass
  const sure = (100 * probabilities[called]).toFixed(0)
  const image = `<img alt="region of a ${hip.side} hip" width="150" height="150" src="data:image/png;base64,${Buffer.from(png).toString('base64')}">`
  return [
    `<figure class="${isRight ? 'right' : 'wrong'}${heat === undefined ? '' : ' looked'}">`,
    `<div class="over">${image}${landmarks === undefined ? '' : landmarkOverlay(landmarks)}</div>`,
    heat === undefined ? '' : `<div class="over">${image}${heatOverlay(heat)}</div>`,
    `<figcaption>called <b style="color:${classColours[called]}">${called}</b><br>with a chance of ${sure} %<br>`,
    `T: label ${tText(hip.tScore)}, estimate ${tText(tScore)}</figcaption></figure>`,
  ].join('')
}

/** Regions by true class: right calls first, then wrong ones; with what the package looked at, where it says so. */
export const exampleRows = async (examples: readonly Example[]): Promise<string> => {
  const rows = await Promise.all(
    severityClasses.map(async (name) => {
      const own = examples.filter(({ hip }) => hip.densityClass === name)
      const figures = await Promise.all(own.map(figureOf))
      return `<h3>has ${name}</h3><div class="films">${figures.join('')}</div>`
    }),
  )
  const looks = examples.some(({ heat }) => heat !== undefined)
  return [...(looks ? [heatText] : []), ...rows].join('\n')
}
