import { always } from './day-text.ts'
import { known, quoted, unique, type LedgerFault } from './fault.ts'
import { areaLevels, type Ledger } from './ledger.ts'

type Areas = Ledger['areas']

/** Areas make a tree, each level below its parent's; a pack rules an area once in each period. */
export function* areaFaults(areas: Areas): Generator<LedgerFault> {
  yield* unique('areas', areas)
  const byId = new Map(areas.map(area => [area.id, area]))
  const rooted = new Set<string>()
  for (const [index, area] of areas.entries()) {
    const at = { kind: 'areas', index } as const
    yield* scopeFaults(area, index)
    if (area.parent === undefined) continue
    yield* known(byId, area.parent, { ...at, field: 'parent' }, 'areas', 'area')
    const cycle = cycleFrom(byId, area.id, rooted)
    if (cycle !== undefined) {
      yield { ...at, field: 'parent', expectation: 'must not lead back to itself', got: cycle.join(' → ') }
      continue
    }
    const parent = byId.get(area.parent)
    if (parent !== undefined && rankOf(parent.level) >= rankOf(area.level))
      yield {
        ...at,
        field: 'level',
        expectation: `must be below that of its parent ${quoted(parent.id)} (${parent.level})`,
        got: quoted(area.level),
        about: [{ kind: 'areas', id: parent.id }]
      }
  }
}

/** Sorted so that every area comes after its parent; parents that are not in the list count as there. */
export const parentsFirst = (areas: Areas): Areas => {
  const here = new Set(areas.map(area => area.id))
  const done = new Set<string>()
  const sorted: Areas = []
  while (sorted.length < areas.length) {
    const before = sorted.length
    for (const area of areas) {
      const waits = area.parent !== undefined && here.has(area.parent) && !done.has(area.parent)
      if (done.has(area.id) || waits) continue
      done.add(area.id)
      sorted.push(area)
    }
    if (sorted.length === before) throw new Error('areas with a cycle were not refused')
  }
  return sorted
}

const rankOf = (level: string): number => areaLevels.findIndex(known => known === level)

const cycleFrom = (
  areas: ReadonlyMap<string, { readonly parent?: string }>,
  start: string,
  /** Areas from which no cycle is reached, to be asked about once: a chain of them would cost the square of its length. */
  rooted: Set<string>
): readonly string[] | undefined => {
  const path = new Set<string>()
  for (let id: string | undefined = start; id !== undefined && !rooted.has(id); id = areas.get(id)?.parent) {
    if (path.has(id)) return [...path, id]
    path.add(id)
  }
  for (const id of path) rooted.add(id)
  return undefined
}

/** Periods compare as text; a scope without a last one never ends. */
function* scopeFaults(area: Areas[number], index: number): Generator<LedgerFault> {
  const scopes = (area.packs ?? []).map((scope, i) => {
    const { pack, from_period, to_period } = typeof scope === 'string' ? { pack: scope } : scope
    return { i, pack, from: from_period ?? always.slice(0, 7), to: to_period ?? '9999-12' }
  })
  const at = { kind: 'areas', index } as const
  for (const { i, from, to } of scopes)
    if (to < from)
      yield {
        ...at,
        field: `packs/${i}/to_period`,
        expectation: `must not be before from_period ${quoted(from)}`,
        got: quoted(to)
      }
  for (const [i, scope] of scopes.entries()) {
    const other = scopes.slice(0, i).find(o => o.pack === scope.pack && o.from <= scope.to && scope.from <= o.to)
    if (other !== undefined)
      yield {
        ...at,
        field: `packs/${i}`,
        expectation: `must not rule in periods in which packs/${other.i} has the same pack`,
        got: `${quoted(scope.pack)} ${scope.from} to ${scope.to}`
      }
  }
}
