import { isSeq, LineCounter, parse as parseYaml, parseDocument, YAMLParseError } from 'yaml'
import { nearest } from '../../../contract/fault.ts'
import { faultOf, SentenceError } from '../../../contract/parse.ts'
import { formulaLike } from '../cell-text.ts'
import { kinds, rowsOf } from '../check-ledger.ts'
import type { Row } from '../fault.ts'
import { Ledger } from '../ledger.ts'
import type { SheetKind } from './columns.ts'
import { blame, draftOfRow, formulaWarning, type Draft, type FaultSink } from './draft.ts'
import type { ImportLimits } from './limits.ts'
import type { ReadFile } from './read-file.ts'

/** The rows of a ledger file, which may have some of the kinds only. Every bad row is said with its line. Throws a SentenceError. */
export const draftsOfYaml = (
  bytes: Uint8Array,
  name: string,
  limits: ImportLimits,
  faults: FaultSink,
  warnings: FaultSink
): ReadFile => {
  const text = decode(bytes, name)
  const value = read(text, name)
  if (!isRow(value)) throw new SentenceError(`${name} must be a ledger: areas, schools, rooms …`)
  const strange = Object.keys(value).find(key => !(kinds as readonly string[]).includes(key))
  if (strange !== undefined) {
    const near = nearest(strange, kinds)
    throw new SentenceError(
      `${name} /${strange} is not a known key${near === undefined ? '' : `: did you mean "${near}"?`}`
    )
  }
  const drafts: Draft[] = []
  const named = new Set<SheetKind>()
  // Lines are looked up only for rows that are wrong: a document with positions costs ten times one without.
  let lines: ((kind: string, index: number) => number | undefined) | undefined
  const lineOf = (kind: string, index: number): number | undefined => (lines ??= linesOf(text))(kind, index)
  for (const kind of kinds) {
    const rows = value[kind]
    if (rows === undefined || rows === null) continue
    if (!Array.isArray(rows)) throw new SentenceError(`${name} /${kind} must be an array`)
    named.add(kind)
    for (const [index, row] of rows.entries()) {
      const origin = {
        sheet: `${name} /${kind}/${index}`,
        get line() {
          return lineOf(kind, index)
        },
        headings: new Map<string, string>()
      }
      const draft = draftOfRow(kind, isRow(row) ? row : {}, origin)
      drafts.push(draft)
      // One row at a time against the schema of the whole, so that no row hides the faults of the next.
      const fault = faultOf(Ledger, { areas: [], schools: [], [kind]: [row] })
      if (fault !== undefined) {
        const field = fault.pointer.split('/').slice(3).join('/')
        blame(draft, faults, { field, expected: fault.sentence.slice(fault.pointer.length).trim(), value: '' })
      }
      for (const [field, one] of Object.entries(isRow(row) ? row : {}))
        if (typeof one === 'string' && formulaLike(one)) warnings.add(formulaWarning(origin, field, one))
    }
  }
  if (drafts.length === 0) throw new SentenceError(`${name} must have rows, it is empty`)
  if (drafts.length > limits.rows)
    throw new SentenceError(`${name} must have at most ${limits.rows} rows, got ${drafts.length}: import it in parts`)
  return { drafts, kinds: named, unusable: false }
}

/** Rows that are made by a program and known to fit, as drafts: the ledger of a configuration at start. */
export const draftsOfLedger = (ledger: Ledger, place: string): Draft[] =>
  kinds.flatMap(kind =>
    rowsOf(ledger, kind).map((row, i) =>
      draftOfRow(kind, row, { sheet: `${place} /${kind}/${i}`, line: undefined, headings: new Map() })
    )
  )

const decode = (bytes: Uint8Array, name: string): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new SentenceError(`${name} must be UTF-8`, '', { cause })
  }
}

const read = (text: string, name: string): unknown => {
  try {
    return parseYaml(text, { maxAliasCount: 100 })
  } catch (cause) {
    const at = cause instanceof YAMLParseError ? cause.linePos?.[0] : undefined
    throw new SentenceError(
      `${name}${at === undefined ? '' : ` line ${at.line} column ${at.col}`} must be YAML: ${cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : ''}`,
      '',
      { cause }
    )
  }
}

const linesOf = (text: string): ((kind: string, index: number) => number | undefined) => {
  const lineCounter = new LineCounter()
  const document = parseDocument(text, { lineCounter })
  return (kind, index) => {
    const rows = document.get(kind, true)
    const row = isSeq(rows) ? rows.items[index] : undefined
    const range =
      typeof row === 'object' && row !== null && 'range' in row ? (row.range as readonly number[] | null) : null
    const [start] = range ?? []
    return start === undefined ? undefined : lineCounter.linePos(start).line
  }
}

const isRow = (value: unknown): value is Row => typeof value === 'object' && value !== null && !Array.isArray(value)
