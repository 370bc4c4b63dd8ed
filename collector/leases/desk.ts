import { randomBytes } from 'node:crypto'
import { bandwidthLimits, type Lease, type LeaseAnswer, type LeaseRequest } from '../../contract/bandwidth.ts'
import { formatLease, type LeaseSigner } from '../../contract/lease-token.ts'
import { dayMs, localTime } from '../calendar/day.ts'
import { ProblemError } from '../errors.ts'
import { openTurns } from '../in-turn.ts'
import { wishMs, type GrantAnswer, type LeaseRow, type NewLease } from '../store/lease-store.ts'
import type { Store } from '../store/store.ts'
import { canonicalAddress } from '../testserver/address.ts'
import { historyFromMs } from '../verdicts/uplink/history.ts'
import type { TierTest } from '../verdicts/uplink/tier-test.ts'
import type { AtlasShelf, KnownUplink } from './atlas.ts'
import { certifyPerMonth, monthDays } from './budget.ts'
import { candidatesOf } from './candidates.ts'
import { decide } from './decide.ts'
import { laterBecause } from './later.ts'
import { ownServerId, portShare } from './servers.ts'
import { isAhead, lineOf, type Ask, type Decision, type LeaseTerms, type Policy } from './terms.ts'
import { darkAtNight, presenceFrom } from './windows.ts'

/** Hands out leases, one decision at a time: what one decision reads is what the one before it wrote. */
export interface Desk {
  /** Throws a ProblemError when the uplink is not the caller's. */
  answer(caller: LeaseCaller, request: LeaseRequest): Promise<LeaseAnswer>
}

/** The agent behind a signed request, and where the request came from. */
export interface LeaseCaller {
  readonly agent: string
  readonly devices: ReadonlySet<string>
  readonly ip: string
}

export interface DeskDeps {
  readonly store: Pick<
    Store,
    'tierTests' | 'leasesOf' | 'liveLeases' | 'wishes' | 'presence' | 'grantLease' | 'closeLease' | 'redateLeases'
  >
  readonly atlas: AtlasShelf
  readonly policy: Policy
  readonly signer: LeaseSigner
  readonly now: () => number
  /** A wish became a lease. */
  readonly wishServed: (uplink: string) => void
  /** Random unless a simulation wants the same plan again. */
  readonly newId?: () => string
}

/** Results may be dated so much before their lease: clocks of schools, ms. */
const hourMs = 3_600_000
/** The first stream must come within this time, ms. */
const tokenMs = 120_000

export const openDesk = (deps: DeskDeps): Desk => {
  const { store, policy } = deps
  const newId = deps.newId ?? (() => `l-${randomBytes(12).toString('hex')}`)

  const answer = async (caller: LeaseCaller, request: LeaseRequest): Promise<LeaseAnswer> => {
    const known = await uplinkOf(deps.atlas, caller, request.uplink)
    const nowMs = deps.now()
    const ask = await gather(store, caller, request, known, nowMs)
    const decision = decide(ask, policy)
    const [tier] = known.tiers
    const said = {
      server_time: localTime(nowMs),
      ...(tier === undefined ? {} : { tier, pass_ratio: policy.passRatio })
    }
    if (decision.kind === 'later') return { ...said, later: decision.later }
    const row = rowOf(newId(), caller, ask, decision.lease)
    const granted = await store.grantLease(row, {
      capsMbps: portShare * decision.lease.server.portMbps,
      purses: decision.lease.purses
    })
    if (granted.kind === 'refused') return { ...said, later: refusedBy(ask, decision.lease, granted).later }
    if (row.slot === 'on_demand') deps.wishServed(row.uplink)
    return { ...said, lease: leaseOf(row, decision.lease, policy, deps.signer) }
  }

  const inTurn = openTurns()
  return { answer: (caller, request) => inTurn(() => answer(caller, request)) }
}

const uplinkOf = async (atlas: AtlasShelf, caller: LeaseCaller, id: string): Promise<KnownUplink> => {
  const known = (await atlas.get()).get(id) ?? (await atlas.get(true)).get(id)
  if (known === undefined)
    throw new ProblemError('not_found', `body /uplink must be the id of a known uplink, got "${id}"`, {
      pointer: '/uplink'
    })
  if (!caller.devices.has(known.uplink.device))
    throw new ProblemError('forbidden', `body /uplink must be an uplink of this agent's own device, got "${id}"`, {
      pointer: '/uplink'
    })
  return known
}

const gather = async (
  store: DeskDeps['store'],
  caller: LeaseCaller,
  request: LeaseRequest,
  { uplink, vantage, tiers }: KnownUplink,
  nowMs: number
): Promise<Ask> => {
  const [tests, wishes, presence] = await Promise.all([
    // Results may be dated a little later than now; what the history makes of them is its own business.
    store.tierTests([uplink.id], historyFromMs(nowMs), nowMs + dayMs),
    store.wishes(),
    store.presence([caller.agent], presenceFrom(nowMs))
  ])
  const results = new Map(tests.map(test => [test.lease, test]))
  const { leases, live } = await leasesNow(store, uplink.id, results, nowMs)
  return {
    request,
    uplink,
    dark: darkAtNight(presence, nowMs),
    candidates: candidatesOf({ uplink, vantage, tiers, tests, nowMs }),
    leases,
    live,
    arrived: new Set(results.keys()),
    wished: wishes.some(wish => wish.uplink === uplink.id && wish.askedMs > nowMs - wishMs),
    nowMs
  }
}

/** The uplink's leases and everybody's live ones, as of now. */
const leasesNow = async (
  store: DeskDeps['store'],
  uplink: string,
  results: ReadonlyMap<string, TierTest>,
  nowMs: number
): Promise<Pick<Ask, 'leases' | 'live'>> => {
  const read = async () => {
    const [leases, live] = await Promise.all([
      store.leasesOf([uplink], nowMs - monthDays * dayMs),
      store.liveLeases(nowMs)
    ])
    return { leases, live }
  }
  const first = await read()
  const jumped = [...first.leases, ...first.live].some(lease => isAhead(lease, nowMs))
  if (jumped) await store.redateLeases(nowMs)
  // A server elsewhere never says that a test is over and what it cost: the agent's result does. Also other agents', or each of their tests
  // would hold its share of the server for minutes, and a night would be over before all had their turn.
  const open = [...first.leases, ...first.live.filter(lease => lease.uplink !== uplink)].filter(
    lease => lease.remote && lease.closedMs === undefined
  )
  const others = await resultsOf(
    store,
    open.filter(lease => lease.uplink !== uplink),
    nowMs
  )
  const reported = open.flatMap(lease => {
    const result = lease.uplink === uplink ? results.get(lease.id) : others.get(lease.id)
    return result?.uplink === lease.uplink ? [{ lease, result }] : []
  })
  for (const { lease, result } of reported) {
    const bytes = Math.min(lease.maxBytes, Math.max(0, Math.round(result.bytes)))
    await store.closeLease(lease.id, bytes, nowMs, '{"ended":"reported"}')
  }
  return jumped || reported.length > 0 ? read() : first
}

const resultsOf = async (
  store: DeskDeps['store'],
  leases: readonly LeaseRow[],
  nowMs: number
): Promise<ReadonlyMap<string, TierTest>> => {
  if (leases.length === 0) return new Map()
  const sinceMs = Math.min(...leases.map(lease => lease.issuedMs))
  const tests = await store.tierTests([...new Set(leases.map(lease => lease.uplink))], sinceMs - hourMs, nowMs + dayMs)
  return new Map(tests.map(test => [test.lease, test]))
}

const rowOf = (id: string, caller: LeaseCaller, ask: Ask, lease: LeaseTerms): NewLease => ({
  id,
  uplink: ask.uplink.id,
  line: lineOf(ask.uplink),
  agent: caller.agent,
  server: lease.server.id,
  ip: lease.server.bindAddress ? canonicalAddress(caller.ip) : undefined,
  direction: lease.direction,
  tierMbps: lease.tierMbps,
  kind: lease.kind,
  slot: lease.slot,
  capMbps: lease.capMbps,
  maxBytes: lease.maxBytes,
  maxMs: lease.maxMs,
  issuedMs: ask.nowMs,
  notBeforeMs: ask.nowMs,
  expiresMs: ask.nowMs + tokenMs,
  remote: lease.server.id !== ownServerId
})

/** Another collector on the same store was faster, or the clock moved between reading and writing. */
const refusedBy = (
  ask: Ask,
  lease: LeaseTerms,
  { why }: Extract<GrantAnswer, { kind: 'refused' }>
): Extract<Decision, { kind: 'later' }> => {
  switch (why) {
    case 'server_busy':
      return laterBecause.serverBusy(ask, lease.server)
    case 'line_busy':
      return laterBecause.lineBusy(ask)
    case 'no_wish':
      return laterBecause.noWish(ask)
    case 'budget_day':
    case 'budget_month':
      return laterBecause.budget(
        ask,
        lease.purses.find(purse => purse.name === why)
      )
  }
}

const leaseOf = (row: NewLease, lease: LeaseTerms, policy: Policy, signer: LeaseSigner): Lease => {
  const streams = bandwidthLimits.defaultStreams
  const { server, budget, tierMbps: tier } = lease
  const token = formatLease(
    {
      lease: row.id,
      agent: row.agent,
      server: row.server,
      ...(row.ip === undefined ? {} : { ip: row.ip }),
      direction: row.direction,
      tier,
      kind: row.kind,
      cap_mbps: row.capMbps,
      max_bytes: row.maxBytes,
      max_ms: row.maxMs,
      streams,
      issued_ms: row.issuedMs,
      not_before_ms: row.notBeforeMs,
      expires_ms: row.expiresMs
    },
    signer
  )
  // The agent's book knows no kinds, so it has room for a certifying test beside the day's quick ones.
  const agentBudget = {
    day_bytes: budget.dayBytes + budget.certifyBytes,
    month_bytes: budget.monthBytes + certifyPerMonth * budget.certifyBytes
  }
  return {
    lease: row.id,
    server: {
      id: server.id,
      ...(server.host === undefined ? {} : { host: server.host }),
      ...(server.port === undefined ? {} : { port: server.port }),
      place: server.place
    },
    wait_ms: 0,
    direction: row.direction,
    tier,
    kind: row.kind,
    slot: row.slot,
    pass_ratio: policy.passRatio,
    cap_mbps: row.capMbps,
    max_bytes: row.maxBytes,
    max_ms: row.maxMs,
    streams,
    terms: lease.terms,
    budget: agentBudget,
    token
  }
}
