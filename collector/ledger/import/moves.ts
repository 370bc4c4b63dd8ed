import { always } from '../day-text.ts'
import type { Row } from '../fault.ts'
import type { SchoolAreaRow } from '../ledger.ts'
import { blame, type Draft, type FaultSink } from './draft.ts'
import { shownValue } from './fault-list.ts'

/** School → since when it counted where, oldest first. */
export type Moves = ReadonlyMap<string, readonly SchoolAreaRow[]>

/**
 * Says from which day a school counts in its area: the day that the file says, else the day since when the ledger has it there, else the
 * day of the import. Nothing that was counted before is counted elsewhere by an import that does not say so.
 */
export const placeSchool = (
  draft: Draft,
  row: Record<string, unknown>,
  moves: Moves,
  today: string,
  faults: FaultSink
): void => {
  const history = moves.get(String(row['id'])) ?? []
  const last = history.at(-1)
  const said = draft.values.get('area_from')
  delete row['area_from']
  if (typeof said === 'string') {
    if (last !== undefined && history.some(move => move.fromDay === said && move.area === row['area'])) {
      // Known already. The move that came after it stays.
      row['area'] = last.area
      from(row, last.fromDay)
      return
    }
    if (last !== undefined && last.area !== row['area'] && said < last.fromDay)
      blame(draft, faults, {
        field: 'area_from',
        expected: `must not be before the last move, ${last.fromDay}`,
        value: shownValue(said)
      })
    row['area_from'] = said
  } else if (last !== undefined && last.area === row['area']) from(row, last.fromDay)
  else if (last !== undefined) row['area_from'] = today > last.fromDay ? today : last.fromDay
}

/**
 * What was measured at a device counts for its school, all of it: a device that took its readings along would let one school answer for
 * the line of another. So a device that an agent ever spoke for, and its uplinks, stay where they are.
 */
export const keepSchool = (
  draft: Draft,
  old: Row,
  row: Row,
  measuring: ReadonlySet<string>,
  faults: FaultSink
): void => {
  if (draft.kind !== 'devices' && draft.kind !== 'uplinks') return
  const device = String(draft.kind === 'devices' ? old['id'] : old['device'])
  if (old['school'] === row['school'] || !measuring.has(device)) return
  blame(draft, faults, {
    field: 'school',
    expected: `must stay ${shownValue(String(old['school']))}, for which device ${shownValue(device)} has measured: register it there under a new id`,
    value: shownValue(String(row['school']))
  })
}

const from = (row: Record<string, unknown>, day: string): void => {
  if (day !== always) row['area_from'] = day
}
