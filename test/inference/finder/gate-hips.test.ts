import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RegionSigns } from '../../../src/imaging/picture/inspect-region.ts'
import { type GatedHip, gateHips } from '../../../src/inference/finder/gate-hips.ts'
import type { HipSign } from '../../../src/inference/packages/model-manifest.ts'

const sound: RegionSigns = {
  opaqueShare: 0.01,
  gapDepth: 0.5,
  blackShare: 0,
  whiteShare: 0,
  blankShare: 0,
  noiseShare: 0.015,
}
const hip = (
  changes: Partial<RegionSigns> = {},
  side: GatedHip['side'] = 'left',
  outsideShare = 0,
): GatedHip => ({
  side,
  outsideShare,
  reachesBeyond: false,
  signs: { ...sound, ...changes },
  told: new Set(),
  score: 0.9,
})
const toldOf = (...signs: HipSign[]): GatedHip => ({ ...hip(), told: new Set(signs) })
const metal = { opaqueShare: 0.17, gapDepth: 0.06 }
const lead = { opaqueShare: 0.5, gapDepth: 0, blankShare: 0.5, whiteShare: 0.4 }

test('each hip gets its own warnings; the other one stays without', () => {
  for (const [bad, warning] of [
    [hip(metal), 'IMPLANT_IN_HIP'],
    [hip({ opaqueShare: 0.03, gapDepth: 0.05 }), 'METAL_NEAR_HIP'],
    [hip({ noiseShare: 0.1 }), 'POOR_EXPOSURE'],
    [hip({ blackShare: 0.5, blankShare: 0.3 }), 'POOR_EXPOSURE'],
    [hip({ whiteShare: 0.5 }), 'POOR_EXPOSURE'],
    [hip(lead), 'CUT_OFF_HIP'],
    [hip({}, 'left', 0.2), 'CUT_OFF_HIP'],
    [{ ...hip(), reachesBeyond: true }, 'CUT_OFF_HIP'],
    [hip({}, 'unknown'), 'SIDE_IN_DOUBT'],
  ] as const)
    assert.deepEqual(gateHips([bad, hip()], false, true), { warnings: [[warning], []] })
})

test('a film is refused only where every hip is unreadable for one reason', () => {
  const reasonOf = (hips: GatedHip[]) => gateHips(hips, false, true).refusal?.reason
  assert.equal(reasonOf([hip(metal), hip(metal)]), 'HIP_UNREADABLE')
  assert.equal(reasonOf([hip(metal), hip({ opaqueShare: 0.03, gapDepth: 0.05 })]), 'HIP_UNREADABLE')
  assert.equal(reasonOf([hip(lead)]), 'CUT_OFF')
  assert.equal(reasonOf([hip({ noiseShare: 0.1 })]), 'POOR_EXPOSURE')
  assert.equal(reasonOf([hip(metal), hip(lead)]), undefined)
  const leadAndMetal: GatedHip = { ...hip(lead), told: new Set(['implant']) }
  assert.equal(reasonOf([leadAndMetal, leadAndMetal]), 'CUT_OFF', 'lead is as opaque as metal')
  assert.equal(reasonOf([hip({}, 'unknown')]), undefined)
})

test('where a hip was found and no femur is seen although nothing hides it, there is none', () => {
  const nothing: GatedHip = { ...hip(), score: 0.04 }
  const inDoubt: GatedHip = { ...hip({}, 'unknown'), score: 0.04 }
  assert.equal(gateHips([nothing], false, true).refusal?.reason, 'NOT_A_HIP')
  assert.equal(gateHips([nothing, inDoubt], false, true).refusal?.reason, 'NOT_A_HIP')
  assert.equal(gateHips([nothing, hip()], false, true).refusal, undefined)
  const hidden: GatedHip = { ...nothing, told: new Set(['object']) }
  assert.equal(gateHips([hidden], false, true).refusal, undefined, 'a coin may hide it')
})

test('a hip must be surer where the header gives no adult’s age', () => {
  const fair: GatedHip = { ...hip(), score: 0.8 }
  assert.equal(gateHips([fair], false, true).refusal, undefined)
  assert.equal(gateHips([fair], false, false).refusal?.reason, 'NOT_A_HIP')
  assert.equal(gateHips([hip()], false, false).refusal, undefined)
  assert.equal(gateHips([{ ...fair, score: 0.7 }], false, true).refusal?.reason, 'NOT_A_HIP')
})

test('where the finder sees implants, a hip counts only beside one that shows metal', () => {
  assert.equal(gateHips([hip(), hip()], true, true).refusal?.reason, 'HIP_UNREADABLE')
  assert.deepEqual(gateHips([hip(metal), hip()], true, true), { warnings: [['IMPLANT_IN_HIP'], []] })
})

test('what the network tells of a hip is a warning of that hip, beside those of its grey levels', () => {
  for (const [sign, warning] of [
    ['fracture', 'FRACTURE_IN_HIP'],
    ['implant', 'IMPLANT_IN_HIP'],
    ['cement', 'CEMENT_IN_HIP'],
    ['object', 'OBJECT_OVER_REGION'],
    ['cutOff', 'CUT_OFF_HIP'],
  ] as const)
    assert.deepEqual(gateHips([toldOf(sign), hip()], false, true), { warnings: [[warning], []] })
  const both: GatedHip = { ...hip(metal), told: new Set(['implant', 'cement']) }
  assert.deepEqual(gateHips([both, hip()], false, true).warnings[0], ['IMPLANT_IN_HIP', 'CEMENT_IN_HIP'])
})

test('a dose that the network takes for wrong is a warning only where noise or clipping may be seen', () => {
  const exposureOf = (changes: Partial<RegionSigns>) =>
    gateHips([{ ...hip(changes), told: new Set(['exposure']) }, hip()], false, true).warnings[0]
  assert.deepEqual(exposureOf({}), [], 'fine detail of processing is no noise')
  for (const changes of [{ noiseShare: 0.035 }, { blackShare: 0.1 }, { whiteShare: 0.1 }])
    assert.deepEqual(exposureOf(changes), ['POOR_EXPOSURE'], JSON.stringify(changes))
  assert.deepEqual(gateHips([hip({ noiseShare: 0.035 }), hip()], false, true).warnings[0], [])
})

test('a fracture beside metal leaves nothing to read; objects over both hips are no reason to refuse', () => {
  assert.equal(gateHips([hip(metal), toldOf('fracture')], false, true).refusal?.reason, 'HIP_UNREADABLE')
  assert.equal(gateHips([toldOf('object'), toldOf('object')], false, true).refusal, undefined)
  assert.equal(gateHips([toldOf('object'), hip()], true, true).refusal, undefined, 'a coin is no implant')
})
