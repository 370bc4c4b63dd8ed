import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Type from 'typebox'
import { stringify } from 'yaml'
import type { CollectorConfigFile } from '../collector/config.ts'
import type { Ledger } from '../collector/ledger/ledger.ts'
import { parse } from '../contract/parse.ts'
import { bin, node, start, type Running } from './processes.ts'

/** A real collector in a child process, with its own directory, on a port that the system gives. */
export interface CollectorProcess {
  readonly url: string
  readonly process: Running
  readonly configFile: string
  /** A new enrolment token of a school, through the API. */
  token(school: string): Promise<string>
  get(path: string): Promise<unknown>
  /** A figure of /metrics; NaN when it is not there. */
  metric(name: string): Promise<number>
}

export interface CollectorOptions {
  readonly directory: string
  readonly ledger: Ledger
  readonly config?: Partial<CollectorConfigFile>
  /** Flags of Node itself, such as --cpu-prof. */
  readonly nodeFlags?: readonly string[]
}

/** Where the store of a collector started with that directory is. */
export const storeDirectory = (directory: string): string => join(directory, 'collector')

const Ready = Type.Object({ url: Type.String(), secret_file: Type.String() })
const Token = Type.Object({ token: Type.String() })

export const startCollector = async (options: CollectorOptions): Promise<CollectorProcess> => {
  mkdirSync(options.directory, { recursive: true })
  const configFile = join(options.directory, 'collector.yaml')
  const config: CollectorConfigFile = {
    listen: { port: 0 },
    data: 'collector',
    ledger: 'ledger.yaml',
    log: 'error',
    ...options.config
  }
  writeFileSync(configFile, stringify(config))
  writeFileSync(join(options.directory, 'ledger.yaml'), stringify(options.ledger))
  const process = start([node, ...(options.nodeFlags ?? []), bin, 'collector', '--config', configFile])
  const { url, secret_file } = parse(Ready, await process.ready, 'the collector’s first line')
  const headers = {
    authorization: `Bearer ${readFileSync(secret_file, 'utf8').trim()}`,
    'content-type': 'application/json'
  }
  return {
    url,
    process,
    configFile,
    token: async school => {
      const answer = await fetch(`${url}/v1/tokens`, { method: 'POST', headers, body: JSON.stringify({ school }) })
      return parse(Token, await answer.json(), 'answer of /v1/tokens').token
    },
    get: async path => (await fetch(`${url}${path}`, { headers })).json(),
    metric: async name => {
      const text = await (await fetch(`${url}/metrics`, { headers })).text()
      return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1] ?? NaN)
    }
  }
}
