import { dayMs } from '../../../calendar/day.ts'
import { openCalendars } from '../../../calendar/school-calendar.ts'
import { monthDays } from '../../../leases/budget.ts'
import { asOf } from '../../../leases/terms.ts'
import { darkAtNight, presenceFrom } from '../../../leases/windows.ts'
import { wishMs } from '../../../store/lease-store.ts'
import type { StoreReads } from '../../../store/store.ts'
import { historyFromMs, memoryFromMs } from '../../../verdicts/uplink/history.ts'
import type { PageContext } from '../context.ts'
import { newestRecords } from '../model/attention.ts'
import { figuresOf, figuresRef, recentFigures } from '../model/figures.ts'
import { trendFields } from '../model/readings.ts'
import type { SchoolReads } from '../model/school.ts'
import type { UplinkReads } from '../model/uplink/reads.ts'
import { trendPeriods } from './city.ts'
import type { PackReader } from './packs.ts'

/** Everything of one school. */
export const schoolLoader = (store: StoreReads, packs: PackReader) => {
  /** Undefined when there is no such school. */
  const school = async (context: PageContext, id: string): Promise<SchoolReads | undefined> => {
    const schools = await store.schools(context.period.lastDay)
    const found = schools.find(one => one.id === id)
    if (found === undefined) return undefined
    const bulletins = await store.bulletins()
    const ref = figuresRef(context, bulletins)
    const refs = recentFigures(context, bulletins, trendPeriods)
    const [areas, rooms, devices, agents, packRows, scopes, history, current, gaps, facts, calendars, objections] =
      await Promise.all([
        store.areas(),
        store.rooms([id]),
        store.devices([id]),
        store.agents(),
        store.packs(),
        store.packScopes(),
        Promise.all(
          refs.map(async ({ period, revision }) =>
            (await store.verdicts(period, revision, [id])).map(verdict => ({ ...verdict, period }))
          )
        ),
        ref.revision === 0 ? [] : store.verdicts(ref.period, 0, [id]),
        store.gaps(undefined, newestRecords),
        store.facts([id]),
        store.calendars(),
        store.objections(context.period.name)
      ])
    const verdicts = history.flat().filter(verdict => verdict.period === context.period.name)
    const ownChecks = await store.checksOf(devices.map(device => device.id))
    const ownAgents = agents.filter(agent => agent.school === id)
    const ownAgentIds = new Set(ownAgents.map(agent => agent.id))
    return {
      school: found,
      areas,
      jurisdiction: { areas, packs: packs(packRows), scopes },
      rooms,
      devices,
      checks: ownChecks,
      agents: ownAgents,
      verdicts,
      figures: figuresOf(ref, bulletins, ref.revision > 0 && wordsOf(verdicts) !== wordsOf(current)),
      history: { history: history.flat(), periods: refs.map(({ period }) => period) },
      facts: facts.filter(fact => fact.asOf <= context.period.lastDay),
      calendar: openCalendars(calendars, areas).of(found),
      objections: objections.filter(objection => objection.school === id),
      gaps: gaps.filter(gap => ownAgentIds.has(gap.agent)),
      ...(await readings(context.nowMs, ownChecks)),
      ...(await uplinks(context, id, devices, ownAgents))
    }
  }

  const uplinks = async (
    { nowMs, period }: PageContext,
    school: string,
    devices: SchoolReads['devices'],
    agents: SchoolReads['agents']
  ): Promise<UplinkReads> => {
    const own = (await store.uplinks()).filter(uplink => uplink.school === school)
    if (own.length === 0) return { uplinks: [], tierTests: [] }
    const ids = own.map(uplink => uplink.id)
    const fromMs = Math.min(memoryFromMs(period), historyFromMs(nowMs))
    const [tierTests, leases, wishes, dark] = await Promise.all([
      store.tierTests(ids, fromMs, nowMs + 1),
      store.leasesOf(ids, nowMs - monthDays * dayMs),
      store.wishes(),
      Promise.all(own.map(uplink => isDark(nowMs, agents, uplink.device)))
    ])
    return {
      tierTests,
      uplinks: own.map((uplink, i) => ({
        uplink,
        vantage: devices.find(device => device.id === uplink.device)?.kind === 'gateway' ? 'gateway' : 'panel',
        leases: leases.filter(lease => lease.uplink === uplink.id).map(lease => asOf(lease, nowMs)),
        dark: dark[i] ?? false,
        wishedUntilMs: wishes
          .filter(wish => wish.uplink === uplink.id)
          .map(wish => Math.min(wish.askedMs, nowMs) + wishMs)
          .find(untilMs => untilMs > nowMs)
      }))
    }
  }

  const isDark = async (nowMs: number, agents: SchoolReads['agents'], device: string): Promise<boolean> => {
    const agent = agents.find(one => one.state === 'approved' && one.devices.includes(device))
    return agent !== undefined && darkAtNight(await store.presence([agent.id], presenceFrom(nowMs)), nowMs)
  }

  const readings = async (
    nowMs: number,
    checks: SchoolReads['checks']
  ): Promise<Pick<SchoolReads, 'latest' | 'recent' | 'recentFromMs'>> => {
    const fromMs = nowMs - shownMs
    if (checks.length === 0) return { latest: [], recent: [], recentFromMs: fromMs }
    const drawn = checks.filter(check => Object.hasOwn(trendFields, check.probe)).map(check => check.id)
    const [latest, recent] = await Promise.all([
      store.latest(
        checks.map(check => check.id),
        fromMs
      ),
      store.readings({ checkIds: drawn, fromMs, toMs: nowMs, limit: mostDrawn, after: undefined })
    ])
    // A school with more readings than that shows the trend of a shorter time, and says since when.
    const oldest = recent.items.at(-1)?.atMs
    return { latest, recent: recent.items, recentFromMs: recent.next === undefined ? fromMs : (oldest ?? fromMs) }
  }

  return school
}

/** What the verdicts say, to see whether two sets say the same. */
const wordsOf = (verdicts: SchoolReads['verdicts']): string =>
  verdicts
    .map(verdict => `${verdict.target} ${verdict.verdict}`)
    .toSorted()
    .join('\n')

const shownMs = dayMs
const mostDrawn = 10_000
