import Type, { type Static } from 'typebox'
import { ClosingRecord, leaseFaults } from '../../contract/bandwidth.ts'
import { LeaseClaims } from '../../contract/lease-token.ts'

/** What the collector's process says to the process that carries the bytes. */
export const ToChild = Type.Union([
  Type.Object({
    kind: Type.Literal('settings'),
    serverId: Type.String(),
    portMbps: Type.Number(),
    maxTests: Type.Integer(),
    gatherMs: Type.Integer()
  }),
  /** With a socket: a stream whose lease holds. `head`: base64. */
  Type.Object({
    kind: Type.Literal('stream'),
    id: Type.Integer(),
    claims: LeaseClaims,
    stream: Type.Integer(),
    ip: Type.String(),
    head: Type.String()
  }),
  /** The collector has let go of the socket: before, a byte could still be read by the wrong process. */
  Type.Object({ kind: Type.Literal('go'), id: Type.Integer() }),
  /** The book's answer; no fault means that the lease is open. */
  Type.Object({
    kind: Type.Literal('opened'),
    lease: Type.String(),
    fault: Type.Optional(Type.Enum(leaseFaults)),
    detail: Type.Optional(Type.String()),
    retryAfterS: Type.Optional(Type.Number())
  }),
  Type.Object({ kind: Type.Literal('close') })
])
export type ToChild = Static<typeof ToChild>

/** And what it answers. */
export const FromChild = Type.Union([
  Type.Object({ kind: Type.Literal('open'), claims: LeaseClaims, ip: Type.String() }),
  Type.Object({ kind: Type.Literal('over'), lease: Type.String(), bytes: Type.Integer(), record: ClosingRecord }),
  Type.Object({ kind: Type.Literal('fault'), message: Type.String() }),
  /** Every test is over and said so. */
  Type.Object({ kind: Type.Literal('closed') })
])
export type FromChild = Static<typeof FromChild>
