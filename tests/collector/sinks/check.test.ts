import { once } from 'node:events'
import { createServer } from 'node:http'
import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { checkServer } from '../../../collector/sinks/influx/check.ts'
import { conflictsOf } from '../../../collector/sinks/influx/field-types.ts'
import { loadSecrets } from '../../../collector/sinks/influx/secrets.ts'
import { durationMs } from '../../../collector/sinks/influx/stored.ts'
import { openInfluxDouble, type InfluxDouble } from '../../rig/influx-double.ts'
import { authorizationOf, canaries, settingsFor } from '../../rig/influx-post.ts'

const { signal } = new AbortController()

const check = async (server: { url: string; generation: 1 | 2 | 3 }, directory: string, more = {}) => {
  const settings = settingsFor(server, directory, more)
  const found = await checkServer(settings, loadSecrets(settings), signal)
  const text = JSON.stringify(found)
  for (const secret of [canaries.password, canaries.token, authorizationOf(1).slice(6)])
    if (text.includes(secret)) throw new Error('a secret is in what the check says')
  return found
}

void t.test('a server as it should be, in each generation', async t => {
  for (const generation of [1, 2, 3] as const) {
    const double = await openInfluxDouble(t.teardown, generation)
    double.authorization = authorizationOf(generation)
    double.retentionS.set('readiness', 60 * 86_400)
    double.fields.set('readiness', { ping: { took_ms: ['float'], outcome: ['integer'] }, strange: { x: ['string'] } })
    t.same(await check(double, t.testdir({})), {
      ok: true,
      version: double.version,
      retentionMs: { raw: generation === 3 ? undefined : 5_184_000_000, rollup: undefined },
      warnings: []
    })
    const asked = double.heard.filter(({ path }) => path === '/ping')
    const shown = generation === 3 ? authorizationOf(3) : undefined
    t.same(
      asked.map(({ authorization }) => authorization),
      [shown],
      'who asks is not said before it is known who answers'
    )
    t.same(double.writes(), [], 'no point was sent')
  }
})

/** What is wrong, and the sentence that says so. URL stands for the address. */
const faults: readonly {
  readonly says: string
  readonly generation: 1 | 2 | 3
  readonly wrong: (double: InfluxDouble) => unknown
  readonly more?: Readonly<Record<string, unknown>>
  readonly kind: 'away' | 'refused'
  readonly sentence: string
}[] = [
  {
    says: 'a wrong password',
    generation: 1,
    wrong: double => (double.authorization = 'Basic other'),
    kind: 'refused',
    sentence:
      'InfluxDB 不接受用户“campus_gauge”的密码，或没有这个用户：请核对 sinks.influx.username 和 password_file。\n' +
      'InfluxDB does not accept the password of "campus_gauge", or knows no such user: check sinks.influx.username and password_file.'
  },
  {
    says: 'no account in the settings',
    generation: 1,
    wrong: double => (double.authorization = 'Basic other'),
    more: { username: undefined, password_file: undefined },
    kind: 'refused',
    sentence:
      'InfluxDB 要求登录：请写明 sinks.influx.username 和 password_file。\n' +
      'InfluxDB asks for an account: set sinks.influx.username and password_file.'
  },
  {
    says: 'a missing database',
    generation: 1,
    wrong: double => double.databases.delete('readiness_rollup'),
    kind: 'refused',
    sentence:
      '没有数据库“readiness_rollup”：请执行 campus-gauge sink setup，或 CREATE DATABASE "readiness_rollup"。如果其中原来有数据，建好后再执行 campus-gauge sink rewind --yes。\n' +
      'There is no database "readiness_rollup": run campus-gauge sink setup, or CREATE DATABASE "readiness_rollup". If there were data in it, run campus-gauge sink rewind --yes afterwards.'
  },
  {
    says: 'no right to write',
    generation: 1,
    wrong: double => (double.mayWrite = false),
    kind: 'refused',
    sentence:
      '用户“campus_gauge”没有写入“readiness”的权限：请执行 GRANT ALL ON "readiness" TO "campus_gauge"。\n' +
      '"campus_gauge" may not write to "readiness": run GRANT ALL ON "readiness" TO "campus_gauge".'
  },
  {
    says: 'another version',
    generation: 2,
    wrong: double => (double.version = '1.6.7~rc0'),
    kind: 'refused',
    sentence:
      'URL 是 InfluxDB 1.6.7~rc0，设置却是第 2 代：请设 generation: 1。\n' +
      'URL answers as InfluxDB 1.6.7~rc0, the settings say generation 2: set generation: 1.'
  },
  {
    says: 'a version that we do not know',
    generation: 1,
    wrong: double => (double.version = '4.0.0'),
    kind: 'refused',
    sentence:
      'URL 自称 InfluxDB 4.0.0，不是第 1 代：请核对 sinks.influx.generation。\n' +
      'URL answers as InfluxDB 4.0.0, which is not generation 1: check sinks.influx.generation.'
  },
  {
    says: 'something else altogether',
    generation: 1,
    wrong: double => (double.plant = () => ({ status: 200, body: '<html>Welcome</html>', headers: {} })),
    kind: 'refused',
    sentence:
      'URL 有应答（200），但不是 InfluxDB：请核对 sinks.influx.url。\n' +
      'URL answers (200), but it is no InfluxDB: check sinks.influx.url.'
  },
  {
    says: 'a proxy without its server',
    generation: 1,
    wrong: double => (double.plant = () => ({ status: 502, body: 'Bad Gateway', headers: {} })),
    kind: 'away',
    sentence: 'URL 出错（502）：Bad Gateway\nURL fails (502): Bad Gateway'
  },
  {
    says: 'nothing listens',
    generation: 1,
    wrong: double => double.close(),
    kind: 'away',
    sentence:
      'URL 上没有程序在监听：请启动 InfluxDB，或改正 sinks.influx.url。\n' +
      'Nothing listens on URL: start InfluxDB, or correct sinks.influx.url.'
  },
  {
    says: 'TLS where there is none',
    generation: 1,
    wrong: () => undefined,
    more: { tls: true },
    kind: 'refused',
    sentence:
      'URL 不使用 TLS：请把 sinks.influx.url 改为 http:// 开头，或在 InfluxDB 中启用 HTTPS。\n' +
      'URL does not speak TLS: let sinks.influx.url begin with http://, or switch HTTPS on in InfluxDB.'
  },
  {
    says: 'it hangs',
    generation: 1,
    wrong: double => (double.plant = () => 'hang'),
    more: { timeout_ms: 100 },
    kind: 'away',
    sentence:
      'URL 在 0.1 秒内没有答完：请检查 InfluxDB 的负载，或加大 sinks.influx.timeout_ms。\n' +
      'URL did not answer within 0.1 s: look at the load of InfluxDB, or raise sinks.influx.timeout_ms.'
  },
  {
    says: 'a wrong token',
    generation: 3,
    wrong: double => (double.authorization = 'Token other'),
    kind: 'refused',
    sentence:
      'InfluxDB 不接受令牌：请核对 TOKEN 的内容。\nInfluxDB does not accept the token: check what stands in TOKEN.'
  },
  {
    says: 'a wrong token',
    generation: 2,
    wrong: double => (double.authorization = 'Token other'),
    kind: 'refused',
    sentence:
      'InfluxDB 不接受令牌：请核对 TOKEN 的内容。\nInfluxDB does not accept the token: check what stands in TOKEN.'
  },
  {
    says: 'a missing organization',
    generation: 2,
    wrong: double => (double.org = 'other'),
    kind: 'refused',
    sentence: '没有组织“bureau”：请核对 sinks.influx.org。\nThere is no organization "bureau": check sinks.influx.org.'
  },
  {
    says: 'a missing bucket',
    generation: 2,
    wrong: double => double.databases.delete('readiness'),
    kind: 'refused',
    sentence:
      '没有桶“readiness”：请执行 campus-gauge sink setup。如果其中原来有数据，建好后再执行 campus-gauge sink rewind --yes。\n' +
      'There is no bucket "readiness": run campus-gauge sink setup. If there were data in it, run campus-gauge sink rewind --yes afterwards.'
  },
  {
    says: 'a token that may not write',
    generation: 2,
    wrong: double => (double.mayWrite = false),
    kind: 'refused',
    sentence:
      '这个令牌没有写入“readiness”的权限：请执行 campus-gauge sink setup。\n' +
      'the token may not write to "readiness": run campus-gauge sink setup.'
  },
  {
    says: 'fields of another type',
    generation: 1,
    wrong: double =>
      double.fields.set('readiness', {
        ping: { outcome: ['float', 'integer'], took_ms: ['float'], loss_pct: ['integer'] },
        agent: { lag_s: ['string'], own: ['string'] },
        school: { agents_n: ['float'] },
        host_1d: { ok_n: ['float'] }
      }),
    kind: 'refused',
    sentence:
      '“readiness”中已有类型不同的字段：ping.outcome 是 float，应为 integer, ping.loss_pct 是 integer，应为 float, agent.lag_s 是 string，应为 float，另有 1 个。' +
      '字段类型不能更改，没有写入任何数据：请删除这些 measurement，或换一个空的库。\n' +
      '"readiness" already has fields of another type: ping.outcome is float, must be integer, ping.loss_pct is integer, must be float, agent.lag_s is string, must be float and 1 more. ' +
      'The type of a field cannot be changed, nothing was written: drop these measurements, or use an empty database.'
  }
]

void t.test('what is wrong is said in a sentence, in two languages', async t => {
  const directory = t.testdir({})
  for (const { says, generation, wrong, more = {}, kind, sentence } of faults) {
    const double = await openInfluxDouble(t.teardown, generation)
    double.authorization = authorizationOf(generation)
    await wrong(double)
    const { tls, ...config } = more
    const url = tls === true ? double.url.replace('http:', 'https:') : double.url
    const found = await check({ url, generation }, directory, config)
    const expected = sentence.replaceAll('URL', url).replaceAll('TOKEN', join(directory, 'token'))
    const exit = /password|account|right|token/.test(says) ? 'notPermitted' : 'badConfiguration'
    t.same(
      found,
      { ok: false, kind, ...(kind === 'away' ? {} : { exit }), sentence: expected },
      `generation ${generation}: ${says}`
    )
  }
})

void t.test('a name that does not resolve, and an address that is not asked', async t => {
  const directory = t.testdir({})
  t.match(await check({ url: 'http://influx.invalid:8086', generation: 1 }, directory), {
    ok: false,
    kind: 'away',
    sentence: /的主机名解析不了.*\nThe name in http:\/\/influx\.invalid:8086 does not resolve/
  })
  t.match(await check({ url: 'http://169.254.169.254', generation: 1 }, directory), {
    ok: false,
    kind: 'refused',
    sentence: /metadata service.*allow_link_local: true/
  })
})

void t.test('what cannot be read is a warning, not a refusal', async t => {
  const old = await openInfluxDouble(t.teardown, 1)
  old.mayRead = false
  const directory = t.testdir({})
  settingsFor(old, directory)
  chmodSync(join(directory, 'password'), 0o604)
  t.match(await check(old, directory), {
    ok: true,
    retentionMs: { raw: undefined, rollup: undefined },
    warnings: [
      /chmod 600 it\.$/,
      '用户“campus_gauge”不能读取“readiness”，没有核对字段类型和保留期：建议执行 GRANT ALL ON "readiness" TO "campus_gauge"。\n' +
        '"campus_gauge" may not read "readiness", so field types and retention were not checked: better GRANT ALL ON "readiness" TO "campus_gauge".',
      /readiness_rollup/
    ]
  })
  const newer = await openInfluxDouble(t.teardown, 2)
  newer.mayRead = false
  t.match(await check(newer, directory), { ok: true, warnings: [/DBRP/, /DBRP/] })
})

void t.test('an abort ends the check', async t => {
  const server = createServer(() => undefined).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const address = server.address()
  const url = `http://127.0.0.1:${address !== null && typeof address === 'object' ? address.port : 0}`
  const settings = settingsFor({ url, generation: 1 }, t.testdir({}))
  const ending = new AbortController()
  server.once('connection', () => setImmediate(() => ending.abort(new Error('stop'))))
  await t.rejects(checkServer(settings, loadSecrets(settings), ending.signal), { message: 'stop' })
})

void t.test('durations as Go writes them, and measurements that are not ours', t => {
  t.same(['0s', '1h0m0s', '1440h0m0s', '5m0s', '1h2m3s', '', 'INF', '1.5s'].map(durationMs), [
    0,
    3_600_000,
    5_184_000_000,
    300_000,
    3_723_000,
    undefined,
    undefined,
    undefined
  ])
  const stored = ['constructor', 'toString', 'ping', 'host_1d'].map(measurement => ({
    measurement,
    field: 'constructor',
    type: 'string'
  }))
  t.same(conflictsOf('raw', stored), [{ measurement: 'ping', field: 'constructor', type: 'string', ours: 'float' }])
  t.end()
})
