import t from 'tap'
import { periodNamed } from '../../collector/calendar/period.ts'
import { judgePeriod } from '../../collector/judgement/judge.ts'
import { openPeriod } from '../../collector/judgement/gather.ts'
import type { DayRollup } from '../../collector/verdicts/rollup.ts'
import { rules } from '../../collector/verdicts/rules.ts'
import type { RevisionPart } from '../../collector/store/bulletin-store.ts'
import { openStore } from '../../collector/store/sqlite.ts'
import type { Store } from '../../collector/store/store.ts'
import type { SchoolEvidence, Verdict } from '../../collector/verdicts/verdict.ts'
import { openFilledStore, temporaryDirectory } from '../rig/collector.ts'
import { check, device, evidence, room, rollup } from '../rig/evidence.ts'
import { nowMs } from '../rig/ledger.ts'

const november = periodNamed('2026-11')
const ok = { ok: 300, degraded: 0, failed: 0, unavailable: 0 }

/** So many good days of every check of some devices, from the 26th of October on. */
const good = async (store: Store, devices: readonly string[], days: number): Promise<DayRollup[]> => {
  const checks = (await store.checks()).filter(one => devices.includes(one.device))
  const rows = Array.from({ length: days }, (_, i) =>
    checks.map(one =>
      rollup(new Date(Date.UTC(2026, 9, 26 + i)).toISOString().slice(0, 10), one.id, {
        counts: ok,
        place: one.probe === 'portal' ? 'off_site' : ''
      })
    )
  ).flat()
  await store.putRollups(rows, [])
  return rows
}
const figures = async (store: Store) => [
  await store.verdicts('2026-11'),
  await store.shares('2026-11'),
  await store.rankings('2026-11', 0)
]

void t.test('two threads, one thread and one school after the other judge alike, bit for bit', async t => {
  const after = (work: () => unknown) => t.teardown(work)
  const store = await openFilledStore(after, temporaryDirectory(after), openStore)
  await good(store, ['gw-1', 'panel-9'], 4)
  await judgePeriod(store, november, nowMs)
  const once = await figures(store)
  t.match(
    (await store.said('2026-11')).filter(one => one.target === 'yulin-2022/broadband-access'),
    [{ verdict: 'met' }, { verdict: 'met' }]
  )
  await judgePeriod(store, november, nowMs, undefined, 1)
  t.same(await figures(store), once, 'in threads')
  for (const school of ['s-2', 's-1']) await judgePeriod(store, november, nowMs, new Set([school]))
  t.same(await figures(store), once, 'one by one')
})

void t.test('judging only what changed comes to what judging everything comes to', async t => {
  const store = await openFilledStore(work => t.teardown(work))
  await judgePeriod(store, november, nowMs)
  await good(store, ['gw-1'], 4)
  await judgePeriod(store, november, nowMs, new Set(['s-1']))
  const some = await figures(store)
  await judgePeriod(store, november, nowMs)
  t.same(await figures(store), some)
  t.match(
    (await store.shares('2026-11')).find(one => one.area === 'yulin' && one.target.endsWith('broadband-access')),
    { metN: 1, unknownN: 1 }
  )
})

void t.test('a vacation carries over what was said last, from where it was measured', async t => {
  const store = await openFilledStore(work => t.teardown(work))
  const text = 'scope: nation\nterms: [{ name: 春, from: 2026-03-01, to: 2026-07-10 }]\n'
  await store.putCalendars([{ scope: '', name: 'terms.yaml', sha256: 'x', text }], nowMs)
  const target = 'yulin-2022/broadband-access'
  const said = async (period: string) =>
    (await store.verdicts(period)).filter(one => one.target === target).map(one => [one.verdict, one.reason, one.facts])
  await judgePeriod(store, periodNamed('2026-07'), nowMs)
  const july = (await store.verdicts('2026-07', 0, ['s-1'])).find(one => one.target === target)
  if (july === undefined) throw new Error('July is judged')
  await store.putVerdictsOf('2026-07', ['s-1'], [{ ...july, verdict: 'met', reason: 'off_site_answers' }])
  const carried = [
    ['met', 'vacation', { from_period: '2026-07', carried_reason: 'off_site_answers' }],
    ['unknown', 'vacation', { from_period: '2026-07', carried_reason: july.reason }]
  ]
  await judgePeriod(store, periodNamed('2026-08'), nowMs)
  t.same(await said('2026-08'), carried)
  await judgePeriod(store, periodNamed('2026-09'), nowMs)
  t.same(await said('2026-09'), carried, 'what is carried on names where it came from')

  const corrected: Verdict = { ...july, verdict: 'missed', reason: 'declared_no_line' }
  const part = { period: '2026-07', revision: 1, verdicts: [corrected], shares: [], rankings: [], evidence: [] }
  await freeze(store, part)
  await judgePeriod(store, periodNamed('2026-08'), nowMs)
  t.same((await said('2026-08'))[0], [
    'missed',
    'vacation',
    { from_period: '2026-07', carried_reason: 'declared_no_line' }
  ])
})

const freeze = async (store: Store, part: RevisionPart): Promise<void> => {
  await store.putRevisionPart(part)
  await store.putBulletin({
    period: part.period,
    revision: part.revision,
    frozenMs: nowMs,
    sha256: 'x',
    cause: 'freeze',
    by: 'test',
    note: '',
    publishedMs: undefined,
    ranked: true,
    changes: []
  })
}

void t.test('of rollups there is what the rules of the school look at, and no more', async t => {
  const store = await openFilledStore(work => t.teardown(work))
  await good(store, ['gw-1', 'panel-1'], 9)
  const inputs = await openPeriod(store, november, nowMs)
  const all: SchoolEvidence[] = []
  for await (const chunk of inputs.evidence(new Set(['s-1']))) all.push(...chunk)
  const [found] = all
  if (found === undefined || all.length !== 1) throw new Error('one school was asked for')
  const probes = new Map(found.checks.map(one => [one.id, one.probe]))
  const daysOf = (probe: string) =>
    [...new Set(found.rollups.filter(one => probes.get(one.checkId) === probe).map(one => one.day))].sort()
  t.same(
    daysOf('portal'),
    ['26', '27', '28', '29', '30', '31'].map(d => `2026-10-${d}`).concat('2026-11-01', '2026-11-02', '2026-11-03')
  )
  t.same(daysOf('port')[0], '2026-10-27', 'a rule that looks at 7 days gets them')
})

void t.test('no rule looks at a part of a rollup that it does not say it reads', t => {
  const touched = new Set<string>()
  const watched = <Part extends object>(part: string, inner: Part): Part =>
    new Proxy(inner, { get: (of, name) => (touched.add(part), Reflect.get(of, name) as unknown) })
  const probes = ['portal', 'ping', 'host', 'port', 'snmp_port', 'ipv6', 'recording']
  const checks = probes.map((probe, i) => check(i + 1, { probe, subject: 'www.example.cn', device: 'p-1' }))
  const none = { ok: 0, degraded: 0, failed: 0, unavailable: 0 }
  const rows = evidence().schoolDays.flatMap((day, i) =>
    checks.map(one => {
      const counts = i % 3 === 0 ? { ...none, failed: 50 } : { ...none, ok: 40, degraded: 10 }
      const row = rollup(day, one.id, { counts, liveFailed: counts.failed })
      return {
        ...row,
        last: { ...row.last, fields: watched('last', {}), labels: watched('last', {}) },
        fields: watched('figures', {})
      }
    })
  )
  const school = evidence({
    checks,
    rollups: rows,
    rooms: [{ ...room('r-1'), recording: true, sync: true }],
    devices: [device('p-1', { kind: 'panel', room: 'r-1' }), device('rec', { kind: 'recorder', room: 'r-1' })]
  })
  let some = 0
  for (const [name, rule] of Object.entries(rules)) {
    touched.clear()
    rule.judge(school, {}, { fact: 'x', subjects: ['www.example.cn'] })
    const said: ReadonlySet<string> = new Set(rule.reads ?? ['last', 'figures'])
    t.same(
      [...touched].filter(part => !said.has(part)),
      [],
      name
    )
    some += touched.size
  }
  t.ok(some > 1, 'the watch works')
  t.end()
})
