import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { stringify } from 'yaml'
import { readCalendar, scopeOf } from '../../collector/calendar/calendar-file.ts'
import type { CalendarText } from '../../collector/calendar/school-calendar.ts'
import type { City } from './city.ts'

const shipped = resolve(import.meta.dirname, '../calendars')

/** A calendar file of the demo's directory. */
export interface DemoCalendar {
  readonly file: string
  readonly text: string
}

/**
 * The shipped calendars, and two of the demo's own: the city has no vacations, or a demo in August would show nothing; and schools whose
 * script says so are closed all along.
 */
export const demoCalendarFiles = (city: City): DemoCalendar[] => [
  ...readdirSync(shipped)
    .filter(name => name.endsWith('.yaml'))
    .sort()
    .map(file => ({ file, text: readFileSync(join(shipped, file), 'utf8') })),
  {
    file: 'demo-city.yaml',
    text: stringify({
      scope: 'ordos',
      title: { zh: '模拟城市没有寒暑假', en: 'The simulated city has no vacations' },
      source: '模拟数据 simulated',
      terms: [{ name: '模拟学期', from: '2000-01-01', to: '2999-12-31' }]
    })
  },
  ...city.schools
    .filter(school => school.script.school === 'vacation')
    .map(school => ({
      file: `demo-${school.id}.yaml`,
      text: stringify({
        scope: school.id,
        title: { zh: '模拟实习期', en: 'Simulated internship' },
        source: '模拟数据 simulated',
        terms: [{ name: '过去的学期', from: '2000-01-03', to: '2000-01-04' }]
      })
    }))
]

export const demoCalendars = (city: City): CalendarText[] =>
  demoCalendarFiles(city).map(({ file, text }) => ({ scope: scopeOf(readCalendar(text, file)), name: file, text }))
