import Type from 'typebox'
import { serverHeader } from '../../../contract/bandwidth.ts'
import { fits } from '../../../contract/parse.ts'
import { SessionError, type SessionFault } from './session-types.ts'

/** The head of an answer to an Upgrade and what came behind it. */
export interface AnswerHead {
  readonly status: number
  readonly phrase: string
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>
  readonly rest: Buffer
  /** The whole body is there, as far as the head says how long it is. */
  readonly complete: boolean
}

/** Undefined until the head is whole, and for what is no HTTP answer. */
export const parseHead = (bytes: Buffer): AnswerHead | undefined => {
  const end = bytes.indexOf('\r\n\r\n')
  if (end < 0) return undefined
  const [first = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n')
  const [, status, phrase = ''] = /^HTTP\/1\.[01] (\d{3})(?: (.*))?$/.exec(first) ?? []
  if (status === undefined) return undefined
  const headers = new Map(
    lines.map(line => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()]
    })
  )
  const rest = bytes.subarray(end + 4)
  const length = Number(headers.get('content-length') ?? NaN)
  return { status: Number(status), phrase, headers, rest, complete: rest.length >= length }
}

const Body = Type.Object({ code: Type.String(), detail: Type.String() })

/** What an answer that is no 101 of a test server means: the server's refusal, or that something between answered in its place. */
export const faultOf = (answer: AnswerHead): SessionError => {
  const said = `${answer.status} ${answer.phrase.slice(0, 80)}`.trim()
  if (!answer.headers.has(serverHeader))
    return new SessionError(
      'upgrade_blocked',
      `a proxy between here and the server blocks Upgrade (answered ${said}, without the server's mark)`
    )
  const body = jsonOf(answer.rest.toString('utf8'))
  if (!fits(Body, body)) return new SessionError('lease_refused', `the test server refused with ${said}`)
  return new SessionError(
    reasons[body.code] ?? 'lease_refused',
    `the test server refused: ${body.detail.slice(0, 400)}`,
    { code: body.code }
  )
}

/** Every other code is about the lease. */
const reasons: Readonly<Record<string, SessionFault>> = {
  server_busy: 'server_busy',
  server_port_too_small: 'server_port_too_small'
}

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
