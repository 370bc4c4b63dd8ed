import {
  defaultPassRatio,
  LeaseAnswer,
  type Lease,
  type LeaseLater,
  type LeaseRequest
} from '../../../contract/bandwidth.ts'
import { fits, parseJson } from '../../../contract/parse.ts'
import { Problem } from '../../../contract/problem.ts'
import type { Exchange } from '../../probe.ts'

/** What the collector said to a request for a lease. `serverMs`: its clock, ms since 1970, as signed. */
export type Said =
  | ({ readonly kind: 'lease'; readonly lease: Lease } & Known)
  | ({ readonly kind: 'later'; readonly later: LeaseLater } & Known)
  /** No answer that may be obeyed: away, unsigned, or an error; `away` is no news, the others are. */
  | { readonly kind: 'nothing'; readonly away: boolean; readonly message: string }

interface Known {
  readonly serverMs: number
  /** What the uplink is asked to prove, when anything is. */
  readonly asked: { readonly tierMbps: number; readonly passRatio: number } | undefined
}

/** Asks for a lease. Only an answer signed by the enrolled collector is obeyed. Rejects on nothing but a fault of this program. */
export const askForLease = async (exchange: Exchange, request: LeaseRequest): Promise<Said> => {
  let answer: Awaited<ReturnType<Exchange>>
  try {
    answer = await exchange({ method: 'POST', path: '/v1/leases', body: Buffer.from(JSON.stringify(request)) })
  } catch (cause) {
    return { kind: 'nothing', away: true, message: cause instanceof Error ? cause.message : String(cause) }
  }
  if (answer.status !== 200) {
    const away = answer.status === 429 || answer.status >= 500
    return { kind: 'nothing', away, message: `the collector answered ${answer.status}${detailOf(answer.text)}` }
  }
  if (!answer.verified)
    return {
      kind: 'nothing',
      away: false,
      message: 'the answer to the request for a lease was not signed by the enrolled collector'
    }
  try {
    const said = parseJson(LeaseAnswer, answer.text, 'lease answer')
    const known: Known = {
      serverMs: Date.parse(said.server_time),
      asked:
        said.tier === undefined ? undefined : { tierMbps: said.tier, passRatio: said.pass_ratio ?? defaultPassRatio }
    }
    if (said.lease !== undefined) return { kind: 'lease', lease: said.lease, ...known }
    if (said.later !== undefined) return { kind: 'later', later: said.later, ...known }
    return { kind: 'nothing', away: false, message: 'the lease answer must have lease or later, got neither' }
  } catch (cause) {
    return { kind: 'nothing', away: false, message: cause instanceof Error ? cause.message : String(cause) }
  }
}

const detailOf = (text: string): string => {
  try {
    const raw: unknown = JSON.parse(text)
    return fits(Problem, raw) ? `: ${raw.detail}` : ''
  } catch {
    return ''
  }
}
