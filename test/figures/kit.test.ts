import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { renderToStaticMarkup } from 'react-dom/server'
import { differencesFigure } from '../../src/figures/kit/differences-figure.ts'
import { dotsFigure } from '../../src/figures/kit/dots-figure.ts'
import { flowFigure } from '../../src/figures/kit/flow-figure.ts'
import { limitsText, monthText, pointsText, shareText } from '../../src/figures/kit/numbers.ts'
import { standaloneSvg } from '../../src/figures/kit/standalone.ts'
import { type TrendPoint, trendFigure } from '../../src/figures/kit/trend-figure.ts'

const text = { id: 'f', title: 'A title', description: 'what it shows' }
const share = (estimate: number) => ({ estimate, low: estimate - 0.02, high: estimate + 0.02 })
const month = (name: string, given: Partial<TrendPoint> = {}): TrendPoint => ({
  month: name,
  share: share(0.2),
  provisional: false,
  ...given,
})
const curvesOf = (svg: string): number => svg.split('class="curve main"').length - 1

describe('the figures', () => {
  test('a trend joins months of one model, and breaks at a gap, a change of model and a provisional month', () => {
    const draw = (points: readonly TrendPoint[]) =>
      renderToStaticMarkup(trendFigure({ ...text, points, width: 600 }))
    assert.equal(curvesOf(draw(['2026-01', '2026-02', '2026-03', '2026-04'].map((name) => month(name)))), 1)
    const { share: _none, ...hidden } = month('2026-03')
    const gap = draw([month('2026-01'), month('2026-02'), hidden, month('2026-04'), month('2026-05')])
    assert.equal(curvesOf(gap), 2)
    assert.match(gap, />hidden</)
    const changed = draw([
      month('2026-01'),
      month('2026-02'),
      month('2026-03', { breaks: 'vit 1.2.0' }),
      month('2026-04'),
    ])
    assert.equal(curvesOf(changed), 2)
    assert.match(changed, />vit 1\.2\.0</)
    const early = draw([month('2026-01'), month('2026-02'), month('2026-03', { provisional: true })])
    assert.equal(curvesOf(early), 1)
    assert.match(early, />provisional</)
    assert.match(early, /hollow grey/)
  })

  test('the raw share of a trend stays inside the figure, however far it lies above the corrected one', () => {
    const points = ['2026-01', '2026-02'].map((name) => month(name, { share: share(0.1), raw: 0.4 }))
    const svg = renderToStaticMarkup(trendFigure({ ...text, points, width: 600 }))
    const [, raw = ''] = / d="([^"]+)" class="curve raw"/.exec(svg) ?? []
    const heights = [...raw.matchAll(/,(-?[\d.]+)/g)].map(([, height]) => Number(height))
    assert.ok(heights.length >= 2, svg)
    assert.ok(Math.min(...heights) > 0, `drawn at ${heights.join(' ')}`)
  })

  test('a row without a share says why, and draws no dot', () => {
    const svg = renderToStaticMarkup(
      dotsFigure({ ...text, width: 600, rows: [{ name: 'North', note: 'hidden: fewer than 10' }] }),
    )
    assert.match(svg, />hidden: fewer than 10</)
    assert.doesNotMatch(svg, /<circle/)
  })

  test('every figure has a title and a description for who cannot see it', () => {
    const svg = renderToStaticMarkup(flowFigure({ ...text, width: 600, received: 0, parts: [] }))
    assert.match(svg, /role="img" aria-labelledby="f-title f-text"/)
    assert.match(svg, /<title id="f-title">A title<\/title><desc id="f-text">what it shows<\/desc>/)
  })

  test('a figure that leaves its page takes its look, its title and what stands at its foot along', () => {
    const drawing = flowFigure({ ...text, width: 600, received: 3, parts: [] })
    const svg = standaloneSvg({ title: 'T <b>', subtitle: 'S', foot: ['simulated people'], drawing })
    assert.match(svg, /^<svg xmlns=/)
    assert.match(svg, /T &lt;b&gt;/)
    assert.match(svg, />simulated people</)
    assert.match(svg, /--fig-main/)
  })

  test('numbers read as people write them', () => {
    assert.equal(shareText(0.1789), '17.9\u00a0%')
    assert.equal(limitsText(0.164, 0.195), '16.4 to 19.5\u00a0%')
    assert.deepEqual([monthText('2026-10', false), monthText('2027-01', false)], ['Oct', 'Jan 27'])
  })
})

describe('differences', () => {
  test('stand around no difference, with their sign, and say so where there is none', () => {
    const svg = renderToStaticMarkup(
      differencesFigure({
        ...text,
        width: 500,
        rows: [
          { name: 'East', difference: { estimate: 0.061, low: 0.02, high: 0.1 } },
          { name: 'West', note: '84 people, 100 needed' },
        ],
      }),
    )
    assert.match(svg, />84 people, 100 needed</)
    assert.equal(svg.split('interval second').length - 1, 1)
    assert.deepEqual([0.021, -0.0004, -0.05].map(pointsText), ['+2.1', '0.0', '−5.0'])
  })
})
