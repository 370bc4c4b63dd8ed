/** Days and periods of the school world: Asia/Shanghai, which has kept UTC+8 without summer time since 1991. */
export const shanghaiOffsetMs = 8 * 3_600_000
export const dayMs = 86_400_000

/** The local day of an instant, YYYY-MM-DD. */
export const dayOf = (atMs: number): string => {
  const number = Math.floor((atMs + shanghaiOffsetMs) / dayMs)
  const known = recent.get(number)
  if (known !== undefined) return known
  if (recent.size > 400) recent.clear()
  const day = new Date(number * dayMs).toISOString().slice(0, 10)
  recent.set(number, day)
  return day
}
/** Formatting a date costs more than storing a reading does; a fleet asks for the same few days. */
const recent = new Map<number, string>()

/** First instant of a local day. */
export const dayStart = (day: string): number => Date.parse(`${day}T00:00:00Z`) - shanghaiOffsetMs

export const addDays = (day: string, n: number): string => {
  if (n !== 1) return daysLater(day, n)
  const known = nextDays.get(day)
  if (known !== undefined) return known
  if (nextDays.size > 1_000) nextDays.clear()
  const next = daysLater(day, 1)
  nextDays.set(day, next)
  return next
}
/** Judging a city walks through the same months again and again. */
const nextDays = new Map<string, string>()

const daysLater = (day: string, n: number): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + n * dayMs).toISOString().slice(0, 10)

/** 1 Monday … 7 Sunday. */
export const weekdayOf = (day: string): number => new Date(`${day}T00:00:00Z`).getUTCDay() || 7

/** An instant as RFC 3339 in local time. */
export const localTime = (atMs: number): string =>
  `${new Date(atMs + shanghaiOffsetMs).toISOString().slice(0, -1)}+08:00`
