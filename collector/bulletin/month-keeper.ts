import type { Logger } from 'pino'
import { periodNamed, type Period } from '../calendar/period.ts'
import { judgePeriod } from '../judgement/judge.ts'
import type { BulletinRow } from '../store/bulletin-store.ts'
import type { Store } from '../store/store.ts'
import { upheldSince } from './objection.ts'
import { makeRevision, type Order } from './revision.ts'
import { publishesAt, revisionsOf, stageOf } from './stage.ts'

/** What the calendar does to periods without anybody asking: freezes them on the 20th, publishes them on the 25th (later after a late freeze), revises them for objections. */
export interface MonthKeeper {
  /** Does what is due; call it when no day is dirty. At most once a minute it looks at all. */
  keep(nowMs: number): Promise<void>
}

/** Who acts when nobody does. */
export const keeperName = 'campus-gauge'
const lookEveryMs = 60_000

export const openMonthKeeper = (
  store: Omit<Store, 'share'>,
  log: Pick<Logger, 'info'>,
  isStopping: () => boolean = () => false
): MonthKeeper => {
  // A city takes minutes; a collector that stops does not wait for them, and the draft is dropped by the next attempt.
  const progress = (): void => {
    if (isStopping()) throw new Error('the collector is stopping: the revision is made at the next start')
  }
  let lookedMs = -Infinity
  return {
    keep: async nowMs => {
      if (nowMs - lookedMs < lookEveryMs && nowMs >= lookedMs) return
      // Before the work: what fails is tried again in a minute, not at once.
      lookedMs = nowMs
      // Oldest first: a period's naming looks at the one before.
      const failures: unknown[] = []
      for (const name of await store.judgedPeriods())
        try {
          await keepOne({ store, period: periodNamed(name), nowMs, progress }, log)
        } catch (error) {
          if (isStopping()) throw error
          // One period that cannot be revised (damaged evidence) must not keep all later ones from being frozen.
          failures.push(error)
        }
      if (failures.length > 0) throw failures[0]
    }
  }
}

const keepOne = async (due: Due, log: Pick<Logger, 'info'>): Promise<void> => {
  const { store, period, nowMs } = due
  if (stageOf(period, nowMs, await store.bulletins()) === 'due') {
    // The moving figures end where the frozen ones begin.
    await judgePeriod(store, period, nowMs)
    const row = await makeRevision({ ...due, cause: 'freeze', by: keeperName })
    log.info({ period: period.name, sha256: row?.sha256 }, 'period frozen')
  }
  await reviseForObjections(due, log)
  const made = revisionsOf(await store.bulletins(), period.name)
  if (made.length > 0 && nowMs >= publishesAt(period, made)) await publish(due, log)
}

const newestOf = async (store: Pick<Store, 'bulletins'>, period: Period): Promise<BulletinRow | undefined> =>
  revisionsOf(await store.bulletins(), period.name).at(-1)

type Due = Pick<Order, 'store' | 'period' | 'nowMs' | 'progress'>

/** Late data that came since the freeze go into a revision of their own before the bulletin goes out. */
const publish = async (due: Due, log: Pick<Logger, 'info'>): Promise<void> => {
  const { store, period, nowMs } = due
  const frozen = await newestOf(store, period)
  if (frozen === undefined || stageOf(period, nowMs, [frozen]) === 'published') return
  await makeRevision({ ...due, cause: 'publication', by: keeperName, onlyIfChanged: true })
  // Not the one from above: somebody may have asked for a revision meanwhile.
  const { revision } = (await newestOf(store, period)) ?? frozen
  await store.publishBulletin(period.name, revision, nowMs)
  log.info({ period: period.name, revision }, 'bulletin published')
}

const reviseForObjections = async (due: Due, log: Pick<Logger, 'info'>): Promise<void> => {
  const { store, period } = due
  const newest = await newestOf(store, period)
  if (newest === undefined) return
  const upheld = upheldSince(await store.objections(period.name), newest)
  const last = upheld.at(-1)
  if (last === undefined) return
  const note = upheld.map(row => `${row.school} ${row.target}: ${row.answer}`).join('\n')
  // After the answers, also by a clock that was set back since: else they would ask for a revision again and again.
  const nowMs = Math.max(due.nowMs, ...upheld.map(one => (one.answeredMs ?? 0) + 1))
  const row = await makeRevision({ ...due, nowMs, cause: 'objection', by: last.answeredBy, note })
  log.info({ period: period.name, revision: row?.revision, objections: upheld.length }, 'period revised')
}
