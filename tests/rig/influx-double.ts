import type { IncomingMessage, ServerResponse } from 'node:http'
import { gunzipSync } from 'node:zlib'
import type { After } from './collector.ts'
import { openDoor } from './door.ts'
import { bodyOf } from './influx-proxy.ts'

export { openInfluxProxy, type InfluxProxy, type Weather } from './influx-proxy.ts'

/** Something else than the answer that the double would give. */
export interface Planted {
  readonly status: number
  readonly body?: string
  readonly headers?: Readonly<Record<string, string>>
}
export interface Heard {
  readonly method: string
  readonly path: string
  readonly authorization: string | undefined
  readonly encoding: string | undefined
  readonly lines: readonly string[]
}

/** Everything about it may be changed while it runs. */
export interface InfluxDouble {
  readonly url: string
  readonly generation: 1 | 2 | 3
  version: string
  /** What must stand in `authorization`; undefined lets everyone in. */
  authorization: string | undefined
  org: string
  /** Databases or buckets, with what was taken: a line replaces one with the same series and time. */
  readonly databases: Map<string, Map<string, string>>
  /** Seconds; 0 or missing for ever. */
  readonly retentionS: Map<string, number>
  /** Answer of SHOW FIELD KEYS by database: measurement → field → types. */
  readonly fields: Map<string, Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>>
  mayWrite: boolean
  mayRead: boolean
  maxBytes: number
  /** Why it does not take a line. */
  refuses: (line: string) => string | undefined
  /** Comes before everything else; 'cut' closes the connection, 'taken and cut' after the lines were taken, 'hang' never answers. */
  plant: (heard: Heard) => Planted | 'cut' | 'taken and cut' | 'hang' | undefined
  readonly heard: Heard[]
  /** Writes that it had to do with. */
  writes(): readonly Heard[]
  /** Nobody listens from now on. */
  close(): Promise<void>
}

/**
 * A double of the endpoints that the sink uses: 1.x as a real 1.6.7 answers (compared in tests/peers), 2.x after its published write handler,
 * 3 Core after its documentation. No InfluxDB 2.x or 3 was ever run here.
 */
export const openInfluxDouble = async (after: After, generation: 1 | 2 | 3): Promise<InfluxDouble> => {
  const heard: Heard[] = []
  const { url, close } = await openDoor(after, (request, response) => answer(double, request, response))
  const double: InfluxDouble = {
    url,
    generation,
    version: { 1: '1.6.7~rc0', 2: 'v2.7.12', 3: '3.0.1' }[generation],
    authorization: undefined,
    org: 'bureau',
    databases: new Map([
      ['readiness', new Map<string, string>()],
      ['readiness_rollup', new Map<string, string>()]
    ]),
    retentionS: new Map(),
    fields: new Map(),
    mayWrite: true,
    mayRead: true,
    maxBytes: Number.POSITIVE_INFINITY,
    refuses: () => undefined,
    plant: () => undefined,
    heard,
    writes: () => heard.filter(({ lines }) => lines.length > 0),
    close
  }
  return double
}

const answer = async (double: InfluxDouble, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const raw = await bodyOf(request)
  const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(raw).toString('utf8') : raw.toString('utf8')
  const place = new URL(request.url ?? '/', double.url)
  const writes = request.method === 'POST' && /\/write$/.test(place.pathname)
  const one: Heard = {
    method: request.method ?? '',
    path: request.url ?? '',
    authorization: request.headers.authorization,
    encoding: request.headers['content-encoding'],
    lines: writes && body !== '' ? body.split('\n') : []
  }
  double.heard.push(one)
  const planted = double.plant(one)
  if (planted === 'hang') return
  if (planted === 'taken and cut') write(double, place, one)
  if (typeof planted === 'string') {
    request.socket.destroy()
    return
  }
  const said = planted ?? (writes ? write(double, place, one) : read(double, place, one))
  const known = { 'content-type': 'application/json', 'x-influxdb-version': double.version }
  response.writeHead(said.status, said.headers ?? known)
  response.end(said.body)
}

const json = (status: number, value: unknown): Planted => ({ status, body: JSON.stringify(value) })

const write = (double: InfluxDouble, place: URL, { authorization, lines }: Heard): Planted => {
  const { generation } = double
  const old = generation === 1
  if (place.pathname !== (old ? '/write' : '/api/v2/write')) return { status: 404, body: '404 page not found\n' }
  const no = (status: number, code: string, words: string): Planted =>
    json(status, generation === 2 ? { code, message: words } : { error: words })
  if (double.authorization !== undefined && authorization !== double.authorization)
    return no(401, 'unauthorized', old ? 'authorization failed' : 'unauthorized access')
  if (generation === 2 && place.searchParams.get('org') !== double.org)
    return no(404, 'not found', `organization name "${place.searchParams.get('org') ?? ''}" not found`)
  const name = place.searchParams.get(old ? 'db' : 'bucket') ?? ''
  const known = double.databases.get(name)
  if (known === undefined && generation !== 3)
    return no(404, 'not found', old ? `database not found: "${name}"` : `bucket "${name}" not found`)
  if (!double.mayWrite)
    return old
      ? no(403, '', `"campus_gauge" user is not authorized to write to database "${name}"`)
      : no(403, 'forbidden', 'insufficient permissions for write')
  if (Buffer.byteLength(lines.join('\n')) > double.maxBytes) return no(413, 'request too large', 'too large')
  if (lines.length === 0) return generation === 2 ? no(400, 'invalid', 'writing requires points') : { status: 204 }
  const refused = lines.flatMap((line, i) => {
    const says = double.refuses(line)
    return says === undefined ? [] : [{ i, line, says }]
  })
  const [first] = refused
  // 2.x parses the whole body first and takes nothing of a bad one; the others take what is good.
  if (generation !== 2 || first === undefined) {
    const bad = new Set(refused.map(({ i }) => i))
    const kept = known ?? new Map<string, string>()
    double.databases.set(name, kept)
    for (const [i, line] of lines.entries()) if (!bad.has(i)) kept.set(keyOf(line), line)
  }
  if (first === undefined) return { status: 204 }
  if (generation === 1) return no(400, '', `partial write: ${first.says} dropped=${refused.length}`)
  if (generation === 2) return no(400, 'invalid', `unable to parse '${first.line}': ${first.says}`)
  return json(400, {
    error: 'partial write of line protocol occurred',
    data: refused.map(({ i, line, says }) => ({ error_message: says, line_number: i + 1, original_line: line }))
  })
}

/** Series and time. */
const keyOf = (line: string): string => line.replace(/^(\S+) \S+ /, '$1 ')

const read = (double: InfluxDouble, place: URL, { authorization }: Heard): Planted => {
  const { generation, version } = double
  const stranger = double.authorization !== undefined && authorization !== double.authorization
  if (place.pathname === '/ping') {
    if (generation !== 3) return { status: 204 }
    return stranger ? { status: 401, body: 'unauthorized' } : json(200, { version, revision: 'f00', process_id: 'x' })
  }
  if (stranger)
    return json(
      401,
      generation === 2 ? { code: 'unauthorized', message: 'unauthorized access' } : { error: 'authorization failed' }
    )
  if (place.pathname === '/api/v2/buckets' && generation === 2) {
    const name = place.searchParams.get('name') ?? ''
    if (!double.mayRead || !double.databases.has(name)) return json(200, { buckets: [] })
    const everySeconds = double.retentionS.get(name) ?? 0
    return json(200, {
      buckets: [{ name, retentionRules: everySeconds === 0 ? [] : [{ type: 'expire', everySeconds }] }]
    })
  }
  if (place.pathname !== '/query') return { status: 404, body: '404 page not found\n' }
  const q = place.searchParams.get('q') ?? ''
  const name = place.searchParams.get('db') ?? ''
  if (!double.mayRead)
    return json(403, {
      error: `error authorizing query: campus_gauge not authorized to execute statement '${q}', requires READ on ${name}`
    })
  if (q.startsWith('SHOW RETENTION POLICIES')) {
    const s = double.retentionS.get(name) ?? 0
    const duration = s === 0 ? '0s' : `${Math.floor(s / 3600)}h${Math.floor((s % 3600) / 60)}m${s % 60}s`
    const columns = ['name', 'duration', 'shardGroupDuration', 'replicaN', 'default']
    return table([{ columns, values: [['autogen', duration, '168h0m0s', 1, true]] }])
  }
  return table(
    Object.entries(double.fields.get(name) ?? {}).map(([measurement, fields]) => ({
      name: measurement,
      columns: ['fieldKey', 'fieldType'],
      values: Object.entries(fields).flatMap(([field, types]) => types.map(type => [field, type]))
    }))
  )
}

const table = (series: readonly unknown[]): Planted => json(200, { results: [{ statement_id: 0, series }] })
