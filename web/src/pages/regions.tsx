import { useSearchParams } from 'wouter'
import { asSentence } from '../../../src/figures/figure-text.ts'
import { monthText } from '../../../src/figures/kit/numbers.ts'
import { regionsView, trendView } from '../../../src/figures/views/figure-view.ts'
import { usePrevalence } from '../api.ts'
import { Figure, Stale, Trouble, Waiting } from '../parts.tsx'

/** Regions of a month side by side, and each of them over time; the month stands in the address. */
export const Regions = () => {
  const [search, setSearch] = useSearchParams()
  const prevalence = usePrevalence()
  if (prevalence.data === undefined)
    return prevalence.error === null ? <Waiting /> : <Trouble error={prevalence.error} />
  const { months, label, caption, hiddenBelow, stale, asOf, domain: given } = prevalence.data
  const usual = months.findLast(({ provisional }) => !provisional) ?? months.at(-1)
  const chosen = months.find(({ month }) => month === search.get('month')) ?? usual
  const regions = [
    ...new Set(months.flatMap((month) => month.regions.map(({ region }) => region))),
  ].toSorted()
  return (
    <>
      <h1>Regions</h1>
      <p className="lead">
        {caption} {asSentence(label)}; counts of people below {hiddenBelow} are hidden, and those from which
        they would follow. A figure moves only when {hiddenBelow} people or more have come to it.
      </p>
      <Stale stale={stale} asOf={asOf} />
      <p>
        <label>
          Month{' '}
          <select
            value={chosen?.month ?? ''}
            onChange={(event) => setSearch({ month: event.target.value, domain: given })}
          >
            {months.map(({ month, provisional }) => (
              <option key={month} value={month}>
                {monthText(month, true)}
                {provisional ? ' (provisional)' : ''}
              </option>
            ))}
          </select>
        </label>
      </p>
      <div className="grid">
        <Figure
          view={regionsView(chosen)}
          address={`/api/v1/figures/regions/figure.FORMAT?month=${chosen?.month ?? ''}&domain=${given}`}
        />
        {regions.map((region) => (
          <Figure
            key={region}
            view={trendView(months, region)}
            address={`/api/v1/figures/trend/figure.FORMAT?region=${encodeURIComponent(region)}&domain=${given}`}
            size="s6"
          />
        ))}
      </div>
    </>
  )
}
