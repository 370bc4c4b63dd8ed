import type { Judgement } from './rule/terms.ts'
import type { SessionFault } from './session-types.ts'

/** What a guard makes of a fail that may not be the line's fault. */
export const doubts = [
  'host',
  'server',
  'stalled',
  'loss',
  'sender',
  'busy',
  'rwnd',
  'path',
  'no_counter',
  'link_down',
  'aborted'
] as const
export type Doubt = (typeof doubts)[number]

/** Why no byte was sent. */
export type NotRun =
  | SessionFault
  | 'server_on_site'
  | 'port_too_slow'
  | 'busy'
  | 'budget'
  | 'budget_unreadable'
  | 'no_collector'
  | 'no_answer'
  | 'refused'
  | 'needs_http'
  | 'child_died'
  | 'link_down'

const ofTheRule: Readonly<Record<Judgement['reason'], string>> = {
  above_line: 'the line carries the tier',
  below_line: 'the line carries less than the tier asks for',
  undecided: 'too close to the line, too unsteady or too short to say',
  credit: 'fast enough now, but a burst credit of the line could not be excluded'
}

const ofDoubt: Readonly<Record<Doubt, string>> = {
  host: 'slow, but this machine itself was too busy to receive faster',
  server: 'slow, but the test server was overloaded or its port is too small for the tier',
  stalled: 'slow, but the streams stood still and ran by turns: an outage somewhere, not a rate',
  loss: 'slow, but with losses that a full line does not explain and a sender that takes every loss for one',
  sender: 'slow, but the sender had neither filled the line’s queue nor lost a packet: it had not found its speed',
  busy: 'other traffic took more than 30 % of the tier and could not be counted in',
  rwnd: 'slow, but the receiver’s window held the sender back',
  path: 'slow, but the server is more than 100 ms away',
  no_counter: 'slow as seen from behind the gateway, which cannot tell the line from what others used of it',
  link_down: 'the link or the server went away during the test',
  aborted: 'stopped because the test made the line slow for others'
}

const ofNotRun: Readonly<Record<Exclude<NotRun, Doubt>, string>> = {
  server_unreachable: 'the test server does not answer',
  upgrade_blocked: 'a proxy between here and the test server does not let the test through',
  lease_refused: 'the test server refused the lease',
  server_busy: 'the test server or its port has no room now',
  server_port_too_small: 'the test server’s port cannot certify this tier',
  server_on_site: 'the test server is inside the school, so a test would not cross the uplink',
  port_too_slow: 'the port of this panel is slower than the tier and says nothing about the uplink',
  budget: 'the agent’s own byte budget has no room for the test',
  budget_unreadable: 'the agent’s book of bytes could not be read or written',
  no_collector: 'a test needs a lease from the collector, and this run has none',
  no_answer: 'the collector gave no signed answer to the request for a lease',
  refused: 'the collector refuses a test of this uplink',
  needs_http: 'the collector is reached over HTTPS only and named no test server of its own',
  child_died: 'the process that runs the test ended without a result'
}

/** Every reason of the probe, with a sentence for people. */
export const reasons = {
  ...ofTheRule,
  counter: 'the interface counters alone prove the tier',
  port: 'the port of the uplink is slower than the tier',
  ...ofDoubt,
  ...ofNotRun
} as const
export type Reason = keyof typeof reasons

export const isReason = (word: string): word is Reason => Object.hasOwn(reasons, word)
