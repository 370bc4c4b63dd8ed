import Type from 'typebox'
import { parse } from '../../../contract/parse.ts'
import type { Probe, Reading } from '../../probe.ts'
import { echo, type Echo, type Echoes } from './echo.ts'
import { addressOf, checkSubject, hostOf, type Resolve, systemResolve } from './subject.ts'

const Options = Type.Object(
  {
    subject: Type.String({ minLength: 1, maxLength: 253 }),
    count: Type.Optional(Type.Integer({ minimum: 1, maximum: 60 })),
    family: Type.Optional(Type.Union([Type.Literal(4), Type.Literal(6)])),
    loss_pct_max: Type.Optional(Type.Number({ minimum: 0, maximum: 100 })),
    rtt_ms_max: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 60_000 }))
  },
  { additionalProperties: false }
)

/** With fewer packets one lost packet is many percent, and no statement about the line. */
const leastForLoss = 20

export interface PingDeps {
  readonly echo: Echo
  readonly resolve: Resolve
}

/** The probe with its tool and name lookup as parameters; `ping` is the real one. */
export const pingProbe = (deps: PingDeps): Probe => ({
  name: 'ping',
  summary: 'round-trip time and loss of ICMP echo to one subject',
  everyMs: 60_000,
  timeoutMs: 20_000,
  options: Options,
  reasons: {
    no_reply: 'not one echo request was answered',
    unresolved: 'the name of the subject has no address',
    loss: 'more echo requests were lost than the limit allows (20 or more sent)',
    slow: 'the mean round trip is longer than the limit allows',
    no_ping_tool: 'this machine has no ping program',
    not_permitted: 'the agent may not send echo requests',
    no_gateway: 'this machine has no default gateway, or does not tell it',
    no_network: 'this machine has no route to the subject',
    tool_error: 'the ping program failed before it measured anything'
  },
  fold: { sent_n: 'sum', lost_n: 'sum', rtt_ms: 'mean', rtt_min_ms: 'min', rtt_max_ms: 'max', loss_pct: 'mean' },
  hostKey: raw => hostOf(raw) ?? 'ping',
  prepare(raw) {
    const options = parse(Options, raw, 'ping options')
    checkSubject(options.subject, options.family)
    const { subject, count = 5, loss_pct_max = 5, rtt_ms_max = Infinity } = options

    return async ({ signal, system }) => {
      const address = await addressOf(subject, options.family, system.root, deps.resolve, signal)
      if (address === undefined) return [{ outcome: 'failed', reason: 'unresolved', fields: {}, labels: { subject } }]
      const echoes = await deps.echo(address, count, signal)
      const { outcome, reason, fields } = judge(echoes, loss_pct_max, rtt_ms_max)
      return [{ outcome, ...(reason === undefined ? {} : { reason }), fields, labels: { subject, address } }]
    }
  }
})

/** Round trips to one subject. */
export const ping = pingProbe({ echo, resolve: systemResolve })

const judge = ({ sent, lost, times }: Echoes, lossPctMax: number, rttMsMax: number): Reading => {
  const lossPct = (100 * lost) / sent
  const counts = { sent_n: sent, lost_n: lost, ...(sent < leastForLoss ? {} : { loss_pct: lossPct }) }
  if (times.length === 0) return { outcome: 'failed', reason: 'no_reply', fields: counts }
  const mean = times.reduce((sum, ms) => sum + ms, 0) / times.length
  const fields = { ...counts, rtt_ms: mean, rtt_min_ms: Math.min(...times), rtt_max_ms: Math.max(...times) }
  if (sent >= leastForLoss && lossPct > lossPctMax) return { outcome: 'degraded', reason: 'loss', fields }
  if (mean > rttMsMax) return { outcome: 'degraded', reason: 'slow', fields }
  return { outcome: 'ok', fields }
}
