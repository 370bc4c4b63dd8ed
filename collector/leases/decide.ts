import type { Tier } from '../../contract/bandwidth.ts'
import { dayOf } from '../calendar/day.ts'
import type { TestPlan } from '../verdicts/uplink/tier-test.ts'
import type { LeaseRow } from '../store/lease-store.ts'
import { budgetOf, bytesOf, certifyMs, pursesOf, quickMs, roomIn } from './budget.ts'
import type { Candidate } from './candidates.ts'
import { laterBecause } from './later.ts'
import { capOn, portShare, type TestServerRow } from './servers.ts'
import { slotAt, type Slot } from './slots.ts'
import { lineOf, type Ask, type Decision, type LeaseTerms, type Policy } from './terms.ts'
import { turnOn } from './turns.ts'

type TierPlan = TestPlan & { readonly tierMbps: Tier }

/** A test that a person asked for lasts no longer, ms: it may run in class hours. */
const onDemandMs = 3_000
const quickCap = 1.1
/** A test that may not spend this much time's worth of bytes at its cap decides nothing, ms. */
const leastMs = 1_500
/** A repeat waits this long, so that the same disturbance is not measured twice, ms. */
const repeatMs = 10 * 60_000
/** A result that has not come by then is not coming soon, ms. */
const resultMs = 30 * 60_000
/** Leases that were never opened: so many a day. */
const mostLapsed = 6

/**
 * Whether an agent may test now, what, and under which terms. Pure: the same ask gets the same answer, and what it grants is checked once
 * more in the transaction that stores it.
 */
export const decide = (ask: Ask, policy: Policy): Decision => {
  const { uplink, nowMs } = ask
  if (ask.candidates.length === 0) return laterBecause.noTier(ask)
  const wanted = ask.candidates.filter(
    ({ direction, tierMbps }) =>
      (ask.request.direction === undefined || ask.request.direction === direction) &&
      (ask.request.tier === undefined || ask.request.tier === tierMbps)
  )
  if (wanted.length === 0) return laterBecause.notPlanned(ask)
  const own = ask.live.find(lease => lease.uplink === uplink.id)
  if (own !== undefined) return laterBecause.running(ask, own)
  const neighbour = ask.live.find(lease => lease.line === lineOf(uplink))
  if (neighbour !== undefined) return laterBecause.lineBusy(ask)
  if (ask.wished) return onDemand(ask, policy, wanted)

  const who = { school: uplink.school, uplink: uplink.id, dark: ask.dark }
  const slot = slotAt(turnOn(who, ask.leases, policy.windows, dayOf(nowMs)), policy.windows, nowMs)
  if (slot.kind === 'closed') return laterBecause.outside(ask, slot.nextMs)
  const today = ask.leases.filter(lease => dayOf(lease.issuedMs) === dayOf(nowMs) && lease.slot !== 'on_demand')
  if (slot.kind === 'confirm' && !today.some(lease => lease.openedMs !== undefined)) return laterBecause.lunchOnly(ask)
  const pending = ask.leases.findLast(lease => isPending(lease, ask))
  if (pending !== undefined) return laterBecause.pending(ask)
  const unusedN = today.filter(lease => lease.openedMs === undefined).length
  if (unusedN >= mostLapsed) return laterBecause.unused(ask, unusedN)
  return planned(ask, policy, wanted, today, slot)
}

const isPending = (lease: LeaseRow, ask: Ask): boolean =>
  lease.openedMs !== undefined && !ask.arrived.has(lease.id) && ask.nowMs - (lease.closedMs ?? lease.untilMs) < resultMs

/** The first line with something to do, highest tier first; a lower one only where the higher is a published miss or cannot be tested. */
const planned = (
  ask: Ask,
  policy: Policy,
  wanted: readonly Candidate[],
  today: readonly LeaseRow[],
  slot: Exclude<Slot, { kind: 'closed' }>
): Decision => {
  let refusal: Decision | undefined
  let settled = false
  for (const candidate of wanted) {
    if (settled && candidate.direction === 'down') continue
    const before = attemptsAt(candidate, today)
    const most = candidate.direction === 'up' ? 1 : 2
    if (candidate.plan === undefined || before.length >= most) {
      settled ||=
        candidate.direction === 'down' && (candidate.state !== 'below' || candidate.testedToday || before.length > 0)
      continue
    }
    if (slot.kind === 'confirm' && before.length === 0) continue
    const earliestMs = Math.max(...before.map(lease => lease.closedMs ?? lease.untilMs)) + repeatMs
    if (ask.nowMs < earliestMs) return laterBecause.repeatLater(ask, earliestMs)
    const decision = termsOf(ask, policy, { ...candidate.plan, tierMbps: candidate.tierMbps }, slot)
    if (decision.kind === 'lease' || decision.later.reason !== 'server_port_too_small') return decision
    refusal ??= decision
  }
  return refusal ?? laterBecause.doneToday(ask)
}

const attemptsAt = (candidate: Candidate, leases: readonly LeaseRow[]): LeaseRow[] =>
  leases.filter(
    lease =>
      lease.direction === candidate.direction && lease.tierMbps === candidate.tierMbps && lease.openedMs !== undefined
  )

/** What a person asked for: capped and short whatever the history would like, at any hour, of the highest tier. */
const onDemand = (ask: Ask, policy: Policy, wanted: readonly Candidate[]): Decision => {
  const [first] = wanted
  if (first === undefined) return laterBecause.notPlanned(ask)
  const { direction, tierMbps } = first
  const plan: TierPlan = {
    kind: 'quick',
    direction,
    tierMbps,
    capMbps: quickCap * tierMbps,
    creditS: 0,
    lendNats: 0,
    failMs: 2_000
  }
  return termsOf(ask, policy, plan, { kind: 'open', slot: 'on_demand', untilMs: Infinity })
}

const termsOf = (ask: Ask, policy: Policy, plan: TierPlan, slot: Exclude<Slot, { kind: 'closed' }>): Decision => {
  const { nowMs } = ask
  const maxMs = slot.slot === 'on_demand' ? onDemandMs : plan.kind === 'certify' ? certifyMs : quickMs
  // The streams gather first, and nothing of it may reach into lessons.
  if (nowMs + maxMs + 15_000 > slot.untilMs) return laterBecause.windowEnds(ask)
  const chosen = serverFor(ask, policy, plan)
  if (chosen.kind === 'later') return chosen
  const { server, capMbps } = chosen

  const budget = budgetOf(plan.tierMbps, policy.budget)
  const purses = pursesOf(plan.kind, budget, nowMs)
  const room = roomIn(purses, ask.leases, nowMs)
  const perTest = plan.kind === 'certify' ? budget.certifyBytes : Infinity
  const offered = ask.request.budget_bytes ?? Infinity
  const maxBytes = Math.floor(Math.min(bytesOf(capMbps, maxMs), perTest, room.bytes, offered))
  if (maxBytes < bytesOf(Math.min(capMbps, quickCap * plan.tierMbps), leastMs))
    return offered < room.bytes ? laterBecause.agentBudget(ask, offered) : laterBecause.budget(ask, room.purse)
  const lease: LeaseTerms = {
    server,
    direction: plan.direction,
    tierMbps: plan.tierMbps,
    kind: plan.kind,
    slot: slot.slot,
    capMbps,
    maxBytes,
    maxMs,
    terms: { credit_s: plan.creditS, lend_nats: plan.lendNats, fail_ms: plan.failMs },
    budget,
    purses
  }
  return { kind: 'lease', lease }
}

type Chosen = { readonly kind: 'server'; readonly server: TestServerRow; readonly capMbps: number }

/** The server of the ledger, else the one that has most room of those whose port is large enough. */
const serverFor = (ask: Ask, policy: Policy, plan: TierPlan): Chosen | Extract<Decision, { kind: 'later' }> => {
  const named = ask.uplink.server
  const some = policy.servers.filter(server =>
    named === undefined ? server.place === 'off_site' : server.id === named
  )
  const [first] = some
  if (first === undefined)
    return named === undefined ? laterBecause.noServer(ask) : laterBecause.unknownServer(ask, named)
  if (first.place === 'on_site') return laterBecause.onSite(ask, first)
  const caps = some.map(server => ({ server, cap: capOn(server, plan.tierMbps, plan.capMbps, policy.passRatio) }))
  const fitting = caps.flatMap(({ server, cap }) =>
    cap.kind === 'cap' ? [{ kind: 'server' as const, server, capMbps: cap.capMbps, free: freeOn(server, ask) }] : []
  )
  const best = fitting.toSorted((a, b) => b.free - a.free)[0]
  if (best === undefined) {
    // Of several that are too small the largest is worth naming.
    const largest = caps.toSorted((a, b) => b.server.portMbps - a.server.portMbps)[0]?.cap
    return laterBecause.portTooSmall(ask, largest?.kind === 'too_small' ? largest.detail : '')
  }
  return best.free < best.capMbps ? laterBecause.serverBusy(ask, best.server) : best
}

const freeOn = (server: TestServerRow, ask: Ask): number =>
  portShare * server.portMbps -
  ask.live.filter(lease => lease.server === server.id).reduce((sum, lease) => sum + lease.capMbps, 0)
