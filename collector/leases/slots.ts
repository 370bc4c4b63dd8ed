import type { SlotClass } from '../../contract/bandwidth.ts'
import { addDays, dayOf } from '../calendar/day.ts'
import { spread } from './spread.ts'
import { darkWindows, onDay, timeOfDay, type Window, type Windows } from './windows.ts'

/** Whose turn: schools are spread by a hash of their id, so that a school is tested at about the same time every day. */
export interface Turn {
  readonly school: string
  readonly uplink: string
  /** No power at night: tested in one of the other windows. */
  readonly dark: boolean
  /** Which of them; by the school's hash when left out. */
  readonly window?: number
  /** Of `shifts`: so many steps of the window later than the hash says, and round its end. */
  readonly shift?: number
}

/** At the end of a window there is room for a test and its repeat, ms. */
const roomMs = 18 * 60_000
/** Uplinks of one school do not stand in the same minute, ms. */
const withinSchoolMs = 8 * 60_000
/** Every day a little earlier or later, so that no school always meets the same neighbour, ms to each side. */
const jitterMs = 2 * 60_000

/** The instant from which an uplink may be tested on a day, and the window it lies in. */
export const slotOn = (
  turn: Turn,
  day: string,
  windows: Windows
): { atMs: number; window: Window; slot: SlotClass } => {
  const window = onDay(windowOf(turn, windows), day)
  const offset =
    ((spread('slot', turn.school) + (turn.shift ?? 0) / shifts) % 1) * roomyMs(window) +
    spread('uplink', turn.school, turn.uplink) * withinSchoolMs +
    spread('day', turn.uplink, day) * 2 * jitterMs
  return { atMs: Math.floor(window.fromMs + offset), window, slot: turn.dark ? 'fallback' : 'night' }
}

/** A slot can be moved to so many places of its window. */
export const shifts = 5

/** The shift by which an instant in a window was a school's slot. */
export const shiftAt = (school: string, window: Window, atMs: number): number => {
  const roomy = roomyMs(window)
  const place = roomy === 0 ? 0 : (timeOfDay(atMs) - window.fromMs) / roomy - spread('slot', school)
  return Math.floor((place - Math.floor(place)) * shifts) % shifts
}

/** Where slots may begin. */
const roomyMs = ({ fromMs, toMs }: Window): number =>
  Math.max(0, toMs - fromMs - roomMs - withinSchoolMs - 2 * jitterMs)

const windowOf = (turn: Turn, windows: Windows): Window => {
  if (!turn.dark) return windows.night
  const choices = darkWindows(windows)
  return choices[turn.window ?? Math.floor(spread('window', turn.school) * choices.length)] ?? windows.lunch
}

/**
 * `open`: a test may run. `confirm`: only the repeat of today's test that did not pass (lunch). `closed`: neither, and the next instant
 * at which that changes.
 */
export type Slot =
  | { readonly kind: 'open' | 'confirm'; readonly slot: SlotClass; readonly untilMs: number }
  | { readonly kind: 'closed'; readonly nextMs: number }

export const slotAt = (turn: Turn, windows: Windows, nowMs: number): Slot => {
  const today = dayOf(nowMs)
  const own = slotOn(turn, today, windows)
  const lunch = onDay(windows.lunch, today)
  // A dark school that missed its own slot (a power cut, a holiday) is tested in a later window of the same day.
  const open = turn.dark ? darkWindows(windows).map(window => onDay(window, today)) : [own.window]
  for (const window of open)
    if (nowMs >= Math.max(window.fromMs, own.atMs) && nowMs < window.toMs)
      return { kind: 'open', slot: own.slot, untilMs: window.toMs }
  if (!turn.dark && nowMs >= lunch.fromMs && nowMs < lunch.toMs)
    return { kind: 'confirm', slot: 'fallback', untilMs: lunch.toMs }
  const later = [own.atMs, ...(turn.dark ? open.map(w => Math.max(w.fromMs, own.atMs)) : [lunch.fromMs])]
  const next = later.filter(atMs => atMs > nowMs).sort((a, b) => a - b)[0]
  return { kind: 'closed', nextMs: next ?? slotOn(turn, addDays(today, 1), windows).atMs }
}
