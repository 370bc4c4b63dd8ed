import type { SchoolEvidence, Verdict } from '../../collector/verdicts/verdict.ts'
import { figuresFrom, namedIn, withEvidence, withGap } from './change.ts'
import { runProduct, type ProductMonth } from './compare.ts'
import { diceOf } from './generate/dice.ts'
import { dayAt, numberOf } from './looking.ts'
import type { World } from './world.ts'

/** What must hold of the product's verdicts, shares and rankings in every world, whatever the specification says of a rule. */
export interface Property {
  readonly name: string
  /** `seed` chooses what is changed in the world; `told` are the verdicts of the world as it is. */
  holds(world: World, seed: number, told: readonly ProductMonth[]): boolean
}

type Months = readonly { readonly verdicts: readonly Verdict[] }[]

/** Verdicts of two runs over the same ledger, side by side. */
const pairs = (a: Months, b: Months): { before: Verdict; after: Verdict }[] =>
  a.flatMap((month, i) =>
    month.verdicts.flatMap((before, j) => {
      const after = b[i]?.verdicts[j]
      return after === undefined ? [] : [{ before, after }]
    })
  )

/** Met without any measurement: by declarations, which keep apart from what is measured. */
const declaredOnly = ['declared', 'device-ratio', 'monthly-report']

/** Rules that weigh failures against answers, or take the newest word: losing a day that failed can help there, losing any other cannot. */
const weighing = ['ipv6', 'uplink', 'room-port']

const silence: Property = {
  name: 'a silent school is never met by a measurement, and never leaves the denominator',
  holds: (world, _seed, told) => {
    const quiet = runProduct(withEvidence(world, e => ({ ...e, rollups: [], tierTests: [] })))
    const fine = pairs(told, quiet).every(
      ({ before, after }) =>
        (after.verdict !== 'met' || declaredOnly.includes(after.indicator)) &&
        (before.verdict === 'not_applicable') === (after.verdict === 'not_applicable')
    )
    const totals = (months: readonly ProductMonth[]): string =>
      JSON.stringify(months.map(month => month.shares.map(share => [share.area, share.target, share.totalN])))
    return fine && totals(told) === totals(quiet)
  }
}

const noise: Property = {
  name: 'adding unavailable readings never makes a verdict missed, nor met',
  holds: (world, seed, told) => {
    const noisy = runProduct(withEvidence(world, e => ({ ...e, rollups: [...e.rollups, ...unavailable(e, seed)] })))
    return pairs(told, noisy).every(
      ({ before, after }) => before.verdict === after.verdict || (after.verdict !== 'missed' && after.verdict !== 'met')
    )
  }
}

const unavailable = (e: SchoolEvidence, seed: number): SchoolEvidence['rollups'] => {
  const dice = diceOf(seed)
  return e.checks.flatMap(check =>
    dice.some(e.schoolDays, dice.between(0, 3)).map(day => {
      const counts = { ok: 0, degraded: 0, failed: 0, unavailable: dice.between(1, 50) }
      const atMs = Math.min(e.asOfMs, Date.parse(`${day}T12:00:00+08:00`))
      return {
        day,
        checkId: check.id,
        part: 'another',
        place: '',
        counts,
        inHours: counts,
        liveFailed: 0,
        reasons: { timeout: counts.unavailable },
        firstMs: atMs,
        last: { atMs, outcome: 'unavailable' as const, reason: 'timeout', fields: {}, labels: {} },
        fields: {}
      }
    })
  )
}

const order: Property = {
  name: 'the order of schools, areas, packs, scopes and evidence changes nothing',
  holds: (world, seed, told) => {
    const { shuffle } = diceOf(seed)
    const { areas, packs, scopes } = world.rulers
    const mixed: World = {
      groups: shuffle(world.groups),
      rulers: { areas: shuffle(areas), packs: shuffle(packs), scopes: shuffle(scopes) },
      months: world.months.map(month => ({ ...month, schools: shuffle(month.schools) }))
    }
    const again = runProduct(
      withEvidence(mixed, e => ({
        ...e,
        rooms: shuffle(e.rooms),
        devices: shuffle(e.devices),
        checks: shuffle(e.checks),
        rollups: shuffle(e.rollups),
        facts: shuffle(e.facts),
        uplinks: shuffle(e.uplinks),
        tierTests: shuffle(e.tierTests),
        portMap: shuffle(e.portMap)
      }))
    )
    const plain = (months: readonly ProductMonth[]): string =>
      JSON.stringify(
        months.map(({ verdicts, shares, rankings }) => ({
          verdicts: verdicts.map(v => `${v.school} ${v.target} ${v.verdict} ${v.reason} ${v.n} ${v.expectedN}`).sort(),
          shares,
          rankings
        }))
      )
    return plain(told) === plain(again)
  }
}

const longerGap: Property = {
  name: 'a longer gap never improves a verdict',
  holds: (world, seed) => {
    const dice = diceOf(seed)
    const from = dice.between(0, 30)
    const until = from + dice.between(1, 31)
    const lost = (e: SchoolEvidence, short: boolean) => (day: string) => {
      const n = numberOf(day) - numberOf(e.period.firstDay)
      return n >= from && n < until && (!short || n < (from + until) / 2)
    }
    const short = runProduct(withEvidence(world, e => withGap(e, lost(e, true), dayAt)))
    const long = runProduct(withEvidence(world, e => withGap(e, lost(e, false), dayAt)))
    return pairs(short, long).every(
      ({ before, after }) => weighing.includes(before.indicator) || before.verdict === 'met' || after.verdict !== 'met'
    )
  }
}

const harmlessGap: Property = {
  name: 'a gap over days on which nothing failed improves no verdict of any rule',
  holds: (world, seed, told) => {
    const gap = withEvidence(world, e => {
      const failing = new Set([
        ...e.rollups.filter(row => row.counts.failed > 0 || isSlowPort(row)).map(row => row.day),
        ...e.tierTests.filter(test => test.result !== 'pass').map(test => dayAt(test.atMs))
      ])
      const days = diceOf(seed).some([...new Set(e.rollups.map(row => row.day))].sort(), 9)
      return withGap(e, day => days.includes(day) && !failing.has(day), dayAt)
    })
    return pairs(told, runProduct(gap)).every(
      ({ before, after }) => before.verdict === 'met' || after.verdict !== 'met'
    )
  }
}

const isSlowPort = (row: SchoolEvidence['rollups'][number]): boolean =>
  row.last.labels['kind'] !== undefined && row.last.outcome !== 'ok'

/** Most unknowns are decided first, by the school's number, so that some areas are behind for good and are named. */
export const decided = (seed: number, told: readonly ProductMonth[]) => {
  const dice = diceOf(seed)
  return told.map(month =>
    month.verdicts.map((verdict): Pick<Verdict, 'school' | 'target' | 'verdict' | 'reason'> =>
      verdict.verdict === 'unknown' && verdict.reason !== 'vacation' && dice.chance(0.9)
        ? { ...verdict, verdict: Number(verdict.school.slice(2)) % 3 === 0 ? 'met' : 'missed' }
        : verdict
    )
  )
}

const unknowns: Property = {
  name: 'no set of unknowns ever gets an area named',
  holds: (world, seed, told) => {
    const dice = diceOf(seed + 1)
    const months = decided(seed, told)
    const doubtful = months.map(verdicts =>
      verdicts.map(verdict =>
        verdict.verdict !== 'not_applicable' && dice.chance(0.25)
          ? { ...verdict, verdict: 'unknown' as const }
          : verdict
      )
    )
    const named = namedIn(figuresFrom(world, months))
    return [...namedIn(figuresFrom(world, doubtful))].every(one => named.has(one))
  }
}

export const properties: readonly Property[] = [silence, noise, order, longerGap, harmlessGap, unknowns]
