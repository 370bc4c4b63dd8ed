import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { checkedCalendars } from '../../../collector/calendar-command.ts'
import { loadCalendars, storeCalendars } from '../../../collector/ledger/calendar-files.ts'
import { nowMs } from '../../rig/ledger.ts'
import { openCollector, temporaryDirectory, type After } from '../../rig/collector.ts'
import { sqliteDoor } from '../../rig/store-door.ts'
import { calendarSuite } from '../../suites/store-calendars.ts'

calendarSuite('SQLite', () => sqliteDoor(work => t.teardown(work)))

// One for all: opening a collector costs more than all that is asked of it here.
const { app, store } = await openCollector(work => t.teardown(work))

const calendarsIn = (after: After, files: Readonly<Record<string, string>>): string => {
  const directory = join(temporaryDirectory(after), 'calendars')
  mkdirSync(directory)
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text)
  return directory
}
const country = `scope: nation
year: 2026
terms: [{name: 秋, from: 2026-09-01, to: 2027-01-15}]
hours: [{name: 上午, from: '08:00', to: '12:00'}, {name: 下午, from: '12:00', to: '17:30'}]
excused: [{from: '2026-11-04T08:00:00+08:00', to: '2026-11-04T10:00:00+08:00', reason: exam, text: 期中}]
closed: [{day: 2026-11-05, name: 校运动会}]
`

void t.test('a directory is stored once; only a change is written, with the days whose hours it changes', async t => {
  const calls: { names: string[]; days: readonly string[] }[] = []
  const counting = {
    areas: () => store.areas(),
    schools: () => store.schools(),
    calendars: () => store.calendars(),
    putCalendars: (...[rows, atMs, days]: Parameters<typeof store.putCalendars>) => {
      calls.push({ names: rows.map(row => `${row.name}${row.text === '' ? ' gone' : ''}`), days: days ?? [] })
      return store.putCalendars(rows, atMs, days)
    }
  }
  const put = (files: Readonly<Record<string, string>>) =>
    storeCalendars(counting, loadCalendars(calendarsIn(t.teardown, files)), nowMs)
  const a = 'scope: nation\nclosed: [{day: 2026-10-23}, {day: 2026-12-01}]'
  t.same(await put({ 'a.yaml': a, 'notes.txt': 'no calendar' }), [])
  t.same(calls.splice(0), [{ names: ['a.yaml'], days: ['2026-10-23'] }], 'the future has no rollups')
  t.same(await put({ 'a.yaml': a }), [])
  t.same(calls.splice(0), [])
  const b =
    "scope: dingbian\nmake_up: [{day: 2026-10-28}]\nhours: [{name: x, from: '08:00', to: '12:00', from_day: 11-02, to_day: 11-03}]"
  t.match(await put({ 'a.yaml': a, 'b.yaml': b, 'c.yaml': 'scope: nowhere' }), [
    /b\.yaml \/make_up\/0\/day should be a Saturday or a Sunday, got "2026-10-28", a Wednesday/,
    'c.yaml /scope must be "nation", or the id of an area or a school of the ledger, got "nowhere"'
  ])
  t.same(calls[0]?.names, ['b.yaml', 'c.yaml'])
  t.equal(calls.splice(0)[0]?.days.at(-1), '2026-11-03')
  await put({ 'a.yaml': a })
  t.same(calls.splice(0)[0]?.names, ['b.yaml gone', 'c.yaml gone'])
  t.same(
    (await store.calendars()).map(row => row.name),
    ['a.yaml']
  )
  t.throws(() => loadCalendars(join(temporaryDirectory(t.teardown), 'none')), {
    message: /^calendars must be a readable directory: ENOENT/
  })
})

void t.test('GET /v1/calendar says what each day of a period is for a school', async t => {
  const directory = calendarsIn(t.teardown, { 'n.yaml': country, 's.yaml': 'scope: s-2\nopen: [{day: 2026-11-05}]' })
  await storeCalendars(store, loadCalendars(directory), nowMs)
  const get = async (query: string) => (await app.inject({ url: `/v1/calendar?${query}` })).json<Answer>()
  interface Answer {
    school_days: number
    notes: unknown[]
    items: { day: string; kind: string; name: string; hours: unknown[]; excused: unknown[] }[]
    next: null
    detail?: string
  }
  const one = await get('school=s-1&period=2026-11')
  t.match(one, { school: 's-1', period: '2026-11', school_days: 22, notes: [], next: null })
  t.equal(one.items.length, 31)
  t.same(
    one.items.find(item => item.day === '2026-11-04'),
    {
      day: '2026-11-04',
      school_day: true,
      kind: 'school',
      name: '秋',
      hours: [
        { name: '上午', from: '08:00', to: '12:00' },
        { name: '下午', from: '12:00', to: '17:30' }
      ],
      excused: [
        { from: '2026-11-04T08:00:00.000+08:00', to: '2026-11-04T10:00:00.000+08:00', reason: 'exam', text: '期中' }
      ]
    }
  )
  t.match(
    one.items.find(item => item.day === '2026-11-05'),
    { kind: 'closed', name: '校运动会', school_day: false, hours: [] }
  )
  t.equal((await get('school=s-2')).school_days, 23, 'the school’s own calendar, the current period')
  t.equal((await get('school=s-1&period=2027-02')).notes.length, 2)
  t.equal((await get('school=s-9')).detail, 'there is no school "s-9"')
  t.match((await get('school=s-1&period=2026-13')).detail, /^query period must be YYYY-MM/)
  t.equal((await get('period=2026-11')).detail, 'querystring /school is missing')
})

void t.test('calendar check prints the expected days of a scope, and refuses what it cannot know', async t => {
  const directory = calendarsIn(t.teardown, {
    'n.yaml': country,
    'd.yaml': 'scope: dingbian\nclosed: [{day: 2026-11-06}]\nmake_up: [{day: 2026-11-11}]'
  })
  const ledger = join(directory, 'ledger.yml')
  writeFileSync(
    ledger,
    `areas: [{id: yulin, level: city, name: 榆林}, {id: dingbian, parent: yulin, level: county, name: 定边}]
schools: [{id: s-1, code: '1', name: 一, area: dingbian, stage: primary, zone: rural}]`
  )
  const november = (options: Partial<Parameters<typeof checkedCalendars>[1]>) =>
    checkedCalendars(directory, { scope: 'nation', year: '2026', ...options }).periods[10]?.school_days
  t.equal(november({}), 22)
  t.equal(november({ scope: 'dingbian' }), 21)
  t.equal(november({ scope: 's-1', ledger }), 21)
  t.equal(november({ scope: 'yulin', ledger }), 22)
  const whole = checkedCalendars(directory, { scope: 'nation', year: '2026' })
  t.same(whole.calendars, [
    { name: 'd.yaml', scope: 'dingbian' },
    { name: 'n.yaml', scope: 'nation' }
  ])
  t.equal(whole.warnings.length, 1)
  t.equal(whole.notes.length, 1, 'said once, not for every period')
  t.match(checkedCalendars(undefined, { scope: 'nation', year: '2026' }), { ok: true, notes: [], warnings: [] })
  t.throws(() => november({ scope: 's-1' }), {
    message: 'option --scope must be nation or the scope of a calendar here, got "s-1": other ids need --ledger FILE'
  })
  t.throws(() => november({ scope: 's-2', ledger }), {
    message: `option --scope must be nation, or the id of an area or a school of ${ledger}, got "s-2"`
  })
  t.throws(() => november({ year: '26' }), { message: 'option --year must be a year such as 2026, got "26"' })
  writeFileSync(join(directory, 'x.yaml'), 'scope: nowhere')
  t.throws(() => november({ ledger }), {
    message: 'x.yaml /scope must be "nation", or the id of an area or a school of the ledger, got "nowhere"'
  })
})
