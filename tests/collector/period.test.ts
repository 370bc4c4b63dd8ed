import t from 'tap'
import { addDays, dayOf, dayStart, localTime, weekdayOf } from '../../collector/calendar/day.ts'
import { daysOf, isPeriodName, periodAt, periodNamed, weekdaysOf } from '../../collector/calendar/period.ts'

const at = (text: string) => Date.parse(text)

void t.test('a period runs from the 20th of the month before to the 19th, by the clocks of Shanghai', t => {
  const cases: [string, string, string, number][] = [
    ['2026-11', '2026-10-20', '2026-11-19', 31],
    ['2026-01', '2025-12-20', '2026-01-19', 31],
    ['2026-03', '2026-02-20', '2026-03-19', 28],
    ['2028-03', '2028-02-20', '2028-03-19', 29],
    ['2026-12', '2026-11-20', '2026-12-19', 30]
  ]
  for (const [name, firstDay, lastDay, days] of cases) {
    const period = periodNamed(name)
    t.match(period, { name, firstDay, lastDay })
    t.equal(period.fromMs, at(`${firstDay}T00:00:00+08:00`))
    t.equal(period.toMs, at(`${lastDay}T24:00:00+08:00`))
    t.equal(daysOf(period).length, days)
    t.equal(period.toMs - period.fromMs, days * 86_400_000)
  }
  t.end()
})

void t.test('an instant lies in exactly one period, also around the 20th and the new year', t => {
  const cases: [string, string][] = [
    ['2026-11-19T23:59:59.999+08:00', '2026-11'],
    ['2026-11-20T00:00:00+08:00', '2026-12'],
    ['2026-11-19T16:00:00Z', '2026-12'],
    ['2026-11-19T15:59:59Z', '2026-11'],
    ['2025-12-19T12:00:00+08:00', '2025-12'],
    ['2025-12-20T00:00:00+08:00', '2026-01'],
    ['2025-12-31T23:59:59+08:00', '2026-01'],
    ['2026-01-01T00:00:00+08:00', '2026-01'],
    ['2024-02-29T12:00:00+08:00', '2024-03']
  ]
  for (const [instant, name] of cases) {
    const period = periodAt(at(instant))
    t.equal(period.name, name, instant)
    t.ok(period.fromMs <= at(instant) && at(instant) < period.toMs, instant)
  }
  for (let ms = at('2025-11-01T00:00:00Z'); ms < at('2027-03-01T00:00:00Z'); ms += 37 * 3_600_000) {
    const period = periodAt(ms)
    if (period.fromMs > ms || ms >= period.toMs) t.fail(new Date(ms).toISOString())
  }
  t.end()
})

void t.test('periods follow each other without a hole', t => {
  let period = periodNamed('2025-01')
  for (let i = 0; i < 30; i++) {
    const next = periodAt(period.toMs)
    t.equal(next.fromMs, period.toMs)
    t.equal(addDays(period.lastDay, 1), next.firstDay)
    period = next
  }
  t.end()
})

void t.test('a day is a day of Shanghai', t => {
  t.equal(dayOf(at('2026-11-02T15:59:59.999Z')), '2026-11-02')
  t.equal(dayOf(at('2026-11-02T16:00:00Z')), '2026-11-03')
  t.equal(dayOf(0), '1970-01-01')
  t.equal(dayStart('2026-11-03'), at('2026-11-02T16:00:00Z'))
  t.equal(addDays('2026-12-31', 1), '2027-01-01')
  t.equal(addDays('2026-03-01', -1), '2026-02-28')
  t.equal(localTime(at('2026-11-02T16:00:00.005Z')), '2026-11-03T00:00:00.005+08:00')
  for (let i = 0; i < 1000; i++) if (dayOf(i * 86_400_000) !== addDays('1970-01-01', i)) t.fail(String(i))
  t.end()
})

void t.test('school days are Monday to Friday until the calendar says otherwise', t => {
  const days = weekdaysOf(periodNamed('2026-11'))
  t.equal(days.length, 23)
  t.ok(days.every(day => weekdayOf(day) <= 5))
  t.equal(weekdayOf('2026-11-01'), 7)
  t.equal(weekdayOf('2026-11-02'), 1)
  t.end()
})

void t.test('a period’s name has a month that exists', t => {
  for (const good of ['2026-01', '2026-12']) t.ok(isPeriodName(good))
  for (const bad of ['2026-00', '2026-13', '2026-1', '26-01', '2026-01-01', ' 2026-01', '2026-01\n'])
    t.notOk(isPeriodName(bad), bad)
  t.end()
})
