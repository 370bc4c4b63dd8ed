import { nearest } from '../../../contract/fault.ts'
import { textOf, type Cell } from './cell.ts'
import { bare, sheets, shapeOf, spellings, type Column, type SheetKind } from './columns.ts'
import { shownValue, type RowFault } from './fault-list.ts'

/** Rows as a file has them, before anybody knows what they mean. */
export interface RawTable {
  /** File, and of a workbook the sheet. */
  readonly place: string
  /** From the caller, the sheet's name or the file's. */
  readonly kind: SheetKind | undefined
  readonly rows: readonly RawRow[]
}
export interface RawRow {
  /** As a spreadsheet program counts. */
  readonly line: number
  readonly cells: readonly Cell[]
}

/** A table whose headings are known. */
export interface Table {
  readonly place: string
  readonly kind: SheetKind
  readonly headingLine: number
  /** By position; undefined where there is no heading. */
  readonly columns: readonly (HeadedColumn | undefined)[]
  readonly rows: readonly RawRow[]
}
export interface HeadedColumn {
  readonly column: Column
  readonly heading: string
}

/** Begins an example row, as the template has them; it is passed over. */
export const exampleMark = '例：'

/** Titles and remarks may stand above the headings, so many lines at most. */
const linesAbove = 10
/** No sheet has a tenth of it; each unknown heading is compared with all known ones. */
const mostColumns = 500

/** Finds kind and headings of a table. Faults of headings concern every row: nothing of such a table can be used. */
export const readHeadings = (raw: RawTable): { table: Table } | { faults: readonly RowFault[] } => {
  const [first] = raw.rows
  if (first === undefined)
    return {
      faults: [{ sheet: raw.place, line: undefined, column: '', expected: 'must have rows, it is empty', value: '' }]
    }
  const top = raw.rows.slice(0, linesAbove)
  const wide = top.find(row => filledIn(row) > mostColumns)
  if (wide !== undefined)
    return {
      faults: [
        {
          sheet: raw.place,
          line: wide.line,
          column: '',
          expected: `must have at most ${mostColumns} columns`,
          value: String(filledIn(wide))
        }
      ]
    }
  const kind = raw.kind ?? kindByHeadings(top)
  if (kind === undefined) return { faults: [unnamed(raw, first)] }
  const best = top.reduce((a, b) => (matches(kind, b) > matches(kind, a) ? b : a))
  const headings = best.cells.map(textOf)
  const shape = shapeOf(kind)
  const faults: RowFault[] = []
  const taken = new Map<string, string>()
  const columns = headings.map((heading): HeadedColumn | undefined => {
    if (heading === '') return undefined
    const column = shape.columns.find(one => spellings(one).includes(bare(heading)))
    const fault = (expected: string) =>
      faults.push({ sheet: raw.place, line: best.line, column: '', expected, value: '' })
    if (column === undefined) {
      const near = nearest(bare(heading), shape.columns.flatMap(spellings))
      const meant = shape.columns.find(one => near !== undefined && spellings(one).includes(near))
      fault(
        `must have the columns of ${kind} only, got ${shownValue(heading)}${meant === undefined ? '' : `: did you mean "${meant.names[0]}" (${meant.names[1]})?`}`
      )
      return undefined
    }
    const other = taken.get(column.field)
    if (other !== undefined) fault(`must have each column once, got ${shownValue(other)} and ${shownValue(heading)}`)
    taken.set(column.field, heading)
    return { column, heading }
  })
  if (faults.length > 0) return { faults }
  const rows = raw.rows.filter(row => {
    const filled = row.cells.map(textOf).find(text => text !== '')
    return row.line > best.line && filled !== undefined && !filled.startsWith(exampleMark)
  })
  return { table: { place: raw.place, kind, headingLine: best.line, columns, rows } }
}

/** Blank cells behind a table are no columns: spreadsheet programs write thousands of them. */
const filledIn = (row: RawRow): number => row.cells.filter(cell => textOf(cell) !== '').length

const matches = (kind: SheetKind, row: RawRow): number => {
  const known = new Set(shapeOf(kind).columns.flatMap(spellings))
  return row.cells.filter(cell => known.has(bare(textOf(cell)))).length
}

/** The one kind that has every heading; of several (contacts are among schools) the one whose required columns are all there. */
const kindByHeadings = (rows: readonly RawRow[]): SheetKind | undefined => {
  const scored = sheets.map(shape => {
    const score = Math.max(...rows.map(row => matches(shape.kind, row)))
    const best = rows.find(row => matches(shape.kind, row) === score)
    const words = new Set((best?.cells ?? []).map(cell => bare(textOf(cell))))
    const whole = shape.columns.every(one => one.required !== true || spellings(one).some(word => words.has(word)))
    return { kind: shape.kind, score: whole ? score : 0 }
  })
  const most = Math.max(...scored.map(one => one.score))
  const best = scored.filter(one => one.score === most && most > 1)
  return best.length === 1 ? best[0]?.kind : undefined
}

const unnamed = (raw: RawTable, first: RawRow): RowFault => ({
  sheet: raw.place,
  line: first.line,
  column: '',
  expected: `must have the headings of one kind (${sheets.map(shape => `${shape.names[0]} ${shape.names[1]}`).join(', ')}); name the sheet or the file so, or say --kind`,
  value: shownValue(first.cells.map(textOf).join(', '))
})
