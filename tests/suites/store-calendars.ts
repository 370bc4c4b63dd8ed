import t, { type Test } from 'tap'
import type { CalendarRow } from '../../collector/store/calendar-store.ts'
import type { Store } from '../../collector/store/store.ts'
import type { DayRollup } from '../../collector/verdicts/rollup.ts'
import { nowMs } from '../rig/ledger.ts'
import { aBatch, aReading, fill, type StoreDoor } from './store.ts'

const row = (scope: string, name: string, text = `scope: ${scope}`): CalendarRow => ({
  scope,
  name,
  sha256: `of ${text}`,
  text
})
const day = 86_400_000
const rollup = (day: string, checkId: number): DayRollup => ({
  day,
  checkId,
  part: '',
  place: '',
  counts: { ok: 1, degraded: 0, failed: 0, unavailable: 0 },
  inHours: { ok: 1, degraded: 0, failed: 0, unavailable: 0 },
  liveFailed: 0,
  reasons: {},
  firstMs: nowMs,
  last: { atMs: nowMs, outcome: 'ok', reason: undefined, fields: {}, labels: {} },
  fields: {}
})

/** What any store must do with calendars. */
export const calendarSuite = (name: string, door: () => StoreDoor): void => {
  const withStore = (claim: string, work: (t: Test, store: Store) => Promise<void>) =>
    void t.test(`${name}: ${claim}`, async t => {
      const one = door()
      t.teardown(() => one.close())
      await work(t, await one.open())
    })

  withStore('calendars come back as they went in, each under its scope and name', async (t, store) => {
    await store.putCalendars([row('', 'cn-2026.yaml'), row('s-1', 'own.yaml'), row('', 'terms.yaml')], nowMs)
    await store.putCalendars([row('s-1', 'own.yaml', 'changed')], nowMs)
    await store.putCalendars([row('', 'cn-2026.yaml', ''), row('', 'never-was.yaml', '')], nowMs)
    const left = [row('', 'terms.yaml'), row('s-1', 'own.yaml', 'changed')]
    t.same(await store.calendars(), left)
  })

  withStore(
    'a changed calendar makes the rollups of the days dirty that it can change, and no others',
    async (t, store) => {
      await fill(store)
      const rolledUp = (days: readonly string[], checks: readonly number[]): Promise<void> =>
        store.putRollups(
          days.flatMap(day => checks.map(checkId => rollup(day, checkId))),
          days.flatMap(day => checks.map(checkId => ({ day, checkId, arrival: 0 })))
        )
      const days = ['2026-09-14', '2026-09-15', '2026-11-02', '2026-11-03']
      await rolledUp(days, [1, 3])
      const dirtyDays = async () => [...new Set((await store.dirtyDays()).map(one => one.day))]
      await store.putCalendars([row('', 'a.yaml')], nowMs)
      t.same(await dirtyDays(), ['2026-09-15', '2026-11-02', '2026-11-03'], 'the day before is closed')
      t.same(
        [...new Set((await store.dirtyDays()).map(one => one.checkId))],
        [1, 3],
        'checks without a rollup have none to change'
      )
      await rolledUp(days, [1, 3])
      await store.putCalendars([row('', 'a.yaml')], nowMs)
      t.same(await dirtyDays(), [], 'the same again changes nothing')
      await store.putCalendars([row('', 'a.yaml', 'b')], nowMs, ['2026-11-02', '2026-11-01', '2026-09-14'])
      t.same(await dirtyDays(), ['2026-11-02'])
      await store.commitBatches([aBatch(1, { readings: [aReading({ atMs: nowMs - day })] })])
      await store.putCalendars([row('', 'a.yaml', 'c')], nowMs)
      const before = (await store.dirtyDays()).find(one => one.day === '2026-11-02')
      t.equal(before?.arrival, 1, 'a batch that came is not forgotten')
    }
  )
}
