import assert from 'node:assert/strict'
import { test } from 'node:test'
import { subjectKeyOf } from '../../src/producers/identify-film.ts'
import { seededSiteKeys } from '../../src/producers/site-keys.ts'
import { mergesIn } from '../../src/roles/relink-people.ts'
import { SetupError } from '../../src/runtime/errors.ts'

const keys = seededSiteKeys({ siteId: 'lisbon', seed: 'test' })

test('a list of merged patients becomes pairs of keys, with or without issuers', () => {
  const head = 'old_patient_id,old_issuer,new_patient_id,new_issuer'
  assert.deepEqual(mergesIn(`${head}\n7,,8,\n"9",HOSPITAL,10,OTHER\n`, keys), [
    { subjectKey: subjectKeyOf(keys, undefined, '7'), newSubjectKey: subjectKeyOf(keys, undefined, '8') },
    { subjectKey: subjectKeyOf(keys, 'HOSPITAL', '9'), newSubjectKey: subjectKeyOf(keys, 'OTHER', '10') },
  ])
  assert.deepEqual(mergesIn('old_patient_id,new_patient_id\n7,8\n', keys), [
    { subjectKey: subjectKeyOf(keys, undefined, '7'), newSubjectKey: subjectKeyOf(keys, undefined, '8') },
  ])
})

test('what is wrong with a list is said by its line, without a patient', () => {
  for (const [csv, why] of [
    ['', /nobody/],
    ['old_patient_id,new_patient_id\nSECRET,\n', /line 2/],
    ['old_patient_id,new_patient_id\nSECRET\n', /line 2/],
    ['a,b\nSECRET,SECRET\n', /line 2/],
  ] as const)
    assert.throws(
      () => mergesIn(csv, keys),
      (error) => error instanceof SetupError && why.test(error.message) && !error.message.includes('SECRET'),
    )
})
