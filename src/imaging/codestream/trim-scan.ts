import { filmLimits } from '../film-header.ts'
import { createCodedBits, createSymbolReader, type SymbolReader } from './coded-bits.ts'
import {
  type Coefficients,
  type PassUnit,
  passBits,
  passBlocks,
  passCoefficients,
  passDifferences,
  refineCoefficients,
  type ScanSpan,
} from './pass-units.ts'

/** A component of a frame, with its sampling factors. */
export type FrameComponent = {
  readonly id: number
  readonly across: number
  readonly down: number
  /** Filled as scans of a progressive JPEG are passed over. */
  readonly coefficients: Coefficients
}

/** What of a frame tells how many units a scan has. Coded data of `other` kinds are not passed over. */
export type FrameCoding = {
  readonly kind: 'sequential' | 'progressive' | 'lossless' | 'other'
  readonly rows: number
  readonly columns: number
  readonly components: readonly FrameComponent[]
}

/** The head of a scan: its components, each with the numbers of its tables. */
export type ScanHead = {
  readonly parts: readonly { readonly id: number; readonly tables: number }[]
  readonly span: ScanSpan
}

type Tables = ReadonlyMap<string, Uint8Array>

const noSymbols: SymbolReader = () => -1

const passOf = (
  { kind }: FrameCoding,
  { coefficients }: FrameComponent,
  { span }: ScanHead,
  numbers: number,
  tables: Tables,
): PassUnit => {
  const read = (name: string): SymbolReader => {
    const table = tables.get(name)
    return table === undefined ? noSymbols : createSymbolReader(table)
  }
  const [dc, ac] = [`dc${numbers >> 4}`, `ac${numbers & 15}`]
  if (kind === 'lossless') return passDifferences(read(dc))
  if (kind === 'sequential') return passBlocks(read(dc), read(ac))
  if (span.first === 0) return span.isRefinement ? passBits() : passDifferences(read(dc))
  const pass = span.isRefinement ? refineCoefficients : passCoefficients
  return pass(read(ac), span, coefficients)
}

/** How often a scan repeats its units, and which they are; one component alone is not padded (ITU T.81, A.2). */
const planScan = (frame: FrameCoding, head: ScanHead, tables: Tables) => {
  const edge = frame.kind === 'lossless' ? 1 : 8
  const mostAcross = Math.max(...frame.components.map(({ across }) => across))
  const mostDown = Math.max(...frame.components.map(({ down }) => down))
  const parts = head.parts.flatMap(({ id, tables: numbers }) => {
    const component = frame.components.find((one) => one.id === id)
    return component === undefined
      ? []
      : [{ component, unit: passOf(frame, component, head, numbers, tables) }]
  })
  const alone = parts.length === 1 ? parts[0]?.component : undefined
  const [across, down] = [alone?.across ?? 1, alone?.down ?? 1]
  const unitsOf = (size: number, own: number, most: number): number =>
    alone === undefined ? Math.ceil(size / (edge * most)) : Math.ceil(Math.ceil((size * own) / most) / edge)
  const units = parts.flatMap(({ component, unit }) =>
    Array.from({ length: alone === undefined ? component.across * component.down : 1 }, () => unit),
  )
  const groups = unitsOf(frame.columns, across, mostAcross) * unitsOf(frame.rows, down, mostDown)
  return { units, groups }
}

/** Cuts coded data at their restart markers, which stand at the end of each piece but the last. */
const cutAtRestarts = (data: Uint8Array): { coded: Uint8Array; marker: Uint8Array }[] => {
  const pieces: { coded: Uint8Array; marker: Uint8Array }[] = []
  let start = 0
  for (let at = data.indexOf(0xff); at >= 0; at = data.indexOf(0xff, at + 1)) {
    const next = data[at + 1] ?? 0
    if (next < 0xd0 || next > 0xd7) continue
    pieces.push({ coded: data.subarray(start, at), marker: data.subarray(at, at + 2) })
    start = at + 2
  }
  return [...pieces, { coded: data.subarray(start), marker: new Uint8Array() }]
}

const isPossible = ({ rows, columns, components }: FrameCoding): boolean =>
  rows > 0 &&
  columns > 0 &&
  rows * columns <= filmLimits.maxPixels &&
  components.every(({ across, down }) => across >= 1 && across <= 4 && down >= 1 && down <= 4)

const none = new Uint8Array()

/**
 * Cuts off what stands in the coded data of a scan behind its last unit, and behind the last one before each restart: a
 * decoder never looks there. Undefined where the data are no codes. Where they end early, all of them are needed.
 */
export const trimScan = (
  data: Uint8Array,
  frame: FrameCoding,
  head: ScanHead,
  tables: Tables,
): Uint8Array | undefined => {
  if (frame.kind === 'other') return data
  if (!isPossible(frame)) return undefined
  const [high, low] = tables.get('restart') ?? none
  const interval = 256 * (high ?? 0) + (low ?? 0)
  const { units, groups } = planScan(frame, head, tables)
  const kept: Uint8Array[] = []
  let done = 0
  for (const { coded, marker } of cutAtRestarts(data)) {
    const bits = createCodedBits(coded)
    const end = interval === 0 ? groups : Math.min(groups, done + interval)
    for (const unit of units) unit.restart()
    for (; done < end; done += 1) for (const unit of units) if (!unit.pass(bits, done)) return undefined
    kept.push(coded.subarray(0, bits.usedBytes()))
    if (done === groups) break
    kept.push(marker)
  }
  return new Uint8Array(Buffer.concat(kept))
}
