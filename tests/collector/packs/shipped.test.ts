import { copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { stringify } from 'yaml'
import type { SchoolRow } from '../../../collector/ledger/ledger.ts'
import { loadPacks, packOf } from '../../../collector/ledger/load.ts'
import { appliesTo } from '../../../collector/verdicts/applies.ts'
import { judgeSchool, targetsFor } from '../../../collector/verdicts/evaluate.ts'
import type { Pack } from '../../../collector/verdicts/pack.ts'
import { rules } from '../../../collector/verdicts/rules.ts'
import { evidence, fact, school } from '../../rig/evidence.ts'
import { area, packFile } from './pack-rig.ts'

const directory = join(import.meta.dirname, '../../../deploy/targets')
const shipped: readonly Pack[] = loadPacks(directory).map(packOf)

void t.test('the documents’ targets are there under their ids, with the documents’ figures', async t => {
  const goals = Object.fromEntries(
    shipped.map(pack => [pack.id, Object.fromEntries(pack.targets.map(target => [target.id, target.goal_pct]))])
  )
  t.same(goals, {
    'yulin-2022': {
      'broadband-access': 100,
      'uplink-500': 100,
      'uplink-1000': 100,
      'room-port-1000': 100,
      ipv6: 70,
      'recording-room': 100,
      'panel-coverage': 100,
      'device-ratio': 100,
      'campus-broadcast': 100,
      'security-video': 100,
      'key-sites': 100,
      labs: 60
    },
    'sichuan-2017': { 'uplink-10': 70, 'panel-share': 100, 'panel-all-rooms': 60, 'security-monitoring': 0 },
    'inner-mongolia-2020': { 'broadband-access': 100, 'uplink-100': 96.86, 'sync-classroom': 100 },
    'shaanxi-2019': { 'uplink-100': 100 },
    'ordos-2023': { 'platform-reach': 100, 'device-activity': 0, 'monthly-report': 100 },
    'shanxi-2020': { 'broadband-access': 0, 'uplink-100': 0, drills: 0 }
  })
  const figures = (key: string): unknown => {
    const [pack, id] = key.split('/')
    return shipped.find(one => one.id === pack)?.targets.find(target => target.id === id)?.parameters
  }
  t.match(figures('yulin-2022/device-ratio'), { teachers_per_computer: 1, pupils_per_computer: 5 })
  t.match(figures('sichuan-2017/panel-share'), { share_pct: 80, classrooms_only: 1 })
  t.match(figures('sichuan-2017/panel-all-rooms'), { share_pct: 100, classrooms_only: 1 })
  t.match(figures('yulin-2022/panel-coverage'), { share_pct: 100, classrooms_only: 0 })
})

void t.test('every rule of the product is asked for by some document', async t => {
  const asked = new Set(shipped.flatMap(pack => pack.targets.map(target => target.indicator)))
  t.same([...asked].toSorted(), Object.keys(rules).toSorted())
})

void t.test('targets apply to the schools that the papers name', async t => {
  const applies = (pack: string, id: string, over: Partial<SchoolRow>): boolean | undefined => {
    const target = shipped.find(one => one.id === pack)?.targets.find(one => one.id === id)
    return target === undefined ? undefined : appliesTo(target.applies_to, { ...school, ...over })
  }
  const recording: [Partial<SchoolRow>, boolean][] = [
    [{ stage: 'primary', zone: 'rural', townshipCentral: true }, true],
    [{ stage: 'primary', zone: 'rural', townshipCentral: false }, false],
    [{ stage: 'primary', zone: 'urban' }, true],
    [{ stage: 'middle', zone: 'rural' }, true],
    [{ stage: 'nine-year', zone: 'rural' }, true],
    [{ stage: 'teaching-point', zone: 'urban' }, false]
  ]
  for (const [over, want] of recording)
    t.equal(applies('yulin-2022', 'recording-room', over), want, JSON.stringify(over))
  t.equal(applies('inner-mongolia-2020', 'sync-classroom', { stage: 'teaching-point', zone: 'rural' }), true)
  t.equal(applies('inner-mongolia-2020', 'sync-classroom', { stage: 'high', zone: 'rural' }), false)
  t.equal(applies('inner-mongolia-2020', 'sync-classroom', { stage: 'primary', zone: 'urban' }), false)
  t.equal(applies('shanxi-2020', 'uplink-100', { zone: 'town' }), false)
})

void t.test('the example in the documentation is a pack that loads beside the others', async t => {
  const text = readFileSync(join(import.meta.dirname, '../../../docs/target-packs.md'), 'utf8')
  const example = t.testdir({ 'example.yaml': /```yaml\n([^`]*)```/.exec(text)?.[1] ?? '' })
  for (const name of readdirSync(directory)) copyFileSync(join(directory, name), join(example, name))
  t.ok(loadPacks(example).some(pack => pack.id === 'my-city-2027'))
})

void t.test('a new pack needs no code: a file with ids of its own is loaded, resolved and judged by', async t => {
  const file = join(t.testdir(), 'new-city-2030.yaml')
  writeFileSync(
    file,
    stringify(
      packFile('new-city-2030', {
        targets: [
          {
            id: 'garden',
            title: { zh: '校园菜园', en: 'School garden' },
            paragraph: '三',
            indicator: 'declared',
            level: 'school',
            applies_to: { attribute: 'zone', eq: 'rural' },
            fact: 'garden',
            goal_pct: 50
          },
          {
            id: 'two-days-online',
            title: { zh: '两天在线', en: 'Two days online' },
            paragraph: '四',
            indicator: 'broadband-access',
            level: 'school',
            applies_to: { all: [] },
            goal_pct: 100,
            parameters: { days: 2 }
          }
        ]
      })
    )
  )
  const packs = loadPacks(join(file, '..')).map(packOf)
  const where = { areas: [area('dingbian')], packs, scopes: [{ area: 'dingbian', pack: 'new-city-2030' }] }
  const targets = targetsFor(where, school.area, '2026-11')
  const verdicts = judgeSchool(evidence({ facts: [fact('garden', 'present')] }), targets)
  t.same(
    verdicts.map(({ target, verdict, reason }) => [target, verdict, reason]),
    [
      ['new-city-2030/garden', 'met', 'declared_present'],
      ['new-city-2030/two-days-online', 'unknown', 'no_readings']
    ]
  )
})
