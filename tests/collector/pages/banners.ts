import { createHash } from 'node:crypto'
import type { Ledger } from '../../../collector/ledger/ledger.ts'
import { hostileName } from './hostile-name.ts'

/** Nine banners and districts with made-up schools. The better a banner, the more its schools meet; the last two are far behind. */
export const banners = [
  { id: 'kangbashi', name: '康巴什区', share: 0.97, silent: 0.02, schools: 6 },
  { id: 'dongsheng', name: '东胜区', share: 0.9, silent: 0.04, schools: 9 },
  { id: 'yijinhuoluo', name: '伊金霍洛旗', share: 0.88, silent: 0.06, schools: 7 },
  { id: 'zhungeer', name: '准格尔旗', share: 0.8, silent: 0.05, schools: 8 },
  { id: 'dalate', name: '达拉特旗', share: 0.74, silent: 0.08, schools: 8 },
  { id: 'wushen', name: '乌审旗', share: 0.72, silent: 0.1, schools: 6 },
  { id: 'etuoke', name: '鄂托克旗', share: 0.66, silent: 0.06, schools: 5 },
  { id: 'etuokeqian', name: '鄂托克前旗', share: 0.62, silent: 0.3, schools: 5 },
  { id: 'hangjin', name: '杭锦旗', share: 0.12, silent: 0.03, schools: 6 }
] as const

const stages = ['primary', 'middle', 'nine-year', 'high', 'teaching-point'] as const
const stageNames = {
  primary: '小学',
  middle: '中学',
  'nine-year': '学校',
  high: '高级中学',
  'teaching-point': '教学点'
}
const zones = ['urban', 'town', 'rural'] as const
const families = ['王', '李', '张', '刘', '陈', '包', '白', '乌']

/** The same number from 0 to 1 for the same text, on every machine. */
export const chance = (text: string): number =>
  createHash('sha256').update(text).digest().readUInt32BE(0) / 0x1_0000_0000

const pick = <Item>(items: readonly Item[], text: string): Item | undefined =>
  items[Math.floor(chance(text) * items.length)]

const schools: Ledger['schools'] = banners.flatMap(banner =>
  Array.from({ length: banner.schools }, (_, i) => {
    const id = `${banner.id}-${String(i + 1).padStart(2, '0')}`
    const stage = pick(stages, `${id} stage`) ?? 'primary'
    const n = i + 1
    return {
      id,
      code: `00150622${String(Math.floor(chance(id) * 100)).padStart(2, '0')}`,
      name: `${banner.name}第 ${String(n)} 模拟${stageNames[stage]}`,
      area: banner.id,
      stage,
      zone: pick(zones, `${id} zone`) ?? 'rural',
      township_central: stage === 'primary' && i % 2 === 0,
      larger: stage === 'middle' && i % 2 === 0,
      pupils: 120 + Math.floor(chance(`${id} pupils`) * 1800),
      teachers: 14 + Math.floor(chance(`${id} teachers`) * 120),
      ...(i % 4 === 3 ? {} : { contact: `${pick(families, `${id} name`) ?? ''}老师`, phone: `0477-5550${100 + i}` })
    }
  })
)

export const bannerLedger: Ledger = {
  areas: [
    { id: 'neimenggu', level: 'province', name: '内蒙古自治区', name_en: 'Inner Mongolia' },
    {
      id: 'ordos',
      parent: 'neimenggu',
      level: 'city',
      name: '鄂尔多斯市',
      name_en: 'Ordos',
      packs: ['yulin-2022', 'ordos-2023']
    },
    ...banners.map(({ id, name }) => ({ id, parent: 'ordos', level: 'county' as const, name }))
  ],
  schools: [
    ...schools,
    { id: 'odd', code: `'"><u>`, name: hostileName, area: 'hangjin', stage: 'primary', zone: 'rural', contact: '<u>' }
  ],
  groups: [
    {
      id: 'pilots',
      name: '数字校园试点校',
      name_en: 'Pilot digital campuses',
      schools: schools.filter((_, i) => i % 5 === 0).map(school => school.id)
    },
    { id: 'rural-line', name: '偏远农牧区学校', schools: schools.filter(s => s.zone === 'rural').map(s => s.id) }
  ],
  facts: [
    {
      school: 'hangjin-01',
      key: 'labs',
      value: 'none',
      as_of: '2026-09-01',
      source: '旗教体局装备台账',
      by: '包科长'
    },
    {
      school: 'hangjin-01',
      key: 'security-video',
      value: '10.20.30.40',
      as_of: '2026-10-08',
      source: '安防验收单',
      by: '<u>李</u>'
    }
  ]
}
