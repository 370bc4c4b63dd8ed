import { localTime } from '../calendar/day.ts'
import type { LeaseRow, Purse } from '../store/lease-store.ts'
import type { TestServerRow } from './servers.ts'
import { spread } from './spread.ts'
import type { Ask, Decision } from './terms.ts'

/** An agent asks at least this often, so that a changed plan is heard of within the hour, s. */
const mostS = 3_600

type Later = Extract<Decision, { kind: 'later' }>

/** Every reason for "not now", with its sentence. `refused` ones say that something should be changed. */
export const laterBecause = {
  noTier: (ask: Ask): Later =>
    seldom(
      ask,
      'no_tier',
      `uplink ${ask.uplink.id} has no tier to prove: no target of its school asks for one, and the ledger has no contract_down_mbps for it`
    ),
  notPlanned: (ask: Ask): Later =>
    seldom(
      ask,
      'not_planned',
      `uplink ${ask.uplink.id} is to be tested ${plannedOf(ask)}, got a request for ${ask.request.direction ?? 'any direction'} ${ask.request.tier ?? 'any tier'}`,
      true
    ),
  running: (ask: Ask, lease: LeaseRow): Later =>
    later(
      ask,
      'test_running',
      `lease ${lease.id} of uplink ${ask.uplink.id} is still in force`,
      Math.max(20, (lease.untilMs - ask.nowMs) / 1000),
      10
    ),
  lineBusy: (ask: Ask): Later =>
    later(ask, 'line_busy', `another uplink of group ${ask.uplink.sharedGroup ?? ''} is being tested`, 20, 40),
  serverBusy: (ask: Ask, server: TestServerRow): Later =>
    later(ask, 'server_busy', `test server ${server.id} has no room for another test now`, 20, 60),
  outside: (ask: Ask, nextMs: number): Later => {
    const s = (nextMs - ask.nowMs) / 1000
    const sentence = `the next slot of uplink ${ask.uplink.id} begins at ${localTime(nextMs)}`
    return s > mostS ? seldom(ask, 'outside_window', sentence) : later(ask, 'outside_window', sentence, s, 45)
  },
  lunchOnly: (ask: Ask): Later =>
    seldom(ask, 'outside_window', `at lunch only a test that did not pass at night is repeated`),
  windowEnds: (ask: Ask): Later => later(ask, 'outside_window', `the window ends before a test could`, 300, 300),
  pending: (ask: Ask): Later =>
    later(ask, 'result_pending', `the result of the last test of uplink ${ask.uplink.id} has not arrived`, 60, 60),
  unused: (ask: Ask, leasesN: number): Later =>
    seldom(
      ask,
      'lease_unused',
      `${leasesN} leases of uplink ${ask.uplink.id} were taken today and no test was begun with them: the agent's readings say why. The next is for tomorrow, or for "test now"`,
      true
    ),
  repeatLater: (ask: Ask, earliestMs: number): Later =>
    later(
      ask,
      'repeat_later',
      `a test that did not pass is repeated after 10 minutes, at ${localTime(earliestMs)} or later`,
      (earliestMs - ask.nowMs) / 1000,
      120
    ),
  doneToday: (ask: Ask): Later =>
    seldom(ask, 'done_today', `nothing more is to be tested on uplink ${ask.uplink.id} today`),
  budget: (ask: Ask, purse: Purse | undefined): Later =>
    seldom(
      ask,
      purse?.name ?? 'budget_day',
      `the budget of uplink ${ask.uplink.id} for ${purse?.name === 'budget_month' ? '31 days' : 'today'}, ${megabytes(purse?.bytes ?? 0)}, has no room for another test`,
      true
    ),
  agentBudget: (ask: Ask, bytes: number): Later =>
    seldom(ask, 'agent_budget', `the agent's own budget has ${megabytes(bytes)} left, too little for a test`, true),
  noServer: (ask: Ask): Later => seldom(ask, 'no_server', `no test server is configured off site`, true),
  unknownServer: (ask: Ask, id: string): Later =>
    seldom(
      ask,
      'server_unknown',
      `the ledger names test server "${id}" for uplink ${ask.uplink.id}, but bandwidth/servers of collector.yaml has none of that id`,
      true
    ),
  onSite: (ask: Ask, server: TestServerRow): Later =>
    seldom(
      ask,
      'server_on_site',
      `test server ${server.id} is on site: a test with it never crosses uplink ${ask.uplink.id}, so it proves nothing`,
      true
    ),
  portTooSmall: (ask: Ask, detail: string): Later => seldom(ask, 'server_port_too_small', detail, true),
  noWish: (ask: Ask): Later =>
    later(ask, 'done_today', `the test that was asked for has been taken or withdrawn`, 60, 60)
}

const later = (ask: Ask, reason: string, detail: string, s: number, jitterS: number, refused = false): Later => {
  const wait = s + jitterS * spread('wait', ask.uplink.id, Math.floor(ask.nowMs / 1000))
  return {
    kind: 'later',
    later: { retry_after_s: Math.min(mostS, Math.max(1, Math.ceil(wait))), reason, refused, detail }
  }
}

/** Nothing changes soon: an hour or a little less, so that a fleet does not ask in step. */
const seldom = (ask: Ask, reason: string, detail: string, refused = false): Later =>
  later(ask, reason, detail, 0.75 * mostS, 0.25 * mostS, refused)

const plannedOf = (ask: Ask): string =>
  ask.candidates.map(({ direction, tierMbps }) => `${direction} ${tierMbps}`).join(', ')

const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`
