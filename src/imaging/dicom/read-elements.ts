import { viewOf } from '../plain-bytes.ts'

/** A data element by its place; values are read when they are asked for. */
export type DicomElementPlace = {
  readonly tag: number
  /** Absent where the file does not say it. */
  readonly vr: string | undefined
  readonly offset: number
  readonly length: number
  /** The file leaves the length open: a delimiter ends the value. */
  readonly isOpen: boolean
}

/** How a stretch of elements is written. */
export type ElementForm = { readonly explicit: boolean; readonly littleEndian: boolean }

/** Elements by tag; the last of two with one tag counts, as in other readers. */
export type DicomElements = ReadonlyMap<number, DicomElementPlace>

/** What is wrong with a file, in words that hold nothing of its values. */
export class DicomFault extends Error {
  override name = 'DicomFault'
}

/** Value representations (PS3.5 table 6.2-1); the long ones have a 32-bit length in explicit syntaxes. */
const shortForms = 'AE AS AT CS DA DS DT FL FD IS LO LT PN SH SL SS ST TM UI UL US'.split(' ')
const longForms = 'OB OD OF OL OV OW SQ SV UC UN UR UT UV'.split(' ')
const longCodes = new Set(longForms.map((vr) => codeOf(vr)))
const names = new Map([...shortForms, ...longForms].map((vr) => [codeOf(vr), vr]))

function codeOf(vr: string): number {
  return (vr.charCodeAt(0) << 8) | vr.charCodeAt(1)
}

const undefinedLength = 0xffffffff
export const pixelDataTag = 0x7fe00010
const itemTag = 0xfffee000
const itemEnd = 0xfffee00d
const sequenceEnd = 0xfffee0dd

/** Films nest a handful of levels and hold some hundreds of elements; what goes beyond is made to hurt. */
const deepest = 32
const mostElements = 100_000

const shown = (tag: number): string => {
  const text = tag.toString(16).padStart(8, '0')
  return `(${text.slice(0, 4)},${text.slice(4)})`
}

/** Reads tags and lengths of elements, one behind the other. */
class Cursor {
  readonly view: DataView
  readonly form: ElementForm
  at: number
  readonly end: number
  private readonly budget: { left: number }
  constructor(view: DataView, form: ElementForm, at: number, end: number, budget = { left: mostElements }) {
    this.view = view
    this.form = form
    this.at = at
    this.end = end
    this.budget = budget
  }

  /** The same place, read in another form. */
  as(form: ElementForm): Cursor {
    return new Cursor(this.view, form, this.at, this.end, this.budget)
  }

  tagAt(at: number): number {
    const { littleEndian } = this.form
    return this.view.getUint16(at, littleEndian) * 0x10000 + this.view.getUint16(at + 2, littleEndian)
  }

  has(bytes: number): boolean {
    return this.at + bytes <= this.end
  }

  /** Reads the head of an element and stands at its value then. */
  head(): { tag: number; vr: string | undefined; length: number } {
    if ((this.budget.left -= 1) < 0) throw new DicomFault(`more than ${mostElements} elements`)
    const { view, at } = this
    const { littleEndian } = this.form
    const tag = this.tagAt(at)
    const code = view.getUint16(at + 4)
    const isDelimiter = tag >>> 16 === 0xfffe
    // One implicit element in an explicit file: its length stands where others have their VR.
    const vr = this.form.explicit && !isDelimiter ? names.get(code) : undefined
    if (vr === undefined) {
      this.at = at + 8
      return { tag, vr: undefined, length: view.getUint32(at + 4, littleEndian) }
    }
    if (!longCodes.has(code)) {
      this.at = at + 8
      return { tag, vr, length: view.getUint16(at + 6, littleEndian) }
    }
    if (!this.has(12)) throw new DicomFault(`the file ends within ${shown(tag)}`)
    this.at = at + 12
    return { tag, vr, length: view.getUint32(at + 8, littleEndian) }
  }

  skip(tag: number, length: number): void {
    if (this.at + length > this.end) {
      if (tag === pixelDataTag) throw new DicomFault('the file ends within the pixel data')
      throw new DicomFault(`the element ${shown(tag)} is longer than what is left of the file`)
    }
    this.at += length
  }
}

/** What is left when no element can follow: padding, which some writers leave. */
const isRest = (cursor: Cursor): boolean => !cursor.has(8) || cursor.tagAt(cursor.at) === 0

/** PS3.5 6.2.2: what an UN of open length holds is implicit and little endian, whatever the file is. */
const contentForm = (vr: string | undefined, form: ElementForm): ElementForm =>
  vr === 'UN' ? { explicit: false, littleEndian: true } : form

/** Goes behind the items of a value of open length. */
const skipItems = (cursor: Cursor, tag: number, depth: number): void => {
  if (depth > deepest) throw new DicomFault(`sequences within sequences, more than ${deepest} deep`)
  for (;;) {
    if (!cursor.has(8)) throw new DicomFault(`the value of ${shown(tag)} has no delimiter`)
    const { tag: found, length } = cursor.head()
    if (found === sequenceEnd) return
    if (found !== itemTag) throw new DicomFault(`the value of ${shown(tag)} has no delimiter`)
    if (length !== undefinedLength) cursor.skip(tag, length)
    else skipElements(cursor, tag, depth)
  }
}

const skipElements = (cursor: Cursor, parent: number, depth: number): void => {
  for (;;) {
    if (!cursor.has(8)) throw new DicomFault(`an item of ${shown(parent)} has no delimiter`)
    const { tag, vr, length } = cursor.head()
    if (tag === itemEnd) return
    if (tag === itemTag || tag === sequenceEnd)
      throw new DicomFault(`an item of ${shown(parent)} has no delimiter`)
    if (length === undefinedLength) skipOpen(cursor, { tag, vr }, depth + 1)
    else cursor.skip(tag, length)
  }
}

/** Goes behind a value of open length; returns where its delimiter begins. */
const skipOpen = (
  cursor: Cursor,
  { tag, vr }: { tag: number; vr: string | undefined },
  depth: number,
): void => {
  const inner = cursor.as(contentForm(vr, cursor.form))
  skipItems(inner, tag, depth)
  cursor.at = inner.at
}

type Stretch = { readonly start: number; readonly end: number; readonly form: ElementForm }

/** Reads elements until the stretch ends, or until `isEnd` says that the next one is none of them. */
const readStretch = (
  bytes: Uint8Array,
  { start, end, form }: Stretch,
  isEnd: (tag: number) => boolean,
): { elements: Map<number, DicomElementPlace>; next: number } => {
  const cursor = new Cursor(viewOf(bytes), form, start, end)
  const elements = new Map<number, DicomElementPlace>()
  while (!isRest(cursor) && !isEnd(cursor.tagAt(cursor.at))) {
    // Once the pixels are whole, nothing that comes behind them is needed, nor can it spoil them.
    const isBehindPixels = elements.has(pixelDataTag)
    try {
      const { tag, vr, length } = cursor.head()
      const offset = cursor.at
      const isOpen = length === undefinedLength
      if (isOpen) skipOpen(cursor, { tag, vr }, 1)
      else cursor.skip(tag, length)
      elements.set(tag, { tag, vr, offset, length: cursor.at - offset, isOpen })
    } catch (error) {
      if (isBehindPixels && error instanceof DicomFault) break
      throw error
    }
  }
  return { elements, next: cursor.at }
}

/** Reads the elements of a data set; throws DicomFault where the file breaks off or lies. */
export const readElements = (bytes: Uint8Array, start: number, form: ElementForm): DicomElements =>
  readStretch(bytes, { start, end: bytes.length, form }, () => false).elements

/** Reads the file meta information (PS3.10 7.1), and where the data set begins. */
export const readFileMeta = (bytes: Uint8Array, start: number): { elements: DicomElements; next: number } =>
  readStretch(
    bytes,
    { start, end: bytes.length, form: { explicit: true, littleEndian: true } },
    (tag) => tag >>> 16 !== 0x0002,
  )

/** Whether a known value representation stands where an explicit element has it. */
export const looksExplicit = (bytes: Uint8Array, at: number): boolean =>
  names.has(((bytes[at + 4] ?? 0) << 8) | (bytes[at + 5] ?? 0))

const isItemEnd = (tag: number): boolean => tag === itemEnd || tag === sequenceEnd

/** The elements of a sequence's first item, and how they are written; undefined where it has none. */
export const readFirstItem = (
  bytes: Uint8Array,
  sequence: DicomElementPlace,
  form: ElementForm,
): { elements: DicomElements; form: ElementForm } | undefined => {
  const end = sequence.offset + sequence.length
  const start = sequence.offset + 8
  if (start > end) return undefined
  const head = new Cursor(viewOf(bytes), contentForm(sequence.vr, form), sequence.offset, end)
  const { tag, length } = head.head()
  if (tag !== itemTag) return undefined
  // Writers that copy what they do not know into UN copy it as it was, which may be explicit.
  const explicit = sequence.vr === 'UN' ? looksExplicit(bytes, start) : form.explicit
  const inner = { explicit, littleEndian: head.form.littleEndian }
  const last = length === undefinedLength ? end : Math.min(end, start + length)
  return { elements: readStretch(bytes, { start, end: last, form: inner }, isItemEnd).elements, form: inner }
}

/** A piece of encapsulated pixel data. */
export type Fragment = { readonly offset: number; readonly length: number }

/** The fragments of encapsulated pixel data, without the offset table that stands before them (PS3.5 A.4). */
export const readFragments = (
  bytes: Uint8Array,
  pixels: DicomElementPlace,
  form: ElementForm,
): readonly Fragment[] => {
  const cursor = new Cursor(viewOf(bytes), form, pixels.offset, pixels.offset + pixels.length)
  const fragments: Fragment[] = []
  for (;;) {
    const { tag, length } = cursor.head()
    if (tag === sequenceEnd) return fragments.slice(1)
    fragments.push({ offset: cursor.at, length })
    cursor.skip(pixelDataTag, length)
  }
}
