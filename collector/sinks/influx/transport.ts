import { Agent as PlainAgent } from 'node:http'
import { Agent as TlsAgent } from 'node:https'
import { HttpError, InfluxDB, setLogger } from '@influxdata/influxdb-client'
import { SentenceError } from '../../../contract/parse.ts'
import { deniedCode, guardedLookup, mayReach } from './address.ts'
import { issuerOf } from './certificate.ts'
import type { InfluxSettings } from './config.ts'
import type { Answer } from './deliver.ts'
import { isCertificateFault, lossOf } from './losses.ts'
import type { Secrets } from './secrets.ts'
import { both } from './sentences.ts'

/**
 * One request to the server, and what came of it. Nothing is tried again here, nothing is kept, no redirect is followed.
 *
 * The only file that imports @influxdata/influxdb-client. Its transport does the work (connection, gzip, headers); its WriteApi, which keeps lines
 * in memory, waits, retries and gives up after 180 s, is left out: one batch is one request, and what the answer means is decided in answers.ts.
 */
export interface Transport {
  /** Rejects only when the signal aborts. */
  ask(request: Request, access: Access, signal: AbortSignal): Promise<Reply>
  /** Closes its connections. */
  close(): void
}

export type Access = Pick<Secrets, 'authorization' | 'ca' | 'hidden'>

export interface Request {
  readonly method: 'GET' | 'POST' | 'PATCH'
  /** With its query, escaped. */
  readonly path: string
  readonly body?: string
  readonly contentType?: string
}

export type Reply =
  /** `headers`: names in lower case; those of a list only. Nothing secret is in it, whatever the server echoes. */
  | {
      readonly kind: 'answered'
      readonly status: number
      readonly headers: Readonly<Record<string, string>>
      readonly body: string
    }
  /** No answer that could be read: `away`, `refused` (its certificate or address) or `too_large` (the answer). */
  | { readonly kind: 'lost'; readonly answer: Exclude<Answer, { kind: 'taken' | 'bad_lines' }> }

const kept = ['x-influxdb-version', 'x-influxdb-build', 'retry-after', 'content-type', 'location']

/** An answer that names every line of a large batch does so in a header too: 1.x puts the whole error there. */
const maxHeaderBytes = 64 * 1024 * 1024
const maxBodyChars = 8 * 1024 * 1024
/** Smaller bodies cost more to pack than they save. */
const gzipFromBytes = 1_000

/** Throws a SentenceError when the URL is none. */
export const openTransport = (settings: Pick<InfluxSettings, 'url' | 'allowLinkLocal' | 'timeoutMs'>): Transport => {
  const { url, allowLinkLocal, timeoutMs } = settings
  const place = URL.parse(url)
  if (place === null)
    throw new SentenceError(
      both(`sinks.influx.url 不是有效的地址：${url}。`, `sinks.influx.url must be a URL, got ${url}.`)
    )
  // The client reports to the console what the caller learns anyway.
  setLogger({ error: () => undefined, warn: () => undefined })
  const lookup = guardedLookup(allowLinkLocal)
  const secure = place.protocol === 'https:'

  const connect = (ca: string | undefined) => {
    const pool = { keepAlive: true, maxSockets: 2 }
    const agent = secure ? new TlsAgent(ca === undefined ? pool : { ...pool, ca }) : new PlainAgent(pool)
    const { transport } = new InfluxDB({
      url,
      timeout: timeoutMs,
      transportOptions: { agent, lookup, maxHeaderSize: maxHeaderBytes }
    })
    return { ca, transport, close: () => agent.destroy() }
  }
  let line = connect(undefined)

  const lossFor = async (error: unknown, access: Access, late: boolean): Promise<Reply> => {
    const issuer = isCertificateFault(error) ? await issuerOf(place, access.ca, lookup, timeoutMs) : undefined
    return { kind: 'lost', answer: lossOf(error, { url, timeoutMs, late, issuer }) }
  }

  const ask: Transport['ask'] = async (request, access, signal) => {
    signal.throwIfAborted()
    if (!mayReach(place.hostname, allowLinkLocal))
      return lossFor(Object.assign(new Error('denied'), { code: deniedCode }), access, false)
    if (line.ca !== access.ca) {
      line.close()
      line = connect(access.ca)
    }
    // The client's own time-out watches for silence: a server that drips defeats it. This one is for the whole exchange.
    const ending = new AbortController()
    let late = false
    const deadline = setTimeout(() => {
      late = true
      ending.abort()
    }, timeoutMs)
    const leave = (): void => ending.abort()
    signal.addEventListener('abort', leave, { once: true })
    try {
      const outcome = await exchange(line.transport, request, access, ending)
      signal.throwIfAborted()
      return 'error' in outcome ? await lossFor(outcome.error, access, late) : outcome.reply
    } finally {
      clearTimeout(deadline)
      signal.removeEventListener('abort', leave)
    }
  }
  return { ask, close: () => line.close() }
}

type ClientTransport = InfluxDB['transport']
type Outcome = { readonly reply: Reply } | { readonly error: unknown }

const exchange = (
  transport: ClientTransport,
  { method, path, body = '', contentType = 'text/plain; charset=utf-8' }: Request,
  { authorization, hidden }: Access,
  ending: AbortController
): Promise<Outcome> =>
  new Promise(resolve => {
    let status: number | undefined
    let headers: Readonly<Record<string, string>> = {}
    let text = ''
    const decoder = new TextDecoder()
    const answered = (words: string): void =>
      status === undefined
        ? resolve({ error: new Error('an answer without a status') })
        : resolve({ reply: { kind: 'answered', status, headers, body: censored(words, hidden) } })
    transport.send(
      path,
      body,
      {
        method,
        headers: {
          'content-type': contentType,
          'user-agent': 'campus-gauge',
          ...(authorization === undefined ? {} : { authorization })
        },
        gzipThreshold: gzipFromBytes,
        signal: ending.signal
      },
      {
        responseStarted: (all, code) => {
          status = code
          headers = Object.fromEntries(
            kept.flatMap(name => {
              const value = all[name]
              return value === undefined ? [] : [[name, censored(String(value), hidden)]]
            })
          )
        },
        next: chunk => {
          text += decoder.decode(chunk, { stream: true })
          if (text.length > maxBodyChars) ending.abort()
        },
        complete: () => answered(text),
        error: error => {
          if (error instanceof HttpError) answered(error.body ?? '')
          // A server that has said no closes the door on what is still being sent: the answer counts, not the broken pipe.
          else if (status !== undefined && (status === 204 || status >= 300)) answered('')
          else resolve({ error })
        }
      }
    )
  })

/** Cuts secrets out of the strings of JSON, not out of its keys and signs: a password may be `error` or a quotation mark. */
const censored = (text: string, hidden: readonly string[]): string => {
  const cut = (part: string): string =>
    hidden.reduce((rest, secret) => (secret === '' ? rest : rest.replaceAll(secret, '***')), part)
  if (text === '') return text
  try {
    return JSON.stringify(JSON.parse(text, (_key, value: unknown) => (typeof value === 'string' ? cut(value) : value)))
  } catch {
    return cut(text)
  }
}
