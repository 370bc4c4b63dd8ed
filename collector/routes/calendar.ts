import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import Type from 'typebox'
import { localTime } from '../calendar/day.ts'
import { daysOf } from '../calendar/period.ts'
import { openCalendars, type CalendarDay } from '../calendar/school-calendar.ts'
import { clockOf } from '../calendar/written-time.ts'
import { ProblemError } from '../errors.ts'
import type { StoreReads } from '../store/store.ts'
import { listOf, PeriodQuery, periodOf } from './page.ts'

const Spoken = Type.Object({ zh: Type.String(), en: Type.String() })
const DayItem = Type.Object({
  day: Type.String(),
  school_day: Type.Boolean(),
  kind: Type.Enum(['school', 'make_up', 'open', 'weekend', 'holiday', 'closed', 'no_term']),
  name: Type.String({ description: 'The term, the holiday, or why it is open or closed' }),
  hours: Type.Array(Type.Object({ name: Type.String(), from: Type.String(), to: Type.String() })),
  excused: Type.Array(
    Type.Object({ from: Type.String(), to: Type.String(), reason: Type.String(), text: Type.String() })
  )
})

const itemOf = (day: CalendarDay): Type.Static<typeof DayItem> => ({
  day: day.day,
  school_day: day.isSchoolDay,
  kind: day.kind,
  name: day.name,
  hours: day.hours.map(one => ({ name: one.name, from: clockOf(one.fromMinute), to: clockOf(one.toMinute) })),
  excused: day.excused.map(one => ({
    from: localTime(one.fromMs),
    to: localTime(one.toMs),
    reason: one.reason,
    text: one.text
  }))
})

/** GET /v1/calendar: what each day of a period is for a school, and why. */
export const calendarRoutes =
  (store: StoreReads, now: () => number): FastifyPluginAsyncTypebox =>
  async app => {
    app.get(
      '/v1/calendar',
      {
        schema: {
          tags: ['calendar'],
          summary: 'Days of a period for a school: school day or not, why, its hours, and what is excused',
          querystring: Type.Object({ school: Type.String(), period: PeriodQuery }, { additionalProperties: false }),
          response: {
            200: Type.Object({
              school: Type.String(),
              period: Type.String(),
              school_days: Type.Integer({ description: 'Expected school days of the whole period' }),
              notes: Type.Array(Spoken),
              ...listOf(DayItem).properties
            })
          }
        }
      },
      async ({ query }) => {
        const period = periodOf(query.period, now())
        const [areas, schools, texts] = await Promise.all([
          store.areas(),
          store.schools(period.lastDay),
          store.calendars()
        ])
        const school = schools.find(one => one.id === query.school)
        if (school === undefined)
          throw new ProblemError('not_found', `there is no school ${JSON.stringify(query.school.slice(0, 64))}`, {
            pointer: '/school'
          })
        const calendar = openCalendars(texts, areas).of(school)
        const days = daysOf(period).map(day => calendar.day(day))
        return {
          school: school.id,
          period: period.name,
          school_days: days.filter(day => day.isSchoolDay).length,
          notes: [...calendar.notes(period)],
          items: days.map(itemOf),
          next: null
        }
      }
    )
    return Promise.resolve()
  }
