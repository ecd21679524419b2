import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { z } from 'zod'
import { createResultStore } from '../../../src/analytics/stores/result-store.ts'
import type { ResultStore } from '../../../src/contracts/ports.ts'
import {
  at,
  batchOf,
  finding,
  hipOf,
  readingOf,
  receiptOf,
  rejection,
  shadowModel,
  verdictOf,
} from '../films.ts'
import { useDatabase } from '../open-database.ts'
import { everything } from './everything.ts'

const rowSchema = z.record(z.string(), z.unknown())
const keys: Readonly<Record<string, string>> = {
  receipts: 'site_id, event_id, arrival_id, signature',
  verdicts: 'site_id, event_id, arrival_id',
  findings: 'site_id, event_id, arrival_id, hip, model_digest',
  unattributed: 'pointer',
  image_records: 'image_topic, image_partition, image_offset',
  reference_tests: 'test_id',
  corrections: 'correction_id',
  alarms: 'alarm_id',
  sites: 'site_id, valid_from',
  erased_arrivals: 'site_id, event_id, arrival_id',
  erased_people: 'site_id, subject_key',
  relinked_people: 'site_id, subject_key',
  commands: 'site_id, command_id',
  withheld: 'site_id, spool_id, sequence',
  announcements: 'announcement_id',
  phantom_readings: 'phantom_id',
  canary_readings: 'canary_id',
  history_readings: 'history_id',
  reports: 'report_id',
  populations: 'region, year, sex, age_band',
}

describe('result store', () => {
  const database = useDatabase()
  let store: ResultStore
  before(() => {
    store = createResultStore({ client: database.client })
  })

  const rowsOf = (table: string, columns = '*') =>
    database.client.query(
      `SELECT ${columns} FROM ${table} FINAL ORDER BY ${keys[table] ?? 'tuple()'}`,
      {},
      rowSchema,
    )
  const contents = async () =>
    Object.fromEntries(
      await Promise.all(Object.keys(keys).map(async (table) => [table, await rowsOf(table)] as const)),
    )

  test('a replay, in whatever order and pieces, leaves every column of every table as it was', async () => {
    await store.write(everything)
    const once = await contents()
    const sizes = Object.entries(once).map(([table, rows]) => [table, rows.length])
    assert.deepEqual(Object.fromEntries(sizes), {
      receipts: 2,
      verdicts: 3,
      findings: 2,
      unattributed: 1,
      image_records: 4,
      reference_tests: 1,
      corrections: 2,
      alarms: 1,
      sites: 1,
      erased_arrivals: 0,
      erased_people: 1,
      relinked_people: 0,
      commands: 1,
      withheld: 1,
      announcements: 1,
      phantom_readings: 1,
      canary_readings: 1,
      history_readings: 1,
      reports: 1,
      populations: 1,
    })
    for (const verdict of everything.verdicts.toReversed())
      await store.write(batchOf({ verdicts: [verdict] }))
    await store.write({ ...everything, receipts: everything.receipts.toReversed() })
    assert.deepEqual(await contents(), once)
  })

  test('sizes beyond what a column holds are stored as the largest, and stop nobody', async () => {
    const attributes = { rows: 2 ** 32, columns: 5e12 }
    const receipt = receiptOf({ film: 'f1', attributes }, at(5))
    await store.write(batchOf({ receipts: [{ ...receipt, contentSize: 2 ** 40 }] }))
    await store.write(
      batchOf({ verdicts: [verdictOf({ film: 'f1', attributes }, at(5), rejection('TOO_MANY_PIXELS'))] }),
    )
    const largest = 2 ** 32 - 1
    assert.deepEqual(await rowsOf('receipts', 'content_size'), [{ content_size: largest }])
    assert.deepEqual(await rowsOf('verdicts', 'pixel_rows, pixel_columns'), [
      { pixel_rows: largest, pixel_columns: largest },
    ])
  })

  test('every attribute of a film reaches its column', async () => {
    const attributes = {
      ageBand: '70-74',
      sex: 'F',
      acquisitionDay: '2026-03-09',
      modality: 'DX',
      bodyPart: 'HIP',
      viewPosition: 'AP',
      laterality: 'L',
      maker: 'Fuji Photo Film Co.,Ltd.',
      model: 'M1',
      detector: 'D1',
      softwareVersion: '1.2',
      kvp: 73.5,
      exposureIndex: 412.25,
      deviationIndex: -0.5,
      rows: 2048,
      columns: 1760,
      photometricInterpretation: 'MONOCHROME2',
      imagerPixelSpacingMm: [0.139, 0.14],
      reason: 'pain',
    } as const
    await store.write(
      batchOf({
        verdicts: [
          verdictOf({ film: 'f1', attributes: structuredClone(attributes) as never }, at(5), finding('p')),
        ],
      }),
    )
    const [row] = await rowsOf('verdicts')
    assert.deepEqual(
      {
        age_band: row?.['age_band'],
        acquisition_day: row?.['acquisition_day'],
        maker: row?.['maker'],
        device_model: row?.['device_model'],
        software_version: row?.['software_version'],
        kvp: row?.['kvp'],
        exposure_index: row?.['exposure_index'],
        deviation_index: row?.['deviation_index'],
        pixel_rows: row?.['pixel_rows'],
        pixel_columns: row?.['pixel_columns'],
        imager_pixel_spacing_mm: row?.['imager_pixel_spacing_mm'],
        examination_reason: row?.['examination_reason'],
        received_at: row?.['received_at'],
        image_offset: row?.['image_offset'],
        kind: row?.['kind'],
        soft_tissue_level: row?.['soft_tissue_level'],
      },
      {
        age_band: '70-74',
        acquisition_day: '2026-03-09',
        maker: attributes.maker,
        device_model: 'M1',
        software_version: '1.2',
        kvp: 73.5,
        exposure_index: 412.25,
        deviation_index: -0.5,
        pixel_rows: 2048,
        pixel_columns: 1760,
        imager_pixel_spacing_mm: [0.139, 0.14],
        examination_reason: 'pain',
        received_at: '2026-03-10T09:15:00.000Z',
        image_offset: '5',
        kind: 'finding',
        soft_tissue_level: 0.5,
      },
    )
  })

  test('every hip and every model has its row, also two hips whose side is unknown', async () => {
    const both = {
      ...hipOf('left', 'normal'),
      readings: [readingOf('normal'), readingOf('osteopenia', shadowModel)],
    }
    await store.write(
      batchOf({
        verdicts: [
          verdictOf({ film: 'f1' }, at(5), finding('p', [both, hipOf('left', 'osteoporosis')])),
          verdictOf(
            { film: 'f2' },
            at(6),
            finding('p', [hipOf('unknown', 'normal', false), hipOf('unknown', 'normal', false)]),
          ),
        ],
      }),
    )
    const rows = await rowsOf('findings', 'hip, model_name, density_class, eligible, embedding')
    const words = rows.map(
      (row) =>
        `${String(row['hip'])} ${String(row['model_name'])} ${String(row['density_class'])} ${String(row['eligible'])}`,
    )
    assert.deepEqual(words.sort(), [
      'left resnet osteopenia true',
      'left vit-small normal true',
      'left-2 vit-small osteoporosis true',
      'unknown-1 vit-small normal false',
      'unknown-2 vit-small normal false',
    ])
    assert.deepEqual(
      rows[0]?.['embedding'],
      Array.from({ length: 16 }, (_, index) => index / 8),
    )
  })

  test('a date that no table can hold is kept at the nearest one, and stops nothing', async () => {
    await store.write(
      batchOf({
        verdicts: [
          verdictOf(
            {
              film: 'f1',
              receivedAt: '1970-01-01T00:00:00.000Z',
              attributes: { acquisitionDay: '0001-01-01' },
            },
            at(5),
            finding('p'),
          ),
          verdictOf(
            {
              film: 'f2',
              receivedAt: '9999-12-31T23:59:59.999Z',
              attributes: { acquisitionDay: '9999-12-31' },
            },
            at(6),
            finding('p'),
          ),
        ],
      }),
    )
    const rows = await rowsOf('verdicts', 'received_at, acquisition_day')
    assert.deepEqual(
      rows.map((row) => `${String(row['received_at'])} ${String(row['acquisition_day'])}`).sort(),
      ['1970-01-01T00:00:00.000Z 1900-01-01', '2299-12-31T23:59:59.999Z 2299-12-31'],
    )
  })

  test('fails as a whole when a table is away, and the same batch may be written again', async () => {
    await database.client.command('RENAME TABLE findings TO findings_away')
    await assert.rejects(store.write(everything), { code: 'UNKNOWN_TABLE' })
    assert.deepEqual(await rowsOf('verdicts'), [], 'no verdict stands without its hips')
    await database.client.command('RENAME TABLE findings_away TO findings')
    await store.write(everything)
    assert.equal((await rowsOf('verdicts')).length, 3)
    assert.equal((await rowsOf('findings')).length, 2)
  })
})
