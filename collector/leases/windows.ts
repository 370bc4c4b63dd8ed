import Type, { type Static } from 'typebox'
import { SentenceError } from '../../contract/parse.ts'
import { addDays, dayMs, dayOf, dayStart, shanghaiOffsetMs } from '../calendar/day.ts'
import type { Presence } from '../store/lease-store.ts'

/** A time of day twice, Asia/Shanghai: from, to. */
const Span = Type.String({ pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]$' })

/** When tests may run. Outside of them only what a person asks for. */
export const WindowsConfig = Type.Object(
  {
    night: Type.Optional(Span),
    /** Schools whose power is off at night: before the first period, at lunch, after the last. */
    before_first: Type.Optional(Span),
    lunch: Type.Optional(Span),
    after_last: Type.Optional(Span)
  },
  { additionalProperties: false }
)
export type WindowsConfig = Static<typeof WindowsConfig>

/** ms since local midnight; `toMs` exclusive. */
export interface Window {
  readonly fromMs: number
  readonly toMs: number
}
export interface Windows {
  readonly night: Window
  readonly beforeFirst: Window
  readonly lunch: Window
  readonly afterLast: Window
}

/** In which a school without power at night may be tested, in order. */
export const darkWindows = ({ beforeFirst, lunch, afterLast }: Windows): readonly Window[] => [
  beforeFirst,
  lunch,
  afterLast
]

const defaults = {
  night: '00:30-06:00',
  before_first: '06:30-07:50',
  lunch: '12:10-13:40',
  after_last: '17:40-19:00'
} as const

/** A window must have room for a test, its repeat and the spread of a few schools, ms. */
const leastMs = 30 * 60_000

/** Throws a SentenceError: a window lies within one day, is at least half an hour long and overlaps no other. */
export const windowsOf = (config: WindowsConfig = {}, place = '/bandwidth/windows'): Windows => {
  const read = (name: keyof WindowsConfig): Window => {
    const text = config[name] ?? defaults[name]
    const [fromMs = 0, toMs = 0] = text.split('-').map(timeOf)
    if (toMs - fromMs < leastMs)
      throw new SentenceError(
        `${place}/${name} must end at least 30 minutes after it begins, on the same day, got "${text}"`,
        `${place}/${name}`
      )
    return { fromMs, toMs }
  }
  const windows = {
    night: read('night'),
    beforeFirst: read('before_first'),
    lunch: read('lunch'),
    afterLast: read('after_last')
  }
  const inOrder = [windows.night, windows.beforeFirst, windows.lunch, windows.afterLast]
  for (const [i, next] of inOrder.slice(1).entries())
    if (next.fromMs < (inOrder[i]?.toMs ?? 0))
      throw new SentenceError(
        `${place} must be night, before_first, lunch, after_last in this order without overlap, got ${inOrder.map(textOf).join(', ')}`,
        place
      )
  return windows
}

const timeOf = (text: string): number => (Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5))) * 60_000

export const textOf = ({ fromMs, toMs }: Window): string => `${clockOf(fromMs)}-${clockOf(toMs)}`
const clockOf = (ms: number): string => new Date(ms).toISOString().slice(11, 16)

/** ms since local midnight. */
export const timeOfDay = (atMs: number): number => (((atMs + shanghaiOffsetMs) % dayMs) + dayMs) % dayMs

export const within = (window: Window, atMs: number): boolean => {
  const time = timeOfDay(atMs)
  return time >= window.fromMs && time < window.toMs
}

/** The instants of a window on a local day. */
export const onDay = (window: Window, day: string): Window => ({
  fromMs: dayStart(day) + window.fromMs,
  toMs: dayStart(day) + window.toMs
})

/** Lessons, roughly: what is measured then shows that the machine has power by day. */
const daytime: Window = { fromMs: 8 * 3_600_000, toMs: 17 * 3_600_000 }

/** Which part of its day an instant says something about; undefined for neither. */
export const partOfDay = (windows: Windows, atMs: number): 'night' | 'daytime' | undefined =>
  within(windows.night, atMs) ? 'night' : within(daytime, atMs) ? 'daytime' : undefined

/** So many of the last days must agree before a school counts as dark at night. */
const lookBackDays = 5
const darkDays = 3

/** First day that `darkAtNight` looks at. */
export const presenceFrom = (nowMs: number): string => addDays(dayOf(nowMs), -lookBackDays)

/** Power is off at night: on at least 3 of the last 5 days (today not counted) things were measured by day and nothing at night. */
export const darkAtNight = (rows: readonly Presence[], nowMs: number): boolean => {
  const [from, today] = [presenceFrom(nowMs), dayOf(nowMs)]
  const recent = rows.filter(row => row.day >= from && row.day < today)
  return new Set(recent.filter(row => row.daytime && !row.night).map(row => row.day)).size >= darkDays
}
