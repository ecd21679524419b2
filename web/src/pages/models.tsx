import { useModels } from '../api.ts'
import { Card, instantText, NoAnswer, Table, Trouble, Waiting } from '../parts.tsx'

/** Which package reads in which role, and who decided it. */
export const Models = () => {
  const models = useModels()
  if (models.data === undefined) return models.error === null ? <Waiting /> : <Trouble error={models.error} />
  const { roles, history, checked } = models.data
  return (
    <>
      <h1>
        {roles.find(({ role }) => role === 'primary')?.name ?? 'No model'} reads;{' '}
        {Math.max(0, roles.length - 1)} others read in its shadow.
      </h1>
      <p className="lead">A film chooses its model by the time at which it was received.</p>
      <div className="grid">
        <Card title="Checked against DXA" size="s4">
          <NoAnswer title="not yet" detail={checked.detail} />
        </Card>
        <Card title="Roles now" size="s8">
          <Table
            label="Roles now"
            columns={['package', 'role', 'since', 'weights']}
            rows={roles.map(({ name, version, role, since, weightsDigest }) => [
              `${name} ${version}`,
              role,
              since.startsWith('2000') ? 'the first film' : instantText(since),
              <code key={name}>{weightsDigest.slice(0, 16)}…</code>,
            ])}
          />
        </Card>
        <Card title="Decisions, the latest first">
          <Table
            label="Decisions"
            columns={['decided', 'package', 'role', 'by', 'why']}
            rows={history.map(({ at, package: name, role, who, why }) => [
              instantText(at),
              name,
              role,
              who,
              why,
            ])}
          />
          <p className="note">
            Another choice:{' '}
            <code>npm start -- models activate NAME --role primary --who ROLE --why REASON</code>
          </p>
        </Card>
      </div>
    </>
  )
}
