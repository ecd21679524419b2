import { writeFile } from 'node:fs/promises'
import { type DicomElement, writeDicom } from '../../src/imaging/dicom/write-dicom.ts'

/** A film of noise that names a person. */
export const noiseFilm = (
  sopInstanceUid: string,
  more: readonly DicomElement[] = [],
  side = 256,
): Uint8Array => {
  const noise = Uint16Array.from({ length: side * side }, (_, index) => (index * 7919) % 4096)
  const own = new Set(more.map(([tag]) => tag))
  const elements: DicomElement[] = [
    [0x00080060, 'CS', 'DX'],
    [0x00100010, 'PN', 'Secret^Name'],
    [0x00100020, 'LO', 'SECRET-ID'],
    [0x00101010, 'AS', '071Y'],
    [0x00280002, 'US', 1],
    [0x00280004, 'CS', 'MONOCHROME2'],
    [0x00280010, 'US', side],
    [0x00280011, 'US', side],
    [0x00280100, 'US', 16],
    [0x00280101, 'US', 12],
    [0x00280102, 'US', 11],
    [0x00280103, 'US', 0],
    [0x7fe00010, 'OW', new Uint8Array(noise.buffer)],
  ]
  return writeDicom({
    sopClassUid: '1.2.840.10008.5.1.4.1.1.1.1',
    sopInstanceUid,
    elements: [...elements.filter(([tag]) => !own.has(tag)), ...more],
  })
}

/** Writes a film of noise that names a person. */
export const writeNoiseFilm = (path: string, sopInstanceUid: string): Promise<void> =>
  writeFile(path, noiseFilm(sopInstanceUid))
