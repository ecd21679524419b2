import type { PerformanceAnswer } from '../../../src/dashboard/server/answers.ts'
import { asSentence } from '../../../src/figures/figure-text.ts'
import { countText, limitsText, monthText, shareText } from '../../../src/figures/kit/numbers.ts'
import { usePerformance } from '../api.ts'
import { Card, NoAnswer, Stale, Table, Trouble, Waiting } from '../parts.tsx'

type Check = PerformanceAnswer['checks'][number]
type Ratio = Check['classes'][number]['sensitivity']

const ratioText = (ratio: Ratio): string =>
  ratio.kind === 'answer'
    ? `${shareText(ratio.estimate)} (${limitsText(ratio.low, ratio.high)}; ${countText(ratio.people)} people)`
    : ratio.detail

const CheckCard = ({ check }: { readonly check: Check }) => (
  <Card
    title={`${check.model}, ${check.role}: measured on ${check.domain === 'real' ? 'real' : 'simulated'} films`}
  >
    <Table
      label={`${check.model} by class`}
      columns={['class', 'sensitivity', 'specificity', 'PPV', 'NPV']}
      rows={check.classes.map(({ name, sensitivity, specificity, ppv, npv }) => [
        name,
        ratioText(sensitivity),
        ratioText(specificity),
        ratioText(ppv),
        ratioText(npv),
      ])}
    />
    <p className="note">
      {check.set === 'external' ? 'External' : 'Internal'} validation set: {countText(check.people)} people of{' '}
      {check.sites === 0 ? 'clinics that it does not tell apart' : `${check.sites} clinics`}, one hip each.
      Each class against the other two, 95 % intervals. PPV and NPV are those of that set’s mix.
    </p>
  </Card>
)

const Projected = ({ given }: { readonly given: PerformanceAnswer }) => {
  const { projected, month } = given
  const when = month === undefined ? '' : `, ${monthText(month, true)}`
  return (
    <Card title={`Expected for the people of a month${when}`} size="s6">
      {projected.kind === 'no-answer' ? (
        <NoAnswer title="no figure" detail={projected.detail} />
      ) : (
        <>
          <Table
            label="expected"
            columns={['osteoporosis against the rest', 'expected']}
            rows={[
              ['sensitivity', shareText(projected.sensitivity)],
              ['specificity', shareText(projected.specificity)],
              ['PPV', shareText(projected.ppv)],
              ['NPV', shareText(projected.npv)],
            ]}
          />
          <p className="note">
            The primary’s card at the corrected mix of the month. It is no check: card and estimate rest on
            the same validation set.
          </p>
        </>
      )}
    </Card>
  )
}

const Missed = ({ given }: { readonly given: PerformanceAnswer }) => {
  const { missed } = given
  return (
    <Card title="Missed at this operating point" size="s6">
      {missed.kind === 'no-answer' ? (
        <NoAnswer title="unknown" detail={missed.detail} />
      ) : (
        <>
          <p className="big">
            {countText(missed.missed.estimate)}{' '}
            <small>
              {countText(missed.missed.low)} to {countText(missed.missed.high)} people
            </small>
          </p>
          <p className="note">
            Of an estimated {countText(missed.people.estimate)} people with osteoporosis, about{' '}
            {countText(missed.flagged.estimate)} are called so.
          </p>
        </>
      )}
    </Card>
  )
}

/** How well the models read, as far as anybody has checked. */
export const Performance = () => {
  const performance = usePerformance()
  if (performance.data === undefined)
    return performance.error === null ? <Waiting /> : <Trouble error={performance.error} />
  const given = performance.data
  const isChecked = given.checks.some(({ domain }) => domain === 'real')
  return (
    <>
      <h1>
        {isChecked
          ? 'How well the models read.'
          : 'Not yet checked against DXA: how well the models read real hips is not known.'}
      </h1>
      <p className="lead">
        {isChecked ? '' : 'What follows was measured on simulated films and says nothing about real hips. '}
        {asSentence(given.label)}.
      </p>
      <Stale stale={given.stale} asOf={given.asOf} />
      <div className="grid">
        <Projected given={given} />
        <Missed given={given} />
        {given.checks.map((check) => (
          <CheckCard key={check.model} check={check} />
        ))}
        {given.checks.length === 0 ? (
          <Card title="Checks">
            <NoAnswer title="no card" detail="No package has a baseline card: nothing is corrected." />
          </Card>
        ) : null}
      </div>
    </>
  )
}
