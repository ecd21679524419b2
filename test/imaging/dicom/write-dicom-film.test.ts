import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { tempDir } from '../../support/temp-dir.ts'
import { film, headerOf } from '../films.ts'

const withoutDcmdump =
  spawnSync('sh', ['-c', 'command -v dcmdump']).status === 0
    ? false
    : 'SKIPPED: dcmdump (dcmtk) is not installed, written films are read by our own parser only'

describe('write-dicom-film', () => {
  for (const syntax of [
    'explicitLittleEndian',
    'implicitLittleEndian',
    'explicitBigEndian',
    'deflatedLittleEndian',
  ] as const)
    test(`dcmtk reads ${syntax} without a complaint`, { skip: withoutDcmdump }, async (t) => {
      const path = join(await tempDir(t), 'film.dcm')
      const lut = [
        [0x00283002, 'US', [2, 0, 16]],
        [0x00283006, 'OW', [7, 9]],
      ] as const
      writeFileSync(path, film({ syntax, more: [[0x00283010, 'SQ', [{ item: lut }, { item: lut }]]] }))
      const { status, stdout, stderr } = spawnSync('dcmdump', [path], { encoding: 'utf8' })
      assert.equal(status, 0)
      assert.equal(stderr, '')
      assert.match(stdout, /\(0010,0010\) PN \[Nobody\^Test\]/)
      assert.match(stdout, /\(0028,0010\) US 37/)
      assert.match(stdout, /\(7fe0,0010\) OW .* 3034, 1 PixelData/)
      assert.equal(stdout.match(/\(fffe,e000\)/g)?.length, 2)
    })

  test('the class follows modality and intent', () => {
    const classOf = (modality: 'CR' | 'DX', intent: 'FOR PRESENTATION' | 'FOR PROCESSING'): string => {
      const text = Buffer.from(film({ acquisition: { modality, intent } })).toString('latin1')
      return /1\.2\.840\.10008\.5\.1\.4\.1\.1\.[0-9.]+/.exec(text)?.[0] ?? ''
    }
    assert.equal(classOf('CR', 'FOR PRESENTATION'), '1.2.840.10008.5.1.4.1.1.1')
    assert.equal(classOf('DX', 'FOR PRESENTATION'), '1.2.840.10008.5.1.4.1.1.1.1')
    assert.equal(classOf('DX', 'FOR PROCESSING'), '1.2.840.10008.5.1.4.1.1.1.1.1')
  })

  test('patient and study are the caller’s', () => {
    const { identity, attributes } = headerOf(
      film({
        patient: { id: 'X-9', issuerOfId: 'NORTH', birthDate: '19500102', sex: 'M' },
        study: { studyInstanceUid: '1.2', seriesInstanceUid: '1.3', date: '20241231' },
        sopInstanceUid: '1.4',
      }),
    )
    assert.deepEqual(identity, { sopInstanceUid: '1.4', patientId: 'X-9', issuerOfPatientId: 'NORTH' })
    assert.deepEqual(
      [attributes.ageBand, attributes.sex, attributes.acquisitionDay],
      ['70-74', 'M', '2024-12-31'],
    )
  })
})
