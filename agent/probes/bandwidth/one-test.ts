import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import type { Lease } from '../../../contract/bandwidth.ts'
import { Unavailable, type ProbeContext, type Reading } from '../../probe.ts'
import { untilAborted } from '../until-aborted.ts'
import type { Book, BookTime } from './budget.ts'
import { readCounts, readInterface, type Interface } from './interface.ts'
import { jobOf } from './job.ts'
import { localAddresses, whyOnSite } from './on-site.ts'
import type { Options } from './options.ts'
import { ipMbpsOf } from './passive.ts'
import { notRun, portReading, readingOf } from './reading.ts'
import { defaultInterface, readRoutes } from './routes.ts'
import type { RunTest } from './run-test.ts'

export interface OneTest {
  readonly lease: Lease
  /** When the first stream may be opened, by `monotonicMs`. */
  readonly dueMs: number
  /** The collector's clock now. */
  readonly time: () => BookTime
}

export interface OneTestDeps {
  readonly runTest: RunTest
  readonly monotonicMs: () => number
  readonly resolve: (host: string) => Promise<readonly string[]>
}

export const resolveHost = async (host: string): Promise<readonly string[]> =>
  isIP(host) > 0 ? [host] : (await lookup(host, { all: true })).map(found => found.address)

/** Over this share of the tier an uplink has no room for a test; over the lesser one only where a counter adds the rest. */
const busyShare = 0.7
const shareUncounted = 0.3
/** A slow port is looked at again after this time, ms. */
const portAgainMs = 3_000
/** How long the counter is watched just before a test, ms. */
const beforeMs = 1_000
/** Less than this share of what the lease allows decides nothing. */
const leastShare = 0.25

/** Uses up one lease: everything that can be said without a byte comes first. Rejects on abort. */
export const useLease = async (
  one: OneTest,
  options: Options,
  book: Book,
  context: ProbeContext,
  deps: OneTestDeps
): Promise<Reading> => {
  const { lease } = one
  const { signal, system } = context
  const place = { uplink: options.uplink, vantage: options.vantage }
  const target = targetOf(lease, context.collectorUrl)
  if (target === undefined)
    return notRun('needs_http', 'the collector is reached over HTTPS and named no test server', lease, place)

  const routes = await readRoutes(system.root)
  const why =
    lease.server.place === 'on_site'
      ? `the ledger says that the test server ${lease.server.id} is on site`
      : await onSite(target.host, routes, deps, signal)
  if (why !== undefined) return notRun('server_on_site', why, lease, place)

  const name = options.interface ?? defaultInterface(routes)
  const iface = name === undefined ? undefined : readInterface(system.root, name)
  const portMbps = iface === undefined ? undefined : await slowPort(iface, lease.tier, context)
  if (iface !== undefined && portMbps !== undefined)
    return options.vantage === 'gateway'
      ? portReading(portMbps, lease, place)
      : notRun('port_too_slow', `the port ${iface.name} has ${portMbps} Mbit/s`, lease, place)

  const allowed = reserve(one, options.uplink, book)
  if (allowed === undefined)
    return notRun('budget', `the budget of this agent has no room for ${lease.max_bytes} bytes`, lease, place)

  const waitMs = one.dueMs - deps.monotonicMs() - beforeMs
  if (waitMs > 0) await wait(waitMs, undefined, { signal })
  const crossMbps = iface === undefined ? undefined : await crossNow(iface, lease, context, deps)
  const most = options.vantage === 'gateway' && lease.direction === 'down' ? busyShare : shareUncounted
  if (crossMbps !== undefined && crossMbps > most * lease.tier) {
    book.settle(lease.lease, 0)
    const message = `other traffic takes ${crossMbps.toFixed(1)} Mbit/s`
    return notRun('busy', message, lease, place)
  }
  const left = one.dueMs - deps.monotonicMs()
  if (left > 0) await wait(left, undefined, { signal })

  const report = await deps.runTest(
    jobOf(lease, {
      ...target,
      vantage: options.vantage,
      ...(iface === undefined ? {} : { interfaceName: iface.name }),
      ...(crossMbps === undefined ? {} : { crossBeforeMbps: crossMbps }),
      maxBytes: allowed,
      lab: false,
      root: system.root
    }),
    signal
  )
  if (report.kind === 'tested') {
    book.settle(lease.lease, report.bytes)
    return readingOf(report, lease, place)
  }
  // A process that died may have moved bytes: its reservation stays.
  if (report.reason !== 'child_died') book.settle(lease.lease, 0)
  return notRun(report.reason, report.message, lease, place)
}

/** Speed of a port that is slower than the tier; read twice, because a port that has just come up starts low. */
const slowPort = async (
  iface: Interface,
  tier: number,
  { signal, system }: ProbeContext
): Promise<number | undefined> => {
  if (iface.portMbps === undefined || iface.portMbps >= tier) return undefined
  await wait(portAgainMs, undefined, { signal })
  const again = readInterface(system.root, iface.name)?.portMbps
  return again === undefined || again >= tier ? undefined : again
}

/** The bytes that the agent's own book grants, reserved; undefined when too few. */
const reserve = ({ lease, time }: OneTest, uplink: string, book: Book): number | undefined => {
  const budget = { dayBytes: lease.budget.day_bytes, monthBytes: lease.budget.month_bytes }
  const bytes = Math.min(lease.max_bytes, book.left(uplink, time(), budget))
  if (bytes < leastShare * lease.max_bytes) return undefined
  return book.reserve({ lease: lease.lease, uplink, bytes }, budget, time()) ? bytes : undefined
}

/** The server of the lease, or the collector itself; the test speaks plain HTTP. */
const targetOf = (lease: Lease, collectorUrl: string): { host: string; port: number } | undefined => {
  const { host, port } = lease.server
  const url = new URL(collectorUrl)
  if (host !== undefined) return { host, port: port ?? 80 }
  if (url.protocol === 'https:' && port === undefined) return undefined
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port: port ?? (Number(url.port) || 80) }
}

const onSite = async (
  host: string,
  routes: Awaited<ReturnType<typeof readRoutes>>,
  deps: OneTestDeps,
  signal: AbortSignal
): Promise<string | undefined> => {
  let addresses: readonly string[]
  try {
    addresses = await untilAborted(deps.resolve(host), signal)
  } catch (cause) {
    signal.throwIfAborted()
    const message = cause instanceof Error ? cause.message : String(cause)
    throw new Unavailable('server_unreachable', `the test server's name has no address: ${message}`, {}, { cause })
  }
  const locals = localAddresses()
  // Any address on site is one too many: which of them the streams would take is not known yet.
  return addresses.map(address => whyOnSite(address, locals, routes)).find(why => why !== undefined)
}

const crossNow = async (
  iface: Interface,
  lease: Lease,
  { signal, system }: ProbeContext,
  { monotonicMs }: OneTestDeps
): Promise<number | undefined> => {
  if (!iface.counts) return undefined
  const from = readCounts(system.root, iface.name, lease.direction)
  const fromMs = monotonicMs()
  await wait(beforeMs, undefined, { signal })
  const to = readCounts(system.root, iface.name, lease.direction)
  if (from === undefined || to === undefined || to.bytes < from.bytes) return undefined
  return ipMbpsOf(from, to, iface, Math.max(1, monotonicMs() - fromMs))
}
