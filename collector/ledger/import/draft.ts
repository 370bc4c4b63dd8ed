import { formulaLike } from '../cell-text.ts'
import type { Row } from '../fault.ts'
import { readCell, textOf } from './cell.ts'
import type { SheetKind } from './columns.ts'
import { shownValue, type RowFault } from './fault-list.ts'
import type { Table } from './table.ts'

/** Where a row of a file stands, to say what is wrong with it. */
export interface Origin {
  readonly sheet: string
  readonly line: number | undefined
  /** Field → heading as it stands in the file. */
  readonly headings: ReadonlyMap<string, string>
}

/** One row of a file on its way into the ledger. */
export interface Draft {
  readonly kind: SheetKind
  readonly origin: Origin
  /** What the row says; undefined where its cell is empty. A column that the sheet does not have is not in it. */
  readonly values: Map<string, unknown>
  /** True for a ledger file, whose rows are whole: what it does not say is empty. */
  readonly whole: boolean
  /** Key of the ledger row it makes or changes, once that is known. */
  key: string | undefined
  state: 'good' | 'bad' | 'dependent'
}

export interface FaultSink {
  add(fault: RowFault): void
}

/** Marks a row bad and says why. */
export const blame = (
  draft: Draft,
  faults: FaultSink,
  fault: { readonly field: string; readonly expected: string; readonly value: string }
): void => {
  draft.state = 'bad'
  const [field = ''] = fault.field.split('/')
  faults.add({
    sheet: draft.origin.sheet,
    line: draft.origin.line,
    column: draft.origin.headings.get(field) ?? fault.field,
    expected: fault.expected,
    value: fault.value
  })
}

/** Asked through a function, because `blame` changes the state behind the compiler's back. */
export const isGood = (draft: Draft): boolean => draft.state === 'good'

/** The rows of a table, cell by cell. */
export const draftsOf = (table: Table, faults: FaultSink, warnings: FaultSink): Draft[] => {
  const headings = new Map(table.columns.flatMap(one => (one === undefined ? [] : [[one.column.field, one.heading]])))
  return table.rows.map(({ line, cells }) => {
    const origin = { sheet: table.place, line, headings }
    const draft: Draft = { kind: table.kind, origin, values: new Map(), whole: false, key: undefined, state: 'good' }
    for (const [i, one] of table.columns.entries()) {
      if (one === undefined) continue
      const cell = cells[i] ?? ''
      const read = readCell(one.column.read, cell)
      const { field } = one.column
      if ('expected' in read) blame(draft, faults, { field, expected: read.expected, value: shownValue(textOf(cell)) })
      else draft.values.set(field, read.value)
      if (typeof cell === 'string' && formulaLike(cell)) warnings.add(formulaWarning(origin, one.heading, cell))
    }
    return draft
  })
}

export const formulaWarning = (origin: Origin, column: string, value: string): RowFault => ({
  sheet: origin.sheet,
  line: origin.line,
  column,
  expected: 'looks like a formula and is kept as text',
  value: shownValue(value)
})

/** A row of a ledger file (YAML), which is whole. */
export const draftOfRow = (kind: SheetKind, row: Row, origin: Origin): Draft => ({
  kind,
  origin,
  values: new Map(Object.entries(row)),
  whole: true,
  key: undefined,
  state: 'good'
})
