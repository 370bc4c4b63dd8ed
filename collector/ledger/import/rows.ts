import { faultOf } from '../../../contract/parse.ts'
import type { TSchema } from 'typebox'
import { keyOf, rowsOf } from '../check-ledger.ts'
import type { LedgerKind, Row } from '../fault.ts'
import { Area, DeclaredFact, Device, Group, PortMap, Room, School, type Ledger } from '../ledger.ts'
import { Uplink } from '../uplink.ts'
import { shapeOf } from './columns.ts'
import { blame, isGood, type Draft, type FaultSink } from './draft.ts'
import { keepSchool, placeSchool, type Moves } from './moves.ts'

const schemas: Readonly<Record<LedgerKind, TSchema>> = {
  areas: Area,
  schools: School,
  rooms: Room,
  devices: Device,
  uplinks: Uplink,
  port_map: PortMap,
  groups: Group,
  facts: DeclaredFact
}

/** A row as it will stand in the ledger, and the lines it came from. */
export interface BuiltRow {
  readonly kind: LedgerKind
  readonly key: string
  readonly row: Row
  readonly draft: Draft
}

/**
 * Whole rows of the drafts that are good: what a table has no column for stays as the ledger has it. A new row that lacks what every row
 * needs is bad.
 */
export const buildRows = (
  drafts: readonly Draft[],
  before: Ledger,
  moves: Moves,
  today: string,
  /** Devices that an agent speaks for, or did. */
  measuring: ReadonlySet<string>,
  faults: FaultSink
): BuiltRow[] => {
  const known = new Map<LedgerKind, Map<string, Row>>()
  const knownOf = (kind: LedgerKind): Map<string, Row> => {
    const made = known.get(kind) ?? new Map(rowsOf(before, kind).map(row => [keyOf(kind, row), row]))
    known.set(kind, made)
    return made
  }
  const absent = new Map<string, { draft: Draft; heading: string; rows: number }>()
  const built: BuiltRow[] = []
  for (const draft of drafts) {
    const { kind, key } = draft
    if (kind === 'contacts' || draft.state !== 'good' || key === undefined) continue
    const old = knownOf(kind).get(key)
    const row: Record<string, unknown> = draft.whole ? {} : { ...old }
    for (const [field, value] of draft.values) {
      if (value !== undefined) row[field] = value
      else if (isList(kind, field)) row[field] = []
      else Reflect.deleteProperty(row, field)
    }
    if (kind === 'groups') row['schools'] ??= []
    // Which packs rule is said or left alone, never withdrawn by silence.
    if (kind === 'areas' && old?.['packs'] !== undefined) row['packs'] ??= old['packs']
    if (!hasAll(draft, row, absent, faults)) continue
    if (kind === 'schools') placeSchool(draft, row, moves, today, faults)
    if (old !== undefined) keepSchool(draft, old, row, measuring, faults)
    const fault = faultOf(schemas[kind], row)
    if (fault !== undefined) {
      const field = fault.pointer.slice(1)
      blame(draft, faults, { field, expected: fault.sentence.slice(fault.pointer.length).trim(), value: '' })
    }
    if (isGood(draft)) built.push({ kind, key, row, draft })
  }
  for (const { draft, heading, rows } of absent.values())
    faults.add({
      sheet: draft.origin.sheet,
      line: undefined,
      column: heading,
      expected: `is missing: ${rows} new ${rows === 1 ? 'row needs' : 'rows need'} it`,
      value: ''
    })
  return built
}

/** Lists of a row that are empty rather than missing. */
const isList = (kind: LedgerKind, field: string): boolean =>
  (kind === 'areas' && field === 'packs') || (kind === 'groups' && field === 'schools')

/** A column that the sheet does not have is said once, an empty cell on every line. */
const hasAll = (
  draft: Draft,
  row: Row,
  absent: Map<string, { draft: Draft; heading: string; rows: number }>,
  faults: FaultSink
): boolean => {
  let whole = true
  for (const { field, names, required } of shapeOf(draft.kind).columns) {
    if (required !== true || row[field] !== undefined) continue
    whole = false
    if (draft.values.has(field) || draft.whole) blame(draft, faults, { field, expected: 'is missing', value: '' })
    else {
      const key = JSON.stringify([draft.origin.sheet, field])
      const one = absent.get(key) ?? { draft, heading: `${names[0]} ${names[1]}`, rows: 0 }
      absent.set(key, { ...one, rows: one.rows + 1 })
      draft.state = 'bad'
    }
  }
  return whole
}

/** The built rows as a ledger, each kind in the order of the file. */
export const ledgerOf = (rows: readonly BuiltRow[]): Ledger => {
  const kinds: Record<string, Row[]> = { areas: [], schools: [] }
  for (const { kind, row } of rows) (kinds[kind] ??= []).push(row)
  // Each row was checked against its schema.
  return kinds as unknown as Ledger
}
