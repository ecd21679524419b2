import { encodeJpeg, encodePng } from '../../src/imaging/codecs/sharp-codec.ts'
import type { WritableSyntax } from '../../src/imaging/dicom/write-dicom.ts'
import { codestreamOf, codings } from '../imaging/codings.ts'
import { cutAt, encapsulate } from '../imaging/encapsulate.ts'
import { film, picture } from '../imaging/films.ts'

const size = { rows: 61, columns: 67 } as const
const pixels = picture(size.rows, size.columns, 12)

const table = Array.from({ length: 4096 }, (_, index) => 16 * index)

const native = (): [string, Uint8Array][] => {
  const syntaxes: WritableSyntax[] = [
    'explicitLittleEndian',
    'implicitLittleEndian',
    'explicitBigEndian',
    'deflatedLittleEndian',
  ]
  const lut = [
    [0x00283002, 'US', [4096, 0, 16]],
    [0x00283006, 'OW', table],
  ] as const
  return syntaxes.map((syntax) => [
    syntax,
    film({ ...size, pixels, syntax, more: [[0x00283010, 'SQ', [{ item: lut }]]] }),
  ])
}

const coded = (): [string, Uint8Array][] =>
  codings.map(({ name, transferSyntaxUid, encode }) => {
    const stream = codestreamOf(pixels, 12, encode, [size.rows, size.columns])
    const fragments = cutAt(stream, 400)
    return [
      name,
      encapsulate({ ...size, pixels }, transferSyntaxUid, { fragments, table: new Uint8Array(4) }),
    ]
  })

/** One film of each encoding that is read, by its name. */
export const baseFilms = async (): Promise<ReadonlyMap<string, Uint8Array>> => {
  const eight = picture(size.rows, size.columns, 8)
  const jpeg = await encodeJpeg({ ...size, values: eight })
  return new Map([
    ...native(),
    ...coded(),
    [
      'JPEG baseline',
      encapsulate({ ...size, pixels: eight, bitsStored: 8 }, '1.2.840.10008.1.2.4.50', { fragments: [jpeg] }),
    ],
    ['PNG file', await encodePng({ ...size, values: pixels }, 16)],
    ['JPEG file', jpeg],
  ])
}
