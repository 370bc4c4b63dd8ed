import { gzipSync } from 'node:zlib'
import t from 'tap'
import { limits } from '../../contract/limits.ts'
import {
  batchOf,
  knownAgent,
  makeKey,
  packed,
  readingOf,
  sentNow,
  signed,
  wireAgent,
  type Wish
} from '../rig/agent-identity.ts'
import { ProblemError } from '../../collector/errors.ts'
import { openCollector } from '../rig/collector.ts'
import { nowMs } from '../rig/ledger.ts'

const rig = await openCollector(work => t.teardown(work))
const agent = await knownAgent(rig)
const stranger = makeKey()
const body = batchOf({ readings: [readingOf()] })

const refusals: [string, Wish, number, string, string][] = [
  [
    'a batch without a signature',
    { body, tamper: { signature: undefined } },
    401,
    'unauthorised',
    'header signature is missing'
  ],
  [
    'a batch without an agent',
    { body, tamper: { 'campus-gauge-agent': undefined } },
    401,
    'unauthorised',
    'header campus-gauge-agent is missing'
  ],
  [
    'another protocol',
    { body, protocol: '7' },
    426,
    'protocol_unsupported',
    'header campus-gauge-protocol must be one of 1, got "7"'
  ],
  [
    'a wrong digest',
    { body, tamper: { 'content-digest': 'sha-256=:AAAA:' } },
    401,
    'unauthorised',
    'header content-digest must be the sha-256 of the body as sent'
  ],
  [
    'a key that is not enrolled',
    { body, agent: stranger.id, key: stranger },
    401,
    'unauthorised',
    `agent "${stranger.id}" is not enrolled here: enrol it with a token of its school`
  ],
  [
    'another agent’s name',
    { body, key: stranger },
    401,
    'unauthorised',
    `header signature must be made over the fixed components with the key of agent "${agent.key.id}"`
  ],
  [
    'an altered sequence number',
    { body, tamper: { 'campus-gauge-seq': '2' } },
    401,
    'unauthorised',
    `header signature must be made over the fixed components with the key of agent "${agent.key.id}"`
  ],
  [
    'an altered clock',
    { body, tamper: { 'campus-gauge-sent': 'boot="x", up_ms=1, wall_ms=1' } },
    401,
    'unauthorised',
    `header signature must be made over the fixed components with the key of agent "${agent.key.id}"`
  ],
  [
    'a number that is none',
    { body, tamper: {}, spool: 'x' },
    400,
    'bad_request',
    'header campus-gauge-spool must be 32 hex digits or -'
  ],
  [
    'a batch without a spool',
    { body, spool: '-' },
    400,
    'bad_request',
    'a batch needs a spool and a sequence number from 1'
  ],
  ['sequence number 0', { body, seq: 0 }, 400, 'bad_request', 'a batch needs a spool and a sequence number from 1'],
  ['half a sequence number', { body, seq: 1.5 }, 400, 'bad_request', 'header campus-gauge-seq must be a whole number'],
  [
    'an encoding nobody speaks',
    { body, encoding: 'br' },
    415,
    'media_type',
    'header content-encoding must be gzip or identity, got "br"'
  ],
  [
    'half a gzip stream',
    { body: body.subarray(0, body.length - 12) },
    400,
    'bad_request',
    'the body must be whole gzip data'
  ],
  ['no gzip at all', { body: Buffer.from('{}') }, 400, 'bad_request', 'the body must be whole gzip data'],
  [
    'a gzip bomb',
    { body: gzipSync(Buffer.alloc(100 * limits.inflatedBytes)) },
    413,
    'too_large',
    'the body must inflate to at most 1048576 bytes'
  ],
  [
    'a clock anchor that cannot be read',
    { body, sent: 'now' },
    422,
    'schema',
    'header campus-gauge-sent must be boot="…", up_ms=…, wall_ms=…, got "now"'
  ],
  ['a batch that is a list', { body: packed([]) }, 422, 'schema', 'batch / must be an object, got []'],
  [
    'a batch with too many readings',
    { body: packed({ readings: Array(501).fill(1), gaps: [], markers: [] }) },
    422,
    'schema',
    'batch /readings must not have more than 500 items, got [1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,…'
  ],
  [
    'a gap that no store can hold',
    { body: batchOf({ gaps: [{ from: 0, to: 1, n: 1e300, reason: 'x' }] }) },
    422,
    'schema',
    'batch /gaps/0/n must be <= 1000000000, got 1e+300'
  ],
  [
    'a hostile key',
    { body: gzipSync('{"readings":[],"gaps":[],"markers":[],"__proto__":{}}') },
    422,
    'schema',
    'batch /__proto__ is not a known key'
  ],
  [
    'a body nested beyond the stack',
    { body: gzipSync(`${'['.repeat(400_000)}${']'.repeat(400_000)}`) },
    422,
    'schema',
    'batch / must be an object, got a value nested too deeply to show'
  ]
]

for (const [name, wish, status, code, detail] of refusals)
  void t.test(`${name} is refused with ${status}, in words, signed, and leaves nothing`, async t => {
    const answer = await agent.send(wish)
    t.match(answer.problem, { status, code, type: `urn:campus-gauge:problem:${code}` })
    t.equal(answer.problem['detail'], detail)
    t.equal(answer.headers['content-type'], 'application/problem+json')
    if (wish.tamper === undefined || 'content-digest' in wish.tamper) t.ok(answer.verified, 'signed for this request')
    t.equal((await rig.store.counts()).batches, 0)
  })

void t.test('a 426 says what is spoken here', async t =>
  t.same((await agent.send({ body, protocol: '0' })).problem['supported'], [1])
)

void t.test('text after the JSON is a sentence', async t =>
  t.match((await agent.send({ body: gzipSync('{} x') })).problem, { status: 422, detail: /^batch must be JSON: / })
)

void t.test('checks come cheap first: size, headers, signature, inflation, schema', async t => {
  const everythingWrong = { body: gzipSync('x'), protocol: '9', tamper: { 'content-digest': 'x' } }
  const codes = []
  codes.push((await agent.send({ ...everythingWrong, body: Buffer.alloc(limits.bodyBytes + 1) })).problem['code'])
  codes.push((await agent.send(everythingWrong)).problem['code'])
  codes.push((await agent.send({ ...everythingWrong, protocol: '1' })).problem['code'])
  codes.push((await agent.send({ body: Buffer.from('x'), key: stranger })).problem['code'])
  codes.push((await agent.send({ body: Buffer.from('x') })).problem['code'])
  codes.push((await agent.send({ body: packed({}) })).problem['code'])
  t.same(codes, ['too_large', 'protocol_unsupported', 'unauthorised', 'unauthorised', 'bad_request', 'schema'])
})

void t.test(
  'a body over the cap is refused unread, and the refusal is signed too: it makes the agent send less',
  async t => {
    const answer = await agent.send({ body: Buffer.alloc(limits.bodyBytes + 1) })
    t.match(answer.problem, { status: 413, code: 'too_large' })
    t.equal(answer.headers['content-type'], 'application/problem+json')
    t.ok(answer.verified)
  }
)

void t.test('a revocation holds on the very next request; a pending agent waits', async t => {
  const other = await openCollector(work => t.teardown(work))
  const known = await knownAgent(other)
  t.equal((await known.send({ body })).statusCode, 202)
  const revoke = {
    method: 'POST',
    url: `/v1/agents/${known.key.id}/revoke`,
    headers: { authorization: `Bearer ${other.secret}` }
  } as const
  t.equal((await other.app.inject(revoke)).statusCode, 204)
  const answer = await known.send({ body, seq: 2 })
  t.match(answer.problem, {
    status: 403,
    code: 'revoked',
    detail: `agent "${known.key.id}" was revoked: enrol again with a new token`
  })
  t.ok(answer.verified)
  const config = await known.send({ method: 'GET', path: '/v1/agent/config', encoding: 'identity' })
  t.match(config.problem, { status: 403, code: 'revoked' })
  const waiting = await knownAgent(other, null)
  t.match((await waiting.send({ body })).problem, { status: 403, code: 'pending' })
  t.equal((await other.store.counts()).batches, 1)
})

void t.test('a full committer is 503 with Retry-After, signed, and the batch is good later', async t => {
  let full = true
  const other = await openCollector(work => t.teardown(work), {
    around: store => ({
      ...store,
      commitBatches: batches =>
        full ? Promise.reject(new ProblemError('overloaded', 'try again later')) : store.commitBatches(batches)
    })
  })
  const known = await knownAgent(other)
  const refused = await known.send({ body })
  t.match(refused.problem, { status: 503, code: 'overloaded', detail: 'try again later' })
  t.equal(refused.headers['retry-after'], '10')
  t.ok(refused.verified)
  full = false
  t.equal((await known.send({ body })).statusCode, 202)
})

void t.test('a store that fails is a 500 without its inside; the log has it', async t => {
  const other = await openCollector(work => t.teardown(work), {
    around: store => ({ ...store, commitBatches: () => Promise.reject(new Error('disk I/O error at /var/secret')) })
  })
  const known = await knownAgent(other)
  const answer = await known.send({ body })
  t.same([answer.statusCode, answer.problem['detail']], [500, 'the collector failed on this request; its log says how'])
  t.ok(other.lines.some(line => line.includes('disk I/O error')))
  t.equal((await other.store.counts()).batches, 0)
})

void t.test('a signature of one route or method is none of another', async t => {
  const config = await agent.send({ method: 'GET', path: '/v1/agent/config', encoding: 'identity' })
  t.equal(config.statusCode, 200)
  const { signature, ...moved } = signed(agent.key, { body })
  t.ok(signature)
  t.equal((await rig.app.inject({ ...moved, url: '/v1/enroll' })).statusCode, 422)
  t.equal((await rig.app.inject({ ...moved, method: 'GET', url: '/v1/agent/config' })).statusCode, 401)
  t.match((await wireAgent(rig, stranger).send({ body, sent: { ...sentNow, wall_ms: nowMs } })).problem, {
    status: 401
  })
})
