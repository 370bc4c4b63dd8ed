import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import Type from 'typebox'
import { stringify } from 'yaml'
import { readIfThere } from '../../agent/private-file.ts'
import { loadSettings } from '../../collector/config.ts'
import { ExitError } from '../../contract/exit.ts'
import { parse } from '../../contract/parse.ts'
import { startChild } from '../child.ts'
import { demoCalendarFiles } from './calendars.ts'
import { keepAlive } from './keep-alive.ts'
import { livingAgents } from './simulate.ts'
import { liveMonths, type Months } from './months.ts'
import { demoSimulation, type DemoTerms } from './terms.ts'

const bin = fileURLToPath(new URL('../bin.js', import.meta.url))

export interface DemoOptions extends DemoTerms {
  readonly port: number
  readonly host: string
  readonly data: string
  readonly version: string
  readonly json: boolean
  /** Only makes the data: no pages afterwards. */
  readonly only: boolean
}

/** `npm run demo`: makes the simulated city, or takes the one that is there, and shows it until told to stop. */
export const demo = async (options: DemoOptions): Promise<void> => {
  const startedMs = performance.now()
  const made = await makeOnce(options)
  const tookS = Math.round((performance.now() - startedMs) / 100) / 10
  if (options.only) {
    print(options, { made: made !== undefined, took_s: tookS, ...made }, [
      `模拟城市已生成 made: ${options.data}（${tookS} s）`
    ])
    return
  }
  await show(options, made, tookS)
}

/** The mark of a directory that the demo made, with the terms it was made by: nothing else is ever deleted. */
const markName = 'demo.json'
const Mark = Type.Object({ schools: Type.Number(), days: Type.Number(), seed: Type.Number(), untilMs: Type.Number() })

/** Undefined when a city of the same terms is there already, made within a day. */
const makeOnce = async (options: DemoOptions): Promise<Months | undefined> => {
  const { data, schools, days, seed, untilMs } = options
  const mark = join(data, markName)
  const text = readIfThere(mark)
  if (text !== undefined) {
    const old = parse(Mark, JSON.parse(text), mark)
    const same = old.schools === schools && old.days === days && old.seed === seed
    if (same && Math.abs(untilMs - old.untilMs) < 86_400_000) return undefined
    say(options, '重新生成模拟城市，旧的模拟数据将被替换 making the city anew')
  } else if (existsSync(data) && readdirSync(data).length > 0)
    throw new ExitError(
      'usage',
      `--data must be an empty directory or one that an earlier demo made, got ${data}, which holds other files`
    )
  rmSync(data, { recursive: true, force: true })
  mkdirSync(data, { recursive: true, mode: 0o700 })
  // Half-made cities are made anew: the mark comes last, and this one says whose directory it is.
  writeFileSync(mark, JSON.stringify({ schools: 0, days: 0, seed: 0, untilMs: 0 }))
  const config = writeFiles(options)
  const months = await liveMonths(
    { ...loadSettings(config), log: 'warn' },
    options,
    options.version,
    ({ day, days: of, readings }) => {
      if (day % 10 === 0 || day === of)
        say(
          options,
          `第 ${day}/${of} 天，已上报 ${readings.toLocaleString('en')} 条读数 day ${day} of ${of}, ${readings.toLocaleString('en')} readings`
        )
    }
  )
  writeFileSync(aliveFile(options), JSON.stringify(months.alive))
  writeFileSync(mark, JSON.stringify({ schools, days, seed, untilMs }))
  return months
}

const writeFiles = (options: DemoOptions): string => {
  const { city, checks } = demoSimulation(options)
  const at = (name: string) => join(options.data, name)
  mkdirSync(at('calendars'))
  for (const { file, text } of demoCalendarFiles(city)) writeFileSync(join(at('calendars'), file), text)
  const note =
    '# 模拟数据：npm run demo 生成，没有一所学校是真实的。Simulated by npm run demo: no school of it exists.\n'
  writeFileSync(at('ledger.yaml'), note + stringify(city.ledger))
  writeFileSync(
    at('collector.yaml'),
    note +
      stringify({
        data: 'collector',
        ledger: 'ledger.yaml',
        calendars: 'calendars',
        simulated: true,
        upload_ms: uploadMs,
        checks,
        log: 'warn'
      })
  )
  return at('collector.yaml')
}
/** How often a simulated agent says that it is alive, ms. */
const uploadMs = 600_000

const show = async (options: DemoOptions, made: Months | undefined, tookS: number): Promise<void> => {
  const stop = new AbortController()
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop.abort())
  const collector = startChild(
    [
      bin,
      'collector',
      '--config',
      join(options.data, 'collector.yaml'),
      '--port',
      String(options.port),
      '--host',
      options.host
    ],
    join(options.data, 'collector.log')
  )
  try {
    const { url } = parse(Type.Object({ url: Type.String() }), await collector.ready, 'the collector’s first line')
    print(options, { url, schools: options.schools, days: options.days, took_s: tookS, ...made }, [
      `模拟城市（模拟数据，${options.schools} 所学校，${options.days} 天）simulated city: ${url}/`,
      ...(made === undefined
        ? []
        : [
            `用时 took ${tookS} s，${made.readings.toLocaleString('en')} 条读数 readings，${made.batches.toLocaleString('en')} 个批次 batches`
          ]),
      `数据目录 data: ${options.data}    停止 stop: Ctrl-C`
    ])
    const devices = parse(
      Type.Array(Type.String()),
      JSON.parse(readIfThere(aliveFile(options)) ?? '[]'),
      aliveFile(options)
    )
    const agents = livingAgents(demoSimulation(options), devices)
    const stopped = new Promise<void>(resolve => stop.signal.addEventListener('abort', () => resolve(), { once: true }))
    await Promise.race([keepAlive(url, agents, uploadMs, stop.signal), stopped, collector.ended])
  } finally {
    stop.abort()
    collector.process.kill('SIGTERM')
    await collector.ended
  }
}

const aliveFile = ({ data }: DemoOptions): string => join(data, 'alive.json')

const say = ({ json }: DemoOptions, line: string): void => {
  if (!json) process.stderr.write(`${line}\n`)
}
const print = ({ json }: DemoOptions, value: object, lines: readonly string[]): void =>
  void process.stdout.write(json ? `${JSON.stringify(value)}\n` : `${lines.join('\n')}\n`)
