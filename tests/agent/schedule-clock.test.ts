import t from 'tap'
import { startSchedule } from '../../agent/schedule.ts'

void t.test('a check that falls due between two looks at the clock is not forgotten', async t => {
  // Timers fire a hair early and every look at the clock finds it later: found by kill -9 runs in which an agent fell silent.
  let nowMs = 0
  let timer: { work: () => void; atMs: number } | undefined
  let runs = 0
  const schedule = startSchedule({
    now: () => (nowMs += 0.01),
    setTimer: (work, ms) => {
      timer = { work, atMs: nowMs + ms - 0.015 }
      return () => (timer = undefined)
    }
  })
  schedule.set([
    {
      key: 'a',
      everyMs: 100,
      lock: 'a',
      run: () => {
        runs += 1
        return Promise.resolve()
      }
    }
  ])
  for (let i = 0; i < 400; i += 1) {
    await new Promise(resolve => setImmediate(resolve))
    const due = timer
    if (due === undefined) break
    timer = undefined
    nowMs = Math.max(nowMs, due.atMs)
    due.work()
  }
  t.ok(runs > 100, `the check ran ${runs} times`)
  await schedule.stop()
})
