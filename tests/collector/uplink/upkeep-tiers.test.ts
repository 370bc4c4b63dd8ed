import { pino } from 'pino'
import t from 'tap'
import { draftChecks } from '../../../collector/ledger/checks.ts'
import type { Store } from '../../../collector/store/store.ts'
import { startUpkeep, type Upkeep } from '../../../collector/upkeep.ts'
import { openFilledStore, type After } from '../../rig/collector.ts'
import { templates } from '../../rig/ledger.ts'
import { tierReading } from '../../rig/tier-readings.ts'
import { nightMs } from '../../rig/tier-tests.ts'
import { aBatch, aReading } from '../../suites/store.ts'

const target = 'shaanxi-2019/uplink-100'
const pack = {
  id: 'shaanxi-2019',
  sha256: 'of-the-test',
  text: JSON.stringify({
    id: 'shaanxi-2019',
    title: { zh: '陕', en: 'Shaanxi' },
    document: 'd',
    from_period: '2019-01',
    targets: [
      {
        id: 'uplink-100',
        title: { zh: '出口', en: 'Uplink' },
        paragraph: '1',
        indicator: 'uplink',
        level: 'school',
        applies_to: { all: [] },
        goal_pct: 100,
        parameters: { tier_mbps: 100 }
      }
    ]
  })
}

/** A store whose first school has an uplink on its gateway and one on a panel, and a target that asks for 100 Mbit/s. */
const openSchool = async (after: After): Promise<Store> => {
  seq = 1
  const store = await openFilledStore(after)
  await store.putPack(pack)
  await store.putLedger({
    areas: [{ id: 'yulin', level: 'city', name: '榆林市', packs: [pack.id] }],
    schools: [],
    uplinks: [
      { id: 'u-1', school: 's-1', device: 'gw-1' },
      { id: 'u-2', school: 's-1', device: 'panel-1', contract_down_mbps: 10 }
    ]
  })
  await store.putChecks(draftChecks(await store.devices(), templates, await store.uplinks()), nightMs(-40))
  return store
}

const checkOf = async (store: Store, key: string): Promise<number> =>
  (await store.checks()).find(check => check.key === key)?.id ?? -1

let seq = 1
const report = async (
  store: Store,
  result: 'pass' | 'fail' | 'inconclusive',
  nights: readonly number[],
  over: {
    readonly check?: string
    readonly minute?: number
    readonly labels?: Readonly<Record<string, string>>
    readonly fields?: Readonly<Record<string, number>>
  } = {}
): Promise<void> => {
  const checkId = await checkOf(store, over.check ?? 'u-1-tier')
  const readings = nights.map(night => {
    const r = tierReading(result, {
      atMs: nightMs(night, over.minute),
      labels: { lease: `l-${night}`, ...over.labels },
      fields: over.fields ?? {}
    })
    return aReading({
      atMs: r.atMs,
      checkId,
      part: r.part,
      outcome: r.outcome,
      reason: r.reason,
      fields: JSON.stringify(r.fields),
      labels: JSON.stringify(r.labels)
    })
  })
  const [answer] = await store.commitBatches([aBatch(seq++, { spool: 'tier', readings })])
  t.equal(answer?.kind, 'stored')
}
const upkeepAt = (store: Store, clock: { ms: number }): Upkeep =>
  startUpkeep({ store, now: () => clock.ms, everyMs: 3_600_000, log: pino({ level: 'silent' }) })
const verdictOf = async (store: Store, period = '2026-11') =>
  (await store.verdicts(period)).find(one => one.school === 's-1' && one.target === target)
const nights = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i)

void t.test('readings become tests, tests become a verdict, and reading the day again changes nothing', async t => {
  const store = await openSchool(work => t.teardown(work))
  const clock = { ms: nightMs(24, 700) }
  const upkeep = upkeepAt(store, clock)
  await upkeep.run()
  t.match(await verdictOf(store), { verdict: 'unknown', reason: 'no_tests' })
  t.match(
    (await store.verdicts('2026-11')).find(one => one.school === 's-2' && one.target === target),
    { verdict: 'unknown', reason: 'no_uplink' }
  )
  await report(store, 'pass', nights(0, 21))
  await upkeep.run()
  t.match(await verdictOf(store), { verdict: 'unknown', reason: 'too_few_days', n: 21 })
  await report(store, 'pass', nights(21, 25))
  await upkeep.run()
  clock.ms += 120_000
  await upkeep.run()
  t.match(await verdictOf(store), { verdict: 'met', reason: 'carried', n: 25, ruleVersion: 'uplink-tier/2' })
  const before = await store.tierTests(undefined, 0, clock.ms)
  t.equal(before.length, 25)
  await report(store, 'inconclusive', [24], { labels: { lease: 'l-late' } })
  await upkeep.run()
  t.same(
    (await store.tierTests(undefined, 0, clock.ms)).filter(test => test.lease !== 'l-late'),
    before
  )
  await upkeep.stop()
})

void t.test('three nights below are a miss; what was not measured never is', async t => {
  const store = await openSchool(work => t.teardown(work))
  const upkeep = upkeepAt(store, { ms: nightMs(10, 700) })
  await report(store, 'inconclusive', nights(0, 5), { fields: { evidence_pass: -50, evidence_fail: 50 } })
  await upkeep.run()
  t.match(await verdictOf(store), { verdict: 'unknown', reason: 'never_decided' })
  await report(store, 'fail', nights(6, 9), { fields: { ip_mbps: 2, ip_lo_mbps: 1.9, ip_hi_mbps: 2.1 } })
  await upkeep.run()
  t.match(
    await verdictOf(store),
    { verdict: 'unknown', reason: 'panel_only', facts: { uplink: 'u-2' } },
    'another line may do'
  )
  await store.putLedger({ areas: [], schools: [], uplinks: [{ id: 'u-2', school: 's-2', device: 'panel-9' }] })
  const again = upkeepAt(store, { ms: nightMs(10, 800) })
  await again.run()
  t.match(await verdictOf(store), { verdict: 'missed', reason: 'below', n: 3, expectedN: 3 })
  await upkeep.stop()
  await again.stop()
})

void t.test('a reading speaks for no uplink but its check’s own, and a panel for none', async t => {
  const store = await openSchool(work => t.teardown(work))
  const upkeep = upkeepAt(store, { ms: nightMs(10, 700) })
  await report(store, 'fail', nights(0, 5), { check: 'u-2-tier' })
  await report(store, 'fail', nights(0, 5), { check: 'gw-1-host', labels: { lease: 'h' } })
  await upkeep.run()
  t.same(await store.tierTests(undefined, 0, nightMs(40)), [], 'u-2’s check claims to speak for u-1')
  await report(store, 'pass', nights(0, 5), { check: 'u-2-tier', labels: { uplink: 'u-2' } })
  await upkeep.run()
  t.same(new Set((await store.tierTests(['u-2'], 0, nightMs(40))).map(test => test.vantage)), new Set(['panel']))
  await store.putLedger({ areas: [], schools: [], uplinks: [{ id: 'u-1', school: 's-1', device: 'panel-1' }] })
  await report(store, 'pass', nights(0, 5))
  await upkeep.run()
  t.same(await store.tierTests(['u-1'], 0, nightMs(40)), [], 'the gateway no longer stands on that line')
  await upkeep.stop()
})

void t.test('counters that say the same all day are one row a day', async t => {
  const store = await openSchool(work => t.teardown(work))
  const upkeep = upkeepAt(store, { ms: nightMs(10, 700) })
  for (const minute of [600, 601, 602])
    await report(store, 'pass', [3, 4], { minute, labels: { kind: 'passive', lease: '' } })
  await upkeep.run()
  t.same(
    (await store.tierTests(['u-1'], 0, nightMs(40))).map(test => test.atMs),
    [nightMs(3, 600), nightMs(4, 600)]
  )
  await upkeep.stop()
})

void t.test('credit that runs out in the next period takes back what was met in the last', async t => {
  const store = await openSchool(work => t.teardown(work))
  const clock = { ms: nightMs(30, 700) }
  const upkeep = upkeepAt(store, clock)
  await report(store, 'pass', nights(0, 21), { fields: { flat: 0, credit_asked_s: 3 } })
  await report(store, 'pass', nights(21, 24), { fields: { flat: 0, credit_asked_s: 0 }, labels: { kind: 'quick' } })
  await upkeep.run()
  t.match(await verdictOf(store), { verdict: 'met', reason: 'carried_provisional', n: 24 })
  clock.ms = nightMs(34, 700)
  await report(store, 'fail', [33], { fields: { spent: 1, reanchors: 1, flat: 0 } })
  await upkeep.run()
  t.match(await verdictOf(store), { verdict: 'unknown', reason: 'credit_ran_out', n: 20, excluded: { voided: 4 } })
  await upkeep.stop()
})
