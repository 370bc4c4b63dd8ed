import type { RoomRow } from '../../../collector/ledger/ledger.ts'
import type { Parameters } from '../answer.ts'
import type { RowDraft, Scene } from './scene.ts'

/** Rooms with panels that run on about the days that a rule asks for, or on none. */
export const panels = (s: Scene, p: Parameters): void => {
  const { dice } = s
  const n = dice.pick([0, 1, 2, 3, 5])
  for (let i = 0; i < n; i++) {
    const room = s.room({ kind: dice.chance(0.8) ? 'classroom' : 'function' })
    const k = dice.chance(0.85) ? 1 : dice.pick([0, 2])
    for (let j = 0; j < k; j++) {
      const panel = s.device('panel', { room: room.id })
      if (dice.chance(0.1)) continue
      const check = s.check(panel.id, 'host', '')
      const fine = s.mood === 'good' || (s.mood === 'mixed' && dice.chance(0.5))
      const wanted = dice.chance(0.5) ? dice.near(p['days'] ?? 3) : dice.near(s.need)
      if (s.mood === 'silent' || (s.mood === 'bad' && dice.chance(0.7))) continue
      for (const day of dice.some(s.days, fine ? wanted + 3 : wanted))
        s.row(day, check, {
          counts: dice.pick([
            { ok: 1 },
            { degraded: 2 },
            { failed: 2 },
            { ok: 40, unavailable: 3 },
            { ok: 2, failed: 1 }
          ]),
          ...(dice.chance(0.1) ? { inHours: {} } : {})
        })
    }
  }
  if (dice.chance(0.35))
    s.fact('rooms-without-panel', dice.pick(['0', '1', '1', '2', String(n), String(n + 1), 'viele']))
  if (dice.chance(0.15)) s.fact('device-activity', dice.pick(['none', 'some']))
}

/** The platform's sites from every panel: days of reaching, and days of failing while others answer. */
export const platform = (s: Scene, p: Parameters, subjects: readonly string[]): void => {
  const { dice } = s
  const own = s.devices.filter(device => device.kind === 'panel')
  const list = own.length > 0 ? own : Array.from({ length: dice.between(0, 2) }, () => s.device('panel'))
  const fails = s.mood === 'bad' || (s.mood === 'mixed' && dice.chance(0.5))
  const down = dice.chance(0.15)
  for (const panel of list) {
    const other = s.check(panel.id, 'portal', 'elsewhere', 'off_site')
    const otherDays = dice.some(s.days, dice.chance(0.8) ? s.days.length - 1 : dice.near(s.need))
    if (s.mood !== 'silent')
      for (const day of otherDays)
        s.row(day, other, { counts: { ok: 1 }, place: dice.chance(0.97) ? 'off_site' : 'private' })
    for (const subject of subjects) {
      if (dice.chance(0.05)) continue
      const check = s.check(panel.id, 'portal', subject, 'off_site')
      if (s.mood === 'silent') continue
      if (fails)
        for (const day of dice.some(s.schoolDays, dice.near(s.need) + 1)) {
          s.row(day, check, { counts: { failed: 3 }, live: dice.chance(0.95) ? 3 : 0, reasons: { tcp_timeout: 3 } })
          if (!down && dice.chance(0.93)) s.answered.set(subject, (s.answered.get(subject) ?? new Set()).add(day))
        }
      if (!fails || dice.chance(0.3))
        for (const day of dice.some(s.schoolDays, fails ? dice.between(1, 2) : dice.near(p['days'] ?? 3)))
          s.row(day, check, {
            counts: { ok: 1, failed: dice.between(0, 1) },
            place: dice.chance(0.97) ? 'off_site' : 'self'
          })
    }
  }
}

/** Recorders: streams that are HD or not, spoilt pictures inside and outside of hours, doors that stay shut. */
export const recorders = (s: Scene, p: Parameters, which: 'recording' | 'sync'): void => {
  const { dice } = s
  const n = dice.pick([0, 1, 1, 1, 2])
  const rooms: RoomRow[] = []
  for (let i = 0; i < n; i++)
    rooms.push(s.room({ [which]: true, ...(dice.chance(0.2) ? { recording: true, sync: true } : {}) }))
  if (dice.chance(0.2))
    s.fact(`${which}-${which === 'sync' ? 'classroom' : 'room'}`, dice.pick(['none', 'none', 'present']))
  const gateway = s.device('gateway')
  for (const room of rooms) {
    const inRoom = dice.chance(0.8)
    const recorder = dice.chance(0.9) ? s.device('recorder', { room: inRoom ? room.id : undefined }) : undefined
    const checker = dice.pick([gateway, gateway, s.device('panel', { room: room.id }), recorder ?? gateway])
    if (dice.chance(0.1)) continue
    const subject = recorder !== undefined && dice.chance(0.8) ? recorder.id : `camera-${room.id}`
    const check = s.check(checker.id, 'recording', subject)
    const also = dice.chance(0.15) ? s.check(checker.id, 'recording', subject) : undefined
    if (s.mood === 'silent') continue
    const bad = s.mood === 'bad' || (s.mood === 'mixed' && dice.chance(0.5))
    const days = dice.some(dice.chance(0.9) ? s.schoolDays : s.days, dice.near(s.need) + dice.between(0, 1))
    for (const day of days) {
      s.row(day, check, bad ? badDay(s) : goodDay(s, p))
      if (also !== undefined && dice.chance(0.3)) s.row(day, also, dice.chance(0.5) ? badDay(s) : goodDay(s, p))
    }
    const [spare] = dice.some(s.schoolDays, 1)
    if (dice.chance(0.3) && spare !== undefined) s.row(spare, check, bad ? goodDay(s, p) : badDay(s))
  }
}

const goodDay = ({ dice }: Scene, p: Parameters): RowDraft => {
  const [width, height] = [p['width_px'] ?? 1280, p['height_px'] ?? 720]
  const exact = { width_px: width, height_px: height }
  const size = dice.chance(0.9)
    ? exact
    : dice.pick([{ ...exact, width_px: width - 1 }, { ...exact, height_px: height - 1 }, { height_px: height }, {}])
  const live = dice.chance(0.15)
  return {
    ...(dice.chance(0.8)
      ? { counts: { ok: 5 }, ...(live ? { last: { labels: { state: 'live' } } } : {}) }
      : {
          counts: { degraded: 4 },
          reasons: { [dice.pick(['no_audio', 'silent', 'storage_low', 'clock_skew'])]: 4, ...(live ? { live: 1 } : {}) }
        }),
    fields: size
  }
}

const badDay = ({ dice }: Scene): RowDraft => {
  const cause = dice.pick(['storage_full', 'black', 'frozen', 'low_spec', 'suspect_static', 'no_audio'])
  return dice.pick([
    { counts: { failed: 3 }, live: 3, reasons: { port_closed: 3 } },
    { counts: { failed: 3 }, live: 3, reasons: { no_media: 3 } },
    { counts: { failed: 3 }, live: 3, reasons: { stalled: 3 } },
    { counts: { failed: 3 }, live: dice.between(0, 1), reasons: { port_closed: 3 } },
    { counts: { degraded: 3 }, reasons: { [cause]: 3 }, fields: { width_px: 1920, height_px: 1080 } },
    {
      counts: { degraded: 3 },
      inHours: { degraded: 2 },
      reasons: { [cause]: dice.between(1, 2), no_audio: 1 },
      fields: { width_px: 1920, height_px: 1080 }
    },
    { counts: { unavailable: 3 }, reasons: { [dice.pick(['auth_required', 'auth_rejected', 'busy', 'timeout'])]: 3 } }
  ])
}
