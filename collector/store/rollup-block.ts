import type { Outcome } from '../../contract/reading.ts'
import { dayStart } from '../calendar/day.ts'
import type { DayRollup, FieldFigures } from '../verdicts/rollup.ts'

/**
 * How rollups lie on disk: one row a day for 64 neighbouring checks. A city has ten million rollups a month, and a row of its own for each costs
 * ten times what is in it. Counts are numbers side by side, words are said once, and what is rarely looked at stands apart.
 */
export interface RollupBlock {
  readonly day: string
  /**
   * 13 numbers a rollup: check, which of the words, counts, counts in hours, live failed, first and last time. Little-endian; of 4 bytes each
   * with times since the day's beginning, or doubles as they are where one of them does not fit.
   */
  readonly numbers: Uint8Array
  /** A line for each different: part, place, last outcome, last reason, reasons. JSON never holds a raw line break. */
  readonly words: string
  /** A line a rollup: fields and labels of the last reading, with a tab between; nothing for none. */
  readonly lasts: string
}

/** Figures of the fields of one check's day, apart because verdicts hardly look at them and they are larger than all the rest. */
export interface FiguresSheet {
  readonly day: string
  readonly checkId: number
  /** A line for each of the check's rollups, in their order; nothing for none. */
  readonly figures: string
}

export const checksPerBlock = 64
export const blockOf = (checkId: number): number => Math.floor(checkId / checksPerBlock)

/** Which parts of a rollup are wanted beside its counts and reasons; parts that are not are empty. */
export interface RollupParts {
  /** Days before are not wanted. */
  readonly fromDay: string
  /** Fields and labels of the last reading. */
  readonly last: boolean
  /** Figures of the day's fields. */
  readonly figures: boolean
}
export const everyPart: RollupParts = { fromDay: '', last: true, figures: true }

/** Rollups of one day and block, in any order; they lie in the order of check, part and place. */
export const packRollups = (rollups: readonly DayRollup[]): Omit<RollupBlock, 'day'> => {
  const rows = rollups.toSorted(inLine)
  const words = new Map<string, number>()
  const numbers = rows.flatMap(row => {
    const said = wordsOf(row)
    const word = words.get(said) ?? words.size
    words.set(said, word)
    return [
      ...[row.checkId, word, ...inOrder(row.counts), ...inOrder(row.inHours)],
      ...[row.liveFailed, row.firstMs, row.last.atMs]
    ]
  })
  return {
    numbers: bytesOf(numbers, dayStart(rows[0]?.day ?? '1970-01-01')),
    words: [...words.keys()].join('\n'),
    lasts: rows.map(row => `${textOf(row.last.fields)}\t${textOf(row.last.labels)}`).join('\n')
  }
}

/** The figures of one check's rollups of a day; undefined when they have none. */
export const packFigures = (rollups: readonly DayRollup[]): string | undefined =>
  rollups.every(row => isEmpty(row.fields))
    ? undefined
    : rollups
        .toSorted(inLine)
        .map(row => figuresText(row.fields))
        .join('\n')

/** What is wanted of a check's rollups, and where they go. */
export interface RollupWish extends RollupParts {
  readonly into: DayRollup[]
}

/** The rollups of a block for which there is a wish, in its order. `sheetOf`: a check's figures of that day. */
export const unpackRollups = (
  { day: dayText, numbers, words, lasts }: RollupBlock,
  wishOf: (checkId: number) => RollupWish | undefined,
  sheetOf: (checkId: number) => string | undefined
): void => {
  const { day, startMs } = dayIn(dayText)
  const { rows, at, zeroMs } = numbersIn(numbers, startMs)
  if (rows === 0) return
  const said = words.split('\n').map(saidIn)
  let lastLines: readonly string[] | undefined
  let nth = 0
  for (let i = 0; i < rows; i += 1) {
    const from = i * width
    const checkId = at[from] ?? 0
    nth = i > 0 && at[from - width] === checkId ? nth + 1 : 0
    const wish = wishOf(checkId)
    if (wish === undefined || day < wish.fromDay) continue
    const { part, place, outcome, reason, reasons } = said[at[from + 1] ?? 0] ?? silence
    if (wish.last) lastLines ??= lasts.split('\n')
    const { fields, labels } = wish.last ? lastIn(lastLines?.[i] ?? '') : nothing
    const sheet = wish.figures ? sheetOf(checkId) : undefined
    wish.into.push({
      day,
      checkId,
      part,
      place,
      counts: countsAt(at, from + 2),
      inHours: countsAt(at, from + 6),
      liveFailed: at[from + 10] ?? 0,
      reasons,
      firstMs: zeroMs + (at[from + 11] ?? 0),
      last: { atMs: zeroMs + (at[from + 12] ?? 0), outcome, reason, fields, labels },
      fields: sheet === undefined ? {} : figuresIn(lineOf(sheet, nth, rowsOfCheck(at, i - nth)))
    })
  }
}

/**
 * One line of a check's sheet. Nothing when it has not as many as the check has rollups: block and sheet are read one after the other, and a
 * day that got another part in between must not give one part the figures of another.
 */
const lineOf = (sheet: string, nth: number, rollups: number): string => {
  const lines = sheet.split('\n')
  return lines.length === rollups ? (lines[nth] ?? '') : ''
}

/** How many rollups the check has whose first one is given. */
const rowsOfCheck = (at: Numbers['at'], first: number): number => {
  let next = first
  while (next * width < at.length && at[next * width] === at[first * width]) next += 1
  return next - first
}

/** The checks that a block has rollups of. */
export const checksIn = ({ day, numbers }: Pick<RollupBlock, 'day' | 'numbers'>): ReadonlySet<number> => {
  const { rows, at } = numbersIn(numbers, dayIn(day).startMs)
  return new Set(Array.from({ length: rows }, (_, i) => at[i * width] ?? 0))
}

/** Numbers of one rollup; the last two are times. */
const width = 13
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
const inLine = (a: DayRollup, b: DayRollup): number =>
  a.checkId - b.checkId || compare(a.part, b.part) || compare(a.place, b.place)

/** The first byte says how the numbers lie; seven that say nothing keep them in step. */
const headBytes = 8
const narrow = 4
const wide = 8

/** Every machine that Node runs on here is little-endian, as the numbers are. */
const bytesOf = (numbers: readonly number[], zeroMs: number): Uint8Array => {
  const near = numbers.map((value, i) => (i % width >= width - 2 ? value - zeroMs : value))
  const size = near.every(value => value >= 0 && value <= 0xffff_ffff && Number.isInteger(value)) ? narrow : wide
  const bytes = new Uint8Array(headBytes + size * numbers.length)
  bytes[0] = size
  if (size === narrow) new Uint32Array(bytes.buffer, headBytes).set(near)
  else new Float64Array(bytes.buffer, headBytes).set(numbers)
  return bytes
}

/** One text for each day, whatever block it was read from: rules compare days a hundred million times. */
const dayIn = (text: string): { readonly day: string; readonly startMs: number } => {
  const known = recentDays.get(text)
  if (known !== undefined) return known
  if (recentDays.size > 500) recentDays.clear()
  const day = { day: text, startMs: dayStart(text) }
  recentDays.set(text, day)
  return day
}
const recentDays = new Map<string, { readonly day: string; readonly startMs: number }>()

interface Numbers {
  readonly rows: number
  readonly at: Uint32Array | Float64Array
  /** What times are counted from. */
  readonly zeroMs: number
}

const numbersIn = (bytes: Uint8Array, startMs: number): Numbers => {
  const { buffer, byteOffset } = bytes.byteOffset % 8 === 0 ? bytes : bytes.slice()
  const size = bytes[0] === wide ? wide : narrow
  const length = (bytes.length - headBytes) / size
  return size === wide
    ? { rows: length / width, at: new Float64Array(buffer, byteOffset + headBytes, length), zeroMs: 0 }
    : { rows: length / width, at: new Uint32Array(buffer, byteOffset + headBytes, length), zeroMs: startMs }
}

const inOrder = (counts: DayRollup['counts']): readonly number[] => [
  counts.ok,
  counts.degraded,
  counts.failed,
  counts.unavailable
]

const countsAt = (at: Numbers['at'], from: number): DayRollup['counts'] => {
  const ok = at[from] ?? 0
  const degraded = at[from + 1] ?? 0
  const failed = at[from + 2] ?? 0
  const unavailable = at[from + 3] ?? 0
  // On most days nothing but `ok` happens, and such counts are shared.
  if (degraded + failed + unavailable > 0 || ok > 1_440) return { ok, degraded, failed, unavailable }
  return (plain[ok] ??= { ok, degraded, failed, unavailable })
}
const plain: DayRollup['counts'][] = []

const isEmpty = (record: Readonly<Record<string, unknown>>): boolean => Object.keys(record).length === 0
const textOf = (record: Readonly<Record<string, unknown>>): string => (isEmpty(record) ? '' : JSON.stringify(record))
const recordOf = <Value>(text: string): Record<string, Value> =>
  text === '' ? {} : (JSON.parse(text) as Record<string, Value>)

type Last = Pick<DayRollup['last'], 'fields' | 'labels'>
const nothing: Last = { fields: {}, labels: {} }

/** A port says the same of itself day after day. */
const lastIn = (line: string): Last => {
  const known = recentLasts.get(line)
  if (known !== undefined) return known
  const tab = line.indexOf('\t')
  const last: Last = { fields: recordOf(line.slice(0, tab)), labels: recordOf(line.slice(tab + 1)) }
  if (recentLasts.size > 5_000) recentLasts.clear()
  recentLasts.set(line, last)
  return last
}
const recentLasts = new Map<string, Last>()

const wordsOf = ({ part, place, last, reasons }: DayRollup): string =>
  JSON.stringify([part, place, last.outcome, last.reason ?? null, ...(isEmpty(reasons) ? [] : [reasons])])

interface Words {
  readonly part: string
  readonly place: string
  readonly outcome: Outcome
  readonly reason: string | undefined
  readonly reasons: Readonly<Record<string, number>>
}
const silence: Words = { part: '', place: '', outcome: 'unavailable', reason: undefined, reasons: {} }
type WordsLine = readonly [string, string, Outcome, string | null, Readonly<Record<string, number>>?]

/** Days of millions of checks say the same few things. */
const saidIn = (line: string): Words => {
  const known = recentWords.get(line)
  if (known !== undefined) return known
  const [part, place, outcome, reason, reasons = {}] = JSON.parse(line) as WordsLine
  const words = { part, place, outcome, reason: reason ?? undefined, reasons }
  if (recentWords.size > 5_000) recentWords.clear()
  recentWords.set(line, words)
  return words
}
const recentWords = new Map<string, Words>()

type FiguresLine = Readonly<Record<string, readonly [number, number, number, number, number, number]>>

const figuresText = (fields: DayRollup['fields']): string =>
  textOf(
    Object.fromEntries(
      Object.entries(fields).map(([name, f]) => [name, [f.n, f.min, f.mean, f.p50, f.p95, f.max] as const])
    )
  )

const figuresIn = (line: string): Record<string, FieldFigures> =>
  line === ''
    ? {}
    : Object.fromEntries(
        Object.entries(JSON.parse(line) as FiguresLine).map(([name, [n, min, mean, p50, p95, max]]) => [
          name,
          { n, min, mean, p50, p95, max }
        ])
      )
