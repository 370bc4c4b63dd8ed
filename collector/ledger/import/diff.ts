import { keyOf, kinds, rowsOf } from '../check-ledger.ts'
import type { LedgerKind, Row } from '../fault.ts'
import type { Ledger } from '../ledger.ts'
import type { Counter } from './fault-list.ts'
import type { BuiltRow } from './rows.ts'

/** What an import does to one row of the ledger. */
export interface Change {
  readonly kind: LedgerKind
  readonly key: string
  /** For people: its name, or ''. */
  readonly name: string
  /** `gone`: in the ledger and not in the file; it stays in the ledger. */
  readonly what: 'added' | 'changed' | 'gone'
  readonly fields: readonly { readonly field: string; readonly from: string; readonly to: string }[]
}

export interface KindCount {
  readonly kind: LedgerKind
  readonly added: number
  readonly changed: number
  readonly unchanged: number
  readonly gone: number
}

/** What differs, and the rows that have to be written. Facts are dated: what a file does not repeat is not gone. */
export const diffRows = (
  rows: readonly BuiltRow[],
  before: Ledger,
  /** The keys that the file names, of the kinds that it speaks of. */
  named: ReadonlyMap<LedgerKind, ReadonlySet<string>>,
  changes: Counter<Change>
): { counts: KindCount[]; write: BuiltRow[] } => {
  const ofKind = Map.groupBy(rows, row => row.kind)
  const write: BuiltRow[] = []
  const counts = kinds.flatMap((kind): KindCount[] => {
    const inFile = named.get(kind)
    const ofFile = ofKind.get(kind) ?? []
    if (inFile === undefined && ofFile.length === 0) return []
    const known = new Map(rowsOf(before, kind).map(row => [keyOf(kind, row), row]))
    let [added, changed, unchanged, gone] = [0, 0, 0, 0]
    for (const built of new Map(ofFile.map(row => [row.key, row])).values()) {
      const old = known.get(built.key)
      const fields = old === undefined ? [] : changedFields(old, built.row)
      if (old !== undefined && fields.length === 0) {
        unchanged++
        continue
      }
      if (old === undefined) added++
      else changed++
      write.push(built)
      const { key } = built
      changes.add({ kind, key, name: nameOf(built.row), what: old === undefined ? 'added' : 'changed', fields })
    }
    if (kind !== 'facts' && inFile !== undefined)
      for (const [key, row] of known) {
        if (inFile.has(key)) continue
        gone++
        changes.add({ kind, key, name: nameOf(row), what: 'gone', fields: [] })
      }
    return [{ kind, added, changed, unchanged, gone }]
  })
  return { counts, write }
}

const changedFields = (old: Row, row: Row): Change['fields'] =>
  [...new Set([...Object.keys(old), ...Object.keys(row)])]
    .map(field => ({ field, from: shown(field, old[field]), to: shown(field, row[field]) }))
    .filter(({ from, to }) => from !== to)

/** Text that is equal exactly when the ledger would keep the same: what is not said is the default. */
const shown = (field: string, value: unknown): string => {
  if (value === undefined || value === false) return ''
  if (field === 'upload_path' && value === 'campus') return ''
  if (Array.isArray(value)) {
    const parts = value.map(part => (typeof part === 'string' ? part : scopeText(part)))
    // The order of these lists means nothing.
    return parts.sort().join(', ')
  }
  return typeof value === 'string' ? value : JSON.stringify(value)
}

const scopeText = (scope: unknown): string => {
  const { pack, from_period, to_period } = scope as { pack: string; from_period?: string; to_period?: string }
  return from_period === undefined && to_period === undefined
    ? pack
    : `${pack}@${from_period ?? ''}..${to_period ?? ''}`
}

const nameOf = (row: Row): string => (typeof row['name'] === 'string' ? row['name'] : '')
