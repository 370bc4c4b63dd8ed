import { addDays, dayOf, dayStart } from '../../../collector/calendar/day.ts'
import type { CheckRow } from '../../../collector/ledger/checks.ts'
import type { ReadingRow } from '../../../collector/store/store.ts'
import type { Held } from '../influxql/evaluate.ts'
import type { City } from './city.ts'
import { partTag, tagsOfCheck, tagsOfDevice } from './place.ts'
import { stateOf } from './readings.ts'

/** Figures of days and hours, made from single readings: no rollup is asked. */
export const dayPoints = (city: City): Held[] => {
  const groups = Map.groupBy(city.readings, ({ checkId, atMs }) => `${checkId} ${dayOf(atMs)}`)
  return [...groups.values()].flatMap(readings => {
    const check = city.checks.get(readings[0]?.checkId ?? -1)
    const day = dayOf(readings[0]?.atMs ?? 0)
    const ofProbe = check === undefined ? undefined : makers[check.probe]
    return check === undefined || ofProbe === undefined
      ? []
      : [
          {
            measurement: `${check.probe}_1d`,
            tags: tagsOfCheck(city, check.id),
            fields: ofProbe(city, check, day, readings, before => groups.get(`${check.id} ${before}`) ?? []),
            atMs: dayStart(day),
            offsetNs: 0
          }
        ]
  })
}

type Maker = (
  city: City,
  check: CheckRow,
  day: string,
  readings: readonly ReadingRow[],
  /** Of the same check on another day. */
  onDay: (day: string) => readonly ReadingRow[]
) => Record<string, number>

const makers: Readonly<Record<string, Maker>> = {
  host: (city, check, day, readings) => {
    const counts = countsOf(city, readings)
    const expected = Math.floor(hoursMs(city, check, day, readings) / check.everyMs)
    return {
      ...counts,
      hours_expected_n: expected,
      ...(expected === 0 ? {} : { available_pct: Math.min(100, (100 * (counts['hours_answered_n'] ?? 0)) / expected) })
    }
  },
  ipv6: (city, _check, day, readings, onDay) => {
    const counts = countsOf(city, readings)
    const didFail = (counts['failed_n'] ?? 0) >= 3 && answeredN(readings) === 0
    const before = [1, 2, 3, 4, 5, 6, 7].flatMap(n => onDay(addDays(day, -n)))
    return { ...counts, ...lastState('ipv6', readings), lost: Number(didFail && answeredN(before) > 0) }
  },
  recording: (city, _check, _day, readings) => {
    const counts = countsOf(city, readings)
    const [answered, failed] = [counts['hours_answered_n'] ?? 0, counts['hours_failed_n'] ?? 0]
    return {
      ...counts,
      ...lastState('recording', readings),
      ...(answered + failed === 0 ? {} : { hours_ready_pct: (100 * answered) / (answered + failed) })
    }
  }
}

/** Measurements, not readings: a folded one says how many it stands for. */
const weightOf = ({ fields }: ReadingRow): number => fields['folded_n'] ?? 1
const sumOf = (readings: readonly ReadingRow[]): number => readings.reduce((sum, one) => sum + weightOf(one), 0)
const answers = ({ outcome }: ReadingRow): boolean => outcome === 'ok' || outcome === 'degraded'
const answeredN = (readings: readonly ReadingRow[]): number => sumOf(readings.filter(answers))

const outcomesOf = (readings: readonly ReadingRow[]): Record<string, number> =>
  Object.fromEntries(
    ['ok', 'degraded', 'failed', 'unavailable'].map(outcome => [
      `${outcome}_n`,
      sumOf(readings.filter(one => one.outcome === outcome))
    ])
  )

const countsOf = (city: City, readings: readonly ReadingRow[]): Record<string, number> => {
  const calendar = calendarOf(city, readings[0]?.checkId ?? -1)
  const inHours = readings.filter(one => calendar.isInHours(one.atMs))
  const [answered, failed] = [answeredN(readings), sumOf(readings.filter(one => one.outcome === 'failed'))]
  return {
    ...outcomesOf(readings),
    hours_answered_n: answeredN(inHours),
    hours_failed_n: sumOf(inHours.filter(one => one.outcome === 'failed')),
    ...(answered + failed === 0 ? {} : { answered_pct: (100 * answered) / (answered + failed) })
  }
}

const calendarOf = (city: City, checkId: number) =>
  city.calendarOf(city.devices.get(city.checks.get(checkId)?.device ?? '')?.school ?? '')

const lastState = (probe: string, readings: readonly ReadingRow[]): { state?: number } => {
  const state = readings
    .toSorted((a, b) => b.atMs - a.atMs || b.n - a.n)
    .map(one => stateOf(probe, one))
    .find(one => one !== undefined)
  return state === undefined ? {} : { state }
}

const minuteMs = 60_000
/** School hours of a day, minute by minute; of the running one up to what may have arrived. */
const hoursMs = (city: City, check: CheckRow, day: string, readings: readonly ReadingRow[]): number => {
  const calendar = calendarOf(city, check.id)
  const lastMs = Math.max(city.nowMs - 15 * minuteMs, ...readings.map(one => one.atMs))
  const end = day === dayOf(city.nowMs) ? lastMs : dayStart(addDays(day, 1))
  let sum = 0
  for (let at = dayStart(day); at < end; at += minuteMs) if (calendar.isInHours(at)) sum += Math.min(minuteMs, end - at)
  return sum
}

/** An hour of a port: only of those that name their speed. */
export const portPoints = (city: City): Held[] => {
  const hourMs = 3_600_000
  const readings = city.readings.filter(({ checkId }) => city.checks.get(checkId)?.probe === 'port')
  const groups = Map.groupBy(readings, one => `${one.checkId} ${Math.floor(one.atMs / hourMs)} ${one.part}`)
  return [...groups.values()].flatMap(group => {
    const [first] = group
    if (first === undefined) return []
    const speeds = group.flatMap(one => one.fields['speed_mbps'] ?? [])
    return [
      {
        measurement: 'port_1h',
        tags: { ...tagsOfCheck(city, first.checkId), part: partTag(first.part) },
        fields: {
          ...outcomesOf(group),
          ...(speeds.length === 0 ? {} : { speed_mbps_min: Math.min(...speeds), speed_mbps_max: Math.max(...speeds) })
        },
        atMs: Math.floor(first.atMs / hourMs) * hourMs,
        offsetNs: 0
      }
    ]
  })
}

/** A day of a line and direction, by the tests of the highest tier that was asked of it. */
export const bandwidthPoints = (city: City): Held[] => {
  const groups = Map.groupBy(city.tierTests, test => `${test.uplink} ${dayOf(test.atMs)} ${test.direction}`)
  return [...groups.values()].flatMap(tests => {
    const [first] = tests
    const uplink = city.uplinks.get(first?.uplink ?? '')
    if (first === undefined || uplink === undefined) return []
    const tier = Math.max(...tests.map(test => test.tierMbps))
    const ofTier = (result: string): number =>
      tests.filter(test => test.result === result && test.tierMbps === tier).length
    const best = (figures: readonly (number | undefined)[]): number | undefined => {
      const known = figures.filter(figure => figure !== undefined)
      return known.length === 0 ? undefined : Math.max(...known)
    }
    const [ip, goodput] = [best(tests.map(test => test.ipMbps)), best(tests.map(test => test.goodputMbps))]
    return [
      {
        measurement: 'bandwidth_1d',
        tags: { ...tagsOfDevice(city, uplink.device), check: `${uplink.id}-tier`, direction: first.direction },
        fields: {
          tier_mbps: tier,
          pass_n: ofTier('pass'),
          fail_n: ofTier('fail'),
          inconclusive_n: ofTier('inconclusive'),
          ...(ip === undefined ? {} : { ip_mbps: ip }),
          ...(goodput === undefined ? {} : { goodput_mbps: goodput }),
          bytes_n: tests.reduce((sum, test) => sum + test.bytes, 0),
          below: Number(ofTier('fail') > 0 && ofTier('pass') === 0)
        },
        atMs: dayStart(dayOf(first.atMs)),
        offsetNs: 0
      }
    ]
  })
}
