import { randomUUID } from 'node:crypto'
import os from 'node:os'
import { performance } from 'node:perf_hooks'
import type { Probe, ProbeContext, Reading } from '../../probe.ts'
import { hasDefaultRoute } from '../net-tables.ts'
import { atMost, untilAborted } from '../until-aborted.ts'
import { exchange, type Exchange } from './exchange.ts'
import { judge, locationHost, type Judgement } from './judge.ts'
import { locate, type Location } from './locate.ts'
import { hostOf, parseOptions, PortalOptions, type Portal } from './options.ts'
import { isDenied, placeOf, type OwnAddress } from './place.ts'
import { portalReasons } from './reasons.ts'
import { askAll, systemResolvers } from './resolve.ts'

const dayMs = 86_400_000
/** Our own time is up a little before the runner's, so that the reading says in which phase; what is left is for second looks. */
const workShare = 0.85
const secondLookShare = 0.95

export interface PortalDeps {
  /** What this machine's interfaces are called by. */
  addresses(): readonly OwnAddress[]
  /** The name servers of the system. */
  resolvers(): readonly string[]
  /** Certificates to trust, PEM; undefined: those Node comes with. */
  readonly trusted?: readonly string[]
}

/** The probe with the machine's addresses, name servers and trust as parameters; `portal` is the real one. */
export const portalProbe = (deps: PortalDeps): Probe => ({
  name: 'portal',
  summary: 'whether a site is reachable for real: DNS, TCP, TLS and HTTP, each with its own time',
  everyMs: 60_000,
  timeoutMs: 15_000,
  options: PortalOptions,
  reasons: portalReasons,
  fold: { dns_ms: 'mean', tcp_ms: 'mean', tls_ms: 'mean', ttfb_ms: 'mean', total_ms: 'mean', cert_days: 'min' },
  hostKey: raw => hostOf(raw) ?? 'portal',
  prepare(raw) {
    const portal = parseOptions(raw)
    return async context => {
      const started = performance.now()
      const own = deps.addresses()
      const signal = atMost(context.signal, context.timeoutMs * workShare)
      const leftMs = () => context.timeoutMs * secondLookShare - (performance.now() - started)
      const secondLook = () => atMost(context.signal, Math.max(50, leftMs()))

      const location = await locate(portal, own, context.system, deps.resolvers(), signal)
      const labels = labelsOf(portal, location, own)
      if (location.kind === 'none') {
        const judgement = await blame(location.reason, context, own)
        return [{ ...judgement, fields: location.fields, labels: { ...labels, dns_error: location.code } }]
      }
      const fields = { ...location.fields, family: location.family }
      if (portal.options.allow_link_local !== true && isDenied(location.address))
        return [{ outcome: 'unavailable', reason: 'subject_denied', fields, labels }]

      const { address, family } = location
      const maxBytes = portal.options.max_bytes ?? 65_536
      const seen = await exchange({ subject: portal.subject, address, family, maxBytes, trusted: deps.trusted }, signal)
      const certDays = daysLeft(seen, context)
      const measured = { ...fields, ...fieldsOf(seen, certDays), total_ms: performance.now() - started }
      const first = judge(seen, portal, certDays)
      const judgement =
        first.outcome === 'failed' ? await lookAgain(first, seen, location, context, own, secondLook) : first
      return [{ ...judgement, fields: measured, labels: { ...labels, ...evidenceOf(seen, portal) } }]
    }
  }
})

/** Reachability of one site. */
export const portal = portalProbe({
  addresses: () => Object.values(os.networkInterfaces()).flatMap(addresses => addresses ?? []),
  resolvers: systemResolvers
})

/** Before a school is blamed: is it our clock, our cable, or a name server that answers everything? */
const lookAgain = async (
  first: Judgement,
  seen: Exchange,
  location: Location & { kind: 'found' },
  context: ProbeContext,
  own: readonly OwnAddress[],
  secondLook: () => AbortSignal
): Promise<Judgement> => {
  const { reason } = first
  if (reason === 'tls_expired' && (await isOurClock(seen, context, secondLook())))
    return { outcome: 'unavailable', reason: 'clock_skewed' }
  if (reason !== 'captive_portal' && location.fromDns && (await answersAnything(location, secondLook())))
    return { outcome: 'failed', reason: 'dns_hijack' }
  const connected = seen.tcpMs !== undefined
  return connected || placeOf(location.address, own) === 'self' || reason === undefined
    ? first
    : blame(reason, context, own)
}

/** A machine without any address and any route is unplugged: a fact about the machine, not about the school. */
const blame = async (reason: string, { system }: ProbeContext, own: readonly OwnAddress[]): Promise<Judgement> => {
  if (reason === 'dns_hijack') return { outcome: 'failed', reason }
  if (own.every(mine => mine.internal) && !(system.platform === 'linux' && (await hasDefaultRoute(system.root))))
    return { outcome: 'unavailable', reason: 'no_network' }
  return { outcome: reason === 'no_resolver' ? 'unavailable' : 'failed', reason }
}

/** Whether the certificate is out of its time only because our clock is. Asks the collector when it has not told us yet. */
const isOurClock = async (seen: Exchange, context: ProbeContext, signal: AbortSignal): Promise<boolean> => {
  const known = context.clockOffsetMs()
  if (known !== undefined && Math.abs(known) > dayMs) return true
  const trueMs = await untilAborted(context.collectorTime(), signal).catch(() => undefined)
  const { certificate } = seen
  if (trueMs === undefined || certificate === undefined) return false
  return trueMs >= certificate.fromMs && trueMs <= certificate.toMs
}

/** Names under .invalid do not exist (RFC 6761): a server that gives one the subject's address gives it to all. */
const answersAnything = async (
  { resolver, address, family }: Location & { kind: 'found' },
  signal: AbortSignal
): Promise<boolean> => {
  if (resolver === undefined) return false
  const answers = await askAll(`${randomUUID()}.invalid`, [family], [resolver], signal)
  return answers.some(one => one.ok && one.address === address)
}

const daysLeft = (seen: Exchange, context: ProbeContext): number | undefined =>
  seen.certificate === undefined
    ? undefined
    : (seen.certificate.leafToMs - context.now() - (context.clockOffsetMs() ?? 0)) / dayMs

const fieldsOf = (seen: Exchange, certDays: number | undefined): Record<string, number> => ({
  ...(seen.tcpMs === undefined ? {} : { tcp_ms: seen.tcpMs }),
  ...(seen.tlsMs === undefined ? {} : { tls_ms: seen.tlsMs }),
  ...(certDays === undefined ? {} : { cert_days: certDays }),
  ...(seen.ttfbMs === undefined ? {} : { ttfb_ms: seen.ttfbMs }),
  ...(seen.answered === undefined ? {} : { status_code: seen.answered.status, body_bytes: seen.answered.body.length })
})

const labelsOf = ({ subject }: Portal, location: Location, own: readonly OwnAddress[]): Record<string, string> => ({
  subject: subject.host,
  ...(location.address === undefined ? {} : { address: location.address, place: placeOf(location.address, own) }),
  ...(location.kind === 'none' || location.resolver === undefined ? {} : { resolver: location.resolver })
})

/** Of a redirect only the host is kept: its query may hold a session or a pupil's number. */
const evidenceOf = (seen: Exchange, { subject }: Portal): NonNullable<Reading['labels']> => {
  const { answered, broken, distrust } = seen
  const to = answered?.location === undefined ? undefined : locationHost(answered.location, subject.host)
  const tlsError = distrust ?? (broken?.phase === 'tls' ? broken.code : undefined)
  return {
    ...(tlsError === undefined ? {} : { tls_error: tlsError }),
    ...(broken === undefined || broken.phase === 'tls' ? {} : { [`${broken.phase}_error`]: broken.code }),
    ...(to === undefined ? {} : { location: to })
  }
}
