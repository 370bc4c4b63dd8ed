import { dayMs } from '../../calendar/day.ts'
import { monthDays } from '../../leases/budget.ts'
import { asOf } from '../../leases/terms.ts'
import { darkAtNight, presenceFrom } from '../../leases/windows.ts'
import { wishMs } from '../../store/lease-store.ts'
import { packOf } from '../../ledger/load.ts'
import type { PackRow, StoreReads } from '../../store/store.ts'
import type { Pack } from '../../verdicts/pack.ts'
import { historyFromMs, memoryFromMs } from '../../verdicts/uplink/history.ts'
import type { PageContext } from './context.ts'
import type { AgentReads } from './model/agents.ts'
import { newestRecords } from './model/attention.ts'
import type { OverviewReads } from './model/overview.ts'
import { trendFields } from './model/readings.ts'
import type { SchoolReads } from './model/school.ts'
import type { UplinkReads } from './model/uplink/reads.ts'

/** What the pages read from the store: every list once a request. Packs are parsed once for each text. */
export const openLoader = (store: StoreReads) => {
  const packs = packReader()

  const overview = async (context: PageContext): Promise<OverviewReads> => {
    const [areas, schools, agents, packRows, scopes, verdicts, shares, rejected] = await Promise.all([
      store.areas(),
      store.schools(),
      store.agents(),
      store.packs(),
      store.packScopes(),
      store.verdicts(context.period.name),
      store.shares(context.period.name),
      store.rejected(newestRecords)
    ])
    return { areas, schools, agents, packs: packs(packRows), scopes, verdicts, shares, rejected }
  }

  /** Undefined when there is no such school. */
  const school = async (context: PageContext, id: string): Promise<SchoolReads | undefined> => {
    const schools = await store.schools()
    const found = schools.find(one => one.id === id)
    if (found === undefined) return undefined
    const [areas, rooms, devices, agents, packRows, scopes, verdicts, gaps] = await Promise.all([
      store.areas(),
      store.rooms(),
      store.devices(),
      store.agents(),
      store.packs(),
      store.packScopes(),
      store.verdicts(context.period.name),
      store.gaps(undefined, newestRecords)
    ])
    const own = devices.filter(device => device.school === id)
    const ownChecks = await store.checksOf(own.map(device => device.id))
    const ownAgents = agents.filter(agent => agent.school === id)
    const ownAgentIds = new Set(ownAgents.map(agent => agent.id))
    return {
      school: found,
      areas,
      jurisdiction: { areas, packs: packs(packRows), scopes },
      rooms: rooms.filter(room => room.school === id),
      devices: own,
      checks: ownChecks,
      agents: ownAgents,
      verdicts: verdicts.filter(verdict => verdict.school === id),
      gaps: gaps.filter(gap => ownAgentIds.has(gap.agent)),
      ...(await readings(context.nowMs, ownChecks)),
      ...(await uplinks(context, id, own, ownAgents))
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

  const agents = async (): Promise<AgentReads> => {
    const [rows, schools, devices, gaps, rejected] = await Promise.all([
      store.agents(),
      store.schools(),
      store.devices(),
      store.gaps(undefined, newestRecords),
      store.rejected(newestRecords)
    ])
    return { agents: rows, schools, devices, gaps, rejected }
  }

  return { overview, school, agents }
}

const shownMs = dayMs
const mostDrawn = 10_000

/** A pack that cannot be read costs its titles, not the page. */
const packReader = () => {
  const known = new Map<string, readonly Pack[]>()
  return (rows: readonly PackRow[]): Pack[] =>
    rows.flatMap(row => {
      const seen = known.get(row.sha256)
      if (seen !== undefined) return seen
      const read = readable(row)
      known.set(row.sha256, read)
      return read
    })
}

const readable = (row: PackRow): Pack[] => {
  try {
    return [packOf(row)]
  } catch {
    return []
  }
}
