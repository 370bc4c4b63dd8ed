import type { City } from './city.ts'

type Tags = Readonly<Record<string, string>>

/** The tags that every point has, each `none` until something is known of it. */
const nowhere: Tags = {
  province: 'none',
  city: 'none',
  county: 'none',
  school: 'none',
  stage: 'none',
  zone: 'none',
  building: 'none',
  room: 'none',
  device: 'none',
  kind: 'none',
  check: 'none'
}

/** Tags of an area: itself and what lies above it, each at its level. A name that is no area gives none. */
export const tagsOfArea = (city: City, id: string): Tags => {
  const found: Record<string, string> = { ...nowhere }
  for (let area = city.areas.get(id); area !== undefined; area = city.areas.get(area.parent ?? ''))
    if (area.level !== 'nation') found[area.level] = area.id
  return found
}

export const tagsOfSchool = (city: City, id: string): Tags => {
  const school = city.schools.get(id)
  if (school === undefined) throw new Error(`the ledger has no school ${id}`)
  return { ...tagsOfArea(city, school.area), school: id, stage: school.stage, zone: school.zone }
}

export const tagsOfDevice = (city: City, id: string): Tags => {
  const device = city.devices.get(id)
  if (device === undefined) throw new Error(`the ledger has no device ${id}`)
  return { ...tagsOfSchool(city, device.school), room: device.room ?? 'none', device: id, kind: device.kind }
}

export const tagsOfCheck = (city: City, id: number): Tags => {
  const check = city.checks.get(id)
  if (check === undefined) throw new Error(`the store has no check ${id}`)
  return { ...tagsOfDevice(city, check.device), check: check.key }
}

/** Parts of the simulated city are tags as they are; a city with others needs another oracle. */
export const partTag = (part: string): string => {
  if (part === '') return 'none'
  if (!/^[a-z0-9][a-z0-9-]{0,63}$/.test(part)) throw new Error(`a part must be a tag as it is, got "${part}"`)
  return part
}
