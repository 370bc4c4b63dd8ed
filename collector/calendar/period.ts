import { addDays, dayOf, dayStart, weekdayOf } from './day.ts'

/**
 * The reporting month: 20th 00:00 of the previous month to 19th 24:00, Asia/Shanghai, named after the month it ends in.
 * The documents want figures reported by the 20th and ranked at the meeting on the 20th.
 */
export interface Period {
  /** YYYY-MM. */
  readonly name: string
  readonly firstDay: string
  readonly lastDay: string
  readonly fromMs: number
  /** Exclusive. */
  readonly toMs: number
}

export const periodNamed = (name: string): Period => {
  const [year, month] = [Number(name.slice(0, 4)), Number(name.slice(5, 7))]
  const firstDay = new Date(Date.UTC(year, month - 2, 20)).toISOString().slice(0, 10)
  const lastDay = `${name}-19`
  return { name, firstDay, lastDay, fromMs: dayStart(firstDay), toMs: dayStart(addDays(lastDay, 1)) }
}

/** The period an instant lies in. */
export const periodAt = (atMs: number): Period => {
  const day = dayOf(atMs)
  const inNext = Number(day.slice(8, 10)) >= 20
  const month = new Date(Date.UTC(Number(day.slice(0, 4)), Number(day.slice(5, 7)) - (inNext ? 0 : 1), 1))
  return periodNamed(month.toISOString().slice(0, 7))
}

/** YYYY-MM of this millennium. */
export const isPeriodName = (text: string): boolean => /^2\d{3}-(0[1-9]|1[0-2])$/.test(text)

export const daysOf = (period: Period): string[] => {
  const days: string[] = []
  for (let day = period.firstDay; day <= period.lastDay; day = addDays(day, 1)) days.push(day)
  return days
}

/** Monday to Friday: school days where no calendar says otherwise. Evidence takes its days from school-calendar.ts. */
export const weekdaysOf = (period: Period): string[] => daysOf(period).filter(day => weekdayOf(day) <= 5)
