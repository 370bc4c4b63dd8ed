import fc from 'fast-check'
import t from 'tap'
import { tierFields, tierLabels } from '../../../contract/tier-reading.ts'
import type { RollupInput } from '../../../collector/verdicts/rollup.ts'
import { bearingOf } from '../../../collector/verdicts/uplink/bearing.ts'
import { tierTestOf } from '../../../collector/verdicts/uplink/from-reading.ts'
import { tierReading } from '../../rig/tier-readings.ts'

const of = (reading: RollupInput, vantage: 'gateway' | 'panel' = 'gateway') => tierTestOf(reading, 'u-1', vantage)

void t.test('a reading of the probe becomes the test it reports', t => {
  t.same(of(tierReading('pass')), {
    uplink: 'u-1',
    atMs: 1_793_620_800_000,
    direction: 'down',
    kind: 'certify',
    slot: 'night',
    lease: 'lease-1',
    vantage: 'gateway',
    result: 'pass',
    reason: 'above_line',
    tierMbps: 100,
    passRatio: 0.95,
    ipMbps: 99.1,
    ipLoMbps: 98.6,
    ipHiMbps: 99.6,
    goodputMbps: 95.7,
    evidencePass: 6.1,
    evidenceFail: -2.2,
    cv: 0.008,
    capMbps: undefined,
    creditAskedS: 3,
    flat: true,
    spent: false,
    portLimited: false,
    reanchors: 0,
    bytes: 17_000_000,
    durationMs: 1_400,
    server: 'collector',
    egress: '198.51.100.7'
  })
  t.match(of(tierReading('fail')), { result: 'fail', reason: 'below_line', evidenceFail: 7 })
  t.match(of(tierReading('inconclusive', { reason: 'host' })), { result: 'inconclusive', reason: 'host' })
  t.match(of(tierReading('pass', { labels: { limit: 'port_speed' } })), { portLimited: true })
  t.end()
})

void t.test('the ledger says who stands where: a panel that calls itself a gateway is a panel', t => {
  t.match(of(tierReading('pass'), 'panel'), { vantage: 'panel' })
  t.match(of(tierReading('pass', { labels: { vantage: 'panel' } })), { vantage: 'panel' })
  t.match(of(tierReading('pass', { labels: { vantage: '' } })), { vantage: 'panel' })
  t.end()
})

void t.test('a reading that reports no test makes no row', t => {
  const none: [string, RollupInput][] = [
    ['another uplink', tierReading('pass', { labels: { uplink: 'u-2' } })],
    ['no direction', tierReading('pass', { part: 'sideways' })],
    ['no result', tierReading('pass', { labels: { result: '' } })],
    ['a result that the outcome denies', tierReading('pass', { outcome: 'failed', reason: 'x' })],
    ['no such tier', tierReading('pass', { fields: { tier_mbps: 250 } })],
    ['no ratio', tierReading('pass', { fields: { pass_ratio: 0.1 } })],
    ['no lease', tierReading('pass', { labels: { lease: '' } })],
    ['no slot', tierReading('pass', { labels: { slot: 'noon' } })],
    ['no kind', tierReading('pass', { labels: { kind: 'guess' } })],
    ['a laboratory', tierReading('pass', { labels: { lab: '1' } })]
  ]
  for (const [what, reading] of none) t.equal(of(reading), undefined, what)
  t.end()
})

void t.test('a result that its own figures deny is neither pass nor fail', t => {
  const denied: [string, RollupInput][] = [
    ['a pass below the line', tierReading('pass', { fields: { ip_mbps: 80 } })],
    ['a pass without a rate', tierReading('pass', { fields: { ip_mbps: NaN } })],
    ['a pass without evidence', tierReading('pass', { fields: { evidence_pass: -3 } })],
    ['a fail above the line', tierReading('fail', { fields: { ip_mbps: 96 } })],
    ['a fail without evidence', tierReading('fail', { fields: { evidence_fail: -3 } })],
    ['a fail with an absurd rate', tierReading('fail', { fields: { ip_mbps: -1 } })],
    ['counters that fail', tierReading('fail', { labels: { kind: 'passive' } })],
    ['a port that passes', tierReading('pass', { labels: { kind: 'port' } })],
    ['a port as fast as the tier', tierReading('fail', { labels: { kind: 'port' }, fields: { port_mbps: 100 } })],
    ['a port of no speed', tierReading('fail', { labels: { kind: 'port' } })]
  ]
  for (const [what, reading] of denied) t.match(of(reading), { result: 'inconclusive', reason: 'contradiction' }, what)
  t.match(of(tierReading('fail', { labels: { kind: 'port', lease: '' }, fields: { port_mbps: 10 } })), {
    result: 'fail',
    slot: 'none'
  })
  t.match(of(tierReading('pass', { labels: { kind: 'passive', lease: '' } })), { result: 'pass', kind: 'passive' })
  t.end()
})

void t.test(
  'whatever an agent writes, a row has finite figures and bears on a line only if it says so consistently',
  t => {
    const odd = fc.oneof(fc.double(), fc.constantFrom(0, 1, -1, 1e308, 100, 0.95, 99, NaN, Infinity))
    const fields = fc.dictionary(fc.constantFrom(...tierFields, '__proto__', 'x'), odd, { maxKeys: 12 })
    const labels = fc.dictionary(
      fc.constantFrom(...tierLabels, 'lab', '__proto__'),
      fc.constantFrom('pass', 'fail', 'u-1', 'gateway', 'quick', 'passive', 'port', '', 'x'.repeat(600)),
      { maxKeys: 6 }
    )
    fc.assert(
      fc.property(fields, labels, fc.constantFrom('pass', 'fail', 'inconclusive'), (f, l, result) => {
        const test = of(tierReading(result, { fields: f, labels: l }))
        if (test === undefined) return true
        const numbers = Object.values(test).filter(value => typeof value === 'number')
        const bearing = bearingOf(test, 100)
        return (
          numbers.every(Number.isFinite) &&
          test.lease.length <= 64 &&
          (bearing !== 'below' ||
            test.kind === 'port' ||
            (test.ipMbps !== undefined && test.ipMbps < 96 && test.evidenceFail > test.evidencePass))
        )
      }),
      { numRuns: 500, seed: 5 }
    )
    t.pass()
    t.end()
  }
)
