import { getEventListeners } from 'node:events'
import Type from 'typebox'
import t from 'tap'
import { runCheck, type PreparedProbe } from '../../agent/run-check.ts'
import { NothingToSay, runnerReasons, Unavailable, type Probe, type Reading } from '../../agent/probe.ts'
import { fits } from '../../contract/parse.ts'
import { readingFault, WireReading } from '../../contract/reading.ts'
import { depsOf, openHandles, systemOf } from './probes/context.ts'

const probe: Probe = {
  name: 'sham',
  summary: 'says what the test wants',
  everyMs: 1000,
  timeoutMs: 1000,
  options: Type.Object({}),
  reasons: { dull: 'nothing shines' },
  prepare: () => () => Promise.resolve([])
}
const spec = { check: 'sham-1@1', device: 'panel-1' }
const saying =
  (...readings: Reading[]): PreparedProbe =>
  () =>
    Promise.resolve(readings)
const ok: Reading = { outcome: 'ok', fields: { rtt_ms: 1.5 } }

/** One run's only reading; whatever it is, the wire must accept it. */
const only = async (prepared: PreparedProbe, deps = depsOf()) => {
  const [reading, ...more] = await runCheck(probe, prepared, spec, deps)
  if (reading === undefined || more.length > 0) throw new Error('exactly one reading was expected')
  if (!fits(WireReading, reading) || readingFault(reading) !== undefined)
    throw new Error(`not legal on the wire: ${JSON.stringify(reading)}`)
  return reading
}

void t.test('a reading carries the check, the device and the times of the start of the run', async t => {
  const { promise, resolve } = Promise.withResolvers<readonly Reading[]>()
  let up = 5000.6
  const system = systemOf({ upMs: () => up, wallMs: () => 1_700_000_000_000 + up })
  const run = runCheck(probe, () => promise, spec, depsOf({ system }))
  up = 9000
  resolve([ok, { ...ok, part: 'eth1' }])
  const [first, second] = await run
  t.match(first, { ...spec, boot: system.bootId, up_ms: 5001, wall_ms: 1_700_000_005_001, ...ok })
  t.equal(first?.part, undefined)
  t.equal(second?.part, 'eth1')
  t.ok((first?.took_ms ?? -1) >= 0)
})

void t.test('an exception is unavailable, never a fault of the school', async t => {
  const wrong = (prepared: PreparedProbe) => {
    const faults: unknown[] = []
    return only(prepared, depsOf({ onFault: fault => faults.push(fault) })).then(reading => ({ reading, faults }))
  }
  const thrower: PreparedProbe = () => {
    throw new Error('broke at http://admin:s3cret@192.0.2.1/x?token=abc')
  }
  const sync = await wrong(thrower)
  t.match(sync.reading, {
    outcome: 'unavailable',
    reason: 'error',
    labels: { message: 'broke at http://***@192.0.2.1/x?token=***' }
  })
  t.match(sync.faults, [{ message: /s3cret/ }], 'the log gets the whole of it once')

  const long = await wrong(() => Promise.reject(new Error('x'.repeat(500))))
  t.equal(long.reading.labels?.['message']?.length, 200)

  const known = await wrong(() => Promise.reject(new Unavailable('dull', 'no lamp', { lamp: 'desk' })))
  t.match(known.reading, { outcome: 'unavailable', reason: 'dull', labels: { lamp: 'desk', message: 'no lamp' } })
  t.same(known.faults, [], 'an Unavailable is no fault of the probe')

  const odd = await wrong(() => Promise.reject(new Unavailable('odd', 'no lamp')))
  t.match(odd.reading, {
    reason: 'error',
    labels: { message: 'the probe sham gave the reason "odd", which is not in its list' }
  })
})

void t.test('a run ends at its deadline even when the probe ignores its signal', async t => {
  const { promise, reject } = Promise.withResolvers<readonly Reading[]>()
  let aborted = false
  const deaf: PreparedProbe = ({ signal }) => {
    signal.addEventListener('abort', () => (aborted = true))
    return promise
  }
  const before = await openHandles()
  const reading = await only(deaf, depsOf({ timeoutMs: 30 }))
  t.match(reading, { outcome: 'unavailable', reason: 'timeout' })
  t.ok(reading.took_ms >= 28 && reading.took_ms < 500, `took ${reading.took_ms} ms`)
  t.ok(aborted, 'the probe was told')
  t.same(await openHandles(before), before, 'no timer is left')

  const unhandled: unknown[] = []
  const note = (cause: unknown) => unhandled.push(cause)
  process.on('unhandledRejection', note)
  reject(new Error('much later'))
  await openHandles()
  process.off('unhandledRejection', note)
  t.same(unhandled, [], 'its late rejection is nobody’s')
})

void t.test('a run that ended in time leaves neither timer nor listener', async t => {
  const agent = new AbortController()
  const before = await openHandles()
  await only(saying(ok), depsOf({ signal: agent.signal, timeoutMs: 60_000 }))
  t.same(await openHandles(before), before)
  t.equal(getEventListeners(agent.signal, 'abort').length, 0)
})

void t.test('a probe that obeys its signal and throws it is a timeout as well', async t => {
  const obedient: PreparedProbe = ({ signal }) =>
    new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('stopped'))))
  t.match(await only(obedient, depsOf({ timeoutMs: 20 })), { outcome: 'unavailable', reason: 'timeout' })
})

void t.test('a run that shutdown cut off is no measurement', async t => {
  const agent = new AbortController()
  let seen: AbortSignal | undefined
  const run = runCheck(
    probe,
    ({ signal }) => {
      seen = signal
      return new Promise(() => undefined)
    },
    spec,
    depsOf({ signal: agent.signal })
  )
  agent.abort()
  t.same(await run, [])
  t.ok(seen?.aborted, 'the probe was told')
  t.same(await runCheck(probe, saying(ok), spec, depsOf({ signal: agent.signal })), [], 'and none begins after it')
})

void t.test('a probe whose turn it is not leaves no reading', async t => {
  const faults: unknown[] = []
  const deps = depsOf({ onFault: fault => faults.push(fault) })
  t.same(await runCheck(probe, () => Promise.reject(new NothingToSay('later')), spec, deps), [])
  t.same(faults, [])
})

void t.test('the context says what the runner knows', async t => {
  await only(
    context => {
      t.equal(context.timeoutMs, 777)
      t.equal(context.clockOffsetMs(), 12)
      t.equal(context.now(), 42)
      t.equal(context.asked(), true)
      t.equal(context.dataDirectory, '/data')
      return Promise.resolve([ok])
    },
    depsOf({
      timeoutMs: 777,
      asked: () => true,
      dataDirectory: '/data',
      clockOffsetMs: () => 12,
      system: systemOf({ wallMs: () => 42 })
    })
  )
})

void t.test('what a probe may not say does not reach the wire', async t => {
  const nothing: Record<string, number> = {}
  const cases: { name: string; says: Reading; wire: Partial<WireReading> }[] = [
    {
      name: 'a field that is not finite is dropped and named',
      says: { outcome: 'ok', fields: { a_ms: NaN, b_ms: Infinity, c_ms: 3 } },
      wire: { outcome: 'ok', fields: { c_ms: 3 }, labels: { dropped_fields: 'a_ms b_ms' } }
    },
    {
      name: 'so is one with a name no field has',
      says: { outcome: 'ok', fields: { 'RTT ms': 1, rtt_ms: 2 } },
      wire: { fields: { rtt_ms: 2 }, labels: { dropped_fields: 'RTT ms' } }
    },
    {
      name: 'a label with such a name goes, a long one is cut',
      says: { outcome: 'ok', fields: nothing, labels: { 'a b': 'x', long: 'y'.repeat(600) } },
      wire: { labels: { long: 'y'.repeat(512) } }
    },
    {
      name: 'a reason outside the list is an error of the probe',
      says: { outcome: 'failed', reason: 'bored', fields: { rtt_ms: 1 } },
      wire: {
        outcome: 'unavailable',
        reason: 'error',
        fields: { rtt_ms: 1 },
        labels: { message: 'the probe sham gave the reason "bored", which is not in its list' }
      }
    },
    {
      name: 'a reason that only Object.prototype knows is outside the list',
      says: { outcome: 'failed', reason: 'constructor', fields: nothing },
      wire: { outcome: 'unavailable', reason: 'error' }
    },
    {
      name: 'so is none where one is due',
      says: { outcome: 'degraded', fields: nothing },
      wire: {
        outcome: 'unavailable',
        reason: 'error',
        labels: { message: 'the probe sham gave no reason for its outcome degraded' }
      }
    },
    {
      name: 'a trace is cut to 80',
      says: { outcome: 'ok', fields: nothing, trace: Array.from({ length: 100 }, (_, i) => i) },
      wire: { trace: Array.from({ length: 80 }, (_, i) => i) }
    },
    {
      name: 'a trace of other than integers is dropped and named',
      says: { outcome: 'ok', fields: nothing, trace: [1, 2.5] },
      wire: { labels: { dropped_fields: 'trace' } }
    },
    {
      name: 'a part is cut to 128, an empty one is none',
      says: { outcome: 'ok', fields: nothing, part: 'p'.repeat(200) },
      wire: { part: 'p'.repeat(128) }
    },
    {
      name: 'credentials in a label are taken out',
      says: { outcome: 'ok', fields: nothing, labels: { url: 'rtsp://u:p@ss@10.0.0.1/live' } },
      wire: { labels: { url: 'rtsp://***@10.0.0.1/live' } }
    }
  ]
  for (const { name, says, wire } of cases) {
    const { took_ms, boot, up_ms, wall_ms, ...reading } = await only(saying(says))
    t.match(reading, wire, name)
    t.ok(took_ms >= 0 && boot.length > 0 && up_ms >= 0 && wall_ms >= 0)
  }
  t.equal((await only(saying({ ...ok, part: '' }))).part, undefined)
  const many = Object.fromEntries(Array.from({ length: 70 }, (_, i) => [`f${i}`, i]))
  t.equal(Object.keys((await only(saying({ outcome: 'ok', fields: many }))).fields).length, 64)
})

void t.test('a probe that says nothing, or nothing readable, is an error of the probe', async t => {
  t.match(await only(saying()), { reason: 'error', labels: { message: 'the probe sham returned no reading' } })
  const lies: PreparedProbe = () => Promise.resolve(JSON.parse('[{"outcome":"ok"}]'))
  t.match(await only(lies), { outcome: 'unavailable', reason: 'error' })
  const nothing: PreparedProbe = () => Promise.resolve(JSON.parse('null'))
  t.match(await only(nothing), { outcome: 'unavailable', reason: 'error' })
})

void t.test('the reasons of the runner itself are legal for every probe', async t => {
  for (const reason of Object.keys(runnerReasons))
    t.match(await only(saying({ outcome: 'unavailable', reason, fields: {} })), { outcome: 'unavailable', reason })
})
