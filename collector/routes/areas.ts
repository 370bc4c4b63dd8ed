import { ProblemError } from '../errors.ts'
import type { StoreReads } from '../store/store.ts'
import { areasWithin } from '../verdicts/area-line.ts'

/** Ids of an area and all below it; of every area when none is named. Throws a ProblemError 404. */
export const areasUnder = async (store: StoreReads, area: string | undefined): Promise<Set<string>> => {
  const areas = await store.areas()
  if (area !== undefined && !areas.some(a => a.id === area))
    throw new ProblemError(
      'not_found',
      `query area must be the id of a known area, got ${JSON.stringify(area.slice(0, 80))}`,
      { pointer: '/area' }
    )
  return areasWithin(areas, area)
}
