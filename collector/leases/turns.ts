import { dayMs, dayOf, dayStart } from '../calendar/day.ts'
import type { LeaseRow } from '../store/lease-store.ts'
import { shiftAt, shifts, type Turn } from './slots.ts'
import { spread } from './spread.ts'
import { darkWindows, within, type Windows } from './windows.ts'

/** So many days without a test, and a dark school gets another window; a published miss is tested every second day. */
const patienceDays = 3

/**
 * When an uplink has its turn on a day. The hash decides, and whoever can be tested then stays there. A line that carries a backup whenever
 * its slot comes, or a machine that is off in its window, would never be tested: those move on, and stay where a test succeeded.
 * `leases`: of the uplink, oldest first.
 */
export const turnOn = (
  { school, uplink, dark }: Pick<Turn, 'school' | 'uplink' | 'dark'>,
  leases: readonly LeaseRow[],
  windows: Windows,
  day: string
): Turn => {
  const before = leases.filter(lease => lease.slot === (dark ? 'fallback' : 'night') && dayOf(lease.issuedMs) < day)
  const turn = { school, uplink, dark }
  return dark
    ? { ...turn, window: darkWindow(school, before, windows, day) }
    : { ...turn, shift: nightShift(school, before, windows, day) }
}

/** Something crossed the line: a lease that was only taken says nothing about the hour. */
const isUsed = (lease: LeaseRow): boolean => lease.openedMs !== undefined && lease.bytes > 0

const dayNumber = (day: string): number => Math.round(dayStart(day) / dayMs)

const nightShift = (school: string, before: readonly LeaseRow[], windows: Windows, day: string): number => {
  const used = before.findLast(isUsed)
  const kept = used === undefined ? 0 : shiftAt(school, windows.night, used.issuedMs)
  const last = before.at(-1)
  if (last === undefined || (used !== undefined && dayOf(used.issuedMs) === dayOf(last.issuedMs))) return kept
  return (kept + 1 + (dayNumber(day) % (shifts - 1))) % shifts
}

/** There the agent asks for nothing while its machine is off, so it is the silence that counts. */
const darkWindow = (school: string, before: readonly LeaseRow[], windows: Windows, day: string): number => {
  const choices = darkWindows(windows)
  const used = before.findLast(isUsed)
  if (used !== undefined && dayNumber(day) - dayNumber(dayOf(used.issuedMs)) <= patienceDays) {
    const kept = choices.findIndex(window => within(window, used.issuedMs))
    if (kept >= 0) return kept
  }
  return (Math.floor(spread('window', school) * choices.length) + dayNumber(day)) % choices.length
}
