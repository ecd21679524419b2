import { type ReactNode, useEffect, useId, useRef, useState } from 'react'
import type { FigureView } from '../../src/figures/views/figure-view.ts'

/** An instant as people read it, in the reader's own time zone. */
export const instantText = (instant: string): string =>
  new Date(instant).toLocaleString('en-GB', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
  })

export const numberText = (count: number): string => count.toLocaleString('en-GB')

/** A box of a page. */
export const Card = (props: {
  readonly title: string
  readonly size?: 's3' | 's4' | 's5' | 's6' | 's7' | 's8'
  readonly links?: ReactNode
  readonly children: ReactNode
}) => (
  <section className={`card ${props.size ?? ''}`} aria-label={props.title}>
    <div className="top">
      <h2>{props.title}</h2>
      {props.links === undefined ? null : <div className="links">{props.links}</div>}
    </div>
    {props.children}
  </section>
)

/** Rows under headings; numbers stand right. */
export const Table = ({
  columns,
  rows,
  label,
}: {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly (ReactNode | string | number)[])[]
  readonly label: string
}) => {
  const isNumber = columns.map((_, at) => rows.length > 0 && rows.every((row) => typeof row[at] === 'number'))
  return (
    <section className="scroll" tabIndex={0} aria-label={`table: ${label}`}>
      <table>
        <thead>
          <tr>
            {columns.map((column, at) => (
              <th key={column} scope="col" className={isNumber[at] ? 'number' : undefined}>
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, line) => (
            // Rows of an answer have no other name than their place.
            <tr key={String(line)}>
              {row.map((cell, at) => (
                <td key={columns[at]} className={isNumber[at] ? 'number' : undefined}>
                  {typeof cell === 'number' ? numberText(cell) : cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

/** The width of an element, as it changes. */
const useWidth = () => {
  const ref = useRef<HTMLDivElement>(null)
  const [width, setWidth] = useState(0)
  useEffect(() => {
    const element = ref.current
    if (element === null) return
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)))
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  return { ref, width }
}

/** A figure with its caption, its table and its files. */
export const Figure = ({
  view,
  address,
  size,
}: {
  readonly view: FigureView
  /** Under which the server has it as a file; a figure without one has a table only. */
  readonly address?: string
  readonly size?: 's4' | 's5' | 's6' | 's7' | 's8'
}) => {
  const { ref, width } = useWidth()
  const id = useId()
  const links =
    address === undefined ? undefined : (
      <>
        <a href="/how">how?</a>
        {(['csv', 'svg', 'json'] as const).map((format) => (
          <a
            key={format}
            href={address.replace('FORMAT', format)}
            aria-label={`${view.title} as ${format.toUpperCase()}`}
          >
            {format.toUpperCase()}
          </a>
        ))}
      </>
    )
  return (
    <Card title={view.title} {...(size === undefined ? {} : { size })} links={links}>
      <div className="chart" ref={ref}>
        {width === 0 ? <div className="skeleton" /> : view.draw(id, Math.max(280, width))}
      </div>
      <p className="note">{view.caption}</p>
      <details>
        <summary>Table</summary>
        <Table columns={view.columns} rows={view.rows} label={view.title} />
      </details>
    </Card>
  )
}

/** Stands where an answer is still awaited; nothing jumps when it comes. */
export const Waiting = () => (
  <div className="grid" role="status" aria-label="loading">
    <div className="card skeleton" />
    <div className="card s6 skeleton" />
    <div className="card s6 skeleton" />
  </div>
)

/** What the page says where the server refuses or is away. */
export const Trouble = ({ error }: { readonly error: Error }) => (
  <section className="card" role="alert">
    <h2>Not to be seen now</h2>
    <p>{error.message}</p>
    <p className="note">This page tries again by itself.</p>
  </section>
)

/** Says that what is shown is old. */
export const Stale = ({ stale, asOf }: { readonly stale: boolean; readonly asOf: string }) =>
  stale ? (
    <p className="banner" role="status">
      A service does not answer: what you see is as of {instantText(asOf)} and nothing newer is vouched for.
    </p>
  ) : null

/** A figure that there is none of: never a zero, never an empty place. */
export const NoAnswer = ({ title, detail }: { readonly title: string; readonly detail: string }) => (
  <>
    <p className="big none">{title}</p>
    <p className="note">{detail}</p>
  </>
)
