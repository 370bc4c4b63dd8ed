import t, { type Test } from 'tap'
import { draftChecks, wireIdOf } from '../../collector/ledger/checks.ts'
import type { Enrolment, Store } from '../../collector/store/store.ts'
import type { DayRollup } from '../../collector/verdicts/rollup.ts'
import type { Verdict } from '../../collector/verdicts/verdict.ts'
import { ledger, nowMs, templates } from '../rig/ledger.ts'
import { aBatch, aReading, fill, type StoreDoor } from './store.ts'

const token = {
  id: '0123456789abcdef',
  hash: 'aa',
  school: 's-1',
  usesLeft: 1,
  expiresMs: nowMs + 1,
  revokedMs: undefined
}
const enrolment = (agent: string, over: Partial<Enrolment> = {}): Enrolment => ({
  agent,
  token: token.id,
  publicKey: `key of ${agent}`,
  machine: { fingerprint: 'f', hostname: 'h', macs: [], platform: 'linux-x64', version: '1' },
  device: 'gw-1',
  nowMs,
  ...over
})
const rollup = (day: string, checkId: number): DayRollup => ({
  day,
  checkId,
  part: '',
  place: '',
  counts: { ok: 1, degraded: 0, failed: 0, unavailable: 0 },
  inHours: { ok: 1, degraded: 0, failed: 0, unavailable: 0 },
  liveFailed: 0,
  reasons: {},
  firstMs: nowMs,
  last: { atMs: nowMs, outcome: 'ok', reason: undefined, fields: {}, labels: {} },
  fields: {}
})
const verdict = (word: Verdict['verdict'], asOfMs: number): Verdict => ({
  school: 's-1',
  target: 'p/t',
  indicator: 'room-port',
  verdict: word,
  reason: 'x',
  n: 1,
  expectedN: 2,
  facts: { days: 1 },
  excluded: {},
  evidence: ['2026-11-03'],
  asOfMs,
  ruleVersion: 'r/1'
})

/** What any store must do with the ledger, identities and figures. */
export const ledgerSuite = (name: string, door: () => StoreDoor): void => {
  const withStore = (claim: string, work: (t: Test, store: Store) => Promise<void>) =>
    void t.test(`${name}: ${claim}`, async t => {
      const one = door()
      t.teardown(() => one.close())
      await work(t, await one.open())
    })

  withStore('the ledger comes back as it went in, and a second import changes what it names', async (t, store) => {
    await fill(store)
    t.match((await store.schools())[0], { id: 's-1', code: '0061000001', area: 'dingbian', larger: false, pupils: 120 })
    t.match((await store.devices())[0], {
      id: 'gw-1',
      serial: 'SN-GW-1',
      uploadPath: 'other',
      macs: [],
      room: undefined
    })
    t.same(await store.packScopes(), [
      { area: 'yulin', pack: 'yulin-2022', fromPeriod: '0000-01', toPeriod: undefined }
    ])
    t.match((await store.schools())[0], { teachers: undefined })
    t.notOk('closedOn' in ((await store.schools())[0] ?? {}), 'a school that is open has no last day')
    const [first] = ledger.schools
    if (first === undefined) throw new Error('the ledger has a school')
    await store.putLedger({ areas: [], schools: [{ ...first, name: '新名' }] })
    t.equal((await store.schools())[0]?.name, '新名')
    t.equal((await store.schools()).length, 2, 'rows it does not name stay')
  })

  withStore('a ledger with one bad reference changes nothing', async (t, store) => {
    await fill(store)
    const devices = [{ id: 'new-1', school: 'nowhere', kind: 'panel' as const, name: 'x' }]
    await t.rejects(store.putLedger({ areas: [{ id: 'new-a', level: 'county', name: 'n' }], schools: [], devices }))
    t.notOk((await store.areas()).some(area => area.id === 'new-a'))
  })

  withStore('a changed check becomes a new version; an old one is never edited', async (t, store) => {
    await fill(store)
    const before = await store.checks()
    await store.putChecks(draftChecks(await store.devices(), templates), nowMs + 1)
    t.same(await store.checks(), before, 'the same drafts change nothing')
    const changed = templates.map(one => (one.name === 'host' ? { ...one, every_ms: 5_000 } : one)).slice(0, 3)
    await store.putChecks(draftChecks([{ id: 'gw-1', kind: 'gateway' }], changed), nowMs + 2)
    const after = await store.checks()
    for (const old of before) {
      const now = after.find(check => check.id === old.id)
      t.same({ ...now, toMs: undefined }, old)
    }
    const current = after.filter(check => check.device === 'gw-1' && check.toMs === undefined)
    t.same(current.map(wireIdOf).sort(), ['gw-1-edu@1', 'gw-1-host@2', 'gw-1-port@1'])
    await store.putChecks(draftChecks([{ id: 'gw-1', kind: 'gateway' }], templates), nowMs + 3)
    const back = (await store.checks()).filter(check => check.device === 'gw-1' && check.toMs === undefined)
    t.same(back.map(wireIdOf).sort(), ['gw-1-edu@1', 'gw-1-gov@2', 'gw-1-host@3', 'gw-1-port@1'], 'numbers go up only')
    t.equal((await store.checks()).filter(check => check.device === 'panel-1' && check.toMs !== undefined).length, 0)
  })

  withStore('of 100 parallel enrolments on a token of one use exactly one succeeds', async (t, store) => {
    await fill(store)
    await store.createToken(token)
    const results = await Promise.all(Array.from({ length: 100 }, (_, i) => store.enrol(enrolment(`a-${i}`))))
    t.equal(results.filter(result => result.kind === 'enrolled').length, 1)
    t.equal(results.filter(result => result.kind === 'refused' && result.why === 'used_up').length, 99)
    t.equal((await store.agents()).length, 1)
    t.equal((await store.token(token.id))?.usesLeft, 0)
  })

  withStore('the same key again gets the same answer and burns nothing', async (t, store) => {
    await fill(store)
    await store.createToken({ ...token, usesLeft: 2 })
    const first = await store.enrol(enrolment('a-1'))
    t.same(first, { kind: 'enrolled', state: 'approved', school: 's-1', device: 'gw-1' })
    t.same(await store.enrol(enrolment('a-1', { device: undefined, nowMs: nowMs + 1_000_000 })), first)
    t.equal((await store.token(token.id))?.usesLeft, 1)
  })

  withStore('a token that is unknown, expired or revoked enrols nobody', async (t, store) => {
    await fill(store)
    await store.createToken(token)
    t.same(await store.enrol(enrolment('a-1', { token: 'ffffffffffffffff' })), { kind: 'refused', why: 'unknown' })
    t.same(await store.enrol(enrolment('a-1', { nowMs: nowMs + 1 })), { kind: 'refused', why: 'expired' })
    t.equal(await store.revokeToken(token.id, nowMs), true)
    t.equal(await store.revokeToken(token.id, nowMs), false, 'once')
    t.equal(await store.revokeToken('nope', nowMs), false)
    t.same(await store.enrol(enrolment('a-1')), { kind: 'refused', why: 'revoked' })
    t.same(await store.agents(), [])
  })

  withStore('a device has one agent until a person says otherwise', async (t, store) => {
    await fill(store)
    await store.createToken({ ...token, usesLeft: 9 })
    await store.enrol(enrolment('a-1'))
    t.match(await store.enrol(enrolment('a-2')), { state: 'pending', device: undefined })
    t.match(await store.enrol(enrolment('a-3', { device: undefined })), { state: 'pending', device: undefined })
    t.equal(await store.approveAgent('a-3', 'panel-9'), false, 'a device of another school')
    t.equal(await store.approveAgent('a-9', 'gw-1'), false)
    t.equal(await store.approveAgent('a-3', 'panel-1'), true)
    t.match(await store.agent('a-3'), { state: 'approved', devices: ['panel-1'] })
    t.equal(await store.revokeAgent('a-1'), true)
    t.match(await store.enrol(enrolment('a-4')), { state: 'approved', device: 'gw-1' }, 'a revoked one holds nothing')
    t.same(await store.enrol(enrolment('a-1')), { kind: 'refused', why: 'revoked' })
    t.equal(await store.revokeAgent('a-9'), false)
  })

  withStore('only a batch that was stored says that its agent was seen: a replay does not', async (t, store) => {
    await fill(store)
    await store.createToken(token)
    await store.enrol(enrolment('a-1'))
    await store.commitBatches([aBatch(1, { receivedMs: nowMs, seenIp: '10.0.0.1', skewMs: 5.4 })])
    t.match(await store.agent('a-1'), { seenMs: nowMs, seenIp: '10.0.0.1', skewMs: 5 })
    await store.commitBatches([aBatch(1, { receivedMs: nowMs + 9_000_000, seenIp: '6.6.6.6', skewMs: 9_000_000 })])
    t.match(await store.agent('a-1'), { seenMs: nowMs, seenIp: '10.0.0.1', skewMs: 5 })
  })

  withStore('pages of readings never repeat and never skip, whatever arrives between them', async (t, store) => {
    const at = (i: number) => aReading({ atMs: nowMs + Math.floor(i / 3), checkId: (i % 3) + 1 })
    const many = Array.from({ length: 50 }, (_, i) => at(i))
    await store.commitBatches([aBatch(1, { readings: [...many, ...many] })])
    const seen: string[] = []
    let after = undefined as Awaited<ReturnType<Store['readings']>>['next']
    let seq = 2
    do {
      const page = await store.readings({ checkIds: [1, 2, 3], fromMs: 0, toMs: nowMs + 60_000, limit: 7, after })
      seen.push(...page.items.map(item => `${item.atMs} ${item.checkId} ${item.n}`))
      after = page.next
      await store.commitBatches([aBatch(seq++, { readings: [aReading({ atMs: nowMs + 50_000 })] })])
    } while (after !== undefined)
    t.equal(seen.length, 100)
    t.equal(new Set(seen).size, 100)
    const other = { checkIds: [1], fromMs: nowMs + 5, toMs: nowMs + 7, limit: 100, after: undefined }
    t.ok(
      (await store.readings(other)).items.every(
        item => item.checkId === 1 && item.atMs >= nowMs + 5 && item.atMs < nowMs + 7
      )
    )
    t.same(await store.readings({ ...other, checkIds: [] }), { items: [], next: undefined })
  })

  withStore('the last reading of every check and part is the newest one', async (t, store) => {
    const readings = [
      aReading({ atMs: nowMs + 2, part: 'a', outcome: 'failed', reason: 'x' }),
      aReading({ atMs: nowMs + 1, part: 'a' }),
      aReading({ atMs: nowMs + 1, part: 'b' })
    ]
    await store.commitBatches([aBatch(1, { readings })])
    const latest = await store.latest([1, 2], 0)
    t.same(latest.map(row => [row.part, row.atMs - nowMs, row.outcome]).sort(), [
      ['a', 2, 'failed'],
      ['b', 1, 'ok']
    ])
    t.same(await store.latest([1], nowMs + 3), [])
  })

  withStore('a day is clean only up to the arrival that was rolled up', async (t, store) => {
    await store.commitBatches([aBatch(1)])
    const taken = await store.dirtyDays()
    await store.commitBatches([aBatch(2), aBatch(1, { agent: 'a-2', readings: [aReading({ checkId: 2 })] })])
    await store.putRollups([rollup('2026-11-03', 1)], taken)
    t.same(
      (await store.dirtyDays()).map(d => d.checkId),
      [1, 2],
      'the batch that came meanwhile keeps it dirty'
    )
    await store.putRollups([rollup('2026-11-03', 1)], await store.dirtyDays())
    t.same(await store.dirtyDays(), [])
    t.same(
      (await store.rollups('2026-11-03', '2026-11-03')).map(r => r.checkId),
      [1],
      'replaced, not added'
    )
    t.same(await store.rollups('2026-11-04', '2026-11-05'), [])
  })

  withStore('a day begins at midnight in Shanghai', async (t, store) => {
    const midnight = Date.parse('2026-11-03T00:00:00+08:00')
    await store.commitBatches([
      aBatch(1, { readings: [aReading({ atMs: midnight - 1 }), aReading({ atMs: midnight })] })
    ])
    t.same(
      (await store.dirtyDays()).map(d => d.day),
      ['2026-11-02', '2026-11-03']
    )
    t.equal((await store.readingsOfDay('2026-11-02', [1])).length, 1)
    t.equal((await store.readingsOfDay('2026-11-03', [1]))[0]?.atMs, midnight)
  })

  withStore('a verdict keeps its since while it stays the same', async (t, store) => {
    const since = async () => (await store.verdicts('2026-11'))[0]?.sinceMs
    await store.putVerdicts('2026-11', [verdict('unknown', 1)], [])
    await store.putVerdicts('2026-11', [verdict('unknown', 2)], [])
    t.equal(await since(), 1)
    await store.putVerdicts('2026-11', [verdict('met', 3)], [])
    await store.putVerdicts('2026-11', [verdict('met', 4)], [])
    t.equal(await since(), 3)
    t.same((await store.verdicts('2026-11'))[0], { ...verdict('met', 4), sinceMs: 3 })
    t.same(await store.verdicts('2026-10'), [])
    await store.putVerdicts('2026-11', [], [])
    t.same(await store.verdicts('2026-11'), [])
  })
}
