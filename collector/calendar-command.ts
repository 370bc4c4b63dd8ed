import { resolve } from 'node:path'
import { ExitError } from '../contract/exit.ts'
import { SentenceError } from '../contract/parse.ts'
import { nation } from './calendar/calendar-file.ts'
import { dayOf } from './calendar/day.ts'
import type { AreaNode } from './calendar/line.ts'
import type { Note } from './calendar/notes.ts'
import { periodNamed } from './calendar/period.ts'
import { openCalendars } from './calendar/school-calendar.ts'
import { strayScopes } from './calendar/warnings.ts'
import { loadCalendars } from './ledger/calendar-files.ts'
import { loadLedger } from './ledger/load.ts'

export interface CheckOptions {
  readonly scope: string
  readonly ledger?: string
  readonly year?: string
  readonly json?: boolean
}

/** `campus-gauge calendar check [DIR]`: is every calendar right, and how many school days does each period expect? */
export const checkCalendars = (directory: string | undefined, options: CheckOptions): void => {
  const found = checkedCalendars(directory, options)
  process.stdout.write(options.json === true ? `${JSON.stringify(found)}\n` : textOf(found))
}

export interface CheckedCalendars {
  readonly ok: true
  readonly directory: string
  readonly calendars: readonly { readonly name: string; readonly scope: string }[]
  readonly scope: string
  readonly periods: readonly { readonly period: string; readonly school_days: number }[]
  readonly notes: readonly Note[]
  readonly warnings: readonly string[]
}

/** Throws a SentenceError for a wrong calendar, an ExitError for a wrong option. */
export const checkedCalendars = (given: string | undefined, options: CheckOptions): CheckedCalendars => {
  const directory = resolve(given ?? `${import.meta.dirname}/../deploy/calendars`)
  const year = yearOf(options.year)
  const { rows, warnings } = loadCalendars(directory)
  const { school, areas } = placeOf(options, rows)
  const calendar = openCalendars(rows, areas).of(school)
  const periods = Array.from({ length: 12 }, (_, i) => periodNamed(`${year}-${String(i + 1).padStart(2, '0')}`))
  const notes = new Map(periods.flatMap(period => calendar.notes(period)).map(note => [note.en, note]))
  return {
    ok: true,
    directory,
    calendars: rows.map(row => ({ name: row.name, scope: row.scope === '' ? nation : row.scope })),
    scope: options.scope,
    periods: periods.map(period => ({ period: period.name, school_days: calendar.schoolDays(period).length })),
    notes: [...notes.values()],
    warnings
  }
}

const yearOf = (text: string | undefined): string => {
  if (text === undefined) return dayOf(Date.now()).slice(0, 4)
  if (!/^2\d{3}$/.test(text)) throw new ExitError('usage', `option --year must be a year such as 2026, got "${text}"`)
  return text
}

/** The scope as a school in its tree; without a ledger a scope has only the country above it. */
const placeOf = (
  { scope, ledger }: CheckOptions,
  rows: readonly { readonly scope: string; readonly name: string }[]
): { school: { id: string; area: string }; areas: readonly AreaNode[] } => {
  if (ledger === undefined) {
    if (scope === nation || rows.some(row => row.scope === scope)) return { school: inArea(scope), areas: [] }
    throw new ExitError(
      'usage',
      `option --scope must be nation or the scope of a calendar here, got "${scope}": other ids need --ledger FILE`
    )
  }
  const { areas, schools } = loadLedger(ledger)
  const [stray] = strayScopes(rows, new Set([...areas, ...schools].map(one => one.id)))
  if (stray !== undefined) throw new SentenceError(stray)
  const nodes = areas.map(area => ({ id: area.id, parent: area.parent }))
  const school = schools.find(one => one.id === scope)
  if (school !== undefined) return { school: { id: school.id, area: school.area }, areas: nodes }
  if (scope === nation || areas.some(area => area.id === scope)) return { school: inArea(scope), areas: nodes }
  throw new ExitError(
    'usage',
    `option --scope must be nation, or the id of an area or a school of ${ledger}, got "${scope}"`
  )
}

const inArea = (scope: string): { id: string; area: string } => ({ id: '', area: scope === nation ? '' : scope })

const textOf = ({ directory, calendars, scope, periods, notes, warnings }: CheckedCalendars): string =>
  [
    `✔ ${directory}: ${calendars.map(one => `${one.name} (${one.scope})`).join(', ')}`,
    `应到校天数 expected school days, ${scope}:`,
    ...periods.map(one => `  ${one.period}  ${String(one.school_days).padStart(2)}`),
    ...warnings.map(warning => `⚠ ${warning}`),
    ...notes.map(note => `注 note: ${note.zh} ${note.en}`),
    ''
  ].join('\n')
