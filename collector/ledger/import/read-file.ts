import { basename } from 'node:path'
import { SentenceError } from '../../../contract/parse.ts'
import { kindNamed, type SheetKind } from './columns.ts'
import { readCsv } from './csv.ts'
import { draftsOf, type Draft, type FaultSink } from './draft.ts'
import { draftsOfYaml } from './ledger-yaml.ts'
import type { ImportLimits } from './limits.ts'
import { readHeadings, type RawTable } from './table.ts'

export interface ImportFile {
  /** File name: says the kind of a CSV, and stands in every message. */
  readonly name: string
  readonly bytes: Uint8Array
  readonly kind: SheetKind | undefined
}

export interface ReadFile {
  readonly drafts: Draft[]
  /** The kinds that the file speaks of: only of these rows can be gone. */
  readonly kinds: ReadonlySet<SheetKind>
  /** Faults of headings, which no leaving out of rows can mend. */
  readonly unusable: boolean
}

/** Every row of a CSV, XLSX or YAML file. Rejects with a SentenceError when it is none of these or over a limit. */
export const readFile = async (
  file: ImportFile,
  limits: ImportLimits,
  faults: FaultSink,
  warnings: FaultSink,
  progress?: (rows: number) => void
): Promise<ReadFile> => {
  const { name, bytes } = file
  if (bytes.byteLength > limits.fileBytes)
    throw new SentenceError(`${name} must have at most ${limits.fileBytes} bytes, got ${bytes.byteLength}`)
  if (bytes.byteLength === 0) throw new SentenceError(`${name} must have rows, it is empty`)
  if (startsWith(bytes, [0xd0, 0xcf, 0x11, 0xe0]))
    throw new SentenceError(
      `${name} must be CSV, XLSX or YAML, got an old .xls or a workbook with a password: save it as .xlsx`
    )
  if (/\.ya?ml$/i.test(name)) return draftsOfYaml(bytes, name, limits, faults, warnings)
  const raw = startsWith(bytes, [0x50, 0x4b])
    ? await tablesOfXlsx(file, limits, warnings, progress)
    : [{ place: name, kind: file.kind ?? kindNamed(stem(name)), rows: readCsv(bytes, name, limits, progress) }]
  const drafts: Draft[] = []
  const kinds = new Set<SheetKind>()
  let unusable = false
  for (const one of raw) {
    const read = readHeadings(one)
    if ('faults' in read) {
      unusable = true
      for (const fault of read.faults) faults.add(fault)
      continue
    }
    // A sheet that was left empty says nothing of its kind.
    if (read.table.rows.length > 0) kinds.add(read.table.kind)
    for (const draft of draftsOf(read.table, faults, warnings)) drafts.push(draft)
  }
  if (drafts.length > limits.rows)
    throw new SentenceError(`${name} must have at most ${limits.rows} rows, got ${drafts.length}: import it in parts`)
  if (!unusable && drafts.length === 0) throw new SentenceError(`${name} must have rows, it is empty`)
  return { drafts, kinds, unusable }
}

/** Sheets for people: they are passed over. */
const remark = /^(说明|填写说明|备注|readme|notes?|help)$/i

const tablesOfXlsx = async (
  { name, bytes, kind }: ImportFile,
  limits: ImportLimits,
  warnings: FaultSink,
  progress: ((rows: number) => void) | undefined
): Promise<RawTable[]> => {
  // Only who imports a workbook pays for loading its reader.
  const { readXlsx } = await import('./xlsx.ts')
  const sheets = (await readXlsx(bytes, name, limits, progress)).filter(sheet => !remark.test(sheet.name.trim()))
  const filled = sheets.filter(sheet => sheet.rows.length > 0)
  const warn = (place: string, expected: string): void =>
    warnings.add({ sheet: place, line: undefined, column: '', expected, value: '' })
  return filled.flatMap((sheet): RawTable[] => {
    if (sheet.hidden) warn(`${name} ${sheet.name}`, 'is hidden in the workbook and is read like the others')
    const table = { place: `${name} ${sheet.name}`, kind: kindNamed(sheet.name), rows: sheet.rows }
    if (table.kind === undefined && filled.length === 1) return [{ ...table, kind }]
    if (table.kind !== undefined || sheet.rows.length > 1 || filled.length === 1) return [table]
    warn(table.place, 'has one row only and is passed over')
    return []
  })
}

const startsWith = (bytes: Uint8Array, magic: readonly number[]): boolean => magic.every((byte, i) => bytes[i] === byte)

const stem = (name: string): string => basename(name).replace(/\.[^.]*$/, '')
