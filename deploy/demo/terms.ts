import { resolve } from 'node:path'
import { openCalendars } from '../../collector/calendar/school-calendar.ts'
import type { CheckTemplate } from '../../collector/ledger/checks.ts'
import { loadPacks, packOf } from '../../collector/ledger/load.ts'
import { targetsOf } from '../../collector/verdicts/pack.ts'
import { demoCalendars } from './calendars.ts'
import { demoChecks, mainSites, sitesOf } from './checks.ts'
import { makeCity } from './city.ts'
import { firstDayOf, type Simulation } from './simulate.ts'

/** What makes one simulated city different from another. Equal terms, equal city. */
export interface DemoTerms {
  readonly schools: number
  readonly days: number
  readonly seed: number
  /** The moment at which it ends, ms since 1970. */
  readonly untilMs: number
}

const shippedPacks = resolve(import.meta.dirname, '../targets')

/** All that follows from the terms. */
export const demoSimulation = (terms: DemoTerms): Simulation & { readonly checks: readonly CheckTemplate[] } => {
  const city = makeCity(terms.schools, terms.seed, firstDayOf(terms.untilMs, terms.days))
  const targets = targetsOf(loadPacks(shippedPacks).map(packOf)).filter(target => cityPacks.includes(target.pack))
  const named = (indicator: string): string[] => [
    ...new Set(targets.filter(target => target.indicator === indicator).flatMap(target => target.subjects ?? []))
  ]
  const platform = named('platform-reach')
  const all = sitesOf([...platform, ...named('key-sites')])
  const calendars = openCalendars(
    demoCalendars(city),
    city.ledger.areas.map(area => ({ id: area.id, parent: area.parent }))
  )
  return {
    city,
    checks: demoChecks([...platform, ...named('key-sites')]),
    sites: {
      ofPanels: all.filter(site => site.panels),
      ofGateways: all,
      everyday: mainSites,
      platform
    },
    calendarOf: school => calendars.of({ id: school.id, area: school.county }),
    seed: terms.seed,
    days: terms.days,
    untilMs: terms.untilMs
  }
}

/** The packs that rule the simulated city. */
const cityPacks: readonly string[] = ['inner-mongolia-2020', 'yulin-2022', 'ordos-2023']
