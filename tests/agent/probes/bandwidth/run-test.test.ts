import { fork } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { runTest, type TestDeps } from '../../../../agent/probes/bandwidth/in-child.ts'
import { jobOf } from '../../../../agent/probes/bandwidth/job.ts'
import { bandwidth } from '../../../../agent/probes/bandwidth/bandwidth.ts'
import { readingOf } from '../../../../agent/probes/bandwidth/reading.ts'
import { openSession } from '../../../../agent/probes/bandwidth/session.ts'
import { inChild, runInChild } from '../../../../agent/probes/bandwidth/run-test.ts'
import type { TestJob, Tested } from '../../../../agent/probes/bandwidth/test-job.ts'
import { parse } from '../../../../contract/parse.ts'
import { readingFault, WireReading } from '../../../../contract/reading.ts'
import { tierFields, tierLabels } from '../../../../contract/tier-reading.ts'
import { runCheck } from '../../../../agent/run-check.ts'
import { depsOf } from '../context.ts'
import { labServer, leaseOf } from './lab.ts'

type Over = Parameters<typeof leaseOf>[0]
const signal = new AbortController().signal

/** Streams as they are, on machines that are never busy: the guards have a table of their own. */
const calm: TestDeps = {
  openSession: async options => {
    const session = await openSession(options)
    const stop = async () => {
      const closing = await session.stop()
      return closing === undefined ? undefined : { ...closing, loop_p99_ms: 1 }
    }
    return { ...session, stop }
  },
  askTcp: () => Promise.resolve(undefined),
  watchHost: () => ({ stop: () => ({ loopP99Ms: 1, cpuPct: 10, stealPct: 0, ownPct: 10 }) })
}

const orderFor = async (
  t: Test,
  over: Over,
  host = '127.0.0.1'
): Promise<{ lease: ReturnType<typeof leaseOf>; job: TestJob }> => {
  const server = await labServer(t, host)
  const lease = leaseOf(over)
  const job = jobOf(lease, { host, port: server.port, vantage: 'gateway', lab: true, root: '/' })
  return { lease, job }
}

const tested = async (run: Promise<Awaited<ReturnType<typeof runTest>>>): Promise<Tested> => {
  const report = await run
  if (report.kind !== 'tested') throw new Error(`${report.reason}: ${report.message}`)
  return report
}

/** Every reading must be one the wire takes and the collector knows the names of. */
const checked = async (t: Test, report: Tested, lease: ReturnType<typeof leaseOf>) => {
  const reading = readingOf(report, lease, { uplink: 'u1', vantage: 'gateway' })
  const [wire] = await runCheck(bandwidth, () => Promise.resolve([reading]), { check: 'u1-tier@1' }, depsOf())
  parse(WireReading, wire, 'reading')
  t.equal(wire && readingFault(wire), undefined)
  t.equal(wire?.labels?.['dropped_fields'], undefined)
  for (const name of Object.keys(reading.fields))
    t.ok(
      tierFields.some(known => known === name),
      name
    )
  for (const name of Object.keys(reading.labels ?? {}))
    t.ok(
      tierLabels.some(known => known === name),
      name
    )
  return reading
}

void t.test('a link faster than the tier passes, and costs little more than its plateau', async t => {
  // The server's cap is the link: three tiers.
  const { lease, job } = await orderFor(t, { cap_mbps: 30 })
  const report = await tested(runTest(job, signal))
  t.match(report, { result: 'pass', reason: 'above_line', egress: '127.0.0.1', server: 'lab' })
  const reading = await checked(t, report, lease)
  t.match(reading, { outcome: 'ok', part: 'down', labels: { result: 'pass', event: lease.lease } })
  t.ok((reading.fields['ip_mbps'] ?? 0) > 9.5)
  t.ok((reading.fields['bytes_down'] ?? 0) < 10e6)
  t.equal(reading.trace, undefined)
})

void t.test('a link slower than the tier fails after a plateau of two seconds, with its trace', async t => {
  const { lease, job } = await orderFor(t, { cap_mbps: 5 })
  // The sender's cap stands for the line here: the rule must not know of it.
  const report = await tested(runTest({ ...job, capMbps: 11 }, signal, calm))
  t.match([report.result, report.reason], ['fail', 'below_line'])
  t.ok(report.judgement.plateauMs >= 2_000)
  const reading = await checked(t, report, lease)
  t.equal(reading.outcome, 'failed')
  t.ok(reading.trace && reading.trace.length > 20 && reading.trace.length <= 80)
  t.same(
    reading.trace,
    [...(reading.trace ?? [])].sort((a, b) => a - b),
    'cumulative'
  )

  const panel = await tested(
    runTest({ ...jobOf(leaseOf({ cap_mbps: 5 }), { ...job, vantage: 'panel' }), capMbps: 11 }, signal, calm)
  )
  t.match([panel.result, panel.reason], ['inconclusive', 'no_counter'], 'the same from a panel is only doubt')
})

void t.test('an upload is judged by what the server received, over IPv6 too', async t => {
  const { lease, job } = await orderFor(t, { direction: 'up', cap_mbps: 12, streams: 3 }, '::1')
  const report = await tested(runTest(job, signal))
  t.match(report, { result: 'pass', egress: '::1' })
  const reading = await checked(t, report, lease)
  t.equal(reading.part, 'up')
  t.equal(reading.fields['bytes_down'], 0)
  t.ok((reading.fields['bytes_up'] ?? 0) > 500_000)
})

void t.test('the process of a test runs it and is gone afterwards', async t => {
  const { job } = await orderFor(t, { cap_mbps: 30 })
  const report = await tested(runInChild(job, signal))
  t.equal(report.result, 'pass')
})

void t.test('a process that dies, says nothing sensible or is not needed any more', async t => {
  const { job } = await orderFor(t, {})
  const script = (text: string) => {
    const file = join(t.testdir({}), 'child.mjs')
    writeFileSync(file, text)
    return () => fork(file, [], { serialization: 'advanced', execArgv: [], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
  }
  const killed = await inChild(
    script('process.once("message", () => process.kill(process.pid, "SIGKILL"))'),
    job,
    signal
  )
  t.match(killed, { kind: 'not_run', reason: 'child_died', message: /ended with SIGKILL/ })

  const thrown = await inChild(script('process.once("message", () => { throw new Error("out of luck") })'), job, signal)
  t.match(thrown, { reason: 'child_died', message: /ended with 1 before its result: ./ })

  const abort = new AbortController()
  let child: ReturnType<typeof fork> | undefined
  const start = script('process.once("message", () => setInterval(() => {}, 1000))')
  const waiting = inChild(() => (child = start()), job, abort.signal)
  abort.abort()
  await t.rejects(waiting, { name: 'AbortError' })
  const gone = new Promise(resolve => child?.once('exit', (_code, by) => resolve(by)))
  t.equal(await gone, 'SIGKILL')
})

void t.test('a server that is away or refuses is named', async t => {
  const { job } = await orderFor(t, {})
  t.match(await runTest({ ...job, port: 1 }, signal), { kind: 'not_run', reason: 'server_unreachable' })
  t.match(await runTest({ ...job, token: 'bw1lab.e30.e30' }, signal), { kind: 'not_run', reason: 'lease_refused' })
})
