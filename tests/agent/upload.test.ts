import t from 'tap'
import { acknowledged, openUploader, refused, type Script } from '../rig/uploader.ts'

const minute = 60_000
/** A collector that takes everything. */
const willing: Script = ({ request }) => acknowledged(request.seq ?? 0)

void t.test('loose readings wait for the agent’s own moment in the period, a change does not', async t => {
  const rig = await openUploader(t, willing)
  await rig.clock.advance(minute)
  t.equal(rig.sent.length, 0, 'nothing to send, nothing sent')
  rig.record(1)
  rig.upload.notify(false)
  await rig.clock.advance(minute)
  t.equal(rig.sent.length, 1)
  const offset = (rig.sent[0]?.atMs ?? 0) % minute
  rig.record(2)
  rig.upload.notify(true)
  const asked = rig.clock.now()
  await rig.clock.advance(1_000)
  t.equal(rig.sent.length, 2)
  t.equal((rig.sent[1]?.atMs ?? 0) - asked, 250, 'others of the same moment come along')
  rig.record(3)
  rig.upload.notify(false)
  await rig.clock.advance(2 * minute)
  t.equal(rig.sent.length, 3)
  t.equal(Math.round((rig.sent[2]?.atMs ?? 0) % minute), Math.round(offset), 'the same moment of each period')
  t.match(rig.sent[0]?.request, { method: 'POST', path: '/v1/batches', encoding: 'gzip', seq: 1 })
})

void t.test('many changes at once travel in one batch', async t => {
  const rig = await openUploader(t, willing)
  for (let i = 0; i < 20; i++) {
    rig.record(i)
    rig.upload.notify(true)
    await rig.clock.advance(10)
  }
  await rig.clock.advance(1_000)
  t.equal(rig.sent.length, 1)
})

void t.test('a backlog is sent in one go, also when a cap of bytes cut the batches', async t => {
  const rig = await openUploader(t, willing, { maxReadings: 10 })
  rig.record(...Array.from({ length: 95 }, (_, i) => i))
  rig.upload.notify(false)
  await rig.clock.advance(minute)
  t.equal(rig.sent.length, 10)
  t.same(
    rig.sent.flatMap(one => one.numbers),
    Array.from({ length: 95 }, (_, i) => i)
  )
  t.same(
    rig.sent.map(one => one.request.seq),
    Array.from({ length: 10 }, (_, i) => i + 1)
  )
  t.ok((rig.sent.at(-1)?.atMs ?? 0) - (rig.sent[0]?.atMs ?? 0) < 1_000)

  const marked = await openUploader(t, willing)
  const boot = '00000000-0000-4000-8000-000000000001'
  for (let i = 0; i < 200; i++) marked.spool.addMarker({ kind: 'started', boot, up_ms: i, wall_ms: i })
  marked.upload.notify(false)
  await marked.clock.advance(minute)
  t.equal(
    marked.sent.reduce((n, one) => n + one.batch.markers.length, 0),
    200
  )
})

void t.test('an unsigned 2xx deletes nothing; the bytes of the retry are the same', async t => {
  for (const status of [200, 202]) {
    const rig = await openUploader(t, ({ request }) => acknowledged(request.seq ?? 0, { status, verified: false }))
    rig.record(1)
    rig.upload.notify(true)
    await rig.clock.advance(20 * minute)
    t.ok(rig.sent.length > 3)
    t.equal(rig.spool.state().loose, 1)
    t.equal(new Set(rig.sent.map(one => Buffer.from(one.request.body ?? []).toString('hex'))).size, 1)
    rig.script = willing
    await rig.clock.advance(10 * minute)
    t.equal(rig.spool.state().loose, 0)
  }
})

void t.test('a signed 2xx that does not cover the batch, or cannot be read, deletes nothing', async t => {
  const answers = [acknowledged(0), { ...acknowledged(1), text: '{' }, { ...acknowledged(1), text: '{"high_water":1}' }]
  for (const answer of answers) {
    const rig = await openUploader(t, () => answer)
    rig.record(1)
    rig.upload.notify(true)
    await rig.clock.advance(10 * minute)
    t.ok(rig.sent.length > 1)
    t.match(rig.spool.state(), { loose: 1, nextSeq: 1 })
  }
})

void t.test('network faults, 5xx and 429 are retried for ever, farther and farther apart', async t => {
  const faults: Script[] = [
    () => new Error('ECONNRESET'),
    () => refused('overloaded'),
    () => refused('internal', { verified: false }),
    () => refused('too_many_requests')
  ]
  for (const fault of faults) {
    const rig = await openUploader(t, fault)
    rig.record(1)
    rig.upload.notify(true)
    await rig.clock.advance(30 * minute)
    const times = rig.sent.map(one => one.atMs)
    t.same(
      times.slice(1, 8).map((atMs, i) => atMs - (times[i] ?? 0)),
      [30_000, 4_000, 8_000, 16_000, 32_000, 64_000, 128_000]
    )
    rig.script = willing
    await rig.clock.advance(5 * minute)
    t.equal(rig.spool.state().loose, 0)
    rig.script = fault
    rig.record(2)
    rig.upload.notify(true)
    await rig.clock.advance(minute)
    const again = rig.sent.filter(one => one.numbers.includes(2)).map(one => one.atMs)
    t.equal((again[1] ?? 0) - (again[0] ?? 0), 30_000, 'success begins the back-off anew')
  }
})

void t.test('Retry-After is waited for, also by a change', async t => {
  const rig = await openUploader(t, () => refused('overloaded', { headers: { 'retry-after': '600' } }))
  rig.record(1)
  rig.upload.notify(true)
  await rig.clock.advance(1_000)
  t.equal(rig.sent.length, 1)
  rig.upload.notify(true)
  await rig.clock.advance(9 * minute)
  t.equal(rig.sent.length, 1)
  await rig.clock.advance(2 * minute)
  t.equal(rig.sent.length, 2)
})

void t.test('401 and 403 keep everything and ask again after five minutes, signed or not', async t => {
  for (const [code, verified] of [
    ['unauthorised', true],
    ['pending', true],
    ['revoked', false]
  ] as const) {
    const rig = await openUploader(t, () => refused(code, { verified }))
    rig.record(1)
    rig.upload.notify(true)
    await rig.clock.advance(4 * minute)
    rig.upload.notify(true)
    t.equal(rig.sent.length, 1, code)
    await rig.clock.advance(2 * minute)
    t.equal(rig.sent.length, 2, code)
    t.equal(rig.spool.state().loose, 1)
  }
})

void t.test('a signed expectation of an older number is followed, and the gap is declared', async t => {
  const rig = await openUploader(t, willing)
  for (let i = 1; i <= 3; i++) {
    rig.record(i)
    rig.upload.notify(true)
    await rig.clock.advance(1_000)
  }
  rig.script = ({ request }) =>
    (request.seq ?? 0) > 2 ? refused('out_of_order', {}, { expect: 2 }) : acknowledged(request.seq ?? 0)
  rig.record(4)
  rig.upload.notify(true)
  await rig.clock.advance(1_000)
  t.same(
    rig.sent.map(one => one.request.seq),
    [1, 2, 3, 4, 2]
  )
  t.match(rig.sent.at(-1)?.batch, { readings: [{ fields: { i: 4 } }], gaps: [{ reason: 'collector_restored' }] })
})

void t.test('an unsigned 409, or one that expects what comes later, moves nothing', async t => {
  const answers = [
    refused('out_of_order', { verified: false }, { expect: 1 }),
    refused('out_of_order', {}, { expect: 9 }),
    refused('out_of_order'),
    refused('rolled_back', { verified: false })
  ]
  for (const answer of answers) {
    const rig = await openUploader(t, () => answer)
    const { spool } = rig.spool.state()
    rig.record(1)
    rig.upload.notify(true)
    await rig.clock.advance(2 * minute)
    t.ok(rig.sent.length >= 2 && rig.sent.length < 10, 'it backs off')
    t.match(rig.spool.state(), { spool, nextSeq: 1, loose: 1 })
  }
})

void t.test('a signed rolled_back opens a new spool, from 1, and says so', async t => {
  const rig = await openUploader(t, ({ request }) => acknowledged(request.seq ?? 0))
  const { spool } = rig.spool.state()
  rig.script = ({ request }) => (request.spool === spool ? refused('rolled_back') : acknowledged(request.seq ?? 0))
  rig.record(1)
  rig.upload.notify(true)
  await rig.clock.advance(1_000)
  t.equal(rig.sent.length, 2)
  t.not(rig.sent[1]?.request.spool, spool)
  t.match(rig.sent[1], {
    request: { seq: 1 },
    batch: { readings: [{ fields: { i: 1 } }], gaps: [{ reason: 'rolled_back' }] }
  })
  t.equal(rig.spool.state().loose, 0)
})
