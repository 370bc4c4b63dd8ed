import t from 'tap'
import { readCalendar } from '../../../collector/calendar/calendar-file.ts'
import { openCalendars } from '../../../collector/calendar/school-calendar.ts'
import { calendarWarnings, strayScopes } from '../../../collector/calendar/warnings.ts'

const open =
  (...bodies: readonly string[]) =>
  () =>
    openCalendars(
      bodies.map((text, i) => ({ scope: 'ordos', name: `${'ab'[i] ?? ''}.yaml`, text: `scope: ordos\n${text}` })),
      []
    )

void t.test('every mistake in a calendar is one sentence with place, expectation and value', async t => {
  for (const [body, message] of [
    [
      'terms: [{name: 春, from: 2026-03-01, to: 2026-02-01}]',
      '/terms/0/to must be on or after from 2026-03-01, got "2026-02-01"'
    ],
    [
      'terms: [{name: 春, from: 2026-03-01, to: 2026-07-10}, {name: 秋, from: 2026-07-10, to: 2027-01-10}]',
      '/terms/1/from must be after 2026-07-10, the last day of term "春", got "2026-07-10"'
    ],
    [
      'terms: [{name: 春, from: 2026-02-30, to: 2026-07-10}]',
      '/terms/0/from must be a day that exists, such as 2026-03-02, got "2026-02-30"'
    ],
    ['closed: [{day: 3 May}]', '/closed/0/day must be a day that exists, such as 2026-03-02, got "3 May"'],
    [
      'holidays: [{name: 国庆节, from: 2026-10-01, to: 2026-10-07}]\nmake_up: [{day: 2026-10-10}, {day: 2026-10-04}]',
      '/make_up/1/day must not be a holiday too (a.yaml /holidays/0, 国庆节), got "2026-10-04"'
    ],
    [
      'open: [{day: 2026-10-04}]\nclosed: [{day: 2026-10-04}]',
      '/open/0/day must not be closed too (a.yaml /closed/0/day), got "2026-10-04"'
    ],
    [
      'holidays: [{name: x, from: 2026-10-01, to: 2027-10-07}]',
      '/holidays/0/to must be at most 200 days after from 2026-10-01, got "2027-10-07"'
    ],
    ["hours: [{name: x, from: '8:00', to: '12:00'}]", `/hours/0/from must be a time such as '08:00', got "8:00"`],
    ["hours: [{name: x, from: '08:00', to: '24:01'}]", `/hours/0/to must be a time such as '17:30', got "24:01"`],
    [
      "hours: [{name: x, from: '22:00', to: '06:00'}]",
      '/hours/0/to must be after from 22:00: hours do not cross midnight, got "06:00"'
    ],
    [
      "hours: [{name: x, from: '08:00', to: '09:00', from_day: 05-01}]",
      '/hours/0/to_day must be given where from_day is, got nothing'
    ],
    [
      "hours: [{name: x, from: '08:00', to: '09:00', to_day: 05-01}]",
      '/hours/0/from_day must be given where to_day is, got nothing'
    ],
    [
      "hours: [{name: x, from: '08:00', to: '09:00', from_day: 13-01, to_day: 05-01}]",
      '/hours/0/from_day must be a day such as 05-01 or 2026-05-01, got "13-01"'
    ],
    [
      "hours: [{name: x, from: '08:00', to: '09:00', from_day: 05-01, to_day: 2026-09-30}]",
      '/hours/0/to_day must be a day written like from_day 05-01, got "2026-09-30"'
    ],
    [
      "hours: [{name: x, from: '08:00', to: '09:00', from_day: 2026-05-01, to_day: 2026-04-30}]",
      '/hours/0/to_day must be on or after from_day 2026-05-01, got "2026-04-30"'
    ],
    [
      'excused: [{from: 2026-06-08T09:00, to: 2026-06-08, reason: exam}]',
      '/excused/0/from must be a day, or a time such as 2026-06-07T08:00:00+08:00, got "2026-06-08T09:00"'
    ],
    [
      'excused: [{from: 2026-06-08, to: 2026-06-07, reason: exam}]',
      '/excused/0/to must be after from 2026-06-08, got "2026-06-07"'
    ],
    [
      'excused: [{from: 2026-06-08, to: 2026-06-08, reason: party}]',
      '/excused/0/reason must be one of "maintenance", "exam", "power", got "party"'
    ],
    ['status: final', '/year must be given where status is: it says which year is final, got nothing'],
    ['weekdays: [0]', '/weekdays/0 must be >= 1, got 0'],
    ['holiday: []', '/holiday is not a known key: did you mean "holidays"?'],
    ['terms: [{name: 春, from: 2026-03-01, until: 2026-07-10}]', '/terms/0/until is not a known key']
  ] as const)
    t.throws(open(body), { message: `a.yaml ${message}` }, message)
  t.throws(open('terms: [}'), { message: /^a\.yaml line 2 column 9 must be YAML: / })
  t.throws(() => openCalendars([{ scope: '', name: 'n.yaml', text: 'terms: []' }], []), {
    message: 'n.yaml /scope is missing'
  })
  t.throws(() => openCalendars([{ scope: '', text: 'scope: ordos' }], []), {
    message: 'calendar of the country /scope must be the scope it is kept under, "", got "ordos"'
  })
})

void t.test('two calendars of one scope must not contradict each other', async t => {
  const hours = "hours: [{name: x, from: '08:00', to: '09:00'}]"
  t.throws(open(hours, hours), {
    message: 'b.yaml /hours must be in one calendar of a scope, got it in a.yaml too: two would contradict each other'
  })
  t.throws(
    open(
      'terms: [{name: 秋, from: 2026-09-01, to: 2027-01-10}]',
      'terms: [{name: 春, from: 2026-03-01, to: 2026-09-01}]'
    ),
    { message: 'a.yaml /terms/0/from must be after 2026-09-01, the last day of term "春", got "2026-09-01"' }
  )
  t.throws(open('make_up: [{day: 2026-10-10}]', 'holidays: [{name: x, from: 2026-10-10, to: 2026-10-11}]'), {
    message: 'a.yaml /make_up/0/day must not be a holiday too (b.yaml /holidays/0, x), got "2026-10-10"'
  })
  t.throws(open('make_up: [{day: 2026-10-10, as: 4}]', 'make_up: [{day: 2026-10-10, as: 5}]'), {
    message: 'b.yaml /make_up/0/day must not have two timetables (a.yaml /make_up/0/day has 4), got "2026-10-10" with 5'
  })
  t.doesNotThrow(open('make_up: [{day: 2026-10-10, as: 4}]', 'make_up: [{day: 2026-10-10, as: 4}]'), 'said twice')
  t.doesNotThrow(open('closed: [{day: 2026-10-10}]', 'make_up: [{day: 2026-10-10}]'), 'closed wins, and is meant')
})

void t.test('a slip that does no harm is a warning', async t => {
  const file = readCalendar('scope: nation\nmake_up: [{day: 2026-10-10}, {day: 2026-10-14}]', 'c.yaml')
  t.same(calendarWarnings(file, 'c.yaml'), [
    'c.yaml /make_up/1/day should be a Saturday or a Sunday, got "2026-10-14", a Wednesday: it is a school day already'
  ])
  t.same(
    strayScopes(
      [
        { scope: '', name: 'n' },
        { scope: 'x', name: 'c.yaml' }
      ],
      new Set(['s-1'])
    ),
    ['c.yaml /scope must be "nation", or the id of an area or a school of the ledger, got "x"']
  )
})
