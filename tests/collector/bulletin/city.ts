import { addDays, dayStart } from '../../../collector/calendar/day.ts'
import { periodNamed } from '../../../collector/calendar/period.ts'
import { judgePeriod } from '../../../collector/judgement/judge.ts'
import { draftChecks } from '../../../collector/ledger/checks.ts'
import type { Ledger } from '../../../collector/ledger/ledger.ts'
import { openStore } from '../../../collector/store/sqlite.ts'
import type { Store } from '../../../collector/store/store.ts'
import type { DayRollup } from '../../../collector/verdicts/rollup.ts'
import { temporaryDirectory, type After } from '../../rig/collector.ts'
import { rollup } from '../../rig/evidence.ts'
import { pack, templates } from '../../rig/ledger.ts'

export const november = periodNamed('2026-11')
export const october = periodNamed('2026-10')
export const access = 'yulin-2022/broadband-access'
/** Shanghai time. */
export const at = (time: string): number => Date.parse(`${time}+08:00`)

/** A city of three counties with two schools each; every school has a gateway that reports over another line. */
export const ledgerOf = (over: { readonly nameOf?: (id: string) => string } = {}): Ledger => {
  const counties = ['a', 'b', 'c']
  const schools = counties.flatMap(county => [`${county}-1`, `${county}-2`])
  return {
    areas: [
      { id: 'yulin', level: 'city', name: '榆林市', packs: ['yulin-2022'] },
      ...counties.map(id => ({ id, parent: 'yulin', level: 'county' as const, name: `${id}县` }))
    ],
    schools: schools.map((id, i) => ({
      id,
      code: `006100000${i}`,
      name: over.nameOf?.(id) ?? `学校${id}`,
      area: id.slice(0, 1),
      stage: 'primary' as const,
      zone: 'rural' as const,
      contact: `联系人${id}`,
      phone: `1390000000${i}`
    })),
    devices: schools.map(school => ({
      id: `gw-${school}`,
      school,
      kind: 'gateway' as const,
      name: '网关',
      upload_path: 'other' as const
    }))
  }
}

export interface City {
  readonly directory: string
  readonly store: Store
  /** Both off-site subjects of a school answered (or failed, seen live) on n days of November from its first working day, 2026-10-20, on. */
  answers(school: string, days: number, answered?: boolean): Promise<void>
  judge(nowMs: number): Promise<void>
}

export const openCity = async (
  after: After,
  ledger = ledgerOf(),
  directory = temporaryDirectory(after)
): Promise<City> => {
  const store = await openStore(directory)
  after(() => store.close().catch(() => undefined))
  await store.putPack(pack)
  await store.putLedger(ledger)
  await store.putChecks(draftChecks(await store.devices(), templates), november.fromMs)
  const portals = (await store.checks()).filter(check => check.probe === 'portal')
  const rowOf = (checkId: number, day: string, answered: boolean): DayRollup =>
    rollup(day, checkId, {
      place: answered ? 'off_site' : '',
      counts: { ok: answered ? 5 : 0, degraded: 0, failed: answered ? 0 : 5, unavailable: 0 },
      liveFailed: answered ? 0 : 5,
      reasons: answered ? {} : { tcp_timeout: 5 },
      firstMs: dayStart(day)
    })
  return {
    directory,
    store,
    answers: async (school, days, answered = true) => {
      const rows = portals
        .filter(check => check.device === `gw-${school}`)
        .flatMap(check =>
          Array.from({ length: days }, (_, i) => rowOf(check.id, addDays(november.firstDay, i), answered))
        )
      await store.putRollups(
        rows,
        rows.map(({ day, checkId }) => ({ day, checkId, arrival: 1 }))
      )
    },
    judge: nowMs => judgePeriod(store, november, nowMs)
  }
}
