import { ExitError } from '../../contract/exit.ts'
import { influxIn } from './configured.ts'
import { noSink, openDesk, type DeskOptions, type SinkDesk } from './desk.ts'
import { checkServer } from './influx/check.ts'
import { loadSecrets } from './influx/secrets.ts'
import type { LetterItem, SinkItem } from './items.ts'
import { inOneLine } from './sentence.ts'

export interface SinkOptions extends DeskOptions {
  readonly sink?: string
  readonly id?: readonly string[]
  readonly limit?: string
  readonly fromArrival?: string
  readonly yes?: boolean
  readonly json?: boolean
}

type Print = (text: string) => unknown
const toTerminal: Print = text => process.stdout.write(text)

/** `campus-gauge sink check --config FILE`: asks the server now. Exit codes: 69 away, 77 credentials, 78 configuration, database or version. */
export const runSinkCheck = async (
  options: { readonly config: string; readonly json?: boolean },
  print: Print = toTerminal
): Promise<void> => {
  const settings = influxIn(options.config)
  const secrets = loadSecrets(settings)
  // Each request has its own end.
  const found = await checkServer(settings, secrets, new AbortController().signal)
  if (options.json === true) print(`${JSON.stringify(found)}\n`)
  if (!found.ok) throw new ExitError(found.kind === 'away' ? 'unreachable' : found.exit, inOneLine(found.sentence))
  if (options.json === true) return
  for (const warning of found.warnings) print(`注意 note: ${inOneLine(warning)}\n`)
  print(`可以外送 ready: InfluxDB ${found.version}, ${settings.databases.raw} + ${settings.databases.rollup}\n`)
}

/** `campus-gauge sink status`. */
export const runSinkStatus = (options: SinkOptions, now = Date.now, print: Print = toTerminal): Promise<void> =>
  atDesk(options, now, async desk => {
    const items = await desk.sinks()
    if (options.json === true) print(`${JSON.stringify({ items })}\n`)
    else if (items.length === 0) print(`${noSink}\n`)
    else for (const item of items) print(statusText(item))
  })

/** `campus-gauge sink dead-letters`: oldest first. */
export const runSinkLetters = (options: SinkOptions, now = Date.now, print: Print = toTerminal): Promise<void> =>
  atDesk(options, now, async desk => {
    const items = await desk.letters(sinkOf(options), numberOf('limit', options.limit, 1, 1000) ?? 100)
    if (options.json === true) print(`${JSON.stringify({ items })}\n`)
    else if (items.length === 0) print('没有被拒收的数据 no dead letters\n')
    else for (const item of items) print(letterText(item))
  })

/** `campus-gauge sink replay`: the sink sends them again within seconds. */
export const runSinkReplay = (options: SinkOptions, now = Date.now, print: Print = toTerminal): Promise<void> =>
  atDesk(options, now, async desk => {
    const n = await desk.replay(sinkOf(options), idsOf(options))
    print(options.json === true ? `${JSON.stringify({ letters_n: n })}\n` : `${n} 条将重发 will be sent again\n`)
  })

/** `campus-gauge sink drop`: what is dropped is gone. */
export const runSinkDrop = (options: SinkOptions, now = Date.now, print: Print = toTerminal): Promise<void> => {
  mustMeanIt(options, 'drop gives refused points up for good')
  return atDesk(options, now, async desk => {
    const n = await desk.drop(sinkOf(options), idsOf(options))
    print(options.json === true ? `${JSON.stringify({ letters_n: n })}\n` : `${n} 条已放弃 given up\n`)
  })
}

/** `campus-gauge sink rewind`: everything is sent again, for a fresh database; points that are there already are overwritten by themselves. */
export const runSinkRewind = (options: SinkOptions, now = Date.now, print: Print = toTerminal): Promise<void> => {
  mustMeanIt(options, 'rewind sends everything again')
  const after = numberOf('from-arrival', options.fromArrival, 0, Number.MAX_SAFE_INTEGER) ?? 0
  return atDesk(options, now, async desk => {
    await desk.rewind(sinkOf(options), after)
    print(
      options.json === true
        ? `${JSON.stringify({ from_arrival: after })}\n`
        : `第 ${after} 批之后的数据与全部统计将重发 everything after batch ${after}, and every figure, will be sent again\n`
    )
  })
}

const atDesk = async (options: SinkOptions, now: () => number, work: (desk: SinkDesk) => Promise<void>) => {
  const desk = await openDesk(options, now)
  try {
    await work(desk)
  } finally {
    await desk.close()
  }
}

const sinkOf = (options: SinkOptions): string => options.sink ?? 'influx'

const mustMeanIt = (options: SinkOptions, what: string): void => {
  if (options.yes !== true) throw new ExitError('usage', `option --yes must be given: ${what}`)
}

const idsOf = (options: SinkOptions): number[] | undefined =>
  options.id?.map(text => numberOf('id', text, 1, Number.MAX_SAFE_INTEGER) ?? 0)

const numberOf = (name: string, text: string | undefined, least: number, most: number): number | undefined => {
  if (text === undefined) return undefined
  const value = /^\d{1,16}$/.test(text) ? Number(text) : NaN
  if (!(value >= least && value <= most))
    throw new ExitError('usage', `option --${name} must be ${least} to ${most}, got "${text.slice(0, 40)}"`)
  return value
}

const stateWords: Readonly<Record<SinkItem['state'], string>> = {
  starting: '启动中 starting',
  delivering: '正常 delivering',
  backing_off: '等待重试 backing off',
  refused: '被拒绝 refused'
}

const statusText = (item: SinkItem): string =>
  [
    `${item.sink}: ${stateWords[item.state]}, ${item.since} 起 since`,
    ...(item.sentence.zh === '' ? [] : [`  ${item.sentence.zh}`]),
    ...(item.sentence.en === '' || item.sentence.en === item.sentence.zh ? [] : [`  ${item.sentence.en}`]),
    `  落后 behind: ${item.behind_n} 批 batches, ${Math.round(item.behind_s)} s; 历史 history: ${item.history_n} 批 batches`,
    `  已送 delivered: ${item.points_n} 点 points, 最近 last ${item.delivered_at ?? '—'}`,
    `  拒收搁置 dead letters: ${item.dead_letters_n} (待重发 due ${item.due_n}); 过期未送 too old: ${item.too_old_n}`,
    ...(item.rewind ? ['  将从头重发 goes back at its next step'] : [])
  ]
    .map(line => `${line}\n`)
    .join('')

const letterText = (item: LetterItem): string =>
  `${item.id} ${item.at} ${item.reason}${item.due ? ' (待重发 due)' : ''}: ${inOneLine(item.answer)}\n  ${item.line === '' ? '—' : JSON.stringify(item.line.slice(0, 300))}\n`
