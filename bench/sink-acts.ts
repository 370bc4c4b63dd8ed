import type { Influxd } from '../tests/rig/influxd.ts'
import type { InfluxProxy } from '../tests/rig/influx-double.ts'
import { hasReadings } from './sink-feed.ts'

/** Who plays: acts make one of them fail. */
export interface Stage {
  readonly influxd: Influxd
  readonly proxy: InfluxProxy
  /** kill -9 of the sink's process, and a new one on the same store. */
  readonly killSink: () => Promise<void>
  readonly startSink: () => Promise<void>
  /** Resolves when the next lines were taken by influxd and the answer is on its way: between delivery and cursor. */
  readonly nextTaken: () => Promise<void>
  /** Resolves when a write meets the weather. */
  readonly nextSuffered: () => Promise<void>
  /** Resolves when readings were refused with 500 once more: the sink then holds a page that nobody has. */
  readonly nextRefused: () => Promise<void>
}

/** One fault: begins somewhere in a stretch of readings, ends after its time, and everything must arrive. */
export interface Act {
  readonly name: string
  readonly faultMs: number
  readonly begin: (stage: Stage) => unknown
  readonly end: (stage: Stage) => unknown
  /** Poisons among the points of this act, beside those that every act may have. */
  readonly poisons: number
  /** Share of its points that lies there at once: whole pages, as a sink finds them that starts on a store. */
  readonly burst?: number | undefined
  /** A state that the sink must have said it was in. */
  readonly says?: 'refused' | 'backing_off'
}

const weather = (name: string, mode: InfluxProxy['weather'], faultMs: number, says?: Act['says']): Act => {
  let suffered = Promise.resolve()
  return {
    name,
    faultMs,
    begin: ({ proxy, nextSuffered }) => {
      suffered = nextSuffered()
      proxy.weather = mode
    },
    end: async ({ proxy }) => {
      // A machine that is busy with other things may not have come to it yet.
      await suffered
      proxy.weather = 'pass'
    },
    poisons: 0,
    ...(says === undefined ? {} : { says })
  }
}

/** In this order. The first is quiet: the sink gets warm on whole pages, and what memory it then has is what faults are measured against. */
export const actsOf = (
  form: 'long' | 'short',
  { only }: { readonly only?: readonly string[] | undefined } = {}
): readonly Act[] => allActs(form).filter(({ name }) => only === undefined || only.includes(name))

const allActs = (form: 'long' | 'short'): readonly Act[] => {
  const long = form === 'long'
  const some = long ? 10_000 : 1_000
  return [
    { name: 'quiet', faultMs: long ? 60_000 : 1_500, begin: nothing, end: nothing, poisons: 0, burst: 0.75 },
    {
      name: 'influxd stopped',
      faultMs: long ? 60_000 : 1_500,
      begin: ({ influxd }) => influxd.stop('SIGTERM'),
      end: ({ influxd }) => influxd.start(),
      poisons: 0,
      says: 'backing_off'
    },
    {
      name: 'influxd kill -9',
      faultMs: long ? 2_000 : 200,
      begin: ({ influxd }) => influxd.stop('SIGKILL'),
      end: ({ influxd }) => influxd.start(),
      poisons: 0
    },
    weather('500', '500', some, 'backing_off'),
    weather('401', '401', some, 'refused'),
    weather('404', '404', some, 'refused'),
    { name: 'poison, partial 400', faultMs: some, begin: nothing, end: nothing, poisons: long ? 40 : 8 },
    weather('hangs', 'hang', some),
    weather('cut after taking', 'cut', some),
    weather('200 of a portal', 'portal', some),
    {
      name: 'sink kill -9 in an outage',
      faultMs: some,
      // Readings only: while a figure is refused the sink holds no page.
      begin: ({ proxy }) => Object.assign(proxy, { weather: '500', under: hasReadings }),
      // What it has read and nobody took must not be behind its cursor.
      end: async ({ proxy, killSink, startSink, nextRefused }) => {
        await nextRefused()
        await killSink()
        await startSink()
        Object.assign(proxy, { weather: 'pass', under: undefined })
      },
      poisons: 0
    },
    {
      name: 'sink kill -9 as it delivers',
      faultMs: 100,
      begin: async ({ nextTaken, killSink }) => {
        await nextTaken()
        await killSink()
      },
      end: ({ startSink }) => startSink(),
      poisons: 2
    }
  ]
}

const nothing = (): void => undefined
