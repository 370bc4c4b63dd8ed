import http from 'node:http'
import https from 'node:https'
import type { KeyObject } from 'node:crypto'
import { protocolVersion } from '../contract/protocol.ts'
import { formatSent } from '../contract/sent.ts'
import { contentDigest, signRequest, verifyAnswer } from '../contract/signature.ts'
import type { AgentKey } from './identity.ts'
import type { System } from './system.ts'

/** Every exchange with the collector: the request is signed, and an answer says whether it was signed in turn. */
export interface Client {
  /** Rejects on network errors and after `timeoutMs`; any HTTP answer resolves. */
  exchange(request: ClientRequest, signal: AbortSignal): Promise<ClientAnswer>
  close(): void
}

export interface ClientRequest {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly body?: Uint8Array
  readonly encoding?: 'gzip' | 'identity'
  readonly spool?: string
  readonly seq?: number
  readonly headers?: Readonly<Record<string, string>>
}

export interface ClientAnswer {
  readonly status: number
  readonly headers: http.IncomingHttpHeaders
  readonly text: string
  /** Signed by the pinned collector, for this very request. Only then may it change what the agent keeps. */
  readonly verified: boolean
}

export interface ClientDeps {
  readonly url: string
  readonly key: AgentKey
  /** Undefined during enrolment, when the answer brings the key; `verifyWith` checks it then. */
  readonly collectorKey: KeyObject | undefined
  readonly system: Pick<System, 'bootId' | 'upMs' | 'wallMs'>
  readonly timeoutMs?: number
  /** Finds the collector's key in an answer when none is pinned yet. */
  readonly keyIn?: (text: string) => KeyObject | undefined
}

/** Answers are small; more than this is not our collector. */
const answerBytes = 4 * 1_048_576

export const openClient = (deps: ClientDeps): Client => {
  const secure = deps.url.startsWith('https:')
  const library = secure ? https : http
  // One connection, kept: node:http costs 15 MB less than fetch.
  const connections = new library.Agent({ keepAlive: true, maxSockets: 2, timeout: 60_000 })
  const timeoutMs = deps.timeoutMs ?? 30_000

  const send = (
    method: string,
    path: string,
    headers: Record<string, string>,
    body: Uint8Array | undefined,
    signal: AbortSignal
  ) =>
    new Promise<{ status: number; headers: http.IncomingHttpHeaders; bytes: Buffer }>((resolve, reject) => {
      const deadline = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])
      const request = library.request(
        new URL(path, deps.url),
        { method, headers, agent: connections, signal: deadline },
        response => {
          const chunks: Buffer[] = []
          let size = 0
          response.on('data', (chunk: Buffer) => {
            size += chunk.length
            if (size > answerBytes)
              response.destroy(new Error(`the collector's answer must be at most ${answerBytes} bytes`))
            else chunks.push(chunk)
          })
          response.on('error', reject)
          response.on('end', () =>
            resolve({ status: response.statusCode ?? 0, headers: response.headers, bytes: Buffer.concat(chunks) })
          )
        }
      )
      request.on('error', reject)
      request.end(body)
    })

  const exchange = async (request: ClientRequest, signal: AbortSignal): Promise<ClientAnswer> => {
    const body = request.body ?? new Uint8Array()
    const fields = {
      method: request.method,
      path: request.path,
      contentDigest: contentDigest(body),
      contentType: 'application/json',
      contentEncoding: request.encoding ?? 'identity',
      protocol: String(protocolVersion),
      agent: deps.key.id,
      spool: request.spool ?? '-',
      seq: String(request.seq ?? 0),
      sent: formatSent({ boot: deps.system.bootId, up_ms: deps.system.upMs(), wall_ms: deps.system.wallMs() })
    }
    const signature = signRequest(fields, deps.key.privateKey)
    const headers = {
      ...request.headers,
      'content-type': fields.contentType,
      'content-encoding': fields.contentEncoding,
      'content-length': String(body.length),
      'content-digest': fields.contentDigest,
      'campus-gauge-protocol': fields.protocol,
      'campus-gauge-agent': fields.agent,
      'campus-gauge-spool': fields.spool,
      'campus-gauge-seq': fields.seq,
      'campus-gauge-sent': fields.sent,
      ...signature
    }
    const { status, headers: answered, bytes } = await send(request.method, request.path, headers, body, signal)
    const text = bytes.toString('utf8')
    const key = deps.collectorKey ?? deps.keyIn?.(text)
    const verified =
      key !== undefined &&
      word(answered['content-digest']) === contentDigest(bytes) &&
      verifyAnswer(
        {
          status,
          contentDigest: contentDigest(bytes),
          contentType: word(answered['content-type']),
          protocol: word(answered['campus-gauge-protocol']),
          requestSignature: signature.signature
        },
        { 'signature-input': word(answered['signature-input']), signature: word(answered['signature']) },
        key
      )
    return { status, headers: answered, text, verified }
  }

  return {
    exchange,
    close: () => connections.destroy()
  }
}

const word = (value: string | string[] | undefined): string => (typeof value === 'string' ? value : '')
