import { stages, zones, type AreaRow, type GroupRow, type SchoolRow } from '../../../collector/ledger/ledger.ts'
import type { Dice } from './dice.ts'

/** A tree of 2 to 4 levels: one root, then children of what is there; the later half of the areas are leaves. */
export const areasOf = (dice: Dice): AreaRow[] => {
  const levels = dice.between(2, 4)
  const area = (id: string, parent: string | undefined, level: number): AreaRow => ({
    id,
    parent,
    level: ['province', 'city', 'county', 'county'][level - 1] ?? 'county',
    name: id,
    nameEn: undefined
  })
  const areas = [area('root', undefined, 1)]
  const grow = (parent: string, level: number): void => {
    if (level > levels) return
    const n = level === levels ? dice.between(2, 4) : dice.between(1, 2)
    for (let i = 0; i < n; i++) {
      const id = `${parent === 'root' ? 'a' : parent}-${i}`
      areas.push(area(id, parent, level))
      grow(id, level + 1)
    }
  }
  grow('root', 2)
  return areas
}

/** How a school does in a world; counties have a leaning, so that some fall behind for good. */
export type Mood = 'good' | 'bad' | 'mixed' | 'silent'

export interface Pupil {
  readonly row: SchoolRow
  /** Where it is from a day on. */
  readonly moved: { readonly day: string; readonly area: string } | undefined
  readonly mood: Mood
}

/** `clear`: every school does as its area does, well or badly. */
export const pupilsOf = (
  dice: Dice,
  areas: readonly AreaRow[],
  n: number,
  moveDays: readonly string[],
  clear: boolean
): Pupil[] => {
  const leaves = areas.filter(area => !areas.some(other => other.parent === area.id))
  const leaning = new Map(
    areas.map((area): [string, Mood] => [
      area.id,
      clear ? dice.pick(['good', 'good', 'bad']) : dice.pick(['good', 'good', 'bad', 'bad', 'mixed', 'mixed', 'silent'])
    ])
  )
  const anywhere = (): AreaRow | undefined => (dice.chance(0.92) ? dice.some(leaves, 1) : dice.some(areas, 1))[0]
  return Array.from({ length: n }, (_, i): Pupil => {
    const area = anywhere()?.id ?? 'root'
    const mood: Mood =
      clear || dice.chance(0.7) ? (leaning.get(area) ?? 'mixed') : dice.pick(['good', 'bad', 'mixed', 'silent'])
    const [day] = dice.some(moveDays, 1)
    return {
      mood,
      moved: dice.chance(0.1) && day !== undefined ? { day, area: anywhere()?.id ?? 'root' } : undefined,
      row: {
        id: `s-${i}`,
        code: String(i).padStart(4, '0'),
        name: `学校${i}`,
        nameEn: undefined,
        area,
        stage: dice.pick(stages),
        zone: dice.pick(zones),
        townshipCentral: dice.chance(0.4),
        larger: dice.chance(0.4),
        pupils: dice.chance(0.8) ? dice.pick([0, 99, 100, 101, 499, 500, 501, 1999, 2000, 2500]) : undefined,
        teachers: dice.chance(0.8) ? dice.pick([0, 9, 10, 11, 50]) : undefined,
        contact: undefined,
        phone: undefined
      }
    }
  })
}

export const groupsOf = (dice: Dice, schools: readonly { readonly id: string }[]): GroupRow[] =>
  ['pilot', 'hundred'].slice(0, dice.between(0, 2)).map(id => ({
    id,
    name: id,
    nameEn: undefined,
    schools: [
      ...dice.some(schools, dice.between(0, schools.length)).map(school => school.id),
      ...(dice.chance(0.2) ? ['s-gone', 's-0', 's-0'] : [])
    ]
  }))
