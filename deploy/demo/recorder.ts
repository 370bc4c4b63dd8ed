import type { Chance } from './chance.ts'
import type { CitySchool } from './city.ts'
import { folded, isOneOfFew, type DeviceDay, type Measured } from './measured.ts'

/** What a recorder suffers from where only the synchronous classroom has one. */
const ofSync = (word: CitySchool['script']['sync']) =>
  word === 'no_media' || word === 'auth_required' || word === 'busy' || word === 'no_recorder' ? word : undefined

/** A recorder on a day: its stream was opened some times in school hours. */
export const recorderReadings = (school: CitySchool, at: DeviceDay, chance: Chance): Measured[] => {
  const { script } = school
  if (!at.isSchoolDay) return []
  const base = { atMs: at.atMs, check: `${at.device}-recording` }
  // Every second day somebody teaches another class with it.
  const live = script.sync !== 'never_live' && Number(at.day.slice(8)) % 2 === 0
  const picture = {
    width_px: 1920,
    height_px: 1080,
    fps: 25,
    kbps: chance.whole(3_000, 6_000, 'kbps', at.device, at.day),
    first_rtp_ms: 140,
    lost_pct: 0,
    storage_free_pct: 38
  }
  const running = (over: Readonly<Record<string, number>> = {}): Measured => ({
    ...base,
    outcome: 'ok',
    labels: { state: live ? 'live' : 'ready' },
    fields: folded(8, { ...picture, ...over })
  })
  const flagged = (flag: string, over: Readonly<Record<string, number>> = {}): Measured => ({
    ...running(over),
    outcome: 'degraded',
    reason: flag,
    labels: { state: live ? 'live' : 'ready', flags: flag }
  })
  const refused = (outcome: 'failed' | 'unavailable', reason: string): Measured => ({
    ...base,
    outcome,
    reason,
    labels: { state: reason },
    fields: folded(4)
  })
  if (script.sync === 'few_days' && !isOneOfFew(at.day)) return []
  switch (script.recording ?? ofSync(script.sync)) {
    case 'no_media':
    case 'stalled':
      return [refused('failed', script.recording ?? 'no_media')]
    case 'auth_required':
    case 'busy':
      return [refused('unavailable', script.recording ?? script.sync ?? 'busy')]
    case 'storage_full':
      return [flagged('storage_full', { storage_free_pct: 0 })]
    case 'low_spec':
      return [flagged('low_spec', { width_px: 704, height_px: 576 })]
    case 'still_picture':
      return [flagged('suspect_static')]
    case 'spec_unknown':
      return [{ ...running(), fields: folded(8, { kbps: picture.kbps }) }]
    case 'few_days':
      return isOneOfFew(at.day) ? [running()] : []
    case 'no_readings':
    case 'no_recorder':
      return []
    case 'declared_none':
    case 'contradicted':
    default:
      return [chance.at('quiet', at.device, at.day) < 0.1 ? flagged('no_audio') : running()]
  }
}
