import type { ReaderEdges } from '../../contracts/window-counts.ts'

/** A number by its 64 bits: ClickHouse reads decimal fractions a last bit differently, and a score may lie on an edge. */
const exactNumber = (value: number): string => {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, value)
  return `reinterpretAsFloat64(toUInt64(${view.getBigUint64(0)}))`
}

const hexText = /^[0-9a-f]{64}$/

/** The bin of a score on the card of its reader, as `binOf` counts: how many edges lie below it. */
const binSql = (readers: readonly ReaderEdges[]): string => {
  const cases = readers
    .filter(({ modelDigest, finderDigest }) => hexText.test(modelDigest) && hexText.test(finderDigest))
    .map(
      ({ modelDigest, finderDigest, edges }) =>
        `vote.model_digest = '${modelDigest}' AND vote.finder_digest = '${finderDigest}',
         toInt32(arrayCount(edge -> edge < vote.severity, [${edges.map(exactNumber).join(', ')}]))`,
    )
  return cases.length === 0 ? 'toInt32(-1)' : `multiIf(${cases.join(', ')}, toInt32(-1))`
}

/** Where windows look: a week may lie in two months, which are the beginning of the key. */
const inWindows = {
  week: `week IN {starts:Array(Date32)} AND month IN (SELECT arrayJoin(arrayFlatten(arrayMap(
    start -> [toDate32(toStartOfMonth(start)), toDate32(toStartOfMonth(start + 6))], {starts:Array(Date32)}))))`,
  month: 'month IN {starts:Array(Date32)}',
} as const

/** Films of the windows, once for each scope that they belong to. A film without a maker belongs to the scope '' of makers. */
const scopedFilms = (kind: 'week' | 'month', films: string): string => `
  SELECT *, ${kind} AS window_start, scope.1 AS scope_kind, scope.2 AS scope_id
  FROM (SELECT * FROM ${films} WHERE counts AND ${inWindows[kind]})
  ARRAY JOIN [('all', ''), ('region', toString(region)), ('site', toString(site_id)), ('maker', toString(maker))] AS scope`

const voteType =
  'Tuple(site_id String, sex String, age_band String, reason String, density_class String, without_vote String, model_digest String, finder_digest String, severity Float64)'

/** What a film says, should it be the one that votes. */
const said = `CAST(tuple(toString(site_id), toString(sex), toString(age_band), toString(examination_reason),
  toString(density_class), toString(without_vote), toString(model_digest), toString(finder_digest), severity), '${voteType}')`

/**
 * The people of each scope with the one film that speaks for them: the first that has a vote, else the first. Their key is
 * hashed to 128 bits, which keeps what ClickHouse must hold small.
 */
const people = (kind: 'week' | 'month', films: string): string => `
  SELECT window_start, scope_kind, scope_id, domain, sipHash128(person) AS who,
    argMin(${said}, (NOT has_vote, day, place, event_id)) AS vote,
    max(is_linked) AS linked,
    count() AS films,
    countIf(is_implausible) AS implausible_films
  FROM (${scopedFilms(kind, films)})
  GROUP BY window_start, scope_kind, scope_id, domain, who`

/**
 * SQL of the sufficient statistics of all scopes of some windows: whole numbers, as three kinds of rows: people by what they are
 * and what was said of them, votes by score bin, votes by clinic. `films` is what stands in FROM.
 */
export const countsSql = (
  kind: 'week' | 'month',
  readers: readonly ReaderEdges[],
  films = 'film_contributions FINAL',
): string => {
  const scope = 'window_start, scope_kind, scope_id, domain'
  const reader = 'model_digest, finder_digest'
  return `
  SELECT toString(window_start) AS windowStart, ${scope}, ${reader}, site_id, sex, age_band, reason, density_class, without_vote, bin,
    multiIf(grouping(sex) = 0, 'people', grouping(bin) = 0, 'scores', 'clinics') AS part,
    count() AS people, sum(films) AS filmCount, sum(implausible_films) AS implausibleFilms, countIf(linked) AS linkedPeople
  FROM (
    SELECT ${scope}, vote.site_id AS site_id, vote.sex AS sex, vote.age_band AS age_band, vote.reason AS reason,
      vote.density_class AS density_class, vote.without_vote AS without_vote, vote.model_digest AS model_digest,
      vote.finder_digest AS finder_digest, ${binSql(readers)} AS bin, films, implausible_films, linked
    FROM (${people(kind, films)})
  )
  GROUP BY GROUPING SETS (
    (${scope}, ${reader}, sex, age_band, reason, density_class, without_vote),
    (${scope}, ${reader}, bin),
    (${scope}, site_id, density_class))
  ORDER BY ${scope}, part, ${reader}, sex, age_band, reason, density_class, without_vote, bin, site_id`
}

/** Columns of the controls by the names that reports use. */
const controlColumns = {
  softTissueLevel: 'soft_tissue_level',
  backgroundLevel: 'background_level',
  noise: 'noise',
  kvp: 'kvp',
  exposureIndex: 'exposure_index',
  deviationIndex: 'deviation_index',
} as const

/** SQL of the sums of the controls over the films of all scopes of a window, in millionths: whole numbers have no order. */
export const controlsSql = (kind: 'week' | 'month', films = 'film_contributions FINAL'): string => {
  const named = Object.entries(controlColumns).map(([name, column]) => `('${name}', ${column})`)
  return `
  SELECT toString(window_start) AS windowStart, scope_kind, scope_id, domain, control.1 AS name, count() AS films,
    toString(sum(toInt128(round(assumeNotNull(control.2) * 1e6)))) AS sum,
    toString(sum(toInt128(round(assumeNotNull(control.2) * 1e6)) * toInt128(round(assumeNotNull(control.2) * 1e6)))) AS squares
  FROM (${scopedFilms(kind, films)})
  ARRAY JOIN [${named.join(', ')}] AS control
  WHERE control.2 IS NOT NULL
  GROUP BY window_start, scope_kind, scope_id, domain, name
  ORDER BY window_start, scope_kind, scope_id, domain, name`
}
