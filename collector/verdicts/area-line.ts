import type { AreaRow } from '../ledger/ledger.ts'

/** An area and everything above it, nearest first. Ends even in a ledger that goes round. */
export const lineOf = (areas: readonly Pick<AreaRow, 'id' | 'parent'>[], area: string): string[] => {
  const parents = new Map(areas.map(a => [a.id, a.parent]))
  const line: string[] = []
  for (let id: string | undefined = area; id !== undefined && !line.includes(id); id = parents.get(id)) line.push(id)
  return line
}
