import type { AreaRow } from '../ledger/ledger.ts'

type Steps = readonly Pick<AreaRow, 'id' | 'parent'>[]

/** An area and everything above it, nearest first. Ends even in a ledger that goes round. */
export const lineOf = (areas: Steps, area: string): string[] => linesIn(areas)(area)

/** The same for many areas of one tree. */
export const linesIn = (areas: Steps): ((area: string) => string[]) => {
  const parents = new Map(areas.map(a => [a.id, a.parent]))
  return area => {
    const line: string[] = []
    for (let id: string | undefined = area; id !== undefined && !line.includes(id); id = parents.get(id)) line.push(id)
    return line
  }
}

/** Ids of an area and of all below it; of every area when none is named. */
export const areasWithin = (areas: Steps, top: string | undefined): Set<string> => {
  const lineTo = linesIn(areas)
  return new Set(areas.map(({ id }) => id).filter(id => top === undefined || lineTo(id).includes(top)))
}
