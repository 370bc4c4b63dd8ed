import { Unavailable, type ProbeContext, type Reading } from '../../probe.ts'
import type { LeaseRequest } from '../../../contract/bandwidth.ts'
import { openBook, type Book, type BookTime } from './budget.ts'
import { readInterface } from './interface.ts'
import { askForLease } from './lease-client.ts'
import { useLease, type OneTest, type OneTestDeps } from './one-test.ts'
import type { Options } from './options.ts'
import { isReason } from './reasons.ts'
import { defaultInterface, readRoutes } from './routes.ts'

/** Whose turn it is: asks the collector when it said to, and uses what it gives. */
export interface Turns {
  /** What this minute has to say: at most one reading. Throws `Unavailable`. */
  take(context: ProbeContext): Promise<readonly Reading[]>
  /** What the collector last said that this uplink is to prove. */
  readonly tier: () => { readonly tierMbps: number; readonly passRatio: number } | undefined
}

/** After no usable answer, ms; with jitter, so that a city does not ask in step when its collector comes back. */
const silenceMs = 600_000
/** The plan after a test is asked for soon: it may be to repeat it. */
const afterTestMs = 60_000
/** A line that was busy is left alone for a while, ms. */
const busyMs = 600_000
/** A lease that begins later than this is kept for a later run, ms. */
const holdMs = 15_000

export const openTurns = (options: Options, deps: OneTestDeps & { readonly random: () => number }): Turns => {
  let askAtMs = -Infinity
  let held: OneTest | undefined
  let tier: ReturnType<Turns['tier']>
  let book: Book | undefined
  /** The collector's clock and ours at its last signed answer. */
  let clock: { readonly serverMs: number; readonly monotonicMs: number; readonly upMs: number } | undefined

  const timeIn =
    ({ system }: ProbeContext) =>
    (): BookTime => {
      const upMs = system.upMs()
      // Uptime goes on in sleep, the monotonic clock does not.
      const passed = clock === undefined ? 0 : Math.max(deps.monotonicMs() - clock.monotonicMs, upMs - clock.upMs)
      return { serverMs: (clock?.serverMs ?? 0) + passed, boot: system.bootId, upMs }
    }

  const ask = async (context: ProbeContext): Promise<readonly Reading[]> => {
    const { exchange, system } = context
    if (exchange === undefined)
      throw new Unavailable('no_collector', 'a test needs a lease from the collector: the agent asks for one by itself')
    const now = deps.monotonicMs()
    const said = await askForLease(exchange, await requestOf(options, context, bookIn(context), clock, timeIn(context)))
    context.signal.throwIfAborted()
    if (said.kind === 'nothing') {
      askAtMs = now + silenceMs * (0.75 + 0.5 * deps.random())
      if (said.away) return []
      throw new Unavailable('no_answer', said.message, { uplink: options.uplink })
    }
    tier = said.asked
    clock = { serverMs: said.serverMs, monotonicMs: deps.monotonicMs(), upMs: system.upMs() }
    if (said.kind === 'later') {
      const { retry_after_s, reason, refused, detail = reason } = said.later
      askAtMs = now + retry_after_s * 1_000
      if (!refused) return []
      throw new Unavailable(isReason(reason) ? reason : 'refused', detail, { uplink: options.uplink, refusal: reason })
    }
    const { lease } = said
    tier ??= { tierMbps: lease.tier, passRatio: lease.pass_ratio }
    held = { lease, dueMs: deps.monotonicMs() + lease.wait_ms, time: timeIn(context) }
    return useHeld(context)
  }

  const useHeld = async (context: ProbeContext): Promise<readonly Reading[]> => {
    if (held === undefined || held.dueMs - deps.monotonicMs() > holdMs) return []
    const one = { ...held, time: timeIn(context) }
    held = undefined
    askAtMs = deps.monotonicMs() + afterTestMs
    const reading = await useLease(one, options, bookIn(context), context, deps)
    askAtMs = deps.monotonicMs() + (reading.reason === 'busy' ? busyMs : afterTestMs)
    return [reading]
  }

  const bookIn = ({ dataDirectory }: ProbeContext): Book => {
    if (dataDirectory === undefined)
      throw new Unavailable('no_collector', 'a test needs the agent’s own book of bytes, which this run has not')
    return (book ??= guarded(openBook(dataDirectory)))
  }

  return {
    take: context => {
      if (held !== undefined) return useHeld(context)
      return context.asked() || deps.monotonicMs() >= askAtMs ? ask(context) : Promise.resolve([])
    },
    tier: () => tier
  }
}

const requestOf = async (
  options: Options,
  { system }: ProbeContext,
  book: Book,
  clock: unknown,
  time: () => BookTime
): Promise<LeaseRequest> => {
  const name = options.interface ?? defaultInterface(await readRoutes(system.root))
  const portMbps = name === undefined ? undefined : readInterface(system.root, name)?.portMbps
  // Before the first answer no date is known that the book could be read by.
  const left = clock === undefined ? Infinity : book.left(options.uplink, time())
  return {
    uplink: options.uplink,
    ...(portMbps === undefined ? {} : { port_mbps: portMbps }),
    ...(Number.isFinite(left) ? { budget_bytes: Math.floor(left) } : {})
  }
}

/** A disk that cannot be read or written is said as what it is: without the book nothing is spent. */
const guarded = (book: Book): Book => {
  const said = <T>(work: () => T): T => {
    try {
      return work()
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause)
      throw new Unavailable('budget_unreadable', `the book of bytes: ${message}`, {}, { cause })
    }
  }
  return {
    left: (uplink, now, budget) => said(() => book.left(uplink, now, budget)),
    reserve: (entry, limits, now) => said(() => book.reserve(entry, limits, now)),
    settle: (lease, bytes) => said(() => book.settle(lease, bytes))
  }
}
