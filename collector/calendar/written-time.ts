import { addDays, dayStart } from './day.ts'

/** Days, times and instants as people write them into a calendar. */

/** YYYY-MM-DD of this millennium, a day that exists. */
export const isDay = (text: string): boolean => /^2\d{3}-\d{2}-\d{2}$/.test(text) && exists(text)

/** MM-DD, a day of every leap year at least. */
export const isYearDay = (text: string): boolean => /^\d{2}-\d{2}$/.test(text) && exists(`2000-${text}`)

const exists = (day: string): boolean => {
  const ms = Date.parse(`${day}T00:00:00Z`)
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(day)
}

/** Minutes since midnight of '08:00' … '24:00'; undefined for anything else. */
export const minuteOf = (text: string): number | undefined => {
  const [, hour, minute] = /^([01]\d|2[0-4]):([0-5]\d)$/.exec(text) ?? []
  if (hour === undefined || minute === undefined) return undefined
  const minutes = 60 * Number(hour) + Number(minute)
  return minutes <= 1440 ? minutes : undefined
}

/** '08:00' again. */
export const clockOf = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`

/** RFC 3339 (seconds may be left out, the offset may not), or a day: its first instant, or as an end the first one after it. */
export const instantOf = (text: string, as: 'first' | 'last'): number | undefined => {
  if (isDay(text)) return dayStart(as === 'first' ? text : addDays(text, 1))
  const match = /^(2\d{3}-\d{2}-\d{2})T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/.exec(text)
  if (match?.[1] === undefined || !isDay(match[1])) return undefined
  const ms = Date.parse(text)
  return Number.isNaN(ms) ? undefined : ms
}
