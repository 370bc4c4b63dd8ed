import { join } from 'node:path'
import type { Logger } from 'pino'
import { Configuration } from '../contract/configuration.ts'
import { parseJson } from '../contract/parse.ts'
import type { Client } from './client.ts'
import { readIfThere, writePrivate } from './private-file.ts'

/** The configuration in force, from the collector; the last good one survives restarts and outages. */
export interface CentralConfiguration {
  readonly current: () => Configuration | undefined
  /** Asks the collector. True when a new configuration came into force. A bad one is refused whole and the old one stays. */
  refresh(signal: AbortSignal): Promise<boolean>
  readonly etag: () => string | undefined
}

export const openConfiguration = (
  directory: string,
  client: Pick<Client, 'exchange'>,
  log: Logger
): CentralConfiguration => {
  const file = join(directory, 'configuration.json')
  const known = readKept(file, log)
  let current = known?.configuration
  let etag = known?.etag
  return {
    current: () => current,
    etag: () => etag,
    refresh: async signal => {
      const headers = etag === undefined ? {} : { 'if-none-match': etag }
      const answer = await client.exchange({ method: 'GET', path: '/v1/agent/config', headers }, signal)
      if (answer.status === 304) return false
      if (answer.status !== 200) {
        log.warn({ status: answer.status }, 'the collector gave no configuration')
        return false
      }
      if (!answer.verified) {
        log.error('a configuration was not signed by the enrolled collector: the old one stays')
        return false
      }
      const next = parseJson(Configuration, answer.text, 'configuration')
      current = next
      etag = answer.headers.etag
      try {
        writePrivate(file, JSON.stringify({ etag: etag ?? null, text: answer.text }))
      } catch (err) {
        // It is in force all the same: to fail here would leave it unapplied, and its ETag would answer 304 from now on.
        log.warn({ err, file }, 'the configuration could not be kept for the next start')
      }
      log.info({ checks: next.checks.length }, 'configuration in force')
      return true
    }
  }
}

const readKept = (
  file: string,
  log: Logger
): { configuration: Configuration; etag: string | undefined } | undefined => {
  const text = readIfThere(file)
  if (text === undefined) return undefined
  try {
    const kept: unknown = JSON.parse(text)
    if (typeof kept !== 'object' || kept === null || !('text' in kept) || typeof kept.text !== 'string')
      return undefined
    const etag = 'etag' in kept && typeof kept.etag === 'string' ? kept.etag : undefined
    return { configuration: parseJson(Configuration, kept.text, file), etag }
  } catch (err) {
    log.warn({ err, file }, 'the kept configuration cannot be read: asking for a new one')
    return undefined
  }
}
