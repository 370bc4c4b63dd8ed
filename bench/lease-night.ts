import { createHash, generateKeyPairSync } from 'node:crypto'
import type { Lease } from '../contract/bandwidth.ts'
import { readAtlas } from '../collector/leases/atlas.ts'
import { openDesk } from '../collector/leases/desk.ts'
import { policyOf } from '../collector/leases/policy.ts'
import { dayStart } from '../collector/calendar/day.ts'
import type { TierTest } from '../collector/verdicts/uplink/tier-test.ts'
import { seeded } from '../tests/delivery/seeded.ts'
import { makeSchools, openWorldStore, type SimulatedSchool } from './lease-world.ts'

export interface NightOptions {
  readonly schools: number
  readonly seed: number
  readonly portMbps: number
  readonly day: string
}

export interface Night {
  readonly dark: number
  readonly groups: number
  /** Schools that got a decided test in a window of theirs. */
  readonly served: number
  readonly tests: number
  readonly unopened: number
  readonly requests: number
  /** Most that live caps summed up to at any instant, and how often that was over 0.8 of the port. */
  readonly peakMbps: number
  readonly overCap: number
  readonly sameLine: number
  /** Leases outside of the school's window. */
  readonly outside: number
  /** Last lease of the schools with power at night, ms since midnight. */
  readonly lastNightMs: number
  readonly bytes: number
  /** Of every lease: when, who, what. */
  readonly planHash: string
}

const minute = 60_000
const hour = 60 * minute

/** What a lease holds, as an observer outside of the store sees it. */
interface Held {
  readonly school: SimulatedSchool
  readonly capMbps: number
  readonly fromMs: number
  untilMs: number
}

/** One day of a fleet against the real desk and the store's real transactions, on a clock of its own. */
export const simulateNight = async (options: NightOptions): Promise<Night> => {
  const random = seeded(options.seed)
  const schools = makeSchools(options.schools, random)
  const { store, close } = await openWorldStore(schools, options.day)
  const midnight = dayStart(options.day)
  let nowMs = midnight
  const now = () => nowMs
  let ids = 0
  // The ledger stays as it is for this day; reading it again every virtual minute would be most of the work.
  const atlas = await readAtlas(store, nowMs)
  const { privateKey } = generateKeyPairSync('ed25519')
  const desk = openDesk({
    store,
    atlas: { get: () => Promise.resolve(atlas) },
    policy: policyOf({ servers: [{ id: 'collector', port_mbps: options.portMbps }] }),
    signer: { kind: 'collector', privateKey },
    now,
    wishServed: () => undefined,
    newId: () => `l-${String((ids += 1)).padStart(6, '0')}`
  })

  const queue = openQueue()
  const held: Held[] = []
  const plan = createHash('sha256')
  const served = new Set<string>()
  const count = { tests: 0, unopened: 0, requests: 0, outside: 0, lastNightMs: 0, bytes: 0 }
  const endMs = midnight + 20 * hour

  const askAt = (school: SimulatedSchool, atMs: number): void => {
    // Agents look once a minute whether it is time to ask; a dark school has power from six.
    const wakeMs = school.dark ? midnight + 6.2 * hour : midnight
    queue.add(Math.max(atMs, wakeMs), () => ask(school))
  }
  const ask = async (school: SimulatedSchool): Promise<void> => {
    if (nowMs > endMs) return
    count.requests += 1
    const caller = { agent: school.agent, devices: new Set([school.device]), ip: '10.0.0.1' }
    const { lease, later } = await desk.answer(caller, { uplink: school.uplink })
    if (lease === undefined) {
      askAt(school, nowMs + Math.ceil((later?.retry_after_s ?? 60) / 60) * minute)
      return
    }
    plan.update(
      JSON.stringify([
        nowMs - midnight,
        school.uplink,
        lease.direction,
        lease.tier,
        lease.kind,
        lease.slot,
        lease.cap_mbps,
        lease.max_bytes
      ])
    )
    const timeMs = nowMs - midnight
    const isNight = timeMs >= 0.5 * hour && timeMs < 6 * hour
    if (school.dark ? isNight || timeMs < 6.5 * hour : !isNight && lease.slot === 'night') count.outside += 1
    if (!school.dark && isNight) count.lastNightMs = Math.max(count.lastNightMs, timeMs)
    const holding: Held = { school, capMbps: lease.cap_mbps, fromMs: nowMs, untilMs: nowMs + 2 * minute }
    held.push(holding)
    if (random() < 0.03) {
      count.unopened += 1
      askAt(school, nowMs + 3 * minute)
      return
    }
    queue.add(nowMs + 300 + 2_500 * random(), () => run(school, lease, holding))
  }
  const run = async (school: SimulatedSchool, lease: Lease, holding: Held): Promise<void> => {
    if ((await store.openLease(lease.lease, '10.0.0.1', nowMs)) !== 'opened') throw new Error('a lease must open')
    const tookMs = school.slow ? 2_000 + 1_000 * random() : 900 + 1_200 * random()
    const rate = Math.min(lease.cap_mbps, school.tierMbps * (school.slow ? 0.8 : 1.05))
    const bytes = Math.min(lease.max_bytes, Math.round((rate * tookMs) / 8e-3))
    queue.add(nowMs + tookMs, async () => {
      holding.untilMs = nowMs
      count.tests += 1
      count.bytes += bytes
      await store.closeLease(lease.lease, bytes, nowMs, '{}')
      const atMs = nowMs
      // The reading, its batch and the rollup of its day take their time.
      queue.add(nowMs + 5_000 + 55_000 * random(), () => store.putTierTests([testOf(school, lease, atMs, bytes)]))
      if (lease.direction === 'down') served.add(school.uplink)
      askAt(school, nowMs + minute)
    })
  }

  for (const school of schools) askAt(school, midnight + Math.floor(60 * random()) * minute)
  for (let next = queue.next(); next !== undefined; next = queue.next()) {
    nowMs = next.atMs
    await next.work()
  }
  close()
  return {
    dark: schools.filter(school => school.dark).length,
    groups: new Set(schools.flatMap(school => school.group ?? [])).size,
    served: served.size,
    ...count,
    ...overlaps(held, 0.8 * options.portMbps),
    planHash: plan.digest('hex').slice(0, 16)
  }
}

const testOf = (school: SimulatedSchool, lease: Lease, atMs: number, bytes: number): TierTest => ({
  uplink: school.uplink,
  atMs,
  direction: lease.direction,
  kind: lease.kind,
  slot: lease.slot,
  lease: lease.lease,
  vantage: 'gateway',
  result: school.slow ? 'fail' : 'pass',
  reason: school.slow ? 'below_line' : 'above_line',
  tierMbps: lease.tier,
  passRatio: lease.pass_ratio,
  ipMbps: school.tierMbps,
  ipLoMbps: undefined,
  ipHiMbps: undefined,
  goodputMbps: undefined,
  evidencePass: school.slow ? -20 : 20,
  evidenceFail: school.slow ? 20 : -20,
  cv: 0.01,
  capMbps: lease.cap_mbps,
  creditAskedS: lease.terms.credit_s,
  flat: true,
  spent: false,
  portLimited: false,
  reanchors: 0,
  bytes,
  durationMs: 1_500,
  server: 'collector',
  egress: '10.0.0.1'
})

/** Caps can only peak, and lines only meet, when a lease begins: each beginning against all that were live then. */
const overlaps = (held: readonly Held[], mostMbps: number) => {
  let [peakMbps, overCap, sameLine] = [0, 0, 0]
  for (const [i, one] of held.entries()) {
    const live = held.slice(Math.max(0, i - 2_000), i).filter(other => other.untilMs > one.fromMs)
    const sum = live.reduce((total, other) => total + other.capMbps, one.capMbps)
    peakMbps = Math.max(peakMbps, sum)
    if (sum > mostMbps + 1e-6) overCap += 1
    const lineOf = ({ school }: Held): string => school.group ?? school.uplink
    sameLine += live.filter(other => lineOf(other) === lineOf(one)).length
  }
  return { peakMbps, overCap, sameLine }
}

/** Work by its time; what is due at one instant keeps the order in which it was added. */
const openQueue = () => {
  interface Item {
    readonly atMs: number
    readonly n: number
    readonly work: () => unknown
  }
  const heap: Item[] = []
  let n = 0
  const before = (a: Item | undefined, b: Item | undefined): boolean =>
    a !== undefined && b !== undefined && (a.atMs < b.atMs || (a.atMs === b.atMs && a.n < b.n))
  const swap = (i: number, j: number): void => {
    const [a, b] = [heap[i], heap[j]]
    if (a === undefined || b === undefined) return
    heap[i] = b
    heap[j] = a
  }
  return {
    add: (atMs: number, work: () => unknown): void => {
      let i = heap.push({ atMs: Math.ceil(atMs), n: (n += 1), work }) - 1
      for (let parent = (i - 1) >> 1; i > 0 && before(heap[i], heap[parent]); parent = (i - 1) >> 1) {
        swap(i, parent)
        i = parent
      }
    },
    next: (): Item | undefined => {
      const first = heap[0]
      const last = heap.pop()
      if (first === undefined || last === undefined || heap.length === 0) return first
      heap[0] = last
      for (let i = 0; ;) {
        const [left, right] = [2 * i + 1, 2 * i + 2]
        const small = before(heap[right], heap[left]) ? right : left
        if (!before(heap[small], heap[i])) return first
        swap(i, small)
        i = small
      }
    }
  }
}
