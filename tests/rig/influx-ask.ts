import { request as plainRequest, type IncomingHttpHeaders } from 'node:http'
import { request as tlsRequest } from 'node:https'

export interface Credentials {
  readonly username: string
  readonly password: string
}
export interface Asked {
  readonly method?: string
  readonly credentials?: Credentials
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer
  readonly ca?: string | undefined
  readonly timeoutMs?: number
}

/** One request with nothing between the test and the server: no pool, no redirects, no retry. */
export const ask = (
  url: string,
  { method = 'GET', credentials, headers = {}, body, ca, timeoutMs = 120_000 }: Asked = {}
): Promise<{ status: number; headers: IncomingHttpHeaders; text: string }> =>
  new Promise((resolve, reject) => {
    const options = {
      method,
      headers,
      agent: false as const,
      signal: AbortSignal.timeout(timeoutMs),
      ...(credentials === undefined ? {} : { auth: `${credentials.username}:${credentials.password}` })
    }
    const call = url.startsWith('https:')
      ? tlsRequest(url, ca === undefined ? options : { ...options, ca })
      : plainRequest(url, options)
    call.once('error', reject)
    call.once('response', answer => {
      const parts: Buffer[] = []
      answer.on('data', (part: Buffer) => parts.push(part))
      answer.once('error', reject)
      answer.once('end', () =>
        resolve({
          status: answer.statusCode ?? 0,
          headers: answer.headers,
          text: Buffer.concat(parts).toString('utf8')
        })
      )
    })
    call.end(body)
  })
