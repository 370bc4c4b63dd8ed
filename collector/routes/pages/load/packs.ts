import { packOf } from '../../../ledger/load.ts'
import type { PackRow } from '../../../store/store.ts'
import type { Pack } from '../../../verdicts/pack.ts'

/** Parses each pack once for each text. A pack that cannot be read costs its titles, not the page. */
export const packReader = () => {
  const known = new Map<string, readonly Pack[]>()
  return (rows: readonly PackRow[]): Pack[] =>
    rows.flatMap(row => {
      const seen = known.get(row.sha256)
      if (seen !== undefined) return seen
      const read = readable(row)
      known.set(row.sha256, read)
      return read
    })
}
export type PackReader = ReturnType<typeof packReader>

const readable = (row: PackRow): Pack[] => {
  try {
    return [packOf(row)]
  } catch {
    return []
  }
}
