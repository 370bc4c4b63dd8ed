import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import Type, { type TSchema, type Static } from 'typebox'
import { ExitError } from '../../contract/exit.ts'
import { parse } from '../../contract/parse.ts'
import { openStore } from '../store/sqlite.ts'
import { LetterItem, letterItem, SinkItem, sinkItem } from './items.ts'
import { standings } from './standing.ts'

/** Where sinks are looked after: the directory of a collector (also beside one that runs), or one that runs elsewhere. All but `sinks` reject for a sink that never ran. */
export interface SinkDesk {
  sinks(): Promise<readonly SinkItem[]>
  /** Oldest first, at most so many. */
  letters(sink: string, limit: number): Promise<readonly LetterItem[]>
  /** Resolves to how many. */
  replay(sink: string, ids: readonly number[] | undefined): Promise<number>
  drop(sink: string, ids: readonly number[] | undefined): Promise<number>
  rewind(sink: string, afterArrival: number): Promise<void>
  close(): Promise<void>
}

export interface DeskOptions {
  readonly data?: string
  readonly url?: string
  readonly secretFile?: string
}

export const openDesk = (options: DeskOptions, now: () => number): Promise<SinkDesk> =>
  options.url === undefined
    ? deskHere(options.data ?? './var/collector', now)
    : Promise.resolve(deskThere(options.url, options.secretFile))

const deskHere = async (directory: string, now: () => number): Promise<SinkDesk> => {
  if (!existsSync(join(directory, 'store.sqlite')))
    throw new ExitError(
      'badConfiguration',
      `option --data must be the directory of a collector's store.sqlite, got "${directory}"`
    )
  const store = await openStore(directory)
  const known = async (sink: string): Promise<string> => {
    if ((await store.sinks()).some(row => row.name === sink)) return sink
    throw new ExitError('failure', `option --sink must be a sink that ever ran, got ${JSON.stringify(sink)}`)
  }
  return {
    sinks: async () => (await standings(store, now())).map(sinkItem),
    letters: async (sink, limit) => (await store.deadLetters(await known(sink), 0, limit)).map(letterItem),
    replay: async (sink, ids) => store.replayDeadLetters(await known(sink), ids, now()),
    drop: async (sink, ids) => store.dropDeadLetters(await known(sink), ids),
    rewind: async (sink, afterArrival) => {
      await store.rewindSink(await known(sink), afterArrival)
    },
    close: store.close
  }
}

const Sinks = Type.Object({ items: Type.Array(SinkItem) })
const Letters = Type.Object({ items: Type.Array(LetterItem) })
const HowMany = Type.Object({ letters_n: Type.Integer() })

const deskThere = (url: string, secretFile: string | undefined): SinkDesk => {
  if (secretFile === undefined)
    throw new ExitError('usage', 'option --url needs --secret-file: the file of the admin secret of that collector')
  const secret = secretIn(secretFile)
  const ask = async <T extends TSchema>(path: string, schema: T, body?: object): Promise<Static<T>> => {
    const response = await fetch(`${url.replace(/\/$/, '')}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        authorization: `Bearer ${secret}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' })
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) })
    }).catch((cause: unknown) => {
      throw new ExitError('unreachable', 'option --url must lead to a collector that answers', { cause })
    })
    const answer: unknown = await response.json().catch((cause: unknown) => {
      throw new ExitError('unreachable', `option --url must lead to a collector, got ${response.status} without JSON`, {
        cause
      })
    })
    if (response.ok) return parse(schema, answer, `answer of ${path}`)
    const detail = typeof answer === 'object' && answer !== null && 'detail' in answer ? String(answer.detail) : ''
    const refused = response.status === 401 || response.status === 403
    throw new ExitError(refused ? 'notPermitted' : 'failure', detail)
  }
  const of = (sink: string, what: string): string => `/v1/sinks/${encodeURIComponent(sink)}/${what}`
  return {
    sinks: async () => (await ask('/v1/sinks', Sinks)).items,
    letters: async (sink, limit) => (await ask(`${of(sink, 'dead-letters')}?limit=${limit}`, Letters)).items,
    replay: async (sink, ids) => (await ask(of(sink, 'replay'), HowMany, ids === undefined ? {} : { ids })).letters_n,
    drop: async (sink, ids) => (await ask(of(sink, 'drop'), HowMany, ids === undefined ? {} : { ids })).letters_n,
    rewind: () => {
      throw new ExitError('usage', 'rewind works on the directory of the collector only: use --data')
    },
    close: () => Promise.resolve()
  }
}

const secretIn = (file: string): string => {
  let text: string
  try {
    text = readFileSync(file, 'utf8').trim()
  } catch (cause) {
    throw new ExitError('usage', `option --secret-file must be a readable file, got "${file}"`, { cause })
  }
  if (!/^[\x21-\x7e]+$/.test(text))
    throw new ExitError('badConfiguration', `${file} must hold one admin secret and nothing else`)
  return text
}
