import t from 'tap'
import { openOnce, sentRecently, signatureName } from '../../collector/receive/fresh.ts'

const nowMs = Date.parse('2026-11-04T01:00:00+08:00')
const boot = '00000000-0000-4000-8000-000000000001'
const known = new Map([[boot, nowMs - 5_000_000]])

void t.test('a request is of now by the uptime of a known boot or by the wall clock', async t => {
  const cases: [string, { up_ms: number; wall_ms: number }, boolean][] = [
    ['both clocks right', { up_ms: 5_000_000, wall_ms: nowMs }, true],
    ['a wall clock of 1970 and a known boot', { up_ms: 5_000_000, wall_ms: 0 }, true],
    ['two minutes late by uptime', { up_ms: 4_880_000, wall_ms: 0 }, true],
    ['later than that', { up_ms: 4_879_999, wall_ms: 0 }, false],
    ['a wall clock two minutes ahead', { up_ms: 0, wall_ms: nowMs + 120_000 }, true],
    ['copied an hour ago', { up_ms: 1_400_000, wall_ms: nowMs - 3_600_000 }, false]
  ]
  for (const [name, sent, fresh] of cases) t.equal(sentRecently({ boot, ...sent }, known, nowMs), fresh, name)
  t.notOk(sentRecently({ boot, up_ms: 5_000_000, wall_ms: 0 }, new Map(), nowMs), 'a boot that nobody anchored')
})

void t.test('what was sent before a start is not fresh after it, by whichever clock', async t => {
  const since = (sent: { up_ms: number; wall_ms: number }) =>
    sentRecently({ boot, ...sent }, known, nowMs, nowMs - 30_000)
  t.ok(since({ up_ms: 4_970_000, wall_ms: nowMs - 30_000 }))
  t.ok(since({ up_ms: 4_970_000, wall_ms: 0 }))
  t.notOk(since({ up_ms: 4_969_999, wall_ms: nowMs + 60_000 }), 'a wall clock that is ahead does not hide it')
  t.notOk(since({ up_ms: 0, wall_ms: nowMs - 30_001 }))
})

void t.test('a signature has one name, however its last digit is spelt', async t => {
  const spelt = (last: string) => signatureName(`cg=:${'a'.repeat(85)}${last}==:`)
  t.equal(spelt('A'), spelt('P'))
  t.not(spelt('A'), spelt('Q'))
  t.not(spelt('A'), signatureName(`cg=:b${'a'.repeat(84)}A==:`))
})

void t.test('a signature is taken once while a copy would be fresh, and forgotten afterwards', async t => {
  const once = openOnce()
  t.ok(once('a', nowMs))
  t.notOk(once('a', nowMs + 1))
  t.notOk(once('a', nowMs + 240_000))
  t.ok(once('b', nowMs + 100_000))
  t.ok(once('a', nowMs + 240_001), 'by then its anchor refuses it')
  t.notOk(once('b', nowMs + 240_001))
})
