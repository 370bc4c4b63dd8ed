import { performance } from 'node:perf_hooks'
import { doubtOf } from './guards.ts'
import { watchHost } from './host-load.ts'
import { standsOn } from './interface.ts'
import { bare, openMeter } from './meter.ts'
import { localAddresses } from './on-site.ts'
import type { Doubt } from './reasons.ts'
import { openJudge } from './rule/judge.ts'
import type { Judgement, Sample } from './rule/terms.ts'
import { openSession } from './session.ts'
import { SessionError, type Session, type SessionEnd, type SessionOptions } from './session-types.ts'
import { runSs, watchRise, watchTcp, type AskTcp } from './tcp-info.ts'
import type { Tested, TestJob, TestReport } from './test-job.ts'
import { crossOf, silent, traceOf } from './what-crossed.ts'

export interface TestDeps {
  readonly openSession: typeof openSession
  readonly askTcp: AskTcp
  readonly watchHost: typeof watchHost
}

/** How often the counts are looked at, ms. */
const sampleMs = 25
/** Local time beyond the test's own, for a server whose counts stay away, ms. */
const graceMs = 1_500

/** Runs one test in this process: streams, rule, guards. Never rejects but on abort. */
export const runTest = async (
  job: TestJob,
  signal: AbortSignal,
  deps: TestDeps = { openSession, askTcp: runSs, watchHost }
): Promise<TestReport> => {
  let session: Session
  try {
    const bound = boundTo(job)
    session = await deps.openSession({
      host: job.host,
      port: job.port,
      token: job.token,
      direction: job.direction,
      streams: job.streams,
      capMbps: job.capMbps,
      ipFactor: 1_500 / 1_448,
      ...(bound === undefined ? {} : bound),
      signal
    })
  } catch (cause) {
    if (cause instanceof SessionError) return { kind: 'not_run', reason: cause.reason, message: cause.message }
    throw cause
  }
  try {
    const other = otherWayOut(job, session)
    return other === undefined
      ? await measure(job, session, signal, deps)
      : { kind: 'not_run', reason: 'link_down', message: other }
  } finally {
    // On abort and on a fault inside: the streams must not go on.
    void session.stop().catch(() => undefined)
  }
}

/** Addresses of the interface that was named; the system's own choice when it has none. */
const boundTo = ({ interfaceName }: TestJob): Pick<SessionOptions, 'localAddresses'> | undefined => {
  if (interfaceName === undefined) return undefined
  const own = localAddresses().filter(local => local.iface === interfaceName && !/^fe80:/i.test(local.address))
  const [v4, v6] = ([4, 6] as const).map(family => own.find(local => local.family === family)?.address)
  if (v4 === undefined && v6 === undefined) return undefined
  return { localAddresses: { ...(v4 === undefined ? {} : { 4: v4 }), ...(v6 === undefined ? {} : { 6: v6 }) } }
}

/** A line that is down leaves its traffic to a backup: what that carries says nothing about the line. Nothing has flowed yet. */
const otherWayOut = (job: TestJob, { localAddress }: Session): string | undefined => {
  const { interfaceName: named } = job
  if (named === undefined || job.lab) return undefined
  const used = localAddresses().filter(local => local.address === bare(localAddress))
  return used.length === 0 || used.some(({ iface }) => standsOn(job.root, iface, named))
    ? undefined
    : `the streams left by ${used.map(({ iface }) => iface).join(', ')}, not by ${named}, the interface of the uplink`
}

type Stop =
  | { readonly kind: 'decided'; readonly judgement: Judgement }
  | { readonly kind: 'ended'; readonly end: SessionEnd }
  | { readonly kind: 'aborted' }
  | { readonly kind: 'late' }

const measure = async (job: TestJob, session: Session, signal: AbortSignal, deps: TestDeps): Promise<Tested> => {
  const meter = openMeter(job, session)
  const portMbps = Math.min(meter.iface?.portMbps ?? Infinity, session.portMbps || Infinity)
  const judge = openJudge({
    tierMbps: job.tierMbps,
    passRatio: job.passRatio,
    capMbps: job.capMbps,
    portMbps,
    creditS: job.terms.credit_s,
    lendNats: job.terms.lend_nats,
    failMs: job.terms.fail_ms,
    maxMs: job.maxMs,
    maxBytes: job.maxBytes
  })
  const samples: Sample[] = []
  const { promise: stopped, resolve: stopNow } = Promise.withResolvers<Stop>()
  const load = deps.watchHost(job.root)
  const rise = watchRise()
  let crossSent: number | undefined
  const startMs = performance.now()
  const tcp = watchTcp(
    abort => deps.askTcp(session.remoteAddress, job.port, abort),
    job.polite ? 250 : job.direction === 'up' ? 600 : 900,
    (info, nowMs) => {
      const rtt = job.direction === 'down' ? (info.receiveRttMs ?? info.rttMs) : info.rttMs
      if (job.polite && rise(rtt, nowMs)) stopNow({ kind: 'aborted' })
      const crossed = job.direction === 'up' ? meter.interfaceIpBytes() : undefined
      if (crossed !== undefined)
        crossSent = Math.max(0, ((crossed - info.sentBytes * meter.ipFactor) * 8) / (nowMs - startMs) / 1_000)
    }
  )
  const look = (): void => {
    const sample = meter.sample()
    if (sample !== undefined) {
      samples.push(sample)
      const judgement = judge.add(sample)
      if (judgement !== undefined) stopNow({ kind: 'decided', judgement })
    }
    if (performance.now() - startMs > job.maxMs + graceMs) stopNow({ kind: 'late' })
  }
  const timer = setInterval(look, sampleMs)
  const onAbort = () => stopNow({ kind: 'late' })
  signal.addEventListener('abort', onAbort, { once: true })
  void session.ended.then(end => stopNow({ kind: 'ended', end }))
  session.start()

  const stop = await stopped
  clearInterval(timer)
  signal.removeEventListener('abort', onAbort)
  // The streams first: every ms costs the school bytes.
  const closing = session.stop()
  const hostLoad = load.stop()
  tcp.stop()
  signal.throwIfAborted()
  const judgement = stop.kind === 'decided' ? stop.judgement : judge.end()
  const record = stop.kind === 'ended' && stop.end.kind === 'closing' ? stop.end.record : await closing
  const info = tcp.latest()
  const ofSender = job.direction === 'down' ? record : undefined
  const cross = crossOf(job, meter, samples, judgement) ?? crossSent ?? job.crossBeforeMbps
  const lost = isLost(stop) || meter.broken() || silent(samples)
  const figures = {
    cc: job.direction === 'down' ? (record?.cc ?? session.cc) : (info?.cc ?? ''),
    minRttMs: least(record?.min_rtt_ms, tcp.minRttMs()),
    loadedRttMs: job.direction === 'down' ? info?.receiveRttMs : info?.rttMs,
    retransPct: job.direction === 'down' ? ofSender?.retrans_pct : info?.retransPct,
    rwndLimitedPct: job.direction === 'down' ? ofSender?.rwnd_limited_pct : info?.rwndLimitedPct
  }
  // A gateway whose counter cannot be read (a bridge, no sysfs) knows as little of others as a panel does.
  const sees = job.vantage === 'gateway' && (meter.counted || job.direction === 'up' || job.lab)
  const doubt = doubtOf({
    vantage: sees ? 'gateway' : 'panel',
    direction: job.direction,
    tierMbps: job.tierMbps,
    lineMbps: job.passRatio * job.tierMbps,
    ipMbps: judgement.ipMbps,
    cv: judgement.cv,
    lost,
    aborted: stop.kind === 'aborted',
    crossMbps: cross,
    crossCounted: meter.counted,
    ...hostLoad,
    cc: figures.cc,
    retransPct: figures.retransPct,
    rwndLimitedPct: figures.rwndLimitedPct,
    minRttMs: figures.minRttMs,
    loadedRttMs: figures.loadedRttMs,
    closing: record
  })
  const bytes = Math.max(judgement.testBytes, session.received().bytes)
  const durationMs = samples.at(-1)?.ms ?? performance.now() - startMs
  return {
    kind: 'tested',
    ...verdictOf(judgement, doubt, lost, stop),
    judgement,
    bytes,
    durationMs,
    ipFactor: meter.ipFactor,
    crossMbps: cross,
    crossCounted: meter.counted,
    load: hostLoad,
    server: session.server,
    egress: session.egress,
    ...figures,
    portMbps: Number.isFinite(portMbps) ? portMbps : undefined,
    mtu: meter.iface?.mtu,
    interfaceName: meter.iface?.name,
    closing: record,
    trace: traceOf(samples)
  }
}

/** A pass stands whatever else was seen; a fail stands only without a doubt; the rest says what came in between, if anything did. */
const verdictOf = (
  judgement: Judgement,
  doubt: Doubt | undefined,
  lost: boolean,
  stop: Stop
): Pick<Tested, 'result' | 'reason'> => {
  switch (judgement.result) {
    case 'pass':
      return { result: 'pass', reason: judgement.reason }
    case 'fail':
      return doubt === undefined
        ? { result: 'fail', reason: judgement.reason }
        : { result: 'inconclusive', reason: doubt }
    case 'inconclusive':
      if (stop.kind === 'aborted') return { result: 'inconclusive', reason: 'aborted' }
      if (lost) return { result: 'inconclusive', reason: 'link_down' }
      // The history weighs what is undecided: what a busy machine or a lossy path held down must not weigh against the line.
      return {
        result: 'inconclusive',
        reason: judgement.evidenceFail > judgement.evidencePass ? (doubt ?? judgement.reason) : judgement.reason
      }
  }
}

const isLost = (stop: Stop): boolean =>
  stop.kind === 'ended' &&
  (stop.end.kind === 'lost' || !['stopped', 'max_bytes', 'max_ms'].includes(stop.end.record.ended))

const least = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined ? b : b === undefined ? a : Math.min(a, b)
