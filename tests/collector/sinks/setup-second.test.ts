import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { stringify } from 'yaml'
import { runSinkSetup, type SinkSetupOptions } from '../../../collector/sinks/setup-command.ts'
import { scratch } from '../../delivery/scratch.ts'
import { openDoor } from '../../rig/door.ts'
import { bodyOf } from '../../rig/influx-proxy.ts'

const adminToken = 'admin-token-of-the-double'

interface Bucket {
  id: string
  name: string
  retentionRules: { everySeconds: number }[]
}

/** A double of the documented `/api/v2` of InfluxDB 2.x: no real 2.x was ever asked. It keeps what is made and remembers every call. */
const openDouble = async (t: { teardown(work: () => unknown): void }) => {
  const buckets: Bucket[] = []
  const mappings: { database: string; bucketID: string; default: boolean }[] = []
  const tokens = new Map<string, { action: string; resource: { id: string } }[]>([[`Token ${adminToken}`, []]])
  const calls: string[] = []
  const answer = (method: string, url: URL, body: Record<string, unknown>): [status: number, value: unknown] => {
    switch (`${method} ${url.pathname}`) {
      case 'GET /api/v2/orgs':
        return url.searchParams.get('org') === 'bureau'
          ? [200, { orgs: [{ id: 'o1', name: 'bureau' }] }]
          : [404, { code: 'not found', message: 'organization name not found' }]
      case 'GET /api/v2/buckets': {
        const found = buckets.filter(one => one.name === url.searchParams.get('name'))
        return found.length === 0 ? [404, { code: 'not found' }] : [200, { buckets: found }]
      }
      case 'POST /api/v2/buckets': {
        const made = { ...body, id: `b${buckets.length + 1}` } as unknown as Bucket
        buckets.push(made)
        return [201, made]
      }
      case 'GET /api/v2/dbrps':
        return [200, { content: mappings.filter(one => one.database === url.searchParams.get('db')) }]
      case 'POST /api/v2/dbrps':
        mappings.push(body as unknown as (typeof mappings)[number])
        return [201, {}]
      case 'POST /api/v2/authorizations': {
        const made = `made-token-${tokens.size}==`
        tokens.set(`Token ${made}`, body['permissions'] as never)
        return [201, { token: made }]
      }
      default:
        return [404, {}]
    }
  }
  const { url } = await openDoor(
    close => t.teardown(close),
    async (request, response) => {
      const text = await bodyOf(request)
      const asked = new URL(request.url ?? '/', 'http://double')
      if (asked.pathname === '/ping') {
        response.writeHead(204, { 'x-influxdb-version': 'v2.7.12' }).end()
        return
      }
      const body = (text.length === 0 ? {} : JSON.parse(text.toString())) as Record<string, unknown>
      calls.push(`${request.method ?? ''} ${asked.pathname}`)
      const known = tokens.has(request.headers.authorization ?? '')
      const [status, value] = known ? answer(request.method ?? '', asked, body) : [401, { code: 'unauthorized' }]
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
    }
  )
  return { url, buckets, mappings, tokens, calls }
}

void t.test('sink setup against a double of InfluxDB 2.x', async t => {
  const directory = scratch(t)
  const double = await openDouble(t)
  const writer = join(directory, 'writer.token')
  const reader = join(directory, 'reader.token')
  const admin = join(directory, 'admin.token')
  writeFileSync(admin, `${adminToken}\n`)
  const config = join(directory, 'collector.yaml')
  const configure = (org: string): void =>
    writeFileSync(
      config,
      stringify({
        data: 'data',
        sinks: { influx: { generation: 2, url: double.url, org, token_file: 'writer.token' } }
      })
    )
  configure('bureau')
  const said: string[] = []
  const run = async (more: Partial<SinkSetupOptions> = {}): Promise<string[]> => {
    const lines: string[] = []
    const options = { config, adminTokenFile: admin, readerTokenFile: reader, json: true, ...more }
    await runSinkSetup(options, line => lines.push(line)).finally(() => said.push(...lines))
    return (JSON.parse(lines.join('')) as { steps: { state: string }[] }).steps.map(step => step.state)
  }

  await t.test('a dry run only asks', async t => {
    t.same(await run({ dryRun: true }), Array(6).fill('to_make'))
    t.same(
      double.calls.filter(call => !call.startsWith('GET')),
      []
    )
    t.notOk(existsSync(writer))
  })

  await t.test('once: buckets, mappings, a token that writes and one that reads', async t => {
    t.same(await run(), Array(6).fill('made'))
    t.same(
      double.buckets.map(one => [one.name, one.retentionRules[0]?.everySeconds ?? 0]),
      [
        ['readiness', 90 * 86_400],
        ['readiness_rollup', 0]
      ]
    )
    t.same(
      double.mappings.map(one => [one.database, one.bucketID, one.default]),
      [
        ['readiness', 'b1', true],
        ['readiness_rollup', 'b2', true]
      ]
    )
    const may = (file: string): string[] =>
      (double.tokens.get(`Token ${readFileSync(file, 'utf8')}`) ?? []).map(one => `${one.action} ${one.resource.id}`)
    t.same(may(writer), ['read b1', 'write b1', 'read b2', 'write b2'])
    t.same(may(reader), ['read b1', 'read b2'])
  })

  await t.test('twice: nothing is made, also when an editor added what nobody sees', async t => {
    double.calls.length = 0
    writeFileSync(writer, `\uFEFF${readFileSync(writer, 'utf8')}\r\n`)
    t.same(await run(), Array(6).fill('there'))
    t.same(
      double.calls.filter(call => !call.startsWith('GET')),
      []
    )
  })

  await t.test('another retention is told; a mapping to another bucket and a dead token are in the way', async t => {
    t.equal((await run({ rawDays: '0' }))[0], 'differs')
    const [mapping] = double.mappings
    if (mapping !== undefined) mapping.bucketID = 'b9'
    await t.rejects(run(), { exit: 'badConfiguration', message: /left alone/ })
    t.match(said.at(-1), /points to another bucket, b9/)
    if (mapping !== undefined) mapping.bucketID = 'b1'
    writeFileSync(reader, 'dead-token-of-nobody')
    await t.rejects(run(), { exit: 'badConfiguration', message: /left alone/ })
    t.match(said.at(-1), /was not accepted \(401\)/)
  })

  await t.test('no such organization, no such administrator; no token in any word', async t => {
    configure('elsewhere')
    await t.rejects(run(), /404/)
    configure('bureau')
    writeFileSync(admin, 'wrong-token')
    await t.rejects(run(), { exit: 'notPermitted', message: /admin/ })
    for (const secret of ['wrong-token', adminToken, 'made-token', 'dead-token-of-nobody'])
      t.notOk(said.join('\n').includes(secret), secret)
  })

  await t.test('an empty file of a secret is no secret: no account is made that everybody may use', async t => {
    const passwords = { username: 'writer', password_file: 'writer.token' }
    for (const [file, influx] of [
      [writer, { generation: 2, url: double.url, org: 'bureau', token_file: 'writer.token' }],
      [writer, { generation: 1, url: double.url, ...passwords }],
      [reader, { generation: 1, url: double.url }]
    ] as const) {
      writeFileSync(config, stringify({ data: 'data', sinks: { influx } }))
      const before = readFileSync(file, 'utf8')
      writeFileSync(file, '\uFEFF\r\n')
      double.calls.length = 0
      const options =
        influx.generation === 1 ? { config, readerPasswordFile: reader } : { config, adminTokenFile: admin }
      await t.rejects(runSinkSetup(options), { message: new RegExp(`${file} .*remove it`) })
      t.same(double.calls, [])
      writeFileSync(file, before)
    }
  })

  await t.test('generation 3 is not done by this command', async t => {
    writeFileSync(
      config,
      stringify({ data: 'data', sinks: { influx: { generation: 3, url: double.url, token_file: 'writer.token' } } })
    )
    await t.rejects(run(), /deploy\/influx\/3\/setup\.sh/)
  })
})
