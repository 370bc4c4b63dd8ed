import { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'
import { addDays, dayStart } from '../collector/calendar/day.ts'
import { daysOf, type Period } from '../collector/calendar/period.ts'
import type { CheckDraft } from '../collector/ledger/checks.ts'
import type { Ledger } from '../collector/ledger/ledger.ts'
import { loadPacks } from '../collector/ledger/load.ts'
import { checksPerBlock, packFigures, packRollups } from '../collector/store/rollup-block.ts'
import { openStore } from '../collector/store/sqlite.ts'
import type { TierTest } from '../collector/verdicts/uplink/tier-test.ts'
import { rollupOf } from './verdict-days.ts'

/** A city of schools with 40 devices each: a gateway, 38 panels in as many rooms, a recorder. */
export interface City {
  readonly schools: number
  /** Ids of the packs that rule it. */
  readonly packs: readonly string[]
  readonly period: Period
}

const panels = 38
const counties = 12
export const nameOf = (i: number): string => String(i).padStart(4, '0')

const ledgerOf = (schools: number, packs: readonly string[]): Ledger => {
  const all = Array.from({ length: schools }, (_, i) => i)
  return {
    areas: [
      { id: 'city', level: 'city', name: '测速市', packs: [...packs] },
      ...Array.from({ length: counties }, (_, i) => ({
        id: `county-${i}`,
        parent: 'city',
        level: 'county' as const,
        name: `第 ${i} 区`
      }))
    ],
    schools: all.map(i => ({
      id: `s${nameOf(i)}`,
      code: `61080000${nameOf(i)}`,
      name: `第 ${i} 小学`,
      area: `county-${i % counties}`,
      stage: i % 3 === 0 ? ('middle' as const) : ('primary' as const),
      zone: i % 2 === 0 ? ('urban' as const) : ('rural' as const),
      township_central: true,
      larger: i % 3 === 0,
      pupils: 900,
      teachers: 60
    })),
    rooms: all.flatMap(i => [
      ...Array.from({ length: panels }, (_, p) => ({
        id: `s${nameOf(i)}-r${p}`,
        school: `s${nameOf(i)}`,
        name: `教室${p}`,
        kind: 'classroom' as const
      })),
      {
        id: `s${nameOf(i)}-rec`,
        school: `s${nameOf(i)}`,
        name: '录播室',
        kind: 'function' as const,
        recording: true,
        sync: true
      }
    ]),
    devices: all.flatMap(i => [
      { id: `s${nameOf(i)}-gw`, school: `s${nameOf(i)}`, kind: 'gateway' as const, name: '网关' },
      ...Array.from({ length: panels }, (_, p) => ({
        id: `s${nameOf(i)}-p${String(p).padStart(2, '0')}`,
        school: `s${nameOf(i)}`,
        room: `s${nameOf(i)}-r${p}`,
        kind: 'panel' as const,
        name: '一体机'
      })),
      {
        id: `s${nameOf(i)}-rec`,
        school: `s${nameOf(i)}`,
        room: `s${nameOf(i)}-rec`,
        kind: 'recorder' as const,
        name: '录播主机'
      }
    ]),
    uplinks: all.map(i => ({
      id: `u${nameOf(i)}`,
      school: `s${nameOf(i)}`,
      device: `s${nameOf(i)}-gw`,
      contract_down_mbps: 1000
    })),
    groups: [{ id: 'pilot', name: '试点校', schools: all.filter(i => i % 10 === 0).map(i => `s${nameOf(i)}`) }]
  }
}

const minute = 60_000
const draft = (device: string, name: string, probe: string, subject = '', place = 'none'): CheckDraft => ({
  key: `${device}-${name}`,
  device,
  probe,
  everyMs: 5 * minute,
  subject,
  place,
  options: subject === '' ? '{}' : JSON.stringify({ url: `https://${subject}/` })
})

/** The checks of a device of the city: what the packs' rules read. */
const checksOf = (device: { readonly id: string; readonly kind: string }): CheckDraft[] => {
  const portal = (site: string) => draft(device.id, `portal-${site.replaceAll('.', '-')}`, 'portal', site, 'off_site')
  switch (device.kind) {
    case 'gateway':
      return [
        ...['www.gov.cn', 'www.moe.gov.cn', 'www.smartedu.cn'].map(portal),
        draft(device.id, 'ipv6', 'ipv6', 'www.smartedu.cn', 'off_site'),
        draft(device.id, 'port', 'port')
      ]
    case 'panel':
      return [
        draft(device.id, 'host', 'host'),
        draft(device.id, 'port', 'port'),
        ...['www.moe.gov.cn', 'www.smartedu.cn'].map(portal)
      ]
    default:
      return [draft(device.id, 'recording', 'recording', device.id)]
  }
}

/** Makes the city's store: ledger, packs and checks by the store's own operations, rollups in its own blocks past its locks. Gives the rows. */
export const fillCity = async (directory: string, { schools, packs, period }: City): Promise<number> => {
  const store = await openStore(directory)
  for (const pack of loadPacks(join(import.meta.dirname, '../deploy/targets'))) await store.putPack(pack)
  const ledger = ledgerOf(schools, packs)
  await store.putLedger(ledger)
  await store.putChecks((ledger.devices ?? []).flatMap(checksOf), period.fromMs)
  for (let i = 0; i < schools; i += 100)
    await store.putTierTests(
      Array.from({ length: Math.min(100, schools - i) }, (_, j) => testsOf(i + j, period)).flat()
    )
  const checks = (await store.checks()).map(({ id, probe, device }) => ({
    id,
    probe,
    school: Number(device.slice(1, 5)),
    device
  }))
  await store.close()
  return fillRollups(join(directory, 'store.sqlite'), checks, period)
}

/** One in seven is too slow; every third school tests only now and then. */
const testsOf = (school: number, period: Period): TierTest[] =>
  daysOf(period).flatMap((day, i) => {
    if (school % 3 === 2 && i % 4 !== 0) return []
    const slow = school % 7 === 0
    return [
      {
        uplink: `u${nameOf(school)}`,
        atMs: dayStart(day) + 40 * minute,
        direction: 'down',
        kind: i === 0 ? 'certify' : 'quick',
        slot: 'night',
        lease: `l-${school}-${day}`,
        vantage: 'gateway',
        result: slow ? 'fail' : 'pass',
        reason: slow ? 'below_line' : 'above_line',
        tierMbps: 100,
        passRatio: 0.95,
        ipMbps: slow ? 61 : 99,
        ipLoMbps: slow ? 60 : 98,
        ipHiMbps: slow ? 62 : 100,
        goodputMbps: slow ? 58 : 94,
        evidencePass: slow ? -2 : 6,
        evidenceFail: slow ? 6 : -2,
        cv: 0.01,
        capMbps: 110,
        creditAskedS: 3,
        flat: true,
        spent: false,
        portLimited: false,
        reanchors: 0,
        bytes: 17_000_000,
        durationMs: 1_400,
        server: 'collector',
        egress: '198.51.100.7'
      }
    ]
  })

interface CityCheck {
  readonly id: number
  readonly probe: string
  readonly school: number
  readonly device: string
}

/** Three kinds of days, packed once each and laid down with the times of every day: filling is not what is measured. */
const fillRollups = (file: string, checks: readonly CityCheck[], period: Period): number => {
  const db = new DatabaseSync(file)
  db.exec('PRAGMA synchronous = OFF; PRAGMA cache_size = -64000; BEGIN')
  const put = db.prepare('INSERT INTO rollup_block (day, block, numbers, words, lasts) VALUES (?, ?, ?, ?, ?)')
  // Figures lie apart, and only those of recorders are read: no others are laid down.
  const putFigures = db.prepare('INSERT INTO rollup_figures (day, check_id, figures) VALUES (?, ?, ?)')
  const addAnswered = db.prepare('INSERT OR IGNORE INTO answered (day, subject) VALUES (?, ?)')
  const blocks = [...Map.groupBy(checks, check => Math.floor(check.id / checksPerBlock))].map(([block, own]) => ({
    block,
    kinds: [0, 1, 2].map(kind => {
      const rows = own.flatMap(check => rollupOf(check, kind, period.firstDay) ?? [])
      const sheets = [
        ...Map.groupBy(
          rows.filter(row => 'width_px' in row.fields),
          row => row.checkId
        )
      ].map(([checkId, own]) => ({ checkId, figures: packFigures(own) ?? '' }))
      return { n: rows.length, packed: packRollups(rows), sheets }
    })
  }))
  let rows = 0
  for (let i = 0, day = period.firstDay; day <= period.lastDay; day = addDays(day, 1), i += 1) {
    for (const subject of ['www.gov.cn', 'www.moe.gov.cn', 'www.smartedu.cn']) addAnswered.run(day, subject)
    for (const { block, kinds } of blocks) {
      const kind = kinds[i % 5 === 4 ? 1 : i % 7 === 6 ? 2 : 0]
      if (kind === undefined || kind.n === 0) continue
      rows += kind.n
      // Times lie as distances from the day's beginning: the same bytes are true of every day.
      put.run(day, block, kind.packed.numbers, kind.packed.words, kind.packed.lasts)
      for (const sheet of kind.sheets) putFigures.run(day, sheet.checkId, sheet.figures)
    }
  }
  db.exec('COMMIT')
  db.close()
  return rows
}
