import { faultsBeside, keyOf, kinds, rowsOf, sentenceOf, type StrangerFault } from '../check-ledger.ts'
import type { LedgerFault } from '../fault.ts'
import type { Ledger } from '../ledger.ts'
import { blame, type Draft, type FaultSink } from './draft.ts'
import { ledgerOf, type BuiltRow } from './rows.ts'

/**
 * The rows that hang together with each other and the ledger, when no row counts that is bad or depends on a bad one. A row that only
 * refers to a bad one has no fault of its own and is not in the list of faults; of two that clash neither is taken.
 */
export const leaveOutBad = (
  drafts: readonly Draft[],
  built: readonly BuiltRow[],
  before: Ledger,
  faults: FaultSink
): BuiltRow[] => {
  const bad = new Set<string>()
  for (const { kind, key, state } of drafts) if (key !== undefined && state !== 'good') bad.add(`${kind} ${key}`)
  const leave = (row: BuiltRow): void => {
    if (row.draft.state === 'good') row.draft.state = 'dependent'
    bad.add(`${row.kind} ${row.key}`)
  }
  const settle = (fault: LedgerFault | StrangerFault, file: FileRows): void => {
    const about = fault.about ?? []
    if ('stranger' in fault) {
      for (const { kind, id } of about)
        for (const row of file.byKey.get(`${kind} ${id}`) ?? []) {
          blame(row.draft, faults, {
            field: '',
            expected: `must not break the ledger: ${sentenceOf(fault)}`,
            value: ''
          })
          leave(row)
        }
      return
    }
    const row = file.byKind.get(fault.kind)?.[fault.index]
    if (row === undefined) return
    if (!about.some(({ kind, id }) => bad.has(`${kind} ${id}`)))
      blame(row.draft, faults, { field: fault.field, expected: fault.expectation, value: fault.got })
    leave(row)
    if (fault.twin === undefined) return
    for (const twin of file.byKey.get(`${fault.kind} ${fault.twin}`) ?? []) leave(twin)
  }

  let rows = [...built]
  for (;;) {
    for (const row of rows) if (bad.has(`${row.kind} ${row.key}`)) leave(row)
    rows = rows.filter(row => row.draft.state === 'good')
    const file = fileRows(rows)
    const found = faultsBeside(ledgerOf(rows), without(before, bad))
    for (const fault of found) settle(fault, file)
    if (rows.every(row => row.draft.state === 'good')) return rows
  }
}

interface FileRows {
  readonly byKind: ReadonlyMap<string, readonly BuiltRow[]>
  readonly byKey: ReadonlyMap<string, readonly BuiltRow[]>
}
const fileRows = (rows: readonly BuiltRow[]): FileRows => ({
  byKind: Map.groupBy(rows, row => row.kind),
  byKey: Map.groupBy(rows, row => `${row.kind} ${row.key}`)
})

/** The ledger without the rows that the file has wrong: nobody knows what they should be. */
const without = (before: Ledger, bad: ReadonlySet<string>): Ledger =>
  bad.size === 0
    ? before
    : (Object.fromEntries(
        kinds.map(kind => [kind, rowsOf(before, kind).filter(row => !bad.has(`${kind} ${keyOf(kind, row)}`))])
      ) as unknown as Ledger)
