import type { ChangesAnswer } from '../../../src/dashboard/server/answers.ts'
import { asSentence } from '../../../src/figures/figure-text.ts'
import { monthText, pointsText } from '../../../src/figures/kit/numbers.ts'
import { changesView } from '../../../src/figures/views/change-view.ts'
import { useChanges } from '../api.ts'
import { Card, Figure, NoAnswer, Stale, Table, Trouble, Waiting } from '../parts.tsx'

type Change = ChangesAnswer['changes'][number]

/** A verdict in words that promise no more than it says. */
export const verdictText: Readonly<Record<Change['verdict'], string>> = {
  'population-compatible': 'may be the people; not proven',
  imaging: 'images changed',
  pipeline: 'read differently',
  undetermined: 'changed, cause not known',
  'no-change-seen': 'no change seen',
  'not-judged': 'not judged',
}

const saysText: Readonly<Record<string, string>> = {
  for: 'for',
  against: 'against',
  'does-not-exist-yet': 'not there yet',
}

/** What stands as its sentences: each part of a statement begins a line of its own. */
const Statement = ({ text }: { readonly text: string }) => (
  <ul>
    {text.split(/; (?!smaller ones often not)/).map((part) => (
      <li key={part}>{asSentence(part)}.</li>
    ))}
  </ul>
)

const Judged = ({ change }: { readonly change: Change }) => {
  const { difference } = change
  return (
    <Card title={`${change.region === '' ? 'All regions' : change.region}: ${verdictText[change.verdict]}`}>
      <p className={difference.kind === 'answer' ? 'big' : 'big none'}>
        {difference.kind === 'answer' ? pointsText(difference.estimate) : 'no corrected difference'}{' '}
        <small>
          {difference.kind === 'answer'
            ? `${pointsText(difference.low)} to ${pointsText(difference.high)}, against ${monthText(change.before, true)}`
            : difference.detail}
        </small>
      </p>
      <Statement text={change.statement} />
      {change.witnesses.length === 0 ? null : (
        <Table
          label={`witnesses, ${change.region === '' ? 'all regions' : change.region}`}
          columns={['witness', 'of a change of images or reading', 'what it rests on']}
          rows={change.witnesses.map(({ name, says, detail }) => [name, saysText[says] ?? says, detail])}
        />
      )}
    </Card>
  )
}

const headingOf = (changes: readonly Change[]): string => {
  const moved = changes.filter(({ verdict }) => verdict !== 'no-change-seen' && verdict !== 'not-judged')
  if (changes.length === 0) return 'Whether anything changed has not been tested.'
  if (moved.length === 0) return 'No change was found; smaller ones may be there.'
  return moved
    .map(({ region, verdict }) => `${region === '' ? 'All regions' : region}: ${verdictText[verdict]}.`)
    .join(' ')
}

/** Whether people, images or the model changed: the verdict of the last months with what speaks for it and against it. */
export const ChangePage = () => {
  const given = useChanges()
  if (given.data === undefined) return given.error === null ? <Waiting /> : <Trouble error={given.error} />
  const { changes, waiting, label, stale, asOf } = given.data
  const [month] = changes.map((change) => change.month)
  const latest = changes.filter((change) => change.month === month)
  return (
    <>
      <h1>
        {month === undefined ? '' : `${monthText(month, true)}: `}
        {headingOf(latest)}
      </h1>
      <p className="lead">
        Each month against the one before, by where the film was taken. {asSentence(label)}. A difference is
        shown with its own limits; two levels compared by eye mislead.
        {waiting === 0 ? '' : ` ${waiting} more wait until the figures that they were judged on are shown.`}
      </p>
      <Stale stale={stale} asOf={asOf} />
      <div className="grid">
        {changes.length === 0 ? (
          <Card title="Verdict">
            <NoAnswer
              title="no verdict"
              detail="A difference between two months or two regions may come from the people, the imaging or the model. Until somebody has tested which, do not report it as a change in people."
            />
          </Card>
        ) : (
          <Figure view={changesView(latest)} />
        )}
        {latest.map((change) => (
          <Judged key={change.region} change={change} />
        ))}
        {changes.length === latest.length ? null : (
          <Card title="Months before">
            <Table
              label="verdicts of months before"
              columns={['month', 'where', 'verdict', 'difference']}
              rows={changes
                .filter((change) => change.month !== month)
                .map(({ month: of, region, verdict, difference }) => [
                  monthText(of, true),
                  region === '' ? 'all regions' : region,
                  verdictText[verdict],
                  difference.kind === 'answer'
                    ? `${pointsText(difference.estimate)} (${pointsText(difference.low)} to ${pointsText(difference.high)})`
                    : difference.detail,
                ])}
            />
          </Card>
        )}
      </div>
    </>
  )
}
