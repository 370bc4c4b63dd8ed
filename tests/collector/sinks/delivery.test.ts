import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { openInfluxDouble } from '../../rig/influx-double.ts'
import { authorizationOf, canaries, linesOf, openPost } from '../../rig/influx-post.ts'

const poisoned = (line: string): string | undefined => (line.includes('poison') ? 'invalid number' : undefined)
const withPoison = (n: number, at: readonly number[]): string[] =>
  linesOf(n).map((line, i) => (at.includes(i) ? line.replace('took_ms=', 'poison=') : line))

void t.test('a batch travels as one packed request to the path of its generation', async t => {
  for (const [generation, path] of [
    [1, '/write?db=readiness&precision=ns'],
    [2, '/api/v2/write?org=bureau&bucket=readiness&precision=ns'],
    [3, '/api/v2/write?bucket=readiness&precision=ns']
  ] as const) {
    const double = await openInfluxDouble(t.teardown, generation)
    const { write, states, waits } = openPost(t.teardown, double, t.testdir())
    const lines = linesOf(500)
    t.same(await write(lines), { refused: [] })
    t.same(double.heard, [
      { method: 'POST', path, authorization: authorizationOf(generation), encoding: 'gzip', lines }
    ])
    t.same(states, ['delivering'])
    t.same(waits, [])
    t.same(await write([]), { refused: [] }, 'nothing is nothing to send')
    t.equal(double.heard.length, 1)
  }
})

void t.test('poison is found wherever it lies, and everything else is taken', async t => {
  const places = [[157], [0, 1, 2, 249], [7, 8, 125], [0], [249], [124, 125], [0, 1, 2, 3, 4], [0, 83, 166, 249]]
  const n = 250
  const bits = Math.ceil(Math.log2(n))
  for (const generation of [1, 2, 3] as const) {
    const double = await openInfluxDouble(t.teardown, generation)
    double.refuses = poisoned
    const { write, waits } = openPost(t.teardown, double, t.testdir())
    for (const at of places.slice(0, generation === 1 ? places.length : 2)) {
      double.heard.length = 0
      double.databases.get('readiness')?.clear()
      const lines = withPoison(n, at)
      const { refused } = await write(lines)
      const indexes = refused.map(({ index }) => index)
      t.same(indexes, at, `generation ${generation}: ${at.join(' ')}`)
      t.ok(
        refused.every(({ answer }) => answer.includes('invalid number')),
        'in the words of the server'
      )
      t.equal(double.databases.get('readiness')?.size, n - at.length)
      const bound = at.length * 2 * bits + 1
      t.ok(double.heard.length <= bound, `${double.heard.length} requests, at most ${bound}`)
      const alone = new Set(double.heard.flatMap(one => (one.lines.length === 1 ? one.lines : [])))
      t.ok(
        at.every(i => alone.has(lines[i] ?? '')),
        'refused alone'
      )
    }
    t.same(waits, [], 'nothing to wait for')
  }
})

void t.test('a server that refuses everything is not answered with dead letters', async t => {
  const double = await openInfluxDouble(t.teardown, 1)
  double.refuses = () => 'something new'
  const { write, states, waits, meanwhile } = openPost(t.teardown, double, t.testdir())
  meanwhile.now = () => {
    if (waits.length === 3) double.refuses = poisoned
  }
  t.same(await write(withPoison(100, [5])).then(({ refused }) => refused.map(({ index }) => index)), [5])
  t.same(waits, [60_000, 60_000, 60_000])
  t.same(states, [
    'refused: InfluxDB 拒收所有数据，连先前收下过的也不收：partial write: something new dropped=1。请检查 InfluxDB 及 sinks.influx 的设置；没有丢弃任何数据。\n' +
      'InfluxDB refuses everything, also what it took before: partial write: something new dropped=1. Check InfluxDB and sinks.influx; nothing was given up.',
    'delivering'
  ])
  t.equal(double.databases.get('readiness')?.size, 99)
})

void t.test('a proxy that lets nothing through is not answered with dead letters', async t => {
  const double = await openInfluxDouble(t.teardown, 1)
  double.maxBytes = 0
  const { write, waits, states, meanwhile } = openPost(t.teardown, double, t.testdir())
  meanwhile.now = () => (double.maxBytes = 10_000)
  t.same(await write(linesOf(80)), { refused: [] })
  t.same(waits, [60_000])
  t.match(states, [/^refused: InfluxDB 拒收所有数据.*too large/, 'delivering'])
})

void t.test('a batch of nothing but poison is poison when the server still takes what it took before', async t => {
  const double = await openInfluxDouble(t.teardown, 1)
  double.refuses = poisoned
  const { write, states, waits } = openPost(t.teardown, double, t.testdir())
  await write(linesOf(1))
  const all = Array.from({ length: 50 }, (_, i) => i)
  const { refused } = await write(withPoison(50, all))
  t.same(
    refused.map(({ index }) => index),
    all
  )
  t.same(states, ['delivering'])
  t.same(waits, [])
})

void t.test('one bad point a batch, batch after batch, is not taken for a server that refuses everything', async t => {
  const double = await openInfluxDouble(t.teardown, 1)
  double.refuses = poisoned
  const { write, waits } = openPost(t.teardown, double, t.testdir())
  await write(linesOf(1))
  let refusedN = 0
  for (let i = 0; i < 40; i++) refusedN += (await write(withPoison(1, [0]))).refused.length
  t.equal(refusedN, 40)
  double.heard.length = 0
  for (let i = 0; i < 40; i++) await write(withPoison(2, [0]))
  t.equal(double.heard.length, 40 * 3, 'nothing is asked beside: a good line came between')
  t.same(waits, [])
})

void t.test('what is too large is halved, and the next batch begins smaller', async t => {
  const double = await openInfluxDouble(t.teardown, 1)
  double.maxBytes = 10_000
  const { write } = openPost(t.teardown, double, t.testdir())
  const lines = linesOf(400)
  t.same(await write(lines), { refused: [] })
  t.equal(double.databases.get('readiness')?.size, 400)
  const first = double.heard.length
  double.heard.length = 0
  await write(lines)
  t.ok(double.heard.length < first, `${double.heard.length} < ${first}`)
  const huge = `ping,device=x${'x'.repeat(20_000)} took_ms=1 1`
  t.same(await write(lines.with(7, huge)), { refused: [{ index: 7, answer: 'too large' }] })
})

void t.test(
  'while it is away: full jitter, doubled up to a minute, Retry-After honoured, nothing given up',
  async t => {
    const double = await openInfluxDouble(t.teardown, 1)
    const high = openPost(t.teardown, double, t.testdir(), { random: () => 0.999 })
    double.plant = () => (high.waits.length < 9 ? { status: 500, body: '{"error":"engine is closed"}' } : undefined)
    t.same(await high.write(linesOf(3)), { refused: [] })
    t.same(
      high.waits.map(ms => Math.round(ms / 0.999)),
      [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]
    )
    t.same(high.states, [
      `backing_off: ${double.url} 出错（500）：engine is closed\n${double.url} fails (500): engine is closed`,
      'delivering'
    ])
    const low = openPost(t.teardown, double, t.testdir(), { random: () => 0 })
    const after = ['7', new Date(Date.UTC(2026, 10, 22, 0, 0, 7 + 30)).toUTCString(), '99999999', 'soon']
    double.plant = () => {
      const text = after[low.waits.length]
      return text === undefined ? undefined : { status: 503, headers: { 'retry-after': text } }
    }
    await low.write(linesOf(3))
    t.same(low.waits, [7_000, 30_000, 900_000, 0], 'seconds, a date, at most 15 minutes, nonsense')
  }
)

void t.test('one lost request is no news', async t => {
  const double = await openInfluxDouble(t.teardown, 1)
  const { write, states, waits } = openPost(t.teardown, double, t.testdir())
  await write(linesOf(1))
  double.plant = () => (waits.length === 0 ? 'cut' : undefined)
  await write(linesOf(2))
  t.equal(waits.length, 1)
  t.same(states, ['delivering'])
})

void t.test('taken, but nobody said so: sent again, and there once', async t => {
  const double = await openInfluxDouble(t.teardown, 1)
  const { write, waits } = openPost(t.teardown, double, t.testdir())
  double.plant = () => (waits.length < 2 ? 'taken and cut' : undefined)
  t.same(await write(linesOf(50)), { refused: [] })
  t.equal(double.databases.get('readiness')?.size, 50)
})

void t.test('an exchange that breaks off again and again is tried with fewer lines', async t => {
  const double = await openInfluxDouble(t.teardown, 1)
  const { write } = openPost(t.teardown, double, t.testdir(), { timeout_ms: 100 })
  double.plant = ({ lines }) => (lines.length > 30 ? 'cut' : undefined)
  t.same(await write(linesOf(100)), { refused: [] })
  t.equal(double.databases.get('readiness')?.size, 100)
})

void t.test('a server that hangs is left after the time-out', async t => {
  const double = await openInfluxDouble(t.teardown, 1)
  const { write, states, waits } = openPost(t.teardown, double, t.testdir(), { timeout_ms: 100 })
  double.plant = () => (waits.length < 2 ? 'hang' : undefined)
  await write(linesOf(1))
  t.same(states, [
    `backing_off: ${double.url} 在 0.1 秒内没有答完：请检查 InfluxDB 的负载，或加大 sinks.influx.timeout_ms。\n` +
      `${double.url} did not answer within 0.1 s: look at the load of InfluxDB, or raise sinks.influx.timeout_ms.`,
    'delivering'
  ])
})

void t.test('a refused password waits, is read again from its file, and heals without a restart', async t => {
  const double = await openInfluxDouble(t.teardown, 1)
  const directory = t.testdir()
  const { write, states, waits, meanwhile } = openPost(t.teardown, double, directory)
  writeFileSync(join(directory, 'password'), 'yesterday')
  meanwhile.now = () => {
    if (waits.length === 2) writeFileSync(join(directory, 'password'), '')
    if (waits.length === 3) writeFileSync(join(directory, 'password'), canaries.password)
  }
  t.same(await write(linesOf(4)), { refused: [] })
  t.same(waits, [60_000, 60_000, 60_000])
  t.match(states, [
    /^refused: InfluxDB 不接受用户“campus_gauge”的密码/,
    /password must hold the password, got an empty file/,
    /^delivering$/
  ])
  t.equal(double.databases.get('readiness')?.size, 4)
})

void t.test('a missing database in the middle of a search waits and goes on where it was', async t => {
  const double = await openInfluxDouble(t.teardown, 2)
  double.refuses = poisoned
  const { write, states, waits, meanwhile } = openPost(t.teardown, double, t.testdir())
  const kept = double.databases.get('readiness') ?? new Map<string, string>()
  let requests = 0
  double.plant = () => {
    requests += 1
    if (requests === 6) double.databases.delete('readiness')
    return undefined
  }
  meanwhile.now = () => double.databases.set('readiness', kept)
  t.same(await write(withPoison(256, [200])).then(({ refused }) => refused.map(({ index }) => index)), [200])
  t.same(waits, [60_000])
  t.match(states, [
    'delivering',
    /^refused: 没有桶“readiness”：请执行 campus-gauge sink setup。如果.*\nThere is no bucket/,
    'delivering'
  ])
  t.equal(kept.size, 255)
})

void t.test('an abort ends a wait and a hanging request at once', async t => {
  const double = await openInfluxDouble(t.teardown, 1)
  const { write, meanwhile } = openPost(t.teardown, double, t.testdir())
  const waiting = new AbortController()
  double.plant = () => ({ status: 500 })
  meanwhile.now = () => waiting.abort(new Error('stop'))
  await t.rejects(write(linesOf(1), waiting.signal), { message: 'stop' })
  const hanging = new AbortController()
  double.plant = () => {
    setImmediate(() => hanging.abort(new Error('stop')))
    return 'hang'
  }
  await t.rejects(write(linesOf(1), hanging.signal), { message: 'stop' })
  await t.rejects(write(linesOf(1), hanging.signal), { message: 'stop' }, 'nothing is sent after it')
})

void t.test('a server that repeats our secrets does not bring them into a sentence', async t => {
  for (const generation of [1, 2] as const) {
    const double = await openInfluxDouble(t.teardown, generation)
    const { write, states, waits } = openPost(t.teardown, double, t.testdir())
    double.plant = ({ authorization = '' }) => {
      const echo = `${authorization} ${canaries.password} ${canaries.token}`
      const body = JSON.stringify({ error: echo, message: echo })
      return (
        [500, 418, 401, 403, 404].map(status => ({ status, body }))[waits.length] ??
        (waits.length < 7 ? { status: 502, body: echo } : undefined)
      )
    }
    double.refuses = () => authorizationOf(generation)
    const { refused } = await write(linesOf(1))
    const all = `${states.join('\n')}\n${refused.map(({ answer }) => answer).join('\n')}`
    t.match(all, '***')
    const own = generation === 1 ? canaries.password : canaries.token
    t.notMatch(all, own)
    t.notMatch(all, authorizationOf(generation).split(' ')[1] ?? '')
  }
})
