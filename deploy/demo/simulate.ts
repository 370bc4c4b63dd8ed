import type { Gap } from '../../contract/batch.ts'
import { addDays, dayMs, dayOf, dayStart } from '../../collector/calendar/day.ts'
import type { SchoolCalendar } from '../../collector/calendar/school-calendar.ts'
import { openChance } from './chance.ts'
import type { City, CitySchool } from './city.ts'
import { agentOf, enrolSchool, upload, type AgentPlan, type DemoAgent } from './fleet.ts'
import { gatewayReadings } from './gateway.ts'
import type { DeviceDay, Measured } from './measured.ts'
import { panelReadings } from './panel.ts'
import { recorderReadings } from './recorder.ts'
import type { Sites } from './sites.ts'
import { openSender } from './wire.ts'

/** The world the agents live in: a collector with a clock that the simulation moves. */
export interface World {
  readonly url: string
  readonly adminSecret: string
  /** The collector's clock stands at `ms` from now on. */
  setClock(ms: number): Promise<void>
  /** What the collector does by itself in real time: rolls up, judges, freezes, publishes. */
  upkeep(): Promise<void>
  progress(state: { readonly day: number; readonly days: number; readonly readings: number }): void
}

export interface Simulation {
  readonly city: City
  readonly sites: Sites
  readonly calendarOf: (school: CitySchool) => SchoolCalendar
  readonly seed: number
  readonly days: number
  /** When it ends: the moment at which the pages are first seen. */
  readonly untilMs: number
}

export interface Simulated {
  readonly readings: number
  readonly batches: number
  /** Those that are still heard of. */
  readonly agents: readonly DemoAgent[]
}

export const firstDayOf = (untilMs: number, days: number): string => addDays(dayOf(untilMs), -days)

/** Lives the days of a city: every reading goes the way that a real agent's goes, at its time. */
export const simulate = async (simulation: Simulation, world: World): Promise<Simulated> => {
  const { city, seed, days, untilMs } = simulation
  const firstDay = firstDayOf(untilMs, days)
  const startMs = startOf(simulation)
  const sender = openSender(world.url, 16)
  try {
    await world.setClock(startMs)
    const schools = new Map(city.schools.map(school => [school.id, school]))
    const crews = await inParallel(city.schools, school =>
      enrolSchool(sender, world.adminSecret, seed, plansOf(simulation, school, startMs), startMs)
    )
    const agents = crews.flat()
    const lived = agents.map(agent => ({ agent, school: schools.get(agent.school), from: firstDay }))
    let readings = 0
    let batches = 0
    const send = async (instantMs: number, chosen: (school: CitySchool) => boolean, lastDay: string): Promise<void> => {
      await world.setClock(instantMs)
      await inParallel(lived, async entry => {
        if (entry.school === undefined || !chosen(entry.school) || entry.from > lastDay) return
        const measured = livedDays(simulation, entry.school, entry.agent, entry.from, lastDay, instantMs)
        entry.from = addDays(lastDay, 1)
        const done = await upload(
          sender,
          entry.agent,
          measured,
          instantMs,
          gapsOf(simulation, entry.school, entry.agent, lastDay)
        )
        readings += done.readings
        batches += done.batches
      })
    }
    for (let i = 0; i < days; i++) {
      const day = addDays(firstDay, i)
      await send(dayStart(day) + at(10, 10), isWatched, day)
      const date = Number(day.slice(8))
      if (date === 22) await send(dayStart(day) + at(11, 0), isLate, addDays(day, -1))
      if (date % 10 === 9) await send(dayStart(day) + at(23, 50), school => !isLate(school) || date !== 19, day)
      if (milestones.includes(date)) {
        await world.setClock(dayStart(day) + at(0, 5) + (date === 22 ? at(12, 0) : 0))
        await world.upkeep()
      }
      world.progress({ day: i + 1, days, readings })
    }
    await send(untilMs, () => true, dayOf(untilMs - dayMs))
    await world.upkeep()
    const still = lived.flatMap(({ agent, school }) => (school?.script.school === 'silent_lately' ? [] : [agent]))
    return { readings, batches, agents: still }
  } finally {
    sender.close()
  }
}

/** The agents of some devices again, in a life after the months: with a spool of their own. */
export const livingAgents = (simulation: Simulation, devices: readonly string[]): DemoAgent[] => {
  const wanted = new Set(devices)
  return simulation.city.schools.flatMap(school =>
    plansOf(simulation, school, startOf(simulation))
      .filter(plan => wanted.has(plan.device))
      .map(plan => agentOf(simulation.seed, plan, String(Date.now())))
  )
}

const startOf = ({ untilMs, days }: Simulation): number => dayStart(firstDayOf(untilMs, days)) + at(7, 0)

/** Days on which something is due: previews, the freeze, late data, the publication; and now and then between, so that figures move. */
const milestones = [2, 8, 15, 18, 20, 22, 25]

const at = (hour: number, minute: number): number => (hour * 60 + minute) * 60_000

/** Failures count only when they arrive while they happen: such a school's agents upload every day. */
const isWatched = ({ script }: CitySchool): boolean =>
  script.access === 'off_site_fails' ||
  script.platform === 'blocked' ||
  script.broadcast === 'fails' ||
  script.video === 'fails' ||
  script.sync === 'no_media' ||
  script.recording === 'no_media' ||
  script.recording === 'stalled'

/** Its agents could not reach the collector from the 11th on; what they kept arrives two days after the freeze. */
const isLate = ({ script }: CitySchool): boolean => script.school === 'late_delivery'

const plansOf = ({ city, seed, days }: Simulation, { id, script }: CitySchool, startMs: number): AgentPlan[] => {
  if (script.school === 'never_installed' || script.access === 'declared_no_line') return []
  const chance = openChance(seed)
  return (city.ledger.devices ?? [])
    .filter(device => device.school === id)
    .map(device => ({
      school: id,
      device: device.id,
      bootMs: startMs - chance.whole(1, days, 'boot', device.id) * 3_600_000,
      // One clock in forty is wrong by minutes: uptime tells the time all the same.
      skewMs: chance.at('skew', device.id) < 0.025 ? chance.whole(200_000, 900_000, 'skew', device.id) : 0,
      hostname: device.hostname ?? device.id
    }))
    .slice(0, script.school === 'silent_lately' ? 3 : undefined)
}

const livedDays = (
  simulation: Simulation,
  school: CitySchool,
  agent: DemoAgent,
  from: string,
  to: string,
  nowMs: number
): Measured[] => {
  const chance = openChance(simulation.seed)
  const calendar = simulation.calendarOf(school)
  const lastHeard = lastHeardOf(simulation, school)
  const measured: Measured[] = []
  for (let day = from; day <= to && day <= lastHeard; day = addDays(day, 1)) {
    const atMs = dayStart(day) + at(10, 0) + chance.whole(0, 200, 'second', agent.device) * 1_000
    const deviceDay: DeviceDay = { device: agent.device, day, atMs, isSchoolDay: calendar.isSchoolDay(day) }
    measured.push(...readingsOf(simulation, school, deviceDay))
  }
  return measured.filter(one => one.atMs <= nowMs && one.atMs > agent.bootMs).toSorted((a, b) => a.atMs - b.atMs)
}

const readingsOf = ({ sites, seed }: Simulation, school: CitySchool, at: DeviceDay): Measured[] => {
  const chance = openChance(seed)
  if (at.device.endsWith('-gw')) return gatewayReadings(school, at, sites, chance)
  if (at.device.endsWith('-rec')) return recorderReadings(school, at, chance)
  return panelReadings(school, at, sites, chance)
}

/** The last day on which a school's agents said anything. */
const lastHeardOf = (simulation: Simulation, { script }: CitySchool): string =>
  script.school === 'silent_lately' ? addDays(dayOf(simulation.untilMs), -12) : '9999-12-31'

/** Now and then a spool was full: what was lost is counted and said. */
const gapsOf = (simulation: Simulation, school: CitySchool, agent: DemoAgent, day: string): Gap[] =>
  day <= lastHeardOf(simulation, school) && school.script.school === 'silent_lately' && agent.device.endsWith('-gw')
    ? [{ from: dayStart(day), to: dayStart(day) + at(3, 0), n: 180, reason: 'spool_full' }]
    : []

const lanes = 16
const inParallel = async <Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>
): Promise<Result[]> => {
  const results: Result[] = []
  let next = 0
  const lane = async (): Promise<void> => {
    while (next < items.length) {
      const i = next++
      const item = items[i]
      if (item !== undefined) results[i] = await work(item)
    }
  }
  await Promise.all(Array.from({ length: Math.min(lanes, items.length) }, lane))
  return results
}
