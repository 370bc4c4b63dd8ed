import Type, { type Static } from 'typebox'
import { RegistryId, Word } from './registry-id.ts'

/**
 * The bandwidth tier test between an agent and a test server: does this link carry at least T? Rates are Mbit/s (10^6 bit/s) at the IP
 * layer (the layer of RFC 9097) unless a name says goodput. docs/protocol.md has the sequence.
 */
export const tiers = [10, 100, 500, 1000] as const
export const Tier = Type.Enum(tiers)
export type Tier = Static<typeof Tier>

/** `down`: from the server to the school. */
export const directions = ['down', 'up'] as const
export const Direction = Type.Enum(directions)
export type Direction = Static<typeof Direction>

/** `quick`: capped a little above the line. `certify`: uncapped, must exclude burst credit. */
export const testKinds = ['quick', 'certify'] as const
export const TestKind = Type.Enum(testKinds)
export type TestKind = Static<typeof TestKind>

/** When a test ran: at night, in a fallback window of a school whose power is off at night, or because a person asked. */
export const slotClasses = ['night', 'fallback', 'on_demand'] as const
export const SlotClass = Type.Enum(slotClasses)
export type SlotClass = Static<typeof SlotClass>

/** Path, Upgrade token and headers of a stream. Every stream is one Upgrade: one `control`, then data streams 1 to n. */
export const bandwidthPath = '/bw/v1'
export const bandwidthUpgrade = 'bwtest/1'
export const streamHeader = 'campus-gauge-stream'
/** On every answer of a test server, so that a proxy's own answer is told from a refusal. */
export const serverHeader = 'campus-gauge-bandwidth'

export const bandwidthLimits = {
  streams: 8,
  defaultStreams: 4,
  /** One line of the control stream, bytes. */
  lineBytes: 16_384,
  /** All streams of a test must be there this soon after the first, ms. */
  gatherMs: 10_000,
  /** How often an upload's receiver says what it counted, ms. */
  countMs: 25,
  /** A test never lasts longer, whatever a lease says, ms. */
  maxMs: 20_000
} as const

/** The pass line is `pass_ratio` of the tier. */
export const defaultPassRatio = 0.95

/** Policy of one test as the collector hands it out; the agent's rule runs by it. */
export const TestTerms = Type.Object({
  /** Seconds of burst credit (at line rate) that a pass must exclude; 0 for none. */
  credit_s: Type.Number({ minimum: 0, maximum: 60 }),
  /** Nats of evidence that history lends to a pass in the first second; 0 for none. */
  lend_nats: Type.Number({ minimum: 0, maximum: 10 }),
  /** Plateau that a fail needs, ms. */
  fail_ms: Type.Integer({ minimum: 500, maximum: 10_000 })
})
export type TestTerms = Static<typeof TestTerms>

/** POST /v1/leases, signed by the agent. Source address and agent are taken from the request. */
export const LeaseRequest = Type.Object(
  {
    uplink: RegistryId,
    /** Undefined leaves it to the collector's plan. */
    direction: Type.Optional(Direction),
    tier: Type.Optional(Tier),
    kind: Type.Optional(TestKind),
    /** Slowest port known on the agent's side, Mbit/s. */
    port_mbps: Type.Optional(Type.Number({ minimum: 0 })),
    /** What the agent's own budget has left, bytes: the lease is cut to it, or postponed. */
    budget_bytes: Type.Optional(Type.Integer({ minimum: 0 }))
  },
  { additionalProperties: false, $id: 'LeaseRequest' }
)
export type LeaseRequest = Static<typeof LeaseRequest>

/** Permission for one test. Unknown keys are ignored. */
export const Lease = Type.Object(
  {
    lease: RegistryId,
    server: Type.Object({
      id: RegistryId,
      /** Undefined: the collector itself, at the address the agent already uses. */
      host: Type.Optional(Type.String({ minLength: 1, maxLength: 253 })),
      port: Type.Optional(Type.Integer({ minimum: 1, maximum: 65_535 })),
      place: Type.Enum(['off_site', 'on_site'])
    }),
    /** Wait this long before the first stream: relative, because school clocks are wrong. */
    wait_ms: Type.Integer({ minimum: 0, maximum: 3_600_000 }),
    direction: Direction,
    tier: Tier,
    kind: TestKind,
    slot: SlotClass,
    pass_ratio: Type.Number({ minimum: 0.5, maximum: 1 }),
    /** The server sends no faster, IP layer. */
    cap_mbps: Type.Number({ minimum: 1 }),
    max_bytes: Type.Integer({ minimum: 1 }),
    max_ms: Type.Integer({ minimum: 1_000, maximum: bandwidthLimits.maxMs }),
    streams: Type.Integer({ minimum: 1, maximum: bandwidthLimits.streams }),
    terms: TestTerms,
    /** Bytes the agent may spend per day and per 31 days, for its own book. */
    budget: Type.Object({ day_bytes: Type.Integer({ minimum: 0 }), month_bytes: Type.Integer({ minimum: 0 }) }),
    token: Type.String({ maxLength: 4_096 })
  },
  { $id: 'Lease' }
)
export type Lease = Static<typeof Lease>

/** Not now: ask again after this time. `reason` says why; `refused` ones are worth a reading. */
export const LeaseLater = Type.Object(
  {
    retry_after_s: Type.Integer({ minimum: 1, maximum: 86_400 }),
    reason: Word,
    refused: Type.Boolean(),
    /** The same as a sentence, for people. */
    detail: Type.Optional(Type.String({ maxLength: 500 }))
  },
  { $id: 'LeaseLater' }
)
export type LeaseLater = Static<typeof LeaseLater>

export const LeaseAnswer = Type.Object(
  {
    server_time: Type.String({ format: 'date-time' }),
    lease: Type.Optional(Lease),
    later: Type.Optional(LeaseLater),
    /** The highest tier that this uplink is asked to prove, and its line: what the agent's own counters may prove meanwhile. */
    tier: Type.Optional(Tier),
    pass_ratio: Type.Optional(Type.Number({ minimum: 0.5, maximum: 1 }))
  },
  { $id: 'LeaseAnswer' }
)
export type LeaseAnswer = Static<typeof LeaseAnswer>

/** What the server knows about a test when it is over: its own load and what it sent or counted. */
export const ClosingRecord = Type.Object({
  /** Payload bytes handed to the kernel (down) or received (up). */
  bytes: Type.Integer({ minimum: 0 }),
  duration_ms: Type.Number({ minimum: 0 }),
  ended: Type.Enum(['stopped', 'max_bytes', 'max_ms', 'client_gone', 'stalled', 'server_closing']),
  /** Congestion control of the sender; '' when unknown. */
  cc: Type.String({ maxLength: 32 }),
  /** TCP_INFO of the server's side; absent where `ss` is not. */
  min_rtt_ms: Type.Optional(Type.Number({ minimum: 0 })),
  retrans_pct: Type.Optional(Type.Number({ minimum: 0, maximum: 100 })),
  rwnd_limited_pct: Type.Optional(Type.Number({ minimum: 0, maximum: 100 })),
  /** The server's own load during the test. */
  loop_p99_ms: Type.Number({ minimum: 0 }),
  cpu_pct: Type.Number({ minimum: 0 }),
  /** Most tests at once, this one included, and the most that their caps summed up to. */
  peak_tests_n: Type.Integer({ minimum: 1 }),
  peak_caps_mbps: Type.Number({ minimum: 0 }),
  port_mbps: Type.Number({ minimum: 0 })
})
export type ClosingRecord = Static<typeof ClosingRecord>

/** Lines of JSON on the control stream. Client: `start`, `stop`. Server: `hello`, `counted` (upload), `closing`. Unknown types are ignored. */
export const ServerMessage = Type.Union([
  Type.Object({
    type: Type.Literal('hello'),
    server: Type.String({ maxLength: 64 }),
    /** The address this test's streams come from, as the server sees it. */
    egress: Type.String({ maxLength: 64 }),
    port_mbps: Type.Number({ minimum: 0 }),
    cc: Type.String({ maxLength: 32 })
  }),
  /** Since the first byte of the upload, by the server's monotonic clock. */
  Type.Object({
    type: Type.Literal('counted'),
    ms: Type.Number({ minimum: 0 }),
    bytes: Type.Integer({ minimum: 0 })
  }),
  Type.Object({ type: Type.Literal('closing'), record: ClosingRecord })
])
export type ServerMessage = Static<typeof ServerMessage>
export const ClientMessage = Type.Object({ type: Type.Enum(['start', 'stop']) })
export type ClientMessage = Static<typeof ClientMessage>

/** Codes of a test server's refusal (problem+json, `code`), with the sentence it carries. */
export const leaseFaults = [
  'lease_missing',
  'lease_invalid',
  'lease_expired',
  'lease_early',
  'lease_used',
  'lease_foreign_address',
  'lease_foreign_server',
  'server_busy',
  'server_port_too_small',
  'bad_stream'
] as const
export type LeaseFault = (typeof leaseFaults)[number]
