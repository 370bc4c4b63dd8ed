import http from 'node:http'
import https from 'node:https'

/** The Date header of the collector, ms since 1970: unsigned, one second coarse, good enough to see a clock that is days off. */
export const collectorTime = (url: string, signal: AbortSignal): Promise<number> =>
  new Promise((resolve, reject) => {
    const library = url.startsWith('https:') ? https : http
    const request = library.get(new URL('/livez', url), { signal, timeout: 10_000, agent: false }, answer => {
      answer.resume()
      const ms = Date.parse(answer.headers.date ?? '')
      if (Number.isNaN(ms)) reject(new Error('the collector sent no Date header'))
      else resolve(ms)
    })
    request.on('timeout', () => request.destroy(new Error('the collector did not answer within 10 s')))
    request.on('error', reject)
  })
