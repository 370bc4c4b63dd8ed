import { pino } from 'pino'
import t from 'tap'
import { openClient } from '../../agent/client.ts'
import { loadOrMakeKey } from '../../agent/identity.ts'
import { parse } from '../../contract/parse.ts'
import { WireReading } from '../../contract/reading.ts'
import { publicKeyFromRaw } from '../../contract/signature.ts'
import { openSpool } from '../../agent/spool.ts'
import { startUpload } from '../../agent/upload.ts'
import { systemOf } from './probes/context.ts'
import { openCollector } from '../rig/collector.ts'
import { boot, knownAgent, readingOf, sentNow } from '../rig/agent-identity.ts'
import { nowMs } from '../rig/ledger.ts'
import { acknowledged, openUploader, refused, retry, type Script } from '../rig/uploader.ts'
import { join } from 'node:path'

const minute = 60_000

void t.test('what the collector cannot take is found by halving, dropped alone, and said', async t => {
  const poison = 77
  const taken: (number | undefined)[] = []
  const script: Script = ({ request, numbers }) => {
    if (numbers.includes(poison)) return refused('schema')
    taken.push(...numbers)
    return acknowledged(request.seq ?? 0)
  }
  const rig = await openUploader(t, script)
  const all = Array.from({ length: 200 }, (_, i) => i)
  rig.record(...all)
  rig.upload.notify(true)
  await rig.clock.advance(2_000)
  t.same(
    taken,
    all.filter(i => i !== poison),
    'each once, in order'
  )
  t.same(
    rig.sent
      .flatMap(one => one.batch.gaps)
      .filter((gap, i, list) => list.indexOf(gap) === i)
      .at(-1),
    { from: 1_700_000_000_000, to: 1_700_000_000_000, n: 1, reason: 'too_large' }
  )
  t.equal(rig.spool.state().loose, 0)
  t.ok(rig.sent.length < 40)
})

void t.test('a body that is too large is sent in halves under the same number', async t => {
  const rig = await openUploader(t, ({ request, numbers }) =>
    numbers.length > 3 ? refused('too_large') : acknowledged(request.seq ?? 0)
  )
  rig.record(...Array.from({ length: 8 }, (_, i) => i))
  rig.upload.notify(true)
  await rig.clock.advance(2_000)
  t.same(
    rig.sent.slice(0, 3).map(one => [one.request.seq, one.numbers.length]),
    [
      [1, 8],
      [1, 4],
      [1, 2]
    ]
  )
  t.equal(rig.spool.state().loose, 0)
})

void t.test(
  'an unsigned refusal costs nothing: the same bytes come again, whole and under the same number',
  async t => {
    for (const code of ['schema', 'too_large', 'bad_request'] as const)
      for (const numbers of [[1], [1, 2, 3]]) {
        const rig = await openUploader(t, () => refused(code, { verified: false }))
        rig.record(...numbers)
        rig.upload.notify(true)
        await rig.clock.advance(3 * minute)
        t.ok(rig.sent.length > 2 && rig.sent.length < 12, `${code}: it backs off`)
        t.equal(new Set(rig.sent.map(one => Buffer.from(one.request.body ?? []).toString('hex'))).size, 1)
        t.equal(rig.spool.state().loose, numbers.length)
      }
  }
)

void t.test('a proxy that refuses what was stored already does not make anything stored twice', async t => {
  // The collector stores the batch; its answer is lost, and somebody between says 413 to the retry.
  const stored: (number | undefined)[] = []
  const bytes = new Map<number, string>()
  let visit = 0
  const script: Script = ({ request, numbers }) => {
    visit += 1
    if (visit === 2) return refused('too_large', { verified: false })
    const seq = request.seq ?? 0
    const hex = Buffer.from(request.body ?? []).toString('hex')
    const known = bytes.get(seq)
    if (known !== undefined && known !== hex) return refused('rolled_back')
    if (known === undefined) stored.push(...numbers)
    bytes.set(seq, hex)
    return visit === 1 ? new Error('ECONNRESET') : acknowledged(seq)
  }
  const rig = await openUploader(t, script)
  rig.record(1, 2, 3, 4)
  rig.upload.notify(true)
  await rig.clock.advance(5 * minute)
  t.same(stored, [1, 2, 3, 4])
  t.equal(rig.spool.state().loose, 0)
})

void t.test('the collector sets the pace and the size', async t => {
  const rig = await openUploader(t, ({ request }) =>
    acknowledged(request.seq ?? 0, {}, { max_readings: 2, next_ms: 5_000 })
  )
  rig.record(1)
  rig.upload.notify(true)
  await rig.clock.advance(1_000)
  rig.record(2, 3, 4, 5, 6)
  rig.upload.notify(false)
  const asked = rig.clock.now()
  await rig.clock.advance(6_000)
  t.same(
    rig.sent.slice(1).map(one => one.numbers.length),
    [2, 2, 1]
  )
  t.ok((rig.sent[1]?.atMs ?? 0) - asked <= 5_000)
})

void t.test('a change during an exchange is not forgotten', async t => {
  const rig = await openUploader(t, ({ request }) => {
    if (request.seq === 1) {
      rig.record(2)
      rig.upload.notify(true)
    }
    return acknowledged(request.seq ?? 0)
  })
  rig.record(1)
  rig.upload.notify(true)
  await rig.clock.advance(1_000)
  t.same(
    rig.sent.map(one => one.numbers),
    [[1], [2]]
  )
})

void t.test('after stop nothing is sent and no timer is left', async t => {
  const rig = await openUploader(t, ({ request }) => acknowledged(request.seq ?? 0))
  await rig.upload.stop()
  rig.record(1)
  rig.upload.notify(true)
  await rig.clock.advance(10 * minute)
  t.equal(rig.sent.length, 0)
  t.equal(rig.clock.timers(), 0)
})

void t.test('the real client and a real collector: spooled, signed, stored, acknowledged, deleted', async t => {
  const collector = await openCollector(work => t.teardown(work), { uploadMs: 50 })
  const url = await collector.listen()
  const known = await knownAgent(collector)
  const system = systemOf({ bootId: boot, upMs: () => sentNow.up_ms, wallMs: () => nowMs })
  const collectorKey = publicKeyFromRaw(Buffer.from(collector.key.publicKey, 'base64'))
  const client = openClient({ url, key: known.key, collectorKey, system })
  const spool = openSpool({ directory: join(t.testdir(), 'data'), maxBytes: 1e6, wallMs: () => nowMs })
  spool.record(
    [0, 1, 2].map(i => parse(WireReading, readingOf({ up_ms: i, fields: { i } }), 'reading')),
    new Map()
  )
  const done = Promise.withResolvers<number>()
  const upload = startUpload({
    spool,
    client,
    agent: known.key.id,
    retry,
    options: { periodMs: 50, maxReadings: 500 },
    now: () => performance.now(),
    wallMs: () => nowMs,
    random: Math.random,
    setTimer: (work, ms) => {
      const timer = setTimeout(work, ms)
      return () => clearTimeout(timer)
    },
    log: pino({ level: 'silent' }),
    onAcknowledged: acknowledgement => done.resolve(acknowledgement.high_water)
  })
  t.equal(await done.promise, 1)
  t.match(spool.state(), { loose: 0, nextSeq: 2 })
  t.match(await collector.store.counts(), { batches: 1, readings: 3 })
  await upload.stop()

  const other = loadOrMakeKey(join(t.testdir(), 'other'))
  const stranger = openClient({ url, key: other, collectorKey, system })
  const refusal = await stranger.exchange(
    { method: 'POST', path: '/v1/batches', body: new Uint8Array(), spool: 'ab'.repeat(16), seq: 1 },
    new AbortController().signal
  )
  t.match(refusal, { status: 401, verified: true })
  const impostor = openClient({
    url,
    key: known.key,
    collectorKey: publicKeyFromRaw(Buffer.from(other.publicKey, 'base64')),
    system
  })
  const answer = await impostor.exchange({ method: 'GET', path: '/v1/agent/config' }, new AbortController().signal)
  t.match(answer, { status: 200, verified: false }, 'signed, but not by the collector that was pinned')
  const large = await client
    .exchange(
      { method: 'POST', path: '/v1/batches', body: Buffer.alloc(400_000), spool: 'ab'.repeat(16), seq: 1 },
      new AbortController().signal
    )
    .catch((error: unknown) => error)
  t.match(large, large instanceof Error ? { code: /EPIPE|ECONNRESET/ } : { status: 413, verified: true })
  await t.rejects(client.exchange({ method: 'GET', path: '/v1/agent/config' }, AbortSignal.abort()))
  for (const one of [client, stranger, impostor]) one.close()
  spool.close()
})
