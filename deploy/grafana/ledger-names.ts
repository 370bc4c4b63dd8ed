import { periodAt } from '../../collector/calendar/period.ts'
import type { AreaRow, PackScopeRow } from '../../collector/ledger/ledger.ts'
import { loadLedger, loadPacks, packOf } from '../../collector/ledger/load.ts'
import { mustHoldStore } from '../../collector/store/directory.ts'
import { openStore } from '../../collector/store/sqlite.ts'
import type { PackRow } from '../../collector/store/store.ts'
import { linesIn } from '../../collector/verdicts/area-line.ts'
import { openTargets } from '../../collector/verdicts/resolve.ts'
import type { Names } from '../../dashboards/names.ts'

interface Named {
  readonly id: string
  readonly name: string
}
interface AreaNamed extends Named {
  readonly level: string
  readonly parent?: string | undefined
}

/** Names of a ledger file; those of its targets from a directory of packs. */
export const namesOfLedger = (file: string, packs: string, nowMs: number): Names => {
  const { areas, schools, rooms = [], devices = [] } = loadLedger(file)
  const scopes = areas.flatMap(area =>
    (area.packs ?? []).map((scope): PackScopeRow => {
      if (typeof scope === 'string') return { area: area.id, pack: scope, fromPeriod: '', toPeriod: undefined }
      return { area: area.id, pack: scope.pack, fromPeriod: scope.from_period ?? '', toPeriod: scope.to_period }
    })
  )
  return namesOf({ areas, schools, rooms, devices, scopes, packs: loadPacks(packs) }, nowMs)
}

/** The same of a collector's store, which may be in use. Throws a SentenceError when there is none. */
export const namesOfStore = async (directory: string, nowMs: number): Promise<Names> => {
  mustHoldStore(directory)
  const store = await openStore(directory)
  try {
    const [areas, schools, rooms, devices, scopes, packs] = await Promise.all([
      store.areas(),
      store.schools(),
      store.rooms(),
      store.devices(),
      store.packScopes(),
      store.packs()
    ])
    return namesOf({ areas, schools, rooms, devices, scopes, packs }, nowMs)
  } finally {
    await store.close()
  }
}

interface Registry {
  readonly areas: readonly AreaNamed[]
  readonly schools: readonly (Named & { readonly area: string })[]
  readonly rooms: readonly Named[]
  readonly devices: readonly Named[]
  readonly scopes: readonly PackScopeRow[]
  readonly packs: readonly PackRow[]
}

const namesOf = ({ areas, schools, rooms, devices, scopes, packs }: Registry, nowMs: number): Names => {
  const rows = areas.map(({ id, parent, level, name }) => ({ id, parent, level, name, nameEn: undefined }))
  const targetsIn = openTargets({ areas: rows, packs: packs.map(packOf), scopes }, periodAt(nowMs).name)
  const targets = new Map(
    rows
      .flatMap(({ id }) => targetsIn(id))
      .map(({ key, title }) => [key, { id: key, name: oneLine({ id: key, name: title.zh }) }])
  )
  const tree = fromTheTop(areas, inhabitedOf(rows, schools))
  return {
    areas: tree,
    schools: mapOf(schools),
    schoolList: schoolListOf(tree, rows, schools),
    rooms: mapOf(rooms),
    devices: mapOf(devices),
    targets: [...targets.values()]
  }
}

const mapOf = (rows: readonly Named[]): ReadonlyMap<string, string> => new Map(rows.map(row => [row.id, oneLine(row)]))

/**
 * Names are anybody's text. A list of Grafana takes a name with a line feed for an id, half a pair of UTF-16 keeps Grafana from starting (its
 * templates are Go's), and marks that nobody sees can turn the text around.
 */
const oneLine = ({ id, name }: Named): string =>
  name
    .toWellFormed()
    .replaceAll(/[\s\p{Cc}\p{Cf}]+/gu, ' ')
    .trim() || id

const inChinese = new Intl.Collator('zh-Hans-CN', { numeric: true })

/** 榆阳区 · 第一小学: a county, or what the school hangs on where there is none. */
const schoolListOf = (
  tree: Names['areas'],
  rows: readonly AreaRow[],
  schools: Registry['schools']
): Names['schoolList'] => {
  const lineTo = linesIn(rows)
  const places = new Map(tree.map((area, place) => [area.id, { ...area, place }]))
  return schools
    .map(school => {
      const line = lineTo(school.area).flatMap(id => places.get(id) ?? [])
      const area = line.find(({ level }) => level === 'county') ?? line[0]
      const name = oneLine(school)
      const listed = area === undefined || name.startsWith(area.name) ? name : `${area.name} · ${name}`
      return { id: school.id, name: listed, place: area?.place ?? tree.length }
    })
    .sort((a, b) => a.place - b.place || inChinese.compare(a.name, b.name))
    .map(({ id, name }) => ({ id, name }))
}

/** Areas that have schools, in them or below: only those are ranked (collector/judgement/figures.ts). */
const inhabitedOf = (areas: readonly AreaRow[], schools: Registry['schools']): ReadonlySet<string> => {
  const lineTo = linesIn(areas)
  return new Set(schools.flatMap(({ area }) => lineTo(area)))
}

/** Each area before those below it. Areas are a tree: the ledger has checked it. */
const fromTheTop = (areas: readonly AreaNamed[], inhabited: ReadonlySet<string>): Names['areas'] => {
  const below = Map.groupBy(areas, area => area.parent)
  const partsOf = (parent: string | undefined): readonly AreaNamed[] => below.get(parent) ?? []
  const walk = (parent: string | undefined): Names['areas'] =>
    partsOf(parent).flatMap(({ id, name, level }) => [
      { id, name: oneLine({ id, name }), level, ranks: partsOf(id).filter(part => inhabited.has(part.id)).length >= 2 },
      ...walk(id)
    ])
  return walk(undefined)
}
