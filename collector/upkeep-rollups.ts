import { dayOf } from './calendar/day.ts'
import { periodAt, type Period } from './calendar/period.ts'
import { openCalendars } from './calendar/school-calendar.ts'
import { closesAfterMs, closingMs } from './store/retention.ts'
import type { DirtyDay, Store } from './store/store.ts'
import { openTierDesk } from './upkeep-tiers.ts'
import { rollUp, type InHours } from './verdicts/rollup.ts'

/** Periods whose rollups changed and whose verdicts do not know it yet: of some schools, or of all. */
export type Owed = Map<string, Set<string> | 'all'>

export const owe = (owed: Owed, period: string, schools: Iterable<string> | 'all'): void => {
  const known = owed.get(period)
  if (schools === 'all' || known === 'all') owed.set(period, 'all')
  else owed.set(period, new Set([...(known ?? []), ...schools]))
}

/** Rolls up every dirty day that is not closed, and owes what was touched. */
export const rollUpDirty = async (store: Omit<Store, 'share'>, owed: Owed, nowMs: number): Promise<void> => {
  const dirty = await store.dirtyDays()
  if (dirty.length === 0) return
  const firstOpen = dayOf(nowMs - closesAfterMs - closingMs)
  // Made dirty by something else than readings (a new calendar), or left by a collector that stood still: what it says stays said.
  for (const part of slices(
    dirty.filter(({ day }) => day < firstOpen),
    5000
  ))
    await store.forgetDirty(part)

  const desk = await openTierDesk(store)
  const schoolOf = await schoolsOfChecks(store)
  const inHours = await hoursOf(store, schoolOf)
  for (const [day, list] of Map.groupBy(
    dirty.filter(({ day }) => day >= firstOpen),
    d => d.day
  )) {
    const period = periodAt(Date.parse(`${day}T12:00:00+08:00`))
    for (const part of slices(list, 2000)) {
      const schools = new Set(part.flatMap(({ checkId }) => schoolOf.get(checkId) ?? []))
      const readings = await store.readingsOfDay(
        day,
        part.map(d => d.checkId)
      )
      // Before the day is clean again: a crash in between must not lose a result.
      if (await desk.keep(readings)) await oweBefore(store, period, owed, schools)
      // Before the rollups: a failure after some of them were written must not forget their schools.
      owe(owed, period.name, schools)
      const rows = Map.groupBy(rollUp(day, readings, inHours), row => row.checkId)
      // A day without readings was made dirty by a calendar after they were dropped: what was made of them is all that is left, and stays.
      const gone = part.filter(({ checkId }) => !rows.has(checkId))
      if (gone.length > 0) await store.forgetDirty(gone)
      // Written a little at a time: batches of agents wait for the same writer.
      for (const few of slices(
        part.filter(({ checkId }) => rows.has(checkId)),
        128
      ))
        await store.putRollups(
          few.flatMap(d => rows.get(d.checkId) ?? []),
          few
        )
    }
  }
}

/** Check → its device's school. */
const schoolsOfChecks = async (store: Pick<Store, 'devices' | 'checks'>): Promise<ReadonlyMap<number, string>> => {
  const [devices, checks] = await Promise.all([store.devices(), store.checks()])
  const schoolOf = new Map(devices.map(device => [device.id, device.school]))
  return new Map(
    checks.flatMap(({ id, device }) => {
      const school = schoolOf.get(device)
      return school === undefined ? [] : [[id, school] as const]
    })
  )
}

/** A check is in hours when its device's school is. */
const hoursOf = async (
  store: Pick<Store, 'areas' | 'schools' | 'calendars'>,
  schoolOf: ReadonlyMap<number, string>
): Promise<InHours> => {
  const [areas, schools, texts] = await Promise.all([store.areas(), store.schools(), store.calendars()])
  const calendars = openCalendars(texts, areas)
  const calendarOf = new Map(schools.map(school => [school.id, calendars.of(school)]))
  return (checkId, atMs) => calendarOf.get(schoolOf.get(checkId) ?? '')?.isInHours(atMs) ?? false
}

/** What later tests show about burst credit counts for the period before too, if it was ever judged. */
const oweBefore = async (
  store: Pick<Store, 'said'>,
  period: Period,
  owed: Owed,
  schools: ReadonlySet<string>
): Promise<void> => {
  const { name } = periodAt(period.fromMs - 1)
  if (owed.has(name) || (await store.said(name)).length > 0) owe(owed, name, schools)
}

const slices = (list: readonly DirtyDay[], size: number): DirtyDay[][] =>
  Array.from({ length: Math.ceil(list.length / size) }, (_, i) => list.slice(i * size, (i + 1) * size))
