import type { AreaRow, GroupRow, SchoolRow } from '../../../ledger/ledger.ts'
import { areasWithin, lineOf } from '../../../verdicts/area-line.ts'
import { linkTo, nameOf, type PageContext } from '../context.ts'

/** What a page of figures is about: everything, an area with all below it, or a named set of schools. */
export type Place =
  | { readonly kind: 'all' }
  | { readonly kind: 'area'; readonly area: AreaRow }
  | { readonly kind: 'group'; readonly group: GroupRow }

export interface Crumb {
  readonly text: string
  readonly href: string | undefined
}

export const areaPath = (id: string): string => `/areas/${encodeURIComponent(id)}`
export const groupPath = (id: string): string => `/groups/${encodeURIComponent(id)}`
/** How shares of a group are keyed. */
export const groupKey = (id: string): string => `group:${id}`

export const placePath = (place: Place): string => {
  switch (place.kind) {
    case 'all':
      return '/'
    case 'area':
      return areaPath(place.area.id)
    case 'group':
      return groupPath(place.group.id)
  }
}

/** The areas whose shares a page of this place shows in full, with their names. */
export const shareRows = (
  place: Place,
  areas: readonly AreaRow[]
): { key: string; entry: Pick<AreaRow, 'name' | 'nameEn'> }[] => {
  switch (place.kind) {
    case 'all':
      return rootsOf(areas).map(area => ({ key: area.id, entry: area }))
    case 'area':
      return [{ key: place.area.id, entry: place.area }]
    case 'group':
      return [{ key: groupKey(place.group.id), entry: place.group }]
  }
}

export const schoolsIn = (
  place: Place,
  areas: readonly AreaRow[],
  schools: readonly SchoolRow[]
): readonly SchoolRow[] => {
  switch (place.kind) {
    case 'all':
      return schools
    case 'area': {
      const inside = areasWithin(areas, place.area.id)
      return schools.filter(school => inside.has(school.area))
    }
    case 'group': {
      const members = new Set(place.group.schools)
      return schools.filter(school => members.has(school.id))
    }
  }
}

export const rootsOf = (areas: readonly AreaRow[]): AreaRow[] => areas.filter(area => area.parent === undefined)

export const childrenOf = (areas: readonly AreaRow[], id: string): AreaRow[] => areas.filter(area => area.parent === id)

/** The area whose children are worth comparing: one with a single child hands over to it. Undefined when nothing below it branches. */
export const branchingArea = (areas: readonly AreaRow[], from: AreaRow | undefined): AreaRow | undefined => {
  for (let area = from; area !== undefined;) {
    const [first, second] = childrenOf(areas, area.id)
    if (second !== undefined) return area
    area = first
  }
  return undefined
}

/** Where comparing begins on a page of this place. */
export const startOf = (place: Place, areas: readonly AreaRow[]): AreaRow | undefined => {
  switch (place.kind) {
    case 'all':
      return rootsOf(areas)[0]
    case 'area':
      return place.area
    case 'group':
      return undefined
  }
}

/** The way down to an area; the area itself comes last, without a link when the page is about it. */
export const crumbsTo = (
  context: PageContext,
  areas: readonly AreaRow[],
  id: string,
  last: 'link' | 'text'
): Crumb[] => {
  const known = new Map(areas.map(area => [area.id, area]))
  return lineOf(areas, id)
    .toReversed()
    .map(one => {
      const area = known.get(one)
      return {
        text: area === undefined ? one : nameOf(context, area),
        href: area === undefined || (one === id && last === 'text') ? undefined : linkTo(context, areaPath(one))
      }
    })
}

/** A place as an address names it. */
export type PlacePath = { readonly kind: 'all' } | { readonly kind: 'area' | 'group'; readonly id: string }

/** Undefined when the ledger has no such area or group. */
export const placeOfPath = (
  path: PlacePath,
  areas: readonly AreaRow[],
  groups: readonly GroupRow[]
): Place | undefined => {
  switch (path.kind) {
    case 'all':
      return path
    case 'area': {
      const area = areas.find(one => one.id === path.id)
      return area === undefined ? undefined : { kind: 'area', area }
    }
    case 'group': {
      const group = groups.find(one => one.id === path.id)
      return group === undefined ? undefined : { kind: 'group', group }
    }
  }
}
