import type { KeyObject } from 'node:crypto'
import { agreeOn, supportedProtocols } from '../../contract/protocol.ts'
import { contentDigest, signAnswer, verifyRequest, type SignatureHeaders } from '../../contract/signature.ts'
import { parseSent, type Sent } from '../../contract/sent.ts'
import { ProblemError } from '../errors.ts'

/** A request of an agent, free of the web framework. */
export interface RawRequest {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Uint8Array
  readonly ip: string
}

export interface RawAnswer {
  readonly status: number
  readonly contentType: string
  readonly body: string
  readonly headers?: Readonly<Record<string, string>>
}

/** What the signed headers say, once the signature holds. */
export interface Authentic {
  readonly agent: string
  readonly spool: string
  readonly seq: number
  readonly sent: Sent
  readonly encoding: string
}

/** Cheap refusals before any cryptography: the headers exist and the protocol is spoken here. */
export const claimedAgent = (request: RawRequest): string => {
  const offered = Number(header(request, 'campus-gauge-protocol'))
  if (agreeOn([offered]) === undefined)
    throw new ProblemError(
      'protocol_unsupported',
      `header campus-gauge-protocol must be one of ${supportedProtocols.join(', ')}, got "${header(request, 'campus-gauge-protocol')}"`,
      {
        supported: [...supportedProtocols]
      }
    )
  return header(request, 'campus-gauge-agent')
}

/** Checks digest and signature with the key of the claimed agent. Throws a ProblemError 401. */
export const authenticate = (request: RawRequest, agent: string, key: KeyObject): Authentic => {
  const fields = {
    method: request.method,
    path: request.path,
    contentDigest: header(request, 'content-digest'),
    contentType: header(request, 'content-type'),
    contentEncoding: header(request, 'content-encoding'),
    protocol: header(request, 'campus-gauge-protocol'),
    agent,
    spool: header(request, 'campus-gauge-spool'),
    seq: header(request, 'campus-gauge-seq'),
    sent: header(request, 'campus-gauge-sent')
  }
  const signature: SignatureHeaders = {
    'signature-input': header(request, 'signature-input'),
    signature: header(request, 'signature')
  }
  if (fields.contentDigest !== contentDigest(request.body))
    throw new ProblemError('unauthorised', 'header content-digest must be the sha-256 of the body as sent')
  if (!verifyRequest(fields, signature, key))
    throw new ProblemError(
      'unauthorised',
      `header signature must be made over the fixed components with the key of agent "${agent.slice(0, 64)}"`
    )
  if (!/^(-|[0-9a-f]{32})$/.test(fields.spool))
    throw new ProblemError('bad_request', 'header campus-gauge-spool must be 32 hex digits or -')
  if (!/^\d{1,15}$/.test(fields.seq))
    throw new ProblemError('bad_request', 'header campus-gauge-seq must be a whole number')
  return {
    agent,
    spool: fields.spool,
    seq: Number(fields.seq),
    sent: parseSent(fields.sent),
    encoding: fields.contentEncoding
  }
}

const header = (request: RawRequest, name: string): string => {
  const value = request.headers[name]
  if (typeof value !== 'string') throw new ProblemError('unauthorised', `header ${name} is missing`)
  return value
}

/** Headers that bind an answer to the request it answers. Undefined when the request carried no signature to bind to. */
export const signedHeaders = (request: RawRequest, answer: RawAnswer, key: KeyObject): Record<string, string> => {
  const requestSignature = request.headers['signature']
  const digest = contentDigest(Buffer.from(answer.body))
  const protocol = String(supportedProtocols[0])
  if (typeof requestSignature !== 'string') return { 'content-digest': digest, 'campus-gauge-protocol': protocol }
  const signature = signAnswer(
    { status: answer.status, contentDigest: digest, contentType: answer.contentType, protocol, requestSignature },
    key
  )
  return { 'content-digest': digest, 'campus-gauge-protocol': protocol, ...signature }
}
