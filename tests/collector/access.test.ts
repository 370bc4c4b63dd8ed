import type { InjectOptions } from 'fastify'
import t from 'tap'
import { batchOf, knownAgent, readingOf } from '../rig/agent-identity.ts'
import { openCollector } from '../rig/collector.ts'

const rig = await openCollector(work => t.teardown(work))
const bearer = `Bearer ${rig.secret}`
const basic = (user: string, secret: string) => `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}`
const ask = (wish: Partial<InjectOptions>) => rig.app.inject({ method: 'GET', url: '/v1/schools', ...wish })

void t.test('this machine’s own user reads without a secret', async t => {
  for (const host of ['localhost', 'localhost:8080', '127.0.0.1:80', '127.9.8.7', '[::1]:8080', 'LOCALHOST'])
    t.equal((await ask({ headers: { host } })).statusCode, 200, host)
  for (const remoteAddress of ['127.0.0.1', '127.1.2.3', '::1', '::ffff:127.0.0.1'])
    t.equal((await ask({ remoteAddress })).statusCode, 200, remoteAddress)
  t.equal((await ask({ headers: { host: 'localhost', origin: 'http://localhost:3000' } })).statusCode, 200)
})

void t.test('anybody else is asked for the secret, in words', async t => {
  const sorry = 'send the admin secret (Authorization: Bearer …)'
  const cases: [Partial<InjectOptions>, string][] = [
    [{ remoteAddress: '10.1.2.3' }, `this address is not this machine: ${sorry}`],
    [{ remoteAddress: '::ffff:10.1.2.3' }, `this address is not this machine: ${sorry}`],
    [{ remoteAddress: '2001:db8::1' }, `this address is not this machine: ${sorry}`],
    [
      { headers: { host: 'evil.example' } },
      `header host must name this machine (localhost, 127.0.0.1, [::1]), got "evil.example": ${sorry}`
    ],
    [
      { headers: { host: 'localhost.evil.example' } },
      `header host must name this machine (localhost, 127.0.0.1, [::1]), got "localhost.evil.example": ${sorry}`
    ],
    [
      { headers: { host: 'localhost', origin: 'http://evil.example' } },
      `header origin must name this machine, got "http://evil.example": ${sorry}`
    ],
    [{ headers: { host: 'localhost', origin: 'null' } }, `header origin must name this machine, got "null": ${sorry}`],
    ...['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip'].map(
      (name): [Partial<InjectOptions>, string] => [
        { headers: { host: 'localhost', [name]: '127.0.0.1' } },
        `header ${name} says that a proxy forwarded this: ${sorry}`
      ]
    )
  ]
  for (const [wish, detail] of cases) {
    const answer = await ask(wish)
    t.match(answer.json(), { status: 401, code: 'unauthorised', detail })
    t.equal(answer.headers['www-authenticate'], 'Basic realm="campus-gauge", charset="UTF-8"')
  }
})

void t.test('every human route is guarded; livez, readyz and the agents’ routes are not', async t => {
  const remoteAddress = '10.1.2.3'
  const paths = [
    '/',
    '/agents',
    '/schools/s-1',
    '/v1/areas',
    '/v1/agents',
    '/v1/readings',
    '/v1/standing',
    '/v1/shares',
    '/v1/targets',
    '/v1/devices',
    '/metrics',
    '/docs',
    '/docs/json'
  ]
  for (const url of paths) t.equal((await ask({ url, remoteAddress })).statusCode, 401, url)
  for (const url of ['/livez', '/readyz']) t.equal((await ask({ url, remoteAddress })).statusCode, 200, url)
  t.equal(
    (await ask({ method: 'POST', url: '/v1/batches', remoteAddress })).json<{ detail: string }>().detail,
    'header campus-gauge-protocol is missing'
  )
})

void t.test('the secret opens from anywhere, as Bearer or as Basic with any name', async t => {
  for (const authorization of [
    bearer,
    bearer.replace('Bearer', 'bearer'),
    basic('', rig.secret),
    basic('老师', rig.secret)
  ])
    t.equal((await ask({ remoteAddress: '10.1.2.3', headers: { authorization } })).statusCode, 200)
  const wrong = [
    '',
    'Bearer',
    'Bearer ',
    `Bearer ${rig.secret}x`,
    `Bearer ${rig.secret.slice(1)}`,
    `Digest ${rig.secret}`,
    rig.secret,
    basic('x', 'y'),
    basic(rig.secret, '')
  ]
  for (const authorization of wrong)
    t.equal((await ask({ remoteAddress: '10.1.2.3', headers: { authorization } })).statusCode, 401, 'a wrong one')
})

void t.test('every change needs the secret, also on this machine', async t => {
  const writes: Partial<InjectOptions>[] = [
    { method: 'POST', url: '/v1/tokens', payload: { school: 's-1' } },
    { method: 'DELETE', url: '/v1/tokens/x' },
    { method: 'POST', url: '/v1/agents/x/approve', payload: { device: 'gw-1' } },
    { method: 'POST', url: '/v1/agents/x/revoke' }
  ]
  for (const write of writes) {
    const answer = await ask(write)
    t.match(answer.json(), {
      status: 401,
      detail: 'a change needs the admin secret (Authorization: Bearer …), also on this machine'
    })
    t.not((await ask({ ...write, headers: { authorization: bearer } })).statusCode, 401)
  }
})

void t.test('a page of another site cannot use a browser that knows the secret', async t => {
  const write = (origin: string) =>
    ask({
      method: 'POST',
      url: '/v1/tokens',
      payload: { school: 's-1' },
      headers: { authorization: basic('a', rig.secret), host: 'collector:8080', origin }
    })
  t.equal((await write('http://collector:8080')).statusCode, 201)
  for (const origin of ['http://evil.example', 'http://collector:9999', 'null'])
    t.match((await write(origin)).json(), {
      status: 403,
      detail: `header origin must be of this collector, got "${origin}"`
    })
})

void t.test('no answer and no log line holds a secret', async t => {
  const made = await ask({
    method: 'POST',
    url: '/v1/tokens',
    payload: { school: 's-1' },
    headers: { authorization: bearer }
  })
  const [, , tokenSecret = ''] = made.json<{ token: string }>().token.split('.')
  t.equal(tokenSecret.length, 40)
  const agent = await knownAgent(rig)
  const bodies = [(await agent.send({ body: batchOf({ readings: [readingOf()] }) })).body]
  const urls = ['/', '/agents', '/v1/agents', '/v1/schools', '/metrics', '/docs/json', '/v1/none']
  for (const url of urls) bodies.push((await ask({ url, headers: { authorization: bearer } })).body)
  bodies.push((await ask({ headers: { authorization: `Bearer ${rig.secret}x` }, remoteAddress: '10.0.0.1' })).body)
  bodies.push(
    (
      await ask({
        method: 'POST',
        url: '/v1/tokens',
        payload: '{',
        headers: { authorization: bearer, 'content-type': 'application/json' }
      })
    ).body
  )
  const privateKey = String(rig.key.privateKey.export({ format: 'jwk' }).d)
  for (const secret of [tokenSecret, privateKey, rig.secret])
    for (const text of [...bodies, ...rig.lines]) t.notOk(text.includes(secret))
})

void t.test('answers forbid caching, framing and foreign scripts', async t => {
  const { headers } = await ask({})
  t.equal(headers['cache-control'], 'no-store')
  t.match(headers['content-security-policy'], "default-src 'none'")
  t.equal(headers['strict-transport-security'], undefined, 'plain HTTP is normal in schools')
  t.equal(headers['x-content-type-options'], 'nosniff')
})
