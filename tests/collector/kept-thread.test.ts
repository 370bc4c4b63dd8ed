import { mock } from 'node:test'
import { MessageChannel } from 'node:worker_threads'
import { pino } from 'pino'
import t from 'tap'
import { keepThread, type KeptThread } from '../../collector/kept-thread.ts'

/** A thread with this code; `starts`: what each start does before it has one. */
const keep = (code: string, patienceMs?: number, starts: (nth: number) => void = () => undefined) => {
  const heard = Promise.withResolvers<undefined>()
  const lines: string[] = []
  let nth = 0
  const write = (line: string): void => {
    lines.push(line)
    heard.resolve(undefined)
  }
  const kept: KeptThread = keepThread({
    name: 'n',
    module: new URL(`data:text/javascript,${encodeURIComponent(code)}`),
    store: {
      share: () => {
        starts(++nth)
        return { file: 'store.sqlite', writer: new MessageChannel().port1 }
      }
    },
    workerData: {},
    log: pino({ level: 'error', base: null }, { write }),
    ...(patienceMs === undefined ? {} : { patienceMs })
  })
  return { kept, lines, heard: heard.promise, startedN: () => nth }
}

void t.test('a thread that dies is started again after ten seconds, whatever it lacks, and not after stop', async t => {
  mock.timers.enable({ apis: ['setTimeout'] })
  t.teardown(() => mock.timers.reset())
  const run = keep('throw new Error("early")', undefined, nth => {
    if (nth > 1) throw new Error('no handles')
  })
  await run.heard
  // The thread is gone a little after its error.
  while (run.startedN() < 2) {
    await new Promise(resolve => setImmediate(resolve))
    mock.timers.tick(10_000)
  }
  t.match(run.lines, [/"thread":"n","msg":"a thread failed"/, /"thread":"n","msg":"a thread cannot be started"/])
  const before = run.startedN()
  mock.timers.tick(9_999)
  t.equal(run.startedN(), before)
  mock.timers.tick(1)
  t.equal(run.startedN(), before + 1)
  await run.kept.stop()
  mock.timers.tick(60_000)
  t.equal(run.startedN(), before + 1)
})

void t.test('stop waits for a thread that still starts, fails on its way out, or must be ended', async t => {
  const threads = [
    keep(`import { parentPort as p } from 'node:worker_threads'; p.once('message', () => p.close())`),
    keep(`import { parentPort as p } from 'node:worker_threads'; p.once('message', () => Promise.reject(1))`),
    keep(`import { parentPort as p } from 'node:worker_threads'; p.on('message', () => undefined)`, 100)
  ]
  await Promise.all(threads.flatMap(({ kept }) => [kept.stop(), kept.stop()]))
  await Promise.all(threads.map(({ kept }) => kept.stop()))
  t.same(
    threads.map(({ startedN, lines }) => [startedN(), lines.length]),
    [
      [1, 0],
      [1, 1],
      [1, 0]
    ]
  )
})
