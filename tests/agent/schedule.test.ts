import t from 'tap'
import { fractionOf, startSchedule, type Job } from '../../agent/schedule.ts'
import { fakeClock } from '../rig/clock.ts'

const second = 1000

/** Jobs whose runs end when the test says so, or at once. */
const rig = (inFlight?: number) => {
  const clock = fakeClock()
  const faults: [string, unknown][] = []
  const runs: { key: string; atMs: number; end: () => void; signal: AbortSignal }[] = []
  const schedule = startSchedule({
    now: clock.now,
    setTimer: clock.setTimer,
    onFault: (key, fault) => faults.push([key, fault]),
    ...(inFlight === undefined ? {} : { inFlight })
  })
  const job = (key: string, over: Partial<Job> & { slow?: boolean; stubborn?: boolean } = {}): Job => ({
    key,
    everyMs: 60 * second,
    lock: key,
    run: signal =>
      new Promise(resolve => {
        runs.push({ key, atMs: clock.now(), end: resolve, signal })
        if (over.slow !== true) resolve()
        if (over.stubborn !== true) signal.addEventListener('abort', () => resolve())
      }),
    ...over
  })
  const times = (key: string) => runs.filter(run => run.key === key).map(run => run.atMs)
  return { clock, schedule, runs, faults, job, times }
}

void t.test('a job runs soon, then once in each period at its own phase', async t => {
  const { clock, schedule, job, times } = rig()
  schedule.set([job('a')])
  await clock.advance(3 * second)
  t.equal(times('a').length, 1, 'the first run within three seconds')
  await clock.advance(600 * second)
  const [, ...steady] = times('a')
  t.ok(steady.length >= 10)
  for (const atMs of steady)
    t.ok(Math.abs(((atMs - fractionOf('a') * 60 * second) / (60 * second)) % 1) < 1e-6, 'in phase')
  t.same(new Set(steady.slice(1).map((atMs, i) => Math.round(atMs - (steady[i] ?? 0)))), new Set([60 * second]))
  await schedule.stop()
})

void t.test('the phase is the same after every restart and differs between agents', t => {
  t.equal(fractionOf('gw-1-host@1'), fractionOf('gw-1-host@1'))
  const phases = Array.from({ length: 1000 }, (_, i) => fractionOf(`gw-${i}-host@1`))
  t.ok(phases.every(phase => phase >= 0 && phase < 1))
  const tenths = new Set(phases.map(phase => Math.floor(phase * 10)))
  t.equal(tenths.size, 10, 'spread over the whole period')
  t.end()
})

void t.test('a job that is asked for runs at once, behind its lock, and keeps its phase', async t => {
  const { clock, schedule, runs, job, times } = rig()
  schedule.set([job('a', { slow: true, lock: 'line' }), job('b', { lock: 'line' })])
  t.equal(schedule.runNow('c'), false, 'nobody knows it')
  t.equal(schedule.runNow('a'), true)
  t.same(times('a'), [clock.now()])
  schedule.runNow('a')
  schedule.runNow('b')
  t.equal(runs.length, 1, 'both wait')
  runs[0]?.end()
  await clock.settle()
  t.equal(runs.length, 2, 'one after the other')
  schedule.set([job('b', { lock: 'line' })])
  for (const run of runs) run.end()
  await clock.settle()
  const before = times('b').length
  await clock.advance(180 * second)
  const steady = times('b').slice(before)
  t.ok(steady.length >= 2)
  for (const atMs of steady) t.ok(Math.abs(((atMs - fractionOf('b') * 60 * second) / (60 * second)) % 1) < 1e-6)
  await schedule.stop()
})

void t.test('a job never runs twice at once, and what it missed is not made up for', async t => {
  const { clock, schedule, runs, job, times } = rig()
  schedule.set([job('a', { slow: true })])
  await clock.advance(3 * second)
  await clock.advance(300 * second)
  t.equal(times('a').length, 1, 'still in its first run')
  runs[0]?.end()
  await clock.settle()
  t.equal(times('a').length, 2, 'it was due meanwhile: once')
  runs[1]?.end()
  await clock.advance(59 * second)
  t.ok(times('a').length <= 3)
  await schedule.stop()
})

void t.test('a machine that slept wakes to one run of each job, not to those it slept through', async t => {
  const { clock, schedule, job, times } = rig()
  schedule.set([job('a'), job('b')])
  await clock.advance(70 * second)
  const before = [times('a').length, times('b').length]
  await clock.jump(8 * 3600 * second)
  t.same(
    [times('a').length, times('b').length],
    before.map(n => n + 1)
  )
  await clock.advance(60 * second)
  t.same(
    [times('a').length, times('b').length],
    before.map(n => n + 2)
  )
  await schedule.stop()
})

void t.test('jobs with one lock run one after the other, others beside them', async t => {
  const { clock, schedule, runs, job } = rig()
  schedule.set([
    job('a', { lock: 'host', slow: true }),
    job('b', { lock: 'host', slow: true }),
    job('c', { slow: true })
  ])
  await clock.advance(3 * second)
  t.same(runs.map(run => run.key).filter(key => key !== 'c').length, 1)
  t.ok(runs.some(run => run.key === 'c'))
  runs.find(run => run.key !== 'c')?.end()
  await clock.settle()
  t.same(
    runs
      .map(run => run.key)
      .filter(key => key !== 'c')
      .sort(),
    ['a', 'b']
  )
  for (const run of runs) run.end()
  await schedule.stop()
})

void t.test('at most eight run at once; the others start as places become free', async t => {
  const { clock, schedule, runs, job } = rig()
  schedule.set(Array.from({ length: 20 }, (_, i) => job(`j-${i}`, { slow: true })))
  await clock.advance(3 * second)
  t.equal(runs.length, 8)
  runs[0]?.end()
  await clock.settle()
  t.equal(runs.length, 9)
  for (let i = 0; i < runs.length; i++) {
    runs[i]?.end()
    await clock.settle()
  }
  t.equal(new Set(runs.map(run => run.key)).size, 20, 'nobody starves')
  await schedule.stop()
})

void t.test('a job that fails is told of and runs again', async t => {
  const { clock, schedule, faults, job, times } = rig()
  const fault = new Error('the disk is full')
  let runs = 0
  schedule.set([job('a', { run: () => (runs++, Promise.reject(fault)) }), job('b')])
  await clock.advance(300 * second)
  t.ok(runs >= 4)
  t.equal(faults.length, runs)
  t.same(faults[0], ['a', fault])
  t.ok(times('b').length >= 4, 'and the others do not feel it')
  await schedule.stop()
})

void t.test('a new configuration keeps the phase of what stays, starts what is new, forgets what is gone', async t => {
  const { clock, schedule, job, times } = rig()
  schedule.set([job('keep'), job('gone')])
  await clock.advance(130 * second)
  const [gone, keep] = [times('gone').length, times('keep')]
  for (let i = 0; i < 10; i++) schedule.set([job('keep'), job('new')])
  await clock.advance(3 * second)
  t.equal(times('new').length, 1)
  await clock.advance(120 * second)
  t.equal(times('gone').length, gone)
  const after = times('keep').slice(keep.length)
  t.ok(after.length >= 2)
  t.equal(Math.round(((after[0] ?? 0) - (keep.at(-1) ?? 0)) % (60 * second)), 0)
  await schedule.stop()
})

void t.test('a changed period begins anew', async t => {
  const { clock, schedule, job, times } = rig()
  schedule.set([job('a')])
  await clock.advance(10 * second)
  schedule.set([job('a', { everyMs: 5 * second })])
  const before = times('a').length
  await clock.advance(60 * second)
  t.ok(times('a').length - before >= 12)
  await schedule.stop()
})

void t.test('stop aborts what runs, waits for its end, and starts nothing more', async t => {
  const { clock, schedule, runs, job } = rig()
  schedule.set([job('a', { slow: true, stubborn: true })])
  await clock.advance(3 * second)
  let stopped = false
  const stop = schedule.stop().then(() => (stopped = true))
  await clock.settle()
  t.equal(runs[0]?.signal.aborted, true)
  t.equal(stopped, false)
  runs[0]?.end()
  await stop
  schedule.set([job('b')])
  await clock.advance(600 * second)
  t.equal(runs.length, 1)
  t.equal(clock.timers(), 0)
})
