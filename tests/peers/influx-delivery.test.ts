import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import { checkServer } from '../../collector/sinks/influx/check.ts'
import { influxSettingsOf, type InfluxConfig } from '../../collector/sinks/influx/config.ts'
import { loadSecrets } from '../../collector/sinks/influx/secrets.ts'
import { openTransport } from '../../collector/sinks/influx/transport.ts'
import { openInfluxDouble } from '../rig/influx-double.ts'
import { openInfluxProxy, type Weather } from '../rig/influx-proxy.ts'
import { openPost, settingsFor } from '../rig/influxd-post.ts'
import { openInfluxd, type Influxd } from '../rig/influxd.ts'

const { signal } = new AbortController()

const startNs = 1_790_000_000_000_000_000n
const linesOf = (n: number, measurement = 'ping'): string[] =>
  Array.from({ length: n }, (_, i) => `${measurement},device=d${i % 97} took_ms=${i} ${startNs + BigInt(i)}`)

const count = async (influxd: Influxd, measurement: string, field = 'took_ms'): Promise<unknown> => {
  const [series] = await influxd.query('readiness', `SELECT count("${field}") FROM "${measurement}"`)
  return series?.values[0]?.[1] ?? 0
}

void t.test('an InfluxDB 1.6.7 on loopback', async t => {
  const influxd = await openInfluxd(t.teardown)

  await t.test('answers as the table of answers and the double have it', async t => {
    const double = await openInfluxDouble(t.teardown, 1)
    const basic = (name: string, password: string): string =>
      `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`
    const right = basic(influxd.writer.username, influxd.writer.password)
    double.authorization = right
    double.refuses = line => (line.includes('NaN') ? `unable to parse '${line}': invalid number` : undefined)
    const post = (url: string, path: string, authorization: string, body: string) => {
      const transport = openTransport({ url, allowLinkLocal: false, timeoutMs: 5_000 })
      t.teardown(() => transport.close())
      return transport.ask({ method: 'POST', path, body }, { authorization, ca: undefined, hidden: [] }, signal)
    }
    const ours = '/write?db=readiness&precision=ns'
    for (const [path, who, body, status] of [
      [ours, right, '', 204],
      [ours, right, 'ping v=1 1', 204],
      [ours, basic(influxd.writer.username, 'wrong'), 'ping v=1 1', 401],
      ['/write?db=nowhere&precision=ns', right, '', 404],
      [ours, right, 'ping v=2 2\nping v=NaN 3', 400],
      ['/api/v2/write?org=o&bucket=readiness&precision=ns', right, 'ping v=1 1', 404]
    ] as const) {
      const real = await post(influxd.url, path, who, body)
      const played = await post(double.url, path, who, body)
      if (real.kind !== 'answered' || played.kind !== 'answered') throw new Error('no answer')
      t.equal(real.status, status, `${path} ${body}`)
      t.equal(played.status, status)
      t.ok(real.headers['x-influxdb-version'], 'a version with every answer')
      if (status === 401 || (status === 404 && path.startsWith('/write'))) t.equal(played.body.trim(), real.body.trim())
      if (status === 400) t.match(real.body, 'partial write: unable to parse')
    }
    const reading = await post(influxd.url, ours, basic(influxd.reader.username, influxd.reader.password), '')
    t.match(reading, { status: 403, body: /not authorized to write to database/ })
    t.equal(await count(influxd, 'ping', 'v'), 2, 'the good line of a bad body was taken')
  })

  await t.test('names with anything in them, sent raw on purpose, are told apart from the others', async t => {
    const { write } = openPost(t.teardown, influxd, t.testdir({}))
    const raw = ['a,b', 'a"b', 'a\\', 'a b', 'a=b', 'a\nb', 'a\0b', 'a\\,b', '"', 'a\\\\', '\t', '校园']
    const lines = linesOf(500, 'named')
    const named = raw.map((name, i) => `named,device=${name} took_ms=1 ${startNs + 1_000n + BigInt(i)}`)
    const { refused } = await write('raw', lines.toSpliced(250, 0, ...named), signal)
    const names = refused.map(({ index }) => raw[index - 250])
    t.same(names, ['a,b', 'a\\', 'a b', 'a=b', 'a\nb', 'a\\\\'])
    for (const { answer } of refused) t.match(answer, /unable to parse|missing|invalid/)
    t.equal(await count(influxd, 'named'), 500 + raw.length - refused.length, 'every other line is there')
  })

  await t.test('one poison among 5,000 lines is found with a few requests, and so are ten', async t => {
    const { write, seen } = openPost(t.teardown, influxd, t.testdir({}))
    await write('raw', linesOf(5_000, 'many'), signal)
    t.equal(seen.requests, 1)
    const conflict = (i: number): string => `many,device=p took_ms=${i}i ${startNs + BigInt(i)}`
    for (const at of [[0], [2_345], [4_999], [1, 600, 601, 602, 1_500, 2_222, 3_333, 4_000, 4_500, 4_999]]) {
      seen.requests = 0
      const startMs = Date.now()
      const lines = linesOf(5_000, 'many').map((line, i) => (at.includes(i) ? conflict(i) : line))
      const { refused } = await write('raw', lines, signal)
      t.same(
        refused.map(({ index }) => index),
        at
      )
      for (const { answer } of refused) t.match(answer, 'partial write: field type conflict: input field "took_ms"')
      const bound = at.length * 2 * 13 + 1
      t.ok(seen.requests <= bound, `${seen.requests} requests for ${at.length} of 5,000, at most ${bound}`)
      t.ok(Date.now() - startMs < 10_000, `${Date.now() - startMs} ms`)
    }
    t.equal(await count(influxd, 'many'), 5_000)
  })

  await t.test('lines beyond the retention are refused alone, the others are there', async t => {
    await influxd.query('', 'CREATE DATABASE brief WITH DURATION 2h')
    await influxd.query('', `GRANT ALL ON brief TO ${influxd.writer.username}`)
    const more = { database: 'brief' }
    const { write, settings } = openPost(t.teardown, influxd, t.testdir({}), more)
    const now = BigInt(Date.now()) * 1_000_000n
    const { refused } = await write('raw', [`m v=1 ${now}`, 'm v=2 1000', `m v=3 ${now - 1n}`], signal)
    t.match(refused, [{ index: 1, answer: 'partial write: points beyond retention policy dropped=1' }])
    t.match(await checkServer(settings, loadSecrets(settings), signal), { ok: true, retentionMs: { raw: 7_200_000 } })
  })

  await t.test('stopped, killed and in every weather: every line is there once', async t => {
    const proxy = await openInfluxProxy(t.teardown, influxd)
    const { write, seen } = openPost(t.teardown, { ...influxd, url: proxy.url }, t.testdir({}), { timeout_ms: 300 })
    const weathers: Weather[] = ['500', '401', '403', '404', '503', 'portal', 'hang', 'drip', 'cut', 'reset']
    const lines = linesOf(12_000, 'storm')
    const piece = (i: number): string[] => lines.slice(i * 1_000, (i + 1) * 1_000)
    for (const [i, weather] of weathers.entries()) {
      proxy.weather = weather
      seen.states.length = 0
      const written = write('raw', piece(i), signal)
      await pause(weather === 'hang' || weather === 'drip' ? 700 : 100)
      proxy.weather = 'pass'
      t.same(await written, { refused: [] }, weather)
    }
    await influxd.stop('SIGTERM')
    const first = write('raw', piece(10), signal)
    await influxd.start()
    t.same(await first, { refused: [] })
    const second = write('raw', piece(11), signal)
    await influxd.stop('SIGKILL')
    await influxd.start()
    t.same(await second, { refused: [] })
    t.equal(await count(influxd, 'storm'), 12_000)
    await influxd.stop('SIGKILL')
    await influxd.start()
    t.equal(await count(influxd, 'storm'), 12_000, 'what was said to be taken survives a kill')
  })

  await t.test('a body with its length may be too large; ours are packed and come without one', async t => {
    const small = await openInfluxd(t.teardown, { maxBodyBytes: 2_000 })
    const { write, seen } = openPost(t.teardown, small, t.testdir({}))
    const body = linesOf(500).join('\n')
    const answer = await small.ask('/write?db=readiness', { method: 'POST', credentials: small.writer, body })
    t.match(answer, { status: 413, text: /Request Entity Too Large/ })
    t.same(await write('raw', linesOf(500), signal), { refused: [] })
    t.equal(seen.requests, 1)
    t.equal(await count(small, 'ping'), 500)
  })

  await t.test('the check says what a real server lacks', async t => {
    const directory = t.testdir({})
    const check = (more: Partial<InfluxConfig> = {}, url = influxd.url) => {
      const settings = settingsFor({ url, writer: influxd.writer }, directory, more)
      return checkServer(settings, loadSecrets(settings), signal)
    }
    t.match(await check(), { ok: true, version: influxd.version, warnings: [/GRANT ALL ON "readiness" TO/, /rollup/] })
    for (const name of ['readiness', 'readiness_rollup'])
      await influxd.query('', `GRANT ALL ON "${name}" TO ${influxd.writer.username}`)
    t.same(await check(), {
      ok: true,
      version: influxd.version,
      retentionMs: { raw: undefined, rollup: undefined },
      warnings: []
    })
    t.match(await check({ rollup_database: 'nowhere' }), { ok: false, sentence: /^没有数据库“nowhere”/ })
    t.match(await check({ username: 'nobody' }), {
      ok: false,
      exit: 'notPermitted',
      sentence: /不接受用户“nobody”的密码/
    })
    t.match(await check({ username: influxd.reader.username }), { ok: false, sentence: /不接受用户“grafana”/ })
    const nobody = influxSettingsOf({ generation: 1, url: influxd.url }, directory)
    t.match(await checkServer(nobody, loadSecrets(nobody), signal), { ok: false, sentence: /要求登录/ })
    writeFileSync(join(directory, 'reader'), influxd.reader.password, { mode: 0o600 })
    t.match(await check({ username: influxd.reader.username, password_file: 'reader' }), {
      ok: false,
      exit: 'notPermitted',
      sentence: /用户“grafana”没有写入“readiness”的权限/
    })
    const newer = influxSettingsOf({ generation: 2, url: influxd.url, org: 'o', token_file: 'reader' }, directory)
    t.match(await checkServer(newer, loadSecrets(newer), signal), { ok: false, sentence: /set generation: 1\.$/ })
    const third = influxSettingsOf({ generation: 3, url: influxd.url, token_file: 'reader' }, directory)
    t.match(await checkServer(third, loadSecrets(third), signal), { ok: false, sentence: /set generation: 1\.$/ })
    t.match(await check({}, influxd.url.replace('http:', 'https:')), { ok: false, sentence: /does not speak TLS/ })
    await influxd.write('readiness', ['ping,device=a outcome=1,took_ms=2,loss_pct=3 1', 'agent lag_s=1i 1'])
    t.match(await check(), {
      ok: false,
      exit: 'badConfiguration',
      sentence:
        /already has fields of another type: agent\.lag_s is integer, must be float, ping\.outcome is float, must be integer\./
    })
  })
})
