import type { StoreReads } from '../store/store.ts'
import type { Verdict, VerdictBefore } from '../verdicts/verdict.ts'
import { monthBefore, newestRevision } from './figures.ts'

/** What some schools' verdicts were in the period before, by school: as last frozen, else as they stand. A carried one names where it came from. */
export const beforeOf = (
  store: Pick<StoreReads, 'bulletins' | 'verdicts'>,
  period: string
): ((schools: readonly string[]) => Promise<ReadonlyMap<string, readonly VerdictBefore[]>>) => {
  const name = monthBefore(period)
  let revision: Promise<number> | undefined
  return async schools => {
    if (schools.length === 0) return new Map()
    revision ??= store.bulletins().then(bulletins => newestRevision(bulletins, name))
    const verdicts = await store.verdicts(name, await revision, schools)
    return new Map(
      [...Map.groupBy(verdicts, verdict => verdict.school)].map(([school, rows]) => [
        school,
        rows.map(row => toldBefore(row, name))
      ])
    )
  }
}

const toldBefore = ({ target, verdict, reason, facts }: Verdict, period: string): VerdictBefore => {
  const { from_period: from, carried_reason: carried } = facts
  return reason === 'vacation' && typeof from === 'string' && typeof carried === 'string'
    ? { target, verdict, reason: carried, period: from }
    : { target, verdict, reason, period }
}
