import type { IncomingMessage, ServerResponse } from 'node:http'
import { gunzipSync } from 'node:zlib'
import type { After } from './collector.ts'
import { openDoor } from './door.ts'
import { ask } from './influx-ask.ts'

/** What it does with a request. Statuses are those of InfluxDB 1.x, with its words. */
export type Weather =
  | 'pass'
  | '500'
  | '401'
  | '403'
  | '404'
  /** With Retry-After: 1. */
  | '503'
  /** 200 and a page. */
  | 'portal'
  /** Never answers. */
  | 'hang'
  /** One byte of an answer every 50 ms, for ever. */
  | 'drip'
  /** The server takes the lines, and nobody says so. */
  | 'cut'
  /** Closes before the server heard of it. */
  | 'reset'

export interface Passed {
  readonly atMs: number
  /** What the client was told; 0: nothing. */
  readonly status: number
  /** Lines that it sent. */
  readonly lines: readonly string[]
  /** Lines that the server took. */
  readonly takenN: number
}

export interface InfluxProxy {
  readonly url: string
  weather: Weather
  /** Such requests have the weather, others pass; all when undefined. */
  under: ((lines: readonly string[]) => boolean) | undefined
  /** Such a line is kept back: the others go on to the server, then 400 partial write. */
  refuses: ((line: string) => boolean) | undefined
  /** Of every write, just before its answer goes out. */
  onAnswer: ((passed: Passed) => void) | undefined
  close(): Promise<void>
}

/** Stands in front of a real influxd and makes its weather. It is there also while the server is not: then it cuts the connection. */
export const openInfluxProxy = async (after: After, server: { readonly url: string }): Promise<InfluxProxy> => {
  const proxy: InfluxProxy = {
    url: '',
    weather: 'pass',
    under: undefined,
    refuses: undefined,
    onAnswer: undefined,
    close: closed
  }
  return Object.assign(proxy, await openDoor(after, (request, response) => pass(request, response, server.url, proxy)))
}

const closed = (): Promise<void> => Promise.resolve()

const pass = async (
  request: IncomingMessage,
  response: ServerResponse,
  url: string,
  proxy: InfluxProxy
): Promise<void> => {
  const raw = await bodyOf(request)
  const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(raw).toString('utf8') : raw.toString('utf8')
  const writes = request.url?.startsWith('/write') === true
  const lines = writes && body !== '' ? body.split('\n') : []
  const weather = proxy.under?.(lines) === false ? 'pass' : proxy.weather
  const told = (status: number, takenN: number): void => {
    if (lines.length > 0) proxy.onAnswer?.({ atMs: Date.now(), status, lines, takenN })
  }
  const say = (status: number, words: string, headers: Readonly<Record<string, string>> = {}): void => {
    response.writeHead(status, { 'content-type': 'application/json', 'x-influxdb-version': '1.6.7', ...headers })
    response.end(JSON.stringify({ error: words }))
  }
  switch (weather) {
    case '500':
    case '401':
    case '403':
    case '404':
    case '503':
      told(Number(weather), 0)
      say(Number(weather), sayings[weather], weather === '503' ? { 'retry-after': '1' } : {})
      return
    case 'portal':
      told(200, 0)
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html><body>Please sign in</body></html>')
      return
    case 'hang':
      told(0, 0)
      return
    case 'drip': {
      told(0, 0)
      response.writeHead(500, { 'content-type': 'text/html' })
      const dripping = setInterval(() => response.write('.'), 50)
      response.once('close', () => clearInterval(dripping))
      return
    }
    case 'reset':
      told(0, 0)
      request.socket.destroy()
      return
    case 'pass':
    case 'cut':
      break
  }
  const refused = lines.filter(line => proxy.refuses?.(line) === true)
  const sent = refused.length === 0 ? body : lines.filter(line => proxy.refuses?.(line) !== true).join('\n')
  const { authorization } = request.headers
  const answer = await ask(`${url}${request.url ?? '/'}`, {
    method: request.method ?? 'GET',
    headers: authorization === undefined ? {} : { authorization },
    body: sent
  }).catch(() => undefined)
  if (answer === undefined || (weather === 'cut' && writes)) {
    told(0, answer?.status === 204 ? lines.length : 0)
    request.socket.destroy()
    return
  }
  if (answer.status === 204 && refused.length > 0) {
    told(400, lines.length - refused.length)
    say(400, `partial write: refused on purpose dropped=${refused.length}`)
    return
  }
  told(answer.status, answer.status === 204 ? lines.length : 0)
  const headers = Object.fromEntries(
    Object.entries(answer.headers).filter(([name]) => name.startsWith('x-influxdb') || name === 'content-type')
  )
  response.writeHead(answer.status, headers)
  response.end(answer.text)
}

const sayings = {
  '500': 'timeout',
  '401': 'authorization failed',
  '403': 'not authorized to write',
  '404': 'database not found: "readiness"',
  '503': 'too busy'
}

export const bodyOf = async (request: IncomingMessage): Promise<Buffer> => {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return Buffer.concat(parts)
}
