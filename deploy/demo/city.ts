import type { Ledger } from '../../collector/ledger/ledger.ts'
import { openChance, type Chance } from './chance.ts'
import { drawScripts, type Script } from './faults.ts'
import { furnish } from './school.ts'

export interface City {
  readonly ledger: Ledger
  readonly schools: readonly CitySchool[]
}

export interface CitySchool {
  readonly id: string
  readonly county: string
  readonly script: Script
  readonly recording: boolean
  readonly sync: boolean
  /** Mbit/s: the highest tier that a target asks of it. */
  readonly tierMbps: number
}

/** The nine banners and districts of the Ordos table, with the share of schools in each and how weak its campuses are. */
const counties = [
  { id: 'dongsheng', name: '东胜区', name_en: 'Dongsheng', share: 0.2, weakness: 0.7 },
  { id: 'kangbashi', name: '康巴什区', name_en: 'Kangbashi', share: 0.09, weakness: 0.4 },
  { id: 'dalad', name: '达拉特旗', name_en: 'Dalad', share: 0.16, weakness: 1.1 },
  { id: 'jungar', name: '准格尔旗', name_en: 'Jungar', share: 0.15, weakness: 0.9 },
  { id: 'ejin-horo', name: '伊金霍洛旗', name_en: 'Ejin Horo', share: 0.11, weakness: 0.7 },
  { id: 'uxin', name: '乌审旗', name_en: 'Uxin', share: 0.08, weakness: 1.2 },
  { id: 'hanggin', name: '杭锦旗', name_en: 'Hanggin', share: 0.07, weakness: 4, slowLine: 0.7 },
  { id: 'otog', name: '鄂托克旗', name_en: 'Otog', share: 0.08, weakness: 1.5 },
  { id: 'otog-front', name: '鄂托克前旗', name_en: 'Otog Front', share: 0.06, weakness: 1.8 }
] as const

const stages = [
  { stage: 'primary', word: '小学', share: 0.5 },
  { stage: 'middle', word: '中学', share: 0.2 },
  { stage: 'nine-year', word: '九年一贯制学校', share: 0.1 },
  { stage: 'high', word: '高级中学', share: 0.1 },
  { stage: 'vocational', word: '职业学校', share: 0.04 },
  { stage: 'teaching-point', word: '教学点', share: 0.06 }
] as const

/** A city of `n` simulated schools: the same seed gives the same city. No school of it exists. `firstDay` is when the declared facts were taken. */
export const makeCity = (n: number, seed: number, firstDay: string): City => {
  const chance = openChance(seed)
  const county = Array.from({ length: n }, (_, i) => at(counties, (i + 0.5) / n))
  const scripts = drawScripts(
    county.map(one => ({ weakness: one.weakness, slowLine: 'slowLine' in one ? one.slowLine : 0 })),
    chance
  )
  const made = county.map((one, i) => schoolOf(i, one, scripts[i] ?? {}, chance, firstDay))
  return {
    schools: made.map(one => one.school),
    ledger: {
      areas: [
        {
          id: 'inner-mongolia',
          level: 'province',
          name: '内蒙古自治区',
          name_en: 'Inner Mongolia',
          packs: ['inner-mongolia-2020']
        },
        {
          id: 'ordos',
          parent: 'inner-mongolia',
          level: 'city',
          name: '鄂尔多斯市',
          name_en: 'Ordos',
          packs: ['yulin-2022', 'ordos-2023']
        },
        ...counties.map(one => ({
          id: one.id,
          parent: 'ordos',
          level: 'county' as const,
          name: one.name,
          name_en: one.name_en
        }))
      ],
      schools: made.map(one => one.row),
      rooms: made.flatMap(one => one.furniture.rooms),
      devices: made.flatMap(one => one.furniture.devices),
      uplinks: made.flatMap(one => one.furniture.uplinks),
      facts: made.flatMap(one => one.furniture.facts),
      groups: [
        {
          id: 'pilot',
          name: '数字校园试点校（模拟）',
          name_en: 'Pilot digital campuses (simulated)',
          schools: made.flatMap((one, i) => (i % 9 === 4 ? [one.school.id] : []))
        }
      ]
    }
  }
}

const schoolOf = (
  i: number,
  { id: county }: (typeof counties)[number],
  script: Script,
  chance: Chance,
  firstDay: string
) => {
  const number = String(i + 1).padStart(4, '0')
  const id = `sim-${number}`
  const { kind, zone, central, large } = charted(i, county, script, chance)
  const point = kind.stage === 'teaching-point'
  const pupils = point ? chance.whole(12, 60, 'pupils', i) : chance.whole(180, 2400, 'pupils', i)
  const teachers = Math.ceil(pupils / 13)
  const school: CitySchool = {
    id,
    county,
    script,
    recording: !point,
    sync: script.sync !== 'none_known' && script.sync !== 'declared_none',
    tierMbps: large ? 1000 : zone === 'urban' ? 500 : 100
  }
  return {
    school,
    furniture: furnish(school, { stage: kind.stage, pupils, teachers, firstDay }, chance),
    row: {
      id,
      code: `1506${String(20_000 + i).padStart(6, '0')}`,
      name: `第 ${number} 号模拟${kind.word}`,
      name_en: `Simulated school ${number}`,
      area: county,
      stage: kind.stage,
      zone,
      township_central: central,
      larger: large,
      ...(script.ratio === 'no_pupils' ? {} : { pupils, teachers }),
      contact: `模拟联系人 ${number}`,
      phone: `000-${number}0000`
    }
  }
}

/** What kind of school it is: by chance, but so that the target its script is about applies to it. */
const charted = (i: number, county: string, script: Script, chance: Chance) => {
  const lines = script.uplink?.startsWith('two_lines') === true && script.uplink !== 'two_lines_odd'
  const drawn = at(stages, chance.at('stage', i))
  const remote = county === 'hanggin' && script.uplink === 'below'
  const small = script.sync !== undefined || script.uplink === 'two_lines_odd' || remote
  const kind = lines ? stages[3] : small || script.recording !== undefined ? stages[0] : drawn
  const point = kind.stage === 'teaching-point'
  const zone = lines
    ? 'urban'
    : point || small
      ? 'rural'
      : chance.pick(['urban', 'urban', 'town', 'town', 'rural'] as const, 'zone', i)
  const central = !point && (script.recording !== undefined || zone === 'town' || chance.at('central', i) < 0.4)
  const stout = (kind.stage === 'high' || kind.stage === 'middle') && zone === 'urban'
  return { kind, zone, central, large: lines || (stout && chance.at('large', i) < 0.6) } as const
}

/** The entry whose share of the whole a fraction falls into. */
const at = <Entry extends { readonly share: number }>(entries: readonly Entry[], fraction: number): Entry => {
  let sum = 0
  const found = entries.find(entry => (sum += entry.share) > fraction) ?? entries.at(-1)
  if (found === undefined) throw new Error('a table must not be empty')
  return found
}
