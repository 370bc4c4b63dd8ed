import { chmodSync } from 'node:fs'
import { createServer } from 'node:http'
import { once } from 'node:events'
import { join } from 'node:path'
import t from 'tap'
import { guardedLookup, mayReach } from '../../../collector/sinks/influx/address.ts'
import { answerOf, retryAfterOf } from '../../../collector/sinks/influx/answers.ts'
import type { Answer } from '../../../collector/sinks/influx/deliver.ts'
import { loadSecrets } from '../../../collector/sinks/influx/secrets.ts'
import { openTransport } from '../../../collector/sinks/influx/transport.ts'
import type { After } from '../../rig/collector.ts'
import { openInfluxProxy } from '../../rig/influx-proxy.ts'
import { settingsFor } from '../../rig/influx-post.ts'

const { signal } = new AbortController()
const open = { authorization: undefined, ca: undefined, hidden: [] }

const serve = async (after: After, answer: Parameters<typeof createServer>[1]): Promise<string> => {
  const server = createServer({}, answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  after(() => server.close())
  const address = server.address()
  return `http://127.0.0.1:${address !== null && typeof address === 'object' ? address.port : 0}`
}

void t.test('what an answer means, by generation, status and words', t => {
  const one = { 'x-influxdb-version': '1.6.7' }
  const directory = t.testdir({})
  const cases: readonly (readonly [1 | 2 | 3, number, string, Answer['kind'], RegExp?])[] = [
    [1, 204, '', 'taken'],
    [2, 204, '', 'taken'],
    [3, 204, '', 'taken'],
    [1, 200, '<html>Sign in</html>', 'away', /不像是 InfluxDB 的.*Sign in\n.*a portal may stand in between: Sign in$/],
    [2, 201, '', 'away'],
    [1, 302, '', 'refused', /不跟随.*\n.*not followed/],
    [1, 400, '{"error":"partial write: field type conflict: x dropped=1"}', 'bad_lines', /^partial write: field type/],
    [1, 400, '{"error":"unable to parse \'m\': missing fields"}', 'bad_lines'],
    [1, 400, '{"error":"partial write: points beyond retention policy dropped=1"}', 'bad_lines'],
    [
      1,
      400,
      '{"error":"partial write: max-series-per-database limit exceeded: (1000000) dropped=3"}',
      'refused',
      /调高/
    ],
    [1, 400, '{"error":"database is required"}', 'refused'],
    [1, 400, '<h1>400 The plain HTTP request was sent to HTTPS port</h1>', 'away', /HTTPS port/],
    [2, 400, '{"code":"invalid","message":"unable to parse \'m\': missing fields"}', 'bad_lines', /^unable to parse/],
    [
      2,
      422,
      '{"code":"unprocessable entity","message":"failure writing points to database: partial write: x"}',
      'bad_lines'
    ],
    [
      3,
      400,
      '{"error":"partial write of line protocol occurred","data":[{"error_message":"no fields","line_number":2,"original_line":"m"}]}',
      'bad_lines',
      /occurred: no fields$/
    ],
    [1, 401, '{"error":"authorization failed"}', 'refused', /用户“campus_gauge”的密码/],
    [
      2,
      401,
      '{"code":"unauthorized","message":"unauthorized access"}',
      'refused',
      /不接受令牌.*\n.*does not accept the token/
    ],
    [1, 403, '{"error":"not authorized"}', 'refused', /GRANT ALL ON "readiness" TO "campus_gauge"/],
    [
      2,
      403,
      '{"code":"forbidden","message":"insufficient permissions for write"}',
      'refused',
      /这个令牌没有写入“readiness”的权限/
    ],
    [1, 403, 'blocked by policy', 'refused', /forbids it \(403\): blocked by policy/],
    [1, 404, '{"error":"database not found: \\"readiness\\""}', 'refused', /CREATE DATABASE "readiness"/],
    [2, 404, '{"code":"not found","message":"bucket \\"readiness\\" not found"}', 'refused', /没有桶“readiness”/],
    [
      2,
      404,
      '{"code":"not found","message":"organization name \\"bureau\\" not found"}',
      'refused',
      /没有组织“bureau”/
    ],
    [1, 404, '404 page not found', 'refused', /check sinks.influx.url and generation/],
    [1, 413, '<html>413</html>', 'too_large', /^request entity too large$/],
    [2, 413, '{"code":"request too large","message":"points batch is too large"}', 'too_large', /^points batch/],
    [1, 408, '', 'away'],
    [2, 429, '{"code":"too many requests","message":"limit"}', 'away', /稍后再来（429）/],
    [1, 500, '{"error":"timeout"}', 'away', /出错（500）：timeout/],
    [1, 500, '{"error":"retention policy not found: autogen"}', 'refused', /保留策略/],
    [1, 503, '', 'away'],
    [1, 418, 'teapot', 'refused', /\(418\): teapot/]
  ]
  for (const [generation, status, body, kind, says] of cases) {
    const settings = settingsFor({ url: 'http://influx.example:8086', generation }, directory)
    const reply = { kind: 'answered', status, headers: one, body } as const
    const answer = answerOf(reply, { settings, database: 'raw', nowMs: 0 })
    t.equal(answer.kind, kind, `${generation} ${status} ${body}`)
    if (answer.kind === 'taken') continue
    if (says !== undefined) t.match(answer.says, says)
    const sentence = answer.kind === 'away' || answer.kind === 'refused'
    t.equal(answer.says.split('\n').length, sentence ? 2 : 1, 'a sentence is two lines, words of a server one')
  }
  const silent = { kind: 'answered', status: 204, headers: {}, body: '' } as const
  const settings = settingsFor({ url: 'http://influx.example:8086', generation: 1 }, directory)
  t.equal(answerOf(silent, { settings, database: 'raw', nowMs: 0 }).kind, 'away', '204 of something that is no 1.x')
  t.same(
    ['', ' ', '0', '12', '-3', 'x', 'Thu, 01 Jan 1970 00:01:00 GMT', 'Thu, 01 Jan 1970 00:00:01 GMT'].map(text =>
      retryAfterOf(text, 10_000)
    ),
    [undefined, undefined, 0, 12_000, undefined, undefined, 50_000, 0]
  )
  t.end()
})

void t.test('link-local addresses and metadata services are not talked to', async t => {
  const never = [
    '169.254.1.1',
    '169.254.169.254',
    '[fe80::1]',
    'fe80::1%eth0',
    '::ffff:169.254.169.254',
    '64:ff9b::a9fe:a9fe',
    '100.100.100.200',
    'fd00:ec2::254'
  ]
  for (const address of never) {
    t.equal(mayReach(address, false), false, address)
    t.equal(mayReach(address, true), true, `${address} when allowed`)
  }
  for (const address of ['127.0.0.1', '[::1]', '10.0.0.5', '192.168.1.1', 'fd12::1', '8.8.8.8', 'influx.example'])
    t.equal(mayReach(address, false), true, address)
  const resolve = (name: string, all: boolean, allowed: boolean): Promise<unknown> =>
    new Promise(done => guardedLookup(allowed)(name, { all }, (error, found) => done(error?.code ?? found)))
  for (const all of [true, false]) {
    t.equal(await resolve('169.254.169.254', all, false), 'ADDRESS_DENIED', 'what a name resolves to is judged as well')
    t.match(await resolve('169.254.169.254', all, true), all ? [{ address: '169.254.169.254' }] : '169.254.169.254')
  }
  for (const host of ['169.254.169.254', '[fe80::1]', '2852039166', '[::ffff:169.254.169.254]']) {
    const url = `http://${host}:8086`
    const transport = openTransport({ url, allowLinkLocal: false, timeoutMs: 2_000 })
    t.match(await transport.ask({ method: 'GET', path: '/ping' }, open, signal), {
      kind: 'lost',
      answer: { kind: 'refused', says: /链路本地.*\n.*leads to a link-local address or a metadata service/ }
    })
    transport.close()
  }
})

void t.test('an answer that never ends is left at the time-out, whatever the client hears meanwhile', async t => {
  const proxy = await openInfluxProxy(t.teardown, { url: 'http://127.0.0.1:9' })
  const transport = openTransport({ url: proxy.url, allowLinkLocal: false, timeoutMs: 200 })
  t.teardown(() => transport.close())
  proxy.weather = 'drip'
  t.match(await transport.ask({ method: 'POST', path: '/write?db=x', body: 'm v=1 1' }, open, signal), {
    kind: 'answered',
    status: 500
  })
  const page = await serve(t.teardown, (_request, response) => {
    response.writeHead(200)
    const more = setInterval(() => response.write('x'), 20)
    response.once('close', () => clearInterval(more))
  })
  const other = openTransport({ url: page, allowLinkLocal: false, timeoutMs: 200 })
  t.teardown(() => other.close())
  t.match(await other.ask({ method: 'GET', path: '/query' }, open, signal), {
    kind: 'lost',
    answer: { kind: 'away', says: /did not answer within 0\.2 s/, brokeOff: true }
  })
})

void t.test('no redirect is followed, connections are kept, small bodies are not packed', async t => {
  const heard: string[] = []
  const ports = new Set<number | undefined>()
  const url = await serve(t.teardown, (request, response) => {
    heard.push(`${request.method ?? ''} ${request.url ?? ''} ${request.headers['content-encoding'] ?? 'plain'}`)
    ports.add(request.socket.remotePort)
    request.resume()
    response.writeHead(307, { location: '/elsewhere' }).end()
  })
  const transport = openTransport({ url, allowLinkLocal: false, timeoutMs: 2_000 })
  for (const body of ['m v=1 1', 'm v=1 1\n'.repeat(200)])
    t.match(await transport.ask({ method: 'POST', path: '/write?db=x', body }, open, signal), { status: 307 })
  t.same(heard, ['POST /write?db=x plain', 'POST /write?db=x gzip'])
  t.equal(ports.size, 1)
  transport.close()
})

void t.test('an answer that says no before it has heard everything counts, not the broken pipe', async t => {
  const url = await serve(t.teardown, (request, response) => {
    response.writeHead(413).end()
    response.once('finish', () => request.socket.destroy())
  })
  const transport = openTransport({ url, allowLinkLocal: false, timeoutMs: 5_000 })
  const body = Array.from({ length: 40_000 }, (_, i) => (Math.sin(i) * 1e9).toString(36)).join('\n')
  const reply = await transport.ask({ method: 'POST', path: '/write?db=x', body }, open, signal)
  // Which of both comes first is the kernel's business: then delivery halves after three of them.
  t.ok(reply.kind === 'answered' ? reply.status === 413 : reply.answer.kind === 'away' && reply.answer.brokeOff)
  transport.close()
})

void t.test('secrets are cut out of what a server says, and nothing else is', async t => {
  const bodies = ['{"error":"no \\"door\\" for error"}', '{"error": "a"', '']
  const url = await serve(t.teardown, (_request, response) => {
    response.writeHead(400, { 'content-type': 'application/json' }).end(bodies.shift())
  })
  const transport = openTransport({ url, allowLinkLocal: false, timeoutMs: 2_000 })
  const said: string[] = []
  for (const hidden of [['"door"', 'error', ''], ['error'], ['error']]) {
    const reply = await transport.ask({ method: 'GET', path: '/' }, { ...open, hidden }, signal)
    said.push(reply.kind === 'answered' ? reply.body : '')
  }
  t.same(said, ['{"error":"no *** for ***"}', '{"***": "a"', ''])
  transport.close()
})

void t.test('secrets are read whole or said to be wrong', t => {
  const directory = t.testdir({
    password: 'a: b\n',
    token: '\uFEFFabc==\r\n',
    two: 'a\nb\n',
    spaced: 'a b\n',
    empty: '\n',
    ca: 'x'
  })
  const at = (name: string): string => join(directory, name)
  for (const name of ['password', 'token']) chmodSync(at(name), 0o600)
  const none = { username: undefined, passwordFile: undefined, tokenFile: undefined, caFile: undefined }
  t.same(loadSecrets(none), { authorization: undefined, hidden: [], ca: undefined, warnings: [] })
  const account = loadSecrets({ ...none, username: '管理', passwordFile: at('password') })
  t.equal(account.authorization, `Basic ${Buffer.from('管理:a: b').toString('base64')}`)
  t.equal(loadSecrets({ ...none, tokenFile: at('token') }).authorization, 'Token abc==')
  const throws = (settings: Partial<Parameters<typeof loadSecrets>[0]>, message: string): void =>
    void t.throws(() => loadSecrets({ ...none, ...settings }), { message })
  throws(
    { tokenFile: at('gone') },
    `${at('gone')}：文件不存在，campus-gauge sink setup 会建立它。\n${at('gone')} must be a readable file: it is not there, campus-gauge sink setup makes it.`
  )
  throws(
    { tokenFile: directory },
    `${directory}：无法读取（EISDIR）。\n${directory} must be a readable file: it cannot be read (EISDIR).`
  )
  throws(
    { tokenFile: at('two') },
    `${at('two')} 应当只有一行，只写令牌。\n${at('two')} must hold the token alone on one line, without spaces.`
  )
  throws(
    { tokenFile: at('spaced') },
    `${at('spaced')} 应当只有一行，只写令牌。\n${at('spaced')} must hold the token alone on one line, without spaces.`
  )
  throws(
    { username: 'x', passwordFile: at('two') },
    `${at('two')} 应当只有一行，只写密码。\n${at('two')} must hold the password alone on one line.`
  )
  throws(
    { username: 'x', passwordFile: at('empty') },
    `${at('empty')} 是空的：应当只写密码。\n${at('empty')} must hold the password, got an empty file.`
  )
  throws(
    { caFile: at('ca') },
    `${at('ca')} 应当是 PEM 格式的 CA 证书（以 -----BEGIN CERTIFICATE----- 开头）。\n${at('ca')} must be the certificate of an authority as PEM (-----BEGIN CERTIFICATE-----).`
  )
  chmodSync(at('token'), 0o644)
  t.same(loadSecrets({ ...none, tokenFile: at('token') }).warnings, [
    `${at('token')} 任何本机用户都能读取：请执行 chmod 600。\n${at('token')} can be read by every user of this machine: chmod 600 it.`
  ])
  t.throws(() => openTransport({ url: 'http://a b', allowLinkLocal: false, timeoutMs: 1 }), {
    message: 'sinks.influx.url 不是有效的地址：http://a b。\nsinks.influx.url must be a URL, got http://a b.'
  })
  t.end()
})
