import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { encodeJpeg, encodePng } from '../../src/imaging/codecs/sharp-codec.ts'
import type { DicomElement, WritableSyntax } from '../../src/imaging/dicom/write-dicom.ts'
import type { DicomFilmSpec } from '../../src/imaging/dicom/write-dicom-film.ts'
import {
  type Marked,
  markedJpeg2000s,
  markedJpegs,
  markedRles,
  marker,
} from '../imaging/codestream/marked-codestreams.ts'
import { codestreamOf, codings } from '../imaging/codings.ts'
import { film, picture, samplePath } from '../imaging/films.ts'

const size = { rows: 256, columns: 260 } as const
const pixels = picture(size.rows, size.columns, 12)

/** Value representations that take text as it is. */
const textForms = [
  'AE',
  'AS',
  'CS',
  'DA',
  'DS',
  'DT',
  'IS',
  'LO',
  'LT',
  'PN',
  'SH',
  'ST',
  'TM',
  'UC',
  'UI',
  'UR',
  'UT',
  'UN',
  'OB',
  'OW',
]

const text = new TextEncoder().encode(marker.repeat(2))

/** An element of each value representation, in a private group and in a public one that nobody knows. */
const everyForm = (): DicomElement[] =>
  textForms.flatMap((vr, index): DicomElement[] => [
    [0x00991000 + index, vr, text],
    [0x00189000 + index, vr, text],
  ])

/** Every attribute of PS3.15 table E.1-1 that a data set may hold, where the table is there. */
const everyConfidential = (): DicomElement[] => {
  const path = samplePath('ps315', 'confidentiality_profile_attributes.rev2024b.json')
  if (!existsSync(path)) return []
  const rows: { id: string }[] = JSON.parse(readFileSync(path, 'utf8'))
  return rows
    .map(({ id }) =>
      id.startsWith('gggg') ? '00091010' : id.replace('xxxxxx', '000010').replace('xx', '00'),
    )
    .filter((id) => !/^(0000|0002)/.test(id) && id !== '00080018')
    .map((id) => [Number.parseInt(id, 16), 'LO', marker])
}

/** Every attribute that a film's own texts are read from. */
const everyAttribute = (): DicomElement[] =>
  [0x00080070, 0x00081090, 0x00180015, 0x00181020, 0x00185101, 0x0018702b, 0x00200062, 0x00081010].map(
    (tag) => [tag, 'LO', marker],
  )

const markedSpec: Partial<DicomFilmSpec> = {
  ...size,
  pixels,
  patient: {
    name: `${marker}^ANNA`,
    id: `${marker}-47110815`,
    issuerOfId: marker,
    birthDate: '19480305',
    sex: 'F',
  },
  study: {
    studyInstanceUid: '1.2.999.777.1',
    seriesInstanceUid: '1.2.999.777.2',
    date: '20260217',
    description: marker,
    institution: marker,
    station: marker,
  },
}

const headers = (): Record<string, Uint8Array> => {
  const elements = [...everyConfidential(), ...everyForm(), ...everyAttribute()]
  const nested: DicomElement = [
    0x00081111,
    'SQ',
    [{ item: [...elements, [0x00081115, 'SQ', [{ item: elements }]]] }],
  ]
  const more = [...elements, nested]
  const syntaxes: WritableSyntax[] = ['explicitLittleEndian', 'implicitLittleEndian', 'explicitBigEndian']
  const bySyntax = syntaxes.map((syntax, index) => [
    syntax,
    film({ ...markedSpec, syntax, more, sopInstanceUid: `1.2.999.777.${10 + index}` }),
  ])
  return Object.fromEntries(bySyntax)
}

const markedBy = (name: string, stream: Uint8Array): readonly Marked[] => {
  if (name === 'RLE') return markedRles(stream)
  return name.includes('2000') || name.startsWith('HT') ? markedJpeg2000s(stream) : markedJpegs(stream)
}

/** One film of each lossless encoding, with names at some of its places. */
const codestreams = (): Record<string, Uint8Array> => {
  const lossless = codings.filter((coding) => coding.lossless)
  const films = lossless.flatMap(({ name, transferSyntaxUid, encode }, coding) => {
    const stream = codestreamOf(pixels, 12, encode, [size.rows, size.columns])
    return markedBy(name, stream)
      .filter((_, index) => index % 5 === coding % 5)
      .map(([where, bytes], index): [string, Uint8Array] => [
        `${name} ${where}`,
        film({
          ...markedSpec,
          sopInstanceUid: `1.2.999.777.${100 + 20 * coding + index}`,
          coded: { transferSyntaxUid, fragments: [bytes, text] },
        }),
      ])
  })
  return Object.fromEntries(films)
}

/** Files that are refused, each for what it is; the marker stands where the refusal looks. */
const refused = (): Record<string, Uint8Array> => ({
  'other modality': film({
    ...markedSpec,
    sopInstanceUid: '1.2.999.777.50',
    more: [[0x00080060, 'CS', marker]],
  }),
  colours: film({ ...markedSpec, sopInstanceUid: '1.2.999.777.51', more: [[0x00280004, 'CS', marker]] }),
  'burned in': film({ ...markedSpec, sopInstanceUid: '1.2.999.777.52', burnedIn: true }),
  encoding: film({
    ...markedSpec,
    sopInstanceUid: '1.2.999.777.53',
    coded: { transferSyntaxUid: `1.2.${marker}`, fragments: [text] },
  }),
  'a codestream that is text': film({
    ...markedSpec,
    sopInstanceUid: '1.2.999.777.54',
    coded: { transferSyntaxUid: '1.2.840.10008.1.2.4.70', fragments: [text] },
  }),
  'cut off': film(markedSpec).slice(0, -400),
  'no film': text,
})

const pictures = async (): Promise<Record<string, Uint8Array>> => {
  const values = picture(size.rows, size.columns, 8)
  const comment = Buffer.from([0xff, 0xfe, 0, text.length + 2])
  const jpeg = await encodeJpeg({ ...size, values })
  const png = await encodePng({ ...size, values }, 8)
  return {
    'picture.jpg': Buffer.concat([jpeg.subarray(0, 2), comment, text, jpeg.subarray(2), text]),
    'picture.png': Buffer.concat([png, text]),
  }
}

/** Writes a folder of films that name somebody everywhere: how many files are sent, and how many of them as films. */
export const writeMarkedFolder = async (folder: string): Promise<{ sent: number }> => {
  const inside = join(folder, marker)
  await mkdir(inside, { recursive: true })
  const films = { ...headers(), ...codestreams(), ...refused() }
  for (const [name, bytes] of Object.entries(films))
    await writeFile(join(inside, `${marker} ${name}.dcm`), bytes)
  const drawn = await pictures()
  for (const [name, bytes] of Object.entries(drawn)) await writeFile(join(inside, `${marker} ${name}`), bytes)
  await symlink(marker, join(inside, `${marker}.dcm`))
  spawnSync('mkfifo', [join(inside, `${marker} pipe.dcm`)])
  await writeFile(join(inside, `${marker}.txt`), marker)
  return { sent: Object.keys(films).length + Object.keys(drawn).length }
}
