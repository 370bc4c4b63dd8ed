import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { readCalendar, scopeOf } from '../../../collector/calendar/calendar-file.ts'
import { addDays, dayMs, dayStart, weekdayOf } from '../../../collector/calendar/day.ts'
import { daysOf, periodNamed } from '../../../collector/calendar/period.ts'
import { openCalendars, type CalendarText } from '../../../collector/calendar/school-calendar.ts'

const areas = [
  { id: 'cn', parent: undefined },
  { id: 'ordos', parent: 'cn' },
  { id: 'dongsheng', parent: 'ordos' }
]
const school = { id: 's-1', area: 'dongsheng' }
const text = (scope: string, body: string, name = `${scope}.yaml`): CalendarText => ({
  scope: scope === 'nation' ? '' : scope,
  name,
  text: `scope: ${scope}\n${body}`
})
const calendarOf = (...texts: readonly CalendarText[]) => openCalendars(texts, areas).of(school)
const at = (time: string): number => Date.parse(`${time}+08:00`)

const directory = join(import.meta.dirname, '../../../deploy/calendars')
const shipped: CalendarText[] = readdirSync(directory).map(name => {
  const body = readFileSync(join(directory, name), 'utf8')
  return { scope: scopeOf(readCalendar(body, name)), name, text: body }
})

void t.test('the shipped calendars expect these school days in each period', async t => {
  const calendar = calendarOf(...shipped)
  const daysIn = (year: number) =>
    Array.from({ length: 12 }, (_, i) => calendar.schoolDays(periodNamed(`${year}-${String(i + 1).padStart(2, '0')}`)))
  t.same(
    daysIn(2026).map(days => days.length),
    [19, 0, 14, 20, 20, 22, 15, 0, 14, 17, 23, 21]
  )
  t.same(
    daysIn(2027).map(days => days.length),
    [19, 0, 15, 20, 22, 21, 15, 0, 12, 21, 23, 20],
    'of 2027 only the statutory holidays are out'
  )
  t.same(daysIn(2026)[9], [
    ...['2026-09-20', '2026-09-21', '2026-09-22', '2026-09-23', '2026-09-24', '2026-09-28', '2026-09-29'],
    ...['2026-09-30', '2026-10-08', '2026-10-09', '2026-10-10', '2026-10-12', '2026-10-13', '2026-10-14'],
    ...['2026-10-15', '2026-10-16', '2026-10-19']
  ])
})

void t.test('a day says what it is, and why', async t => {
  const calendar = calendarOf(...shipped)
  const said = (day: string) => {
    const { kind, name, isSchoolDay, hours } = calendar.day(day)
    return [kind, name, isSchoolDay, hours.map(one => one.name).join('')]
  }
  t.same(said('2026-10-02'), ['holiday', '国庆节', false, ''])
  t.same(said('2026-10-10'), ['make_up', '国庆节调休', true, '上午下午'], 'a Saturday')
  t.same(said('2026-10-11'), ['weekend', '', false, ''])
  t.same(said('2026-10-12'), ['school', '2026—2027学年第一学期', true, '上午下午'])
  t.same(said('2026-02-14'), ['no_term', '', false, ''], 'a make-up day in the vacation is none for a school')
})

void t.test('periods whose holidays or terms are not all known say so, the others are silent', async t => {
  const zh = (period: string, ...texts: CalendarText[]) =>
    calendarOf(...texts)
      .notes(periodNamed(period))
      .map(note => note.zh)
  t.same(zh('2026-01', ...shipped), [])
  t.same(zh('2026-12', ...shipped), [])
  t.same(zh('2027-01', ...shipped), [
    '2027 年只有法定节假日，国务院的放假调休安排尚未收录：应到校天数可能偏多。通知公布后请补全该年的校历文件。'
  ])
  t.same(zh('2027-06', ...shipped, text('nation', 'year: 2027\nstatus: final', 'notice.yaml')), [])
  t.same(zh('2028-02', ...shipped), [
    '没有 2028 年的节假日：除周末和校历写明的日子外都算上学日。',
    '学期只写到 2028-01-14（2027—2028学年第一学期）：之后的日子都算假期。'
  ])
  t.equal(zh('2028-01', ...shipped).length, 2, 'also when the last term ends within the period')
  t.match(zh('2025-08', ...shipped)[1], /^学期从 2025-09-01/)
  t.same(zh('2026-06', text('nation', 'year: 2026')), ['没有学期：全年每一天都按学期内计算，寒暑假未扣除。'])
  t.same(zh('2026-06', text('nation', 'year: 2026\nterms: []')), ['校历的学期表是空的：没有上学日。'])
})

void t.test('until calendars are given it is Monday to Friday, 08:00 to 17:30', async t => {
  const calendar = calendarOf()
  t.equal(calendar.schoolDays(periodNamed('2026-11')).length, 23)
  for (const [time, inside] of [
    ['2026-10-01T08:00:00', true],
    ['2026-10-01T07:59:59.999', false],
    ['2026-10-01T17:29:59.999', true],
    ['2026-10-01T17:30:00', false],
    ['2026-10-03T10:00:00', false]
  ] as const)
    t.equal(calendar.isInHours(at(time)), inside, time)
})

void t.test('a nearer calendar replaces terms, weekdays and hours, and adds days', async t => {
  const country = text(
    'nation',
    `terms: [{name: 秋, from: 2026-09-01, to: 2027-01-15}]
weekdays: [1, 2, 3, 4, 5]
hours: [{name: 全天, from: '08:00', to: '17:00'}]
holidays: [{name: 国庆节, from: 2026-10-01, to: 2026-10-07}]
make_up: [{day: 2026-10-10}]`
  )
  const county = text(
    'dongsheng',
    `weekdays: [1, 2, 3, 4, 5, 6]\nclosed: [{day: 2026-10-10, name: 县里不补}]\nopen: [{day: 2026-10-07, name: 提前开学}]`
  )
  const own = text('s-1', `hours: [{name: 早读, from: '07:20', to: '07:50'}]\nclosed: [{day: 2026-10-07, name: 停电}]`)
  const one = calendarOf(country, county)
  t.match(one.day('2026-10-07'), { kind: 'open', name: '提前开学', isSchoolDay: true })
  t.match(one.day('2026-10-10'), { kind: 'closed', name: '县里不补', isSchoolDay: false })
  t.match(one.day('2026-10-17'), { kind: 'school', isSchoolDay: true }, 'Saturday is a weekday there')
  t.equal(one.isInHours(at('2026-10-17T16:59:00')), true, 'hours are inherited')
  const two = calendarOf(own, county, country)
  t.match(two.day('2026-10-07'), { kind: 'closed', name: '停电' })
  t.equal(two.isInHours(at('2026-10-17T16:59:00')), false)
  t.equal(two.isInHours(at('2026-10-17T07:30:00')), true)
  const calendars = openCalendars([country, county, own], areas)
  t.match(
    calendars.of({ id: 's-2', area: 'ordos' }).day('2026-10-10'),
    { kind: 'make_up' },
    'elsewhere nothing changes'
  )
  t.equal(calendars.of({ id: 's-3', area: 'dongsheng' }), calendars.of({ id: 's-4', area: 'dongsheng' }), 'shared')
})

void t.test('areas that go in circles or lead nowhere still have a calendar', async t => {
  const country = text('nation', 'closed: [{day: 2026-10-12}]')
  const circle = openCalendars(
    [country, text('b', 'closed: [{day: 2026-10-13}]')],
    [
      { id: 'a', parent: 'b' },
      { id: 'b', parent: 'a' },
      { id: 'c', parent: 'gone' }
    ]
  )
  t.equal(circle.of({ id: 's', area: 'a' }).isSchoolDay('2026-10-13'), false)
  t.equal(circle.of({ id: 's', area: 'c' }).isSchoolDay('2026-10-12'), false)
  t.equal(circle.of({ id: 's', area: 'c' }).isSchoolDay('2026-10-13'), true)
  t.equal(circle.of({ id: 'a', area: 'a' }).isSchoolDay('2026-10-13'), false, 'a school called like its area')
})

void t.test('hours follow the season, the weekday, and on a make-up day the weekday it stands for', async t => {
  const calendar = calendarOf(
    text(
      'nation',
      `hours:
  - {name: 夏, from: '07:30', to: '12:00', from_day: 05-01, to_day: 09-30}
  - {name: 冬, from: '08:00', to: '12:00', from_day: 10-01, to_day: 04-30}
  - {name: 试行, from: '14:00', to: '15:00', from_day: 2026-11-02, to_day: 2026-11-03}
  - {name: 班会, from: '12:00', to: '12:30', weekdays: [1]}
  - {name: 社团, from: '16:00', to: '24:00', weekdays: [5]}
make_up: [{day: 2026-10-10}, {day: 2026-10-17, as: 5}]`
    )
  )
  const names = (day: string) => calendar.day(day).hours.map(one => one.name)
  t.same(names('2026-04-30'), ['冬'])
  t.same(names('2026-05-01'), ['夏', '社团'], 'a Friday')
  t.same(names('2026-12-31'), ['冬'], 'winter lasts over New Year')
  t.same([names('2026-11-03'), names('2026-11-04')], [['冬', '试行'], ['冬']])
  t.same(names('2026-10-10'), ['冬', '班会'], 'a Saturday with Monday’s timetable')
  t.same(names('2026-10-17'), ['冬', '社团'])
  t.equal(calendar.isInHours(at('2026-10-16T23:59:59')), true)
  t.equal(calendar.isInHours(at('2026-10-17T00:00:00')), false)
})

void t.test('what is excused is out of the hours and changes no school day', async t => {
  const calendar = calendarOf(
    text(
      'nation',
      `excused:
  - {from: '2026-06-08T09:00:00+08:00', to: '2026-06-08T11:30+08:00', reason: exam, text: 中考}
  - {from: '2026-06-08T03:00Z', to: '2026-06-08T12:00:00+08:00', reason: maintenance}
  - {from: 2026-06-10, to: 2026-06-11, reason: power}`
    )
  )
  const inside = (time: string) => calendar.isInHours(at(time))
  t.same(
    ['08:59:59.999', '09:00:00', '11:45:00', '12:00:00'].map(time => inside(`2026-06-08T${time}`)),
    [true, false, false, true]
  )
  t.same(
    ['2026-06-09', '2026-06-10', '2026-06-11', '2026-06-12'].map(day => inside(`${day}T10:00:00`)),
    [true, false, false, true]
  )
  t.equal(calendar.isSchoolDay('2026-06-10'), true)
  t.same(
    calendar.day('2026-06-08').excused.map(one => one.reason),
    ['exam', 'maintenance']
  )
})

const anyDay = fc.integer({ min: 0, max: 60 }).map(n => addDays('2026-03-01', n))
const anySpan = fc.tuple(anyDay, fc.integer({ min: 0, max: 50 })).map(([from, n]) => ({ from, to: addDays(from, n) }))
const anyHoliday = fc.tuple(anyDay, fc.integer({ min: 0, max: 4 })).map(([from, n]) => ({ from, to: addDays(from, n) }))
const anyCalendar = fc.record({
  terms: fc.option(anySpan, { nil: undefined }),
  holidays: fc.array(anyHoliday, { maxLength: 2 }),
  closed: fc.array(anyDay, { maxLength: 5 }),
  open: fc.array(anyDay, { maxLength: 5 }),
  makeUp: fc.array(anyDay, { maxLength: 5 }),
  start: fc.integer({ min: 6, max: 12 })
})
const scopes = ['nation', 'ordos', 'dongsheng', 's-1'] as const
type AnyCalendar = typeof anyCalendar extends fc.Arbitrary<infer One> ? One : never
const names = (one: AnyCalendar, day: string): boolean =>
  [...one.closed, ...one.open, ...one.makeUp].includes(day) ||
  one.holidays.some(span => span.from <= day && day <= span.to)
/** Contradictions within a file are refused, so they are taken out. */
const written = (scope: string, one: AnyCalendar, name: string): CalendarText => {
  const isHoliday = (day: string): boolean => one.holidays.some(span => span.from <= day && day <= span.to)
  const days = (list: readonly string[]): string => JSON.stringify(list.map(day => ({ day })))
  return text(
    scope,
    [
      one.terms === undefined ? '' : `terms: ${JSON.stringify([{ name: 't', ...one.terms }])}`,
      `holidays: ${JSON.stringify(one.holidays.map(span => ({ name: 'h', ...span })))}`,
      `closed: ${days(one.closed)}`,
      `open: ${days(one.open.filter(day => !one.closed.includes(day)))}`,
      `make_up: ${days(one.makeUp.filter(day => !isHoliday(day)))}`,
      `hours: [{ name: x, from: '${String(one.start).padStart(2, '0')}:00', to: '17:00' }]`
    ].join('\n'),
    name
  )
}

void t.test(
  'a nearer closed day always wins, school days lie in terms, hours in school days, the order means nothing',
  async t => {
    fc.assert(
      fc.property(
        fc.tuple(anyCalendar, anyCalendar, anyCalendar, anyCalendar),
        anyDay,
        fc.integer({ min: 0, max: dayMs - 1 }),
        (all, day, ms) => {
          const texts = all.map((one, i) => written(scopes[i] ?? 'nation', one, `${i}.yaml`))
          const calendar = calendarOf(...texts)
          const nearestTerms = all.findLast(one => one.terms !== undefined)?.terms
          const wrong = all.some((one, i) =>
            one.closed.some(
              closed => calendar.isSchoolDay(closed) && !all.slice(i + 1).some(nearer => names(nearer, closed))
            )
          )
          if (wrong) return false
          const isDay = calendar.isSchoolDay(day)
          if (isDay && nearestTerms !== undefined && (day < nearestTerms.from || day > nearestTerms.to)) return false
          const inside = calendar.isInHours(dayStart(day) + ms)
          if (inside && !isDay) return false
          if (inside !== (isDay && ms >= all[3].start * 3_600_000 && ms < 17 * 3_600_000)) return false
          const other = calendarOf(...texts.toReversed())
          return JSON.stringify(other.day(day)) === JSON.stringify(calendar.day(day))
        }
      ),
      { numRuns: 60 }
    )
    t.pass('for all of them')
  }
)

void t.test('which of two files of a scope is read first means nothing', async t => {
  const two = ['中秋节', '国庆节'].map((name, i) =>
    text('nation', `holidays: [{name: ${name}, from: 2026-10-01, to: 2026-10-03}]`, `${i}.yaml`)
  )
  t.equal(calendarOf(...two).day('2026-10-01').name, '中秋节')
  t.equal(calendarOf(...two.toReversed()).day('2026-10-01').name, '中秋节')
})

void t.test('days of a period and single days agree, also when asked twice', async t => {
  const calendar = calendarOf(...shipped)
  const period = periodNamed('2026-10')
  const days = calendar.schoolDays(period)
  t.same(
    days,
    daysOf(period).filter(day => calendar.isSchoolDay(day))
  )
  days.pop()
  t.equal(calendar.schoolDays(period).length, days.length + 1, 'a caller’s list is its own')
  t.equal(weekdayOf('2026-09-20'), 7)
})
