import type { SlotClass } from '../../contract/bandwidth.ts'
import { addDays, dayOf } from '../calendar/day.ts'
import { spread } from './spread.ts'
import { onDay, type Window, type Windows } from './windows.ts'

/** Whose turn: schools are spread by a hash of their id, so that a school is tested at about the same time every day. */
export interface Turn {
  readonly school: string
  readonly uplink: string
  /** No power at night: tested in one of the other windows. */
  readonly dark: boolean
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
  const roomy = Math.max(0, window.toMs - window.fromMs - roomMs - withinSchoolMs - 2 * jitterMs)
  const offset =
    spread('slot', turn.school) * roomy +
    spread('uplink', turn.school, turn.uplink) * withinSchoolMs +
    spread('day', turn.uplink, day) * 2 * jitterMs
  return { atMs: Math.floor(window.fromMs + offset), window, slot: turn.dark ? 'fallback' : 'night' }
}

const windowOf = (turn: Turn, windows: Windows): Window => {
  if (!turn.dark) return windows.night
  const choices = [windows.beforeFirst, windows.lunch, windows.afterLast]
  return choices[Math.floor(spread('window', turn.school) * choices.length)] ?? windows.lunch
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
  const open = turn.dark
    ? [windows.beforeFirst, windows.lunch, windows.afterLast].map(window => onDay(window, today))
    : [own.window]
  for (const window of open)
    if (nowMs >= Math.max(window.fromMs, own.atMs) && nowMs < window.toMs)
      return { kind: 'open', slot: own.slot, untilMs: window.toMs }
  if (!turn.dark && nowMs >= lunch.fromMs && nowMs < lunch.toMs)
    return { kind: 'confirm', slot: 'fallback', untilMs: lunch.toMs }
  const later = [own.atMs, ...(turn.dark ? open.map(w => Math.max(w.fromMs, own.atMs)) : [lunch.fromMs])]
  const next = later.filter(atMs => atMs > nowMs).sort((a, b) => a - b)[0]
  return { kind: 'closed', nextMs: next ?? slotOn(turn, addDays(today, 1), windows).atMs }
}
