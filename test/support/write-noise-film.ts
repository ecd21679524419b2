import { writeFile } from 'node:fs/promises'
import { writeDicom } from '../../src/imaging/dicom/write-dicom.ts'

/** Writes a film of noise that names a person. */
export const writeNoiseFilm = (path: string, sopInstanceUid: string): Promise<void> => {
  const noise = Uint16Array.from({ length: 256 * 256 }, (_, index) => (index * 7919) % 4096)
  return writeFile(
    path,
    writeDicom({
      sopClassUid: '1.2.840.10008.5.1.4.1.1.1.1',
      sopInstanceUid,
      elements: [
        [0x00080060, 'CS', 'DX'],
        [0x00100010, 'PN', 'Secret^Name'],
        [0x00100020, 'LO', 'SECRET-ID'],
        [0x00101010, 'AS', '071Y'],
        [0x00280002, 'US', 1],
        [0x00280004, 'CS', 'MONOCHROME2'],
        [0x00280010, 'US', 256],
        [0x00280011, 'US', 256],
        [0x00280100, 'US', 16],
        [0x00280101, 'US', 12],
        [0x00280102, 'US', 11],
        [0x00280103, 'US', 0],
        [0x7fe00010, 'OW', new Uint8Array(noise.buffer)],
      ],
    }),
  )
}
