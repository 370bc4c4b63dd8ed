import { createPrivateKey, createPublicKey, hash, sign, verify, type KeyObject } from 'node:crypto'
import { SentenceError } from './parse.ts'

/**
 * RFC 9421 HTTP Message Signatures with Ed25519 in one fixed profile each way: the component list never varies, so the
 * signature base is built directly and a Signature-Input that is not letter for letter the expected one is refused.
 * Digests are RFC 9530 Content-Digest with sha-256. `created` is left out: school clocks are wrong, sequence numbers stop replays.
 */
const label = 'cg'
const requestComponents = [
  '@method',
  '@path',
  'content-digest',
  'content-type',
  'content-encoding',
  'campus-gauge-protocol',
  'campus-gauge-agent',
  'campus-gauge-spool',
  'campus-gauge-seq',
  'campus-gauge-sent'
] as const
const requestList = `(${requestComponents.map(name => `"${name}"`).join(' ')})`
/** An answer is bound to the very request it answers by covering the request's signature: an old acknowledgement proves nothing. */
const answerList = `("@status" "content-digest" "content-type" "campus-gauge-protocol" "signature";req;key="${label}")`

export interface SignedRequest {
  readonly method: string
  readonly path: string
  readonly contentDigest: string
  readonly contentType: string
  readonly contentEncoding: string
  readonly protocol: string
  readonly agent: string
  readonly spool: string
  readonly seq: string
  readonly sent: string
}

export interface SignedAnswer {
  readonly status: number
  readonly contentDigest: string
  readonly contentType: string
  readonly protocol: string
  /** The request's Signature header as sent. */
  readonly requestSignature: string
}

export interface SignatureHeaders {
  readonly 'signature-input': string
  readonly signature: string
}

export const contentDigest = (body: Uint8Array): string => `sha-256=:${hash('sha256', body, 'base64')}:`

const inputOf = (list: string, keyid: string): string => `${list};keyid="${keyid}";alg="ed25519";tag="campus-gauge"`

const requestBase = (r: SignedRequest, input: string): string =>
  `"@method": ${r.method}\n"@path": ${r.path}\n"content-digest": ${r.contentDigest}\n` +
  `"content-type": ${r.contentType}\n"content-encoding": ${r.contentEncoding}\n` +
  `"campus-gauge-protocol": ${r.protocol}\n"campus-gauge-agent": ${r.agent}\n"campus-gauge-spool": ${r.spool}\n` +
  `"campus-gauge-seq": ${r.seq}\n"campus-gauge-sent": ${r.sent}\n"@signature-params": ${input}`

const answerBase = (a: SignedAnswer, input: string): string =>
  `"@status": ${a.status}\n"content-digest": ${a.contentDigest}\n"content-type": ${a.contentType}\n` +
  `"campus-gauge-protocol": ${a.protocol}\n"signature";req;key="${label}": ${valueOf(a.requestSignature) ?? ''}\n` +
  `"@signature-params": ${input}`

/** The byte sequence of `cg=:…:`, colons kept as RFC 8941 serialises it. */
const valueOf = (signature: string): string | undefined => /^cg=(:[A-Za-z0-9+/]{86}==:)$/.exec(signature)?.[1]

const signBase = (base: string, input: string, key: KeyObject): SignatureHeaders => ({
  'signature-input': `${label}=${input}`,
  signature: `${label}=:${sign(null, Buffer.from(base), key).toString('base64')}:`
})

const verifyBase = (base: string, signature: string, key: KeyObject): boolean => {
  const value = valueOf(signature)
  return value !== undefined && verify(null, Buffer.from(base), key, Buffer.from(value.slice(1, -1), 'base64'))
}

/** Signs a request; `keyid` is the agent's id. */
export const signRequest = (request: SignedRequest, key: KeyObject): SignatureHeaders => {
  const input = inputOf(requestList, request.agent)
  return signBase(requestBase(request, input), input, key)
}

export const verifyRequest = (request: SignedRequest, headers: SignatureHeaders, key: KeyObject): boolean => {
  const input = inputOf(requestList, request.agent)
  return (
    headers['signature-input'] === `${label}=${input}` &&
    verifyBase(requestBase(request, input), headers.signature, key)
  )
}

/** `keyid` of answers; which key it is follows from the fingerprint that the agent pinned at enrolment. */
const collectorKeyid = 'collector'

export const signAnswer = (answer: SignedAnswer, key: KeyObject): SignatureHeaders => {
  const input = inputOf(answerList, collectorKeyid)
  return signBase(answerBase(answer, input), input, key)
}

export const verifyAnswer = (answer: SignedAnswer, headers: SignatureHeaders, key: KeyObject): boolean => {
  const input = inputOf(answerList, collectorKeyid)
  return (
    valueOf(answer.requestSignature) !== undefined &&
    headers['signature-input'] === `${label}=${input}` &&
    verifyBase(answerBase(answer, input), headers.signature, key)
  )
}

const spkiPrefix = Buffer.from('302a300506032b6570032100', 'hex')

/** Raw 32 bytes of an Ed25519 public key. */
export const rawPublicKey = (key: KeyObject): Buffer =>
  (key.type === 'private' ? createPublicKey(key) : key)
    .export({ format: 'der', type: 'spki' })
    .subarray(spkiPrefix.length)

/** An Ed25519 public key from its raw 32 bytes. Throws on any other length. */
export const publicKeyFromRaw = (raw: Uint8Array): KeyObject => {
  // The DER reader ignores what follows, so a longer one would be a second name of the same key.
  if (raw.length !== 32) throw new SentenceError(`a raw Ed25519 key must be 32 bytes, got ${raw.length}`)
  return createPublicKey({ key: Buffer.concat([spkiPrefix, raw]), format: 'der', type: 'spki' })
}

export const privateKeyFromPem = (pem: string): KeyObject => createPrivateKey(pem)
