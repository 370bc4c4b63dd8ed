import { generateKeyPairSync, webcrypto as crypto } from 'node:crypto'
import { component, createSignature, verifySignature, webcrypto, type MessageDescriptor } from 'http-message-sig'
import t from 'tap'
import {
  contentDigest,
  publicKeyFromRaw,
  rawPublicKey,
  signAnswer,
  signRequest,
  verifyAnswer,
  verifyRequest,
  type SignedAnswer,
  type SignedRequest
} from '../../contract/signature.ts'

const pair = generateKeyPairSync('ed25519')
const other = generateKeyPairSync('ed25519')
const request: SignedRequest = {
  method: 'POST',
  path: '/v1/batches',
  contentDigest: contentDigest(Buffer.from('{}')),
  contentType: 'application/json',
  contentEncoding: 'gzip',
  protocol: '1',
  agent: 'a-0123456789ab',
  spool: 'ab'.repeat(16),
  seq: '7',
  sent: 'boot="0f0e0d0c-0b0a-4909-8807-060504030201", up_ms=1, wall_ms=2'
}
const headers = signRequest(request, pair.privateKey)
const answer: SignedAnswer = {
  status: 202,
  contentDigest: contentDigest(Buffer.from('ok')),
  contentType: 'application/json',
  protocol: '1',
  requestSignature: headers.signature
}
const answered = signAnswer(answer, pair.privateKey)

const fieldsOf = (r: SignedRequest) => [
  { name: 'content-digest', value: r.contentDigest },
  { name: 'content-type', value: r.contentType },
  { name: 'content-encoding', value: r.contentEncoding },
  { name: 'campus-gauge-protocol', value: r.protocol },
  { name: 'campus-gauge-agent', value: r.agent },
  { name: 'campus-gauge-spool', value: r.spool },
  { name: 'campus-gauge-seq', value: r.seq },
  { name: 'campus-gauge-sent', value: r.sent }
]
const described = (r: SignedRequest, signature: Partial<typeof headers> = {}) => ({
  kind: 'request' as const,
  method: r.method,
  targetUri: `http://collector.example${r.path}`,
  fields: [...fieldsOf(r), ...Object.entries(signature).map(([name, value]) => ({ name, value }))]
})
const describedAnswer = (a: SignedAnswer, signature: Partial<typeof headers> = {}) => ({
  kind: 'response' as const,
  status: a.status,
  fields: [
    { name: 'content-digest', value: a.contentDigest },
    { name: 'content-type', value: a.contentType },
    { name: 'campus-gauge-protocol', value: a.protocol },
    ...Object.entries(signature).map(([name, value]) => ({ name, value }))
  ],
  request: described(request, headers)
})
const requestComponents = ['@method', '@path', ...fieldsOf(request).map(field => field.name)]
const answerComponents = [
  '@status',
  'content-digest',
  'content-type',
  'campus-gauge-protocol',
  component('signature', { req: true, key: 'cg' })
]

/** The independent implementation, with the same key. */
const jwk = (key: typeof pair.privateKey) => key.export({ format: 'jwk' })
const privateKey = await crypto.subtle.importKey('jwk', jwk(pair.privateKey), 'Ed25519', true, ['sign'])
const publicKey = await crypto.subtle.importKey('jwk', jwk(pair.publicKey), 'Ed25519', true, ['verify'])
const oracle = (message: MessageDescriptor, components: typeof answerComponents) =>
  verifySignature(message, {
    label: 'cg',
    policy: { algorithms: ['ed25519'], requiredComponents: components, requiredParameters: ['keyid', 'tag'] },
    resolveVerifier: () => webcrypto.verifier(publicKey)
  }).then(
    () => true,
    () => false
  )
const signedByOracle = async (message: MessageDescriptor, components: typeof answerComponents, keyid: string) => {
  const made = await createSignature(message, {
    label: 'cg',
    components,
    parameters: { keyid, alg: 'ed25519', tag: 'campus-gauge' },
    signer: webcrypto.signer(privateKey)
  })
  return { 'signature-input': made.signatureInput, signature: made.signature }
}

void t.test('an independent RFC 9421 implementation accepts our signatures', async t => {
  t.equal(await oracle(described(request, headers), requestComponents), true)
  t.equal(await oracle(describedAnswer(answer, answered), answerComponents), true)
  t.equal(await oracle(described({ ...request, seq: '8' }, headers), requestComponents), false, 'and it can refuse')
})

void t.test('we accept what the independent implementation signs', async t => {
  const theirs = await signedByOracle(described(request), requestComponents, request.agent)
  t.equal(verifyRequest(request, theirs, pair.publicKey), true)
  t.same(theirs, headers, 'letter for letter')
  const theirAnswer = await signedByOracle(describedAnswer(answer), answerComponents, 'collector')
  t.equal(verifyAnswer(answer, theirAnswer, pair.publicKey), true)
  t.same(theirAnswer, answered)
})

void t.test('any altered component of a request is refused', t => {
  t.equal(verifyRequest(request, headers, pair.publicKey), true)
  for (const name of Object.keys(request)) {
    const altered = { ...request, [name]: name === 'agent' ? 'a-other' : `${String(Reflect.get(request, name))}0` }
    t.equal(verifyRequest(altered, headers, pair.publicKey), false, name)
  }
  t.end()
})

void t.test('any altered component of an answer is refused', t => {
  t.equal(verifyAnswer(answer, answered, pair.publicKey), true)
  const altered: Partial<SignedAnswer>[] = [
    { status: 200 },
    { contentDigest: contentDigest(Buffer.from('no')) },
    { contentType: 'text/html' },
    { protocol: '2' }
  ]
  for (const part of altered)
    t.equal(verifyAnswer({ ...answer, ...part }, answered, pair.publicKey), false, JSON.stringify(part))
  t.end()
})

void t.test('an answer to another request is refused: an old acknowledgement proves nothing', t => {
  const next = signRequest({ ...request, seq: '8' }, pair.privateKey)
  t.equal(verifyAnswer({ ...answer, requestSignature: next.signature }, answered, pair.publicKey), false)
  t.equal(verifyAnswer({ ...answer, requestSignature: '' }, answered, pair.publicKey), false)
  const unbound = signAnswer({ ...answer, requestSignature: '' }, pair.privateKey)
  t.equal(
    verifyAnswer({ ...answer, requestSignature: '' }, unbound, pair.publicKey),
    false,
    'nothing to be bound to is no proof'
  )
  t.end()
})

void t.test('another key, label, tag, component list or signature form is refused', t => {
  const input = headers['signature-input']
  const foreign = signRequest(request, other.privateKey)
  const cases: [string, typeof headers][] = [
    ['another key', foreign],
    ['another label', { 'signature-input': input.replace('cg=', 'sig1='), signature: headers.signature }],
    ['label in the signature', { ...headers, signature: headers.signature.replace('cg=', 'sig1=') }],
    ['another tag', { ...headers, 'signature-input': input.replace('tag="campus-gauge"', 'tag="x"') }],
    ['fewer components', { ...headers, 'signature-input': input.replace('"campus-gauge-seq" ', '') }],
    [
      'components in another order',
      { ...headers, 'signature-input': input.replace('"@method" "@path"', '"@path" "@method"') }
    ],
    ['another key id', { ...headers, 'signature-input': input.replace(request.agent, 'a-other') }],
    ['two signatures', { ...headers, signature: `${headers.signature}, ${foreign.signature}` }],
    ['an answer’s signature', answered],
    ['a cut signature', { ...headers, signature: headers.signature.slice(0, -8) }],
    ['nothing', { 'signature-input': '', signature: '' }]
  ]
  for (const [name, wrong] of cases) t.equal(verifyRequest(request, wrong, pair.publicKey), false, name)
  t.end()
})

void t.test('a line break in a header cannot move the borders of the signature base', t => {
  const smuggled = {
    ...request,
    contentType: `application/json\n"content-encoding": identity`,
    contentEncoding: 'gzip'
  }
  const made = signRequest(smuggled, pair.privateKey)
  t.equal(verifyRequest({ ...request, contentEncoding: 'identity' }, made, pair.publicKey), false)
  t.end()
})

void t.test('a raw key makes its way there and back, and only 32 bytes are a key', t => {
  const raw = rawPublicKey(pair.privateKey)
  t.equal(raw.length, 32)
  t.same(rawPublicKey(publicKeyFromRaw(raw)), raw)
  for (const length of [0, 31, 33]) t.throws(() => publicKeyFromRaw(new Uint8Array(length)))
  t.end()
})
