import Type, { type Static } from 'typebox'
import { parse as parseYaml, YAMLParseError } from 'yaml'
import { parse, SentenceError } from '../../contract/parse.ts'
import { checkEntries } from './check-entries.ts'

/** The word a file uses for the whole country; everywhere else that scope is ''. */
export const nation = 'nation'

const Name = Type.String({ minLength: 1, maxLength: 80 })
/** Days, times and instants are text here; check-entries.ts says in words what is wrong with one. */
const Text = Type.String({ maxLength: 40 })
const Weekday = Type.Integer({ minimum: 1, maximum: 7 })
const strict = { additionalProperties: false }

const Span = Type.Object({ name: Name, from: Text, to: Text }, strict)
const SingleDay = Type.Object({ day: Text, name: Type.Optional(Name) }, strict)
const MakeUp = Type.Object(
  {
    day: Text,
    name: Type.Optional(Name),
    /** Whose timetable holds that day (补星期几的课), 1 Monday … 7 Sunday; Monday's when left out. */
    as: Type.Optional(Weekday)
  },
  strict
)
const Lesson = Type.Object(
  {
    name: Name,
    from: Text,
    to: Text,
    weekdays: Type.Optional(Type.Array(Weekday, { minItems: 1 })),
    /** First and last day it holds: both MM-DD, every year (also over New Year), or both YYYY-MM-DD. */
    from_day: Type.Optional(Text),
    to_day: Type.Optional(Text)
  },
  strict
)
const Excused = Type.Object(
  {
    from: Text,
    to: Text,
    reason: Type.Enum(['maintenance', 'exam', 'power']),
    text: Type.Optional(Name)
  },
  strict
)

/** One calendar as it is written. Which file wins where is said in layer.ts. */
export const CalendarFile = Type.Object(
  {
    scope: Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,63}$' }),
    title: Type.Optional(Type.Object({ zh: Name, en: Name }, strict)),
    source: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    /** The year whose public holidays this file has, and whether they are all of them. */
    year: Type.Optional(Type.Integer({ minimum: 2000, maximum: 2999 })),
    status: Type.Optional(Type.Enum(['final', 'statutory_only'])),
    terms: Type.Optional(Type.Array(Span)),
    weekdays: Type.Optional(Type.Array(Weekday)),
    hours: Type.Optional(Type.Array(Lesson, { minItems: 1 })),
    holidays: Type.Optional(Type.Array(Span)),
    make_up: Type.Optional(Type.Array(MakeUp)),
    open: Type.Optional(Type.Array(SingleDay)),
    closed: Type.Optional(Type.Array(SingleDay)),
    excused: Type.Optional(Type.Array(Excused))
  },
  strict
)
export type CalendarFile = Static<typeof CalendarFile>
export type LessonEntry = Static<typeof Lesson>

/** A calendar's text as data, each entry right in itself. Throws a SentenceError with place, expectation and value. */
export const readCalendar = (text: string, place: string): CalendarFile => {
  const file = parse(CalendarFile, fromYaml(text, place), place)
  checkEntries(file, place)
  return file
}

/** Where it holds, as the store names it. */
export const scopeOf = (file: CalendarFile): string => (file.scope === nation ? '' : file.scope)

const fromYaml = (text: string, place: string): unknown => {
  try {
    return parseYaml(text, { maxAliasCount: 100 })
  } catch (cause) {
    const at = cause instanceof YAMLParseError ? cause.linePos?.[0] : undefined
    const where = at === undefined ? place : `${place} line ${at.line} column ${at.col}`
    const why = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : ''
    throw new SentenceError(`${where} must be YAML: ${why}`, '', { cause })
  }
}
