import t from 'tap'
import { fold, foldKey, type FoldState } from '../../agent/fold.ts'
import type { Fold } from '../../agent/probe.ts'
import type { WireReading } from '../../contract/reading.ts'

const boot = '00000000-0000-4000-8000-000000000001'
const otherBoot = '00000000-0000-4000-8000-000000000002'
const minute = 60_000
const reading = (up: number, over: Partial<WireReading> = {}): WireReading => ({
  check: 'gw-1-host@1',
  boot,
  up_ms: up * minute,
  wall_ms: 1_700_000_000_000 + up * minute,
  took_ms: 1,
  outcome: 'ok',
  fields: {},
  ...over
})
const rules: Record<string, Fold> = { low_ms: 'min', high_ms: 'max', rtt_ms: 'mean', sent_n: 'sum' }
const window = 5 * minute

/** Runs readings through; the state makes the way through the spool's JSON each time, as after a crash. */
const run = (readings: readonly WireReading[], windowMs = window) => {
  let state: FoldState | undefined
  const steps = readings.map(one => {
    const step = fold(state, one, rules, windowMs)
    state = JSON.parse(JSON.stringify(step.state)) as FoldState
    return step
  })
  return { state, steps, emitted: steps.flatMap(step => step.emit) }
}
const failed: Partial<WireReading> = { outcome: 'failed', reason: 'timeout' }

void t.test('the first reading is sent at once, equal ones as one at the end of the window', t => {
  const { steps, emitted } = run([0, 1, 2, 3, 4, 5, 6].map(up => reading(up)))
  t.same(
    steps.map(step => step.emit.length),
    [1, 0, 0, 0, 0, 1, 0]
  )
  t.same(
    steps.map(step => step.urgent),
    [true, false, false, false, false, false, false]
  )
  t.equal(emitted[1]?.fields['folded_n'], 5)
  t.equal(emitted[1]?.up_ms, 5 * minute, 'it carries the clocks of the last')
  t.end()
})

void t.test('every measurement is in exactly one sent reading', t => {
  const { emitted, state } = run(Array.from({ length: 23 }, (_, i) => reading(i, i === 12 || i === 13 ? failed : {})))
  const sent = emitted.reduce((n, one) => n + (one.fields['folded_n'] ?? 1), 0)
  t.equal(sent + (state?.pending?.n ?? 0), 23)
  t.end()
})

void t.test('a change is sent at once, behind what was measured before it', t => {
  const { steps } = run([reading(0), reading(1), reading(2), reading(3, failed), reading(4, failed)])
  const [before, change] = steps[3]?.emit ?? []
  t.equal(steps[3]?.urgent, true)
  t.same([before?.outcome, before?.fields['folded_n'], before?.up_ms], ['ok', 2, 2 * minute])
  t.same([change?.outcome, change?.up_ms], ['failed', 3 * minute])
  t.same(steps[4]?.emit, [])
  t.end()
})

void t.test('outcome, reason, place and event are what a change is; figures are not', t => {
  const base: Partial<WireReading> = { outcome: 'failed', reason: 'a', labels: { place: 'off_site' } }
  const cases: [Partial<WireReading>, boolean][] = [
    [base, false],
    [{ ...base, fields: { rtt_ms: 900 } }, false],
    [{ ...base, labels: { place: 'off_site', ip: '10.0.0.1' } }, false],
    [{ ...base, reason: 'b' }, true],
    [{ ...base, outcome: 'degraded' }, true],
    [{ ...base, labels: { place: 'self' } }, true],
    [{ ...base, labels: {} }, true],
    [{ ...base, labels: { place: 'off_site', event: 'reboot' } }, true]
  ]
  for (const [over, urgent] of cases)
    t.equal(run([reading(0, base), reading(1, over)]).steps[1]?.urgent, urgent, JSON.stringify(over))
  t.end()
})

void t.test('fields are folded by the probe’s rules, over the readings that had them', t => {
  const values = [
    { low_ms: 5, high_ms: 5, rtt_ms: 1, sent_n: 2, load_pct: 1 },
    { low_ms: 3, high_ms: 9, rtt_ms: 2, sent_n: 3, load_pct: 7 },
    { low_ms: 4, high_ms: 1, sent_n: 4, load_pct: 5 },
    { low_ms: 8, high_ms: 2, rtt_ms: 6, sent_n: 1 },
    { low_ms: 9, high_ms: 3, rtt_ms: 7, sent_n: 1, load_pct: 2 }
  ]
  const { emitted } = run([reading(0), ...values.map((fields, i) => reading(i + 1, { fields, took_ms: 10 - i }))])
  t.same(emitted[1]?.fields, { low_ms: 3, high_ms: 9, rtt_ms: 4, sent_n: 11, load_pct: 2, folded_n: 5 })
  t.equal(emitted[1]?.took_ms, 10, 'the longest')
  t.end()
})

void t.test('one measurement alone is sent as it is', t => {
  const only = reading(9, { fields: { rtt_ms: 4 } })
  t.same(run([reading(0), only]).emitted[1], only)
  t.end()
})

void t.test('a new boot is news, also when nothing else changed', t => {
  const { steps } = run([reading(10), reading(11), reading(0.5, { boot: otherBoot })])
  t.same(
    steps[2]?.emit.map(one => one.boot),
    [boot, otherBoot]
  )
  t.equal(steps[2]?.urgent, true)
  const nothingPending = run([reading(10), reading(1, { boot: otherBoot })])
  t.equal(nothingPending.steps[1]?.urgent, true)
  t.end()
})

void t.test('a window of 0 sends each', t => {
  const { steps } = run([reading(0), reading(0.1), reading(0.2, failed)], 0)
  t.same(
    steps.map(step => step.emit.length),
    [1, 1, 1]
  )
  t.same(
    steps.map(step => step.urgent),
    [true, false, true]
  )
  t.end()
})

void t.test('a window that the configuration closed sends what was waiting with the next', t => {
  let step = fold(undefined, reading(0), rules, window)
  step = fold(step.state, reading(1), rules, window)
  t.same(step.emit, [])
  const closed = fold(step.state, reading(2), rules, 0)
  t.same(
    closed.emit.map(one => one.up_ms),
    [minute, 2 * minute],
    'nothing that was measured is forgotten'
  )
  t.end()
})

void t.test('each check and part folds for itself', t => {
  t.not(foldKey({ check: 'a@1' }), foldKey({ check: 'a@2' }))
  t.not(foldKey({ check: 'a@1', part: 'x' }), foldKey({ check: 'a@1' }))
  t.end()
})
