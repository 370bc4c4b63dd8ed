import { mostOf } from './days.ts'
import type { DayRollup } from './rollup.ts'

/** What a target asks of a recorder's stream. */
export interface StreamWish {
  /** Flags that say for certain that the recording is of no use. */
  readonly spoiling: readonly string[]
  /** Least size of the picture; undefined where any will do. */
  readonly least: { readonly widthPx: number; readonly heightPx: number } | undefined
}

/** Why a day of a room decides nothing. `late`: failures that arrived afterwards; `unmeasured`: nothing could be measured. */
export type Doubt = 'auth_required' | 'busy' | 'spec_unknown' | 'picture_doubtful' | 'late' | 'unmeasured'

/** One school day of one room, from all checks of its recorders. */
export type RoomDay =
  | { readonly state: 'good'; readonly live: boolean }
  | { readonly state: 'bad'; readonly cause: string }
  | { readonly state: 'doubtful'; readonly cause: Doubt }

/**
 * What the rows of one day say, in the school's hours; undefined when nothing was tried in them. One stream that works makes the day, and
 * a picture that may be good forbids to call it bad: an empty classroom stands still too.
 */
export const roomDayOf = (rows: readonly DayRollup[], wish: StreamWish): RoomDay | undefined => {
  const tried = rows.filter(({ inHours: n }) => n.ok + n.degraded + n.failed + n.unavailable > 0)
  if (tried.length === 0) return undefined
  const streams = tried.filter(row => isStream(row, wish))
  const sizes = new Set(streams.map(row => sizeOf(row, wish)))
  if (sizes.has('enough')) return { state: 'good', live: streams.some(isLive) }
  if (sizes.has('unknown')) return { state: 'doubtful', cause: 'spec_unknown' }
  if (sizes.has('small')) return { state: 'bad', cause: 'low_spec' }
  const spoilt = tried.filter(row => isSpoilt(row, wish))
  if (tried.some(row => row.inHours.degraded > 0 && !spoilt.includes(row)))
    return { state: 'doubtful', cause: 'picture_doubtful' }
  const failed = tried.filter(row => row.inHours.failed > 0 && row.liveFailed > 0)
  const worst = [...spoilt, ...failed]
  if (worst.length > 0) return { state: 'bad', cause: causeOf(worst) }
  return { state: 'doubtful', cause: doubtOf(tried) }
}

/** Static pictures are suspected, never certain; sound, a filling disk and a wrong clock do not keep a recording from being one. */
const isStream = ({ inHours, reasons }: DayRollup, { spoiling }: StreamWish): boolean =>
  inHours.ok > 0 ||
  (inHours.degraded > 0 && ![...spoiling, 'suspect_static'].some(reason => (reasons[reason] ?? 0) > 0))

/** Reasons are counted over the whole day, and a classroom is black at night: only what cannot all lie outside the hours is certain. */
const isSpoilt = ({ counts, inHours, reasons }: DayRollup, { spoiling }: StreamWish): boolean =>
  inHours.degraded > 0 &&
  spoiling.reduce((n, reason) => n + (reasons[reason] ?? 0), 0) > counts.degraded - inHours.degraded

const sizeOf = ({ fields }: DayRollup, { least }: StreamWish): 'enough' | 'small' | 'unknown' => {
  if (least === undefined) return 'enough'
  const [width, height] = [fields['width_px'], fields['height_px']]
  if (width === undefined || height === undefined) return 'unknown'
  return width.max >= least.widthPx && height.max >= least.heightPx ? 'enough' : 'small'
}

const isLive = ({ last, reasons }: DayRollup): boolean =>
  (reasons['live'] ?? 0) > 0 || (last.labels['state'] === 'live' && last.outcome !== 'unavailable')

/** The commonest of what was said, of equals the first by name. */
const causeOf = (rows: readonly DayRollup[]): string => {
  const counts = new Map<string, number>()
  for (const { reasons } of rows)
    for (const [reason, n] of Object.entries(reasons))
      if (!noCause(reason)) counts.set(reason, (counts.get(reason) ?? 0) + n)
  return mostOf(counts) ?? 'other'
}

/** What works, what could not be measured and what does not spoil is nobody's cause. */
const noCause = (reason: string): boolean => reason.startsWith('auth_') || harmless.has(reason)
const harmless: ReadonlySet<string> = new Set([
  'ready',
  'live',
  'busy',
  'no_audio',
  'silent',
  'suspect_static',
  'storage_low',
  'clock_skew',
  'timeout',
  'error'
])

const doubtOf = (rows: readonly DayRollup[]): Doubt => {
  const total = (is: (reason: string) => boolean): number =>
    rows.flatMap(row => Object.entries(row.reasons)).reduce((n, [reason, count]) => n + (is(reason) ? count : 0), 0)
  const [auth, busy] = [total(reason => reason.startsWith('auth_')), total(reason => reason === 'busy')]
  if (auth + busy > 0) return auth >= busy ? 'auth_required' : 'busy'
  return rows.some(row => row.inHours.failed > 0) ? 'late' : 'unmeasured'
}
