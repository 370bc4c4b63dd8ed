import Type from 'typebox'
import { ExitError } from '../../contract/exit.ts'
import { openRemote } from '../remote.ts'
import { mustHoldStore } from '../store/directory.ts'
import { openStore } from '../store/sqlite.ts'
import { LetterItem, letterItem, SinkItem, sinkItem } from './items.ts'
import { sentenceText } from './sentence.ts'
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

export const noSink = sentenceText(
  '尚无数据外送：请在 collector.yaml 中写好 sinks，然后重启采集端。',
  'No sink ever ran here: put sinks into collector.yaml, then restart the collector.'
)

const deskHere = async (directory: string, now: () => number): Promise<SinkDesk> => {
  mustHoldStore(directory)
  const store = await openStore(directory)
  const known = async (sink: string): Promise<string> => {
    const rows = await store.sinks()
    if (rows.some(row => row.name === sink)) return sink
    if (rows.length === 0) throw new ExitError('failure', noSink)
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
  const remote = openRemote(url, { secretFile, refused: 'failure' })
  const post = (ids: readonly number[] | undefined) => ({
    contentType: 'application/json',
    body: JSON.stringify(ids === undefined ? {} : { ids })
  })
  const of = (sink: string, what: string): string => `/v1/sinks/${encodeURIComponent(sink)}/${what}`
  return {
    sinks: async () => (await remote.ask('/v1/sinks', Sinks)).items,
    letters: async (sink, limit) => (await remote.ask(`${of(sink, 'dead-letters')}?limit=${limit}`, Letters)).items,
    replay: async (sink, ids) => (await remote.ask(of(sink, 'replay'), HowMany, post(ids))).letters_n,
    drop: async (sink, ids) => (await remote.ask(of(sink, 'drop'), HowMany, post(ids))).letters_n,
    rewind: () => {
      throw new ExitError('usage', 'rewind works on the directory of the collector only: use --data')
    },
    close: () => Promise.resolve()
  }
}
