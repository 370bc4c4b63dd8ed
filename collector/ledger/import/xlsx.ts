import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import ExcelJS from 'exceljs'
import { SentenceError } from '../../../contract/parse.ts'
import type { Cell } from './cell.ts'
import type { ImportLimits } from './limits.ts'
import type { RawRow } from './table.ts'
import { readZipDirectory, unpack, type ZipEntry } from './zip.ts'

export interface RawSheet {
  readonly name: string
  readonly rows: readonly RawRow[]
  /** A person who looks at the workbook does not see it. */
  readonly hidden: boolean
}

/**
 * The sheets of a workbook, row by row. Everything is unpacked once to see that it is what the directory promises; only then the reader
 * gets it, as a plain archive of ours, in the order it needs. Rejects with a SentenceError.
 */
export const readXlsx = async (
  bytes: Uint8Array,
  place: string,
  limits: ImportLimits,
  progress: (rows: number) => void = () => undefined
): Promise<RawSheet[]> => {
  const entries = readZipDirectory(bytes, place, limits)
  const wanted = partsOf(entries, place)
  for (const entry of entries) {
    const unpacking = unpack(bytes, entry, place)
    while ((await unpacking.next()).done !== true) continue
  }
  const reader = new ExcelJS.stream.xlsx.WorkbookReader(Readable.from(archive(bytes, wanted, place)), {
    worksheets: 'emit',
    sharedStrings: 'cache',
    styles: 'cache',
    hyperlinks: 'ignore',
    entries: 'ignore'
  })
  const sheets: RawSheet[] = []
  let count = 0
  try {
    for await (const worksheet of reader) {
      const rows: RawRow[] = []
      for await (const row of worksheet) {
        const cells = cellsOf(row)
        if (cells.length === 0) continue
        count++
        // A heading on every sheet comes on top.
        if (count > limits.rows + wanted.length)
          throw new SentenceError(`${place} must have at most ${limits.rows} rows: import it in parts`)
        if (count % 5000 === 0) progress(count)
        rows.push({ line: row.number, cells })
      }
      sheets.push({ name: saidOf(worksheet, 'name'), rows, hidden: /hidden/i.test(saidOf(worksheet, 'state')) })
    }
  } catch (cause) {
    if (cause instanceof SentenceError) throw cause
    // A TypeError is about the reader's own inside: it has met a form that it does not know.
    const known = cause instanceof Error && !(cause instanceof TypeError)
    const why = known ? (cause.message.split('\n')[0] ?? '') : resave
    throw new SentenceError(`${place} must be an XLSX workbook: ${why}`, '', { cause })
  }
  return sheets
}

/** Names and strings before the sheets that use them. */
const order = [
  /^xl\/workbook\.xml$/,
  /^xl\/_rels\/workbook\.xml\.rels$/,
  /^xl\/styles\.xml$/,
  /^xl\/sharedStrings\.xml$/
]
const sheetPart = /^xl\/worksheets\/sheet\d+\.xml$/
const resave = 'it is written in an unusual way, open it in a spreadsheet program and save it again'

const partsOf = (entries: readonly ZipEntry[], place: string): ZipEntry[] => {
  const fixed = order.flatMap(pattern => entries.filter(entry => pattern.test(entry.name)).slice(0, 1))
  const parts = entries.filter(entry => sheetPart.test(entry.name))
  if (fixed.length < 2 || parts.length === 0)
    throw new SentenceError(`${place} must be an XLSX workbook, got a ZIP file without sheets`)
  // The reader would pass it over in silence.
  const unread = entries.find(({ name }) => /^xl\/worksheets\/[^/]+\.xml$/i.test(name) && !sheetPart.test(name))
  if (unread !== undefined) throw new SentenceError(`${place} must be an XLSX workbook: ${unread.name}, ${resave}`)
  const twice = entries.find((entry, i) => entries.findIndex(other => other.name === entry.name) !== i)
  if (twice !== undefined) throw new SentenceError(`${place} must be an XLSX workbook: ${twice.name} is in it twice`)
  return [...fixed, ...parts.toSorted((a, b) => numberOf(a) - numberOf(b))]
}
const numberOf = (entry: ZipEntry): number => Number(/\d+/.exec(entry.name)?.[0])

/** An archive of stored entries: the reader behind it unpacks nothing and sees no directory but this order. */
async function* archive(bytes: Uint8Array, entries: readonly ZipEntry[], place: string): AsyncGenerator<Buffer> {
  const strings = 'xl/sharedStrings.xml'
  // Without strings the reader would put the sheets into temporary files first, and cut their characters.
  const all = entries.some(entry => entry.name === strings)
    ? entries
    : entries.toSpliced(2, 0, { name: strings, packedBytes: 0, bytes: 0, crc: 0, deflated: false, start: 0 })
  for (const entry of all) {
    const body = await rewritten(bytes, entry, place)
    const size = body?.length ?? entry.bytes
    const name = Buffer.from(entry.name)
    const header = Buffer.alloc(30)
    header.writeUInt32LE(0x04034b50, 0)
    header.writeUInt16LE(10, 4)
    header.writeUInt32LE(size, 18)
    header.writeUInt32LE(size, 22)
    header.writeUInt16LE(name.length, 26)
    yield Buffer.concat([header, name])
    if (body !== undefined) yield body
    else yield* wholeCharacters(unpack(bytes, entry, place))
  }
  // The end record: the reader stops here.
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  yield end
}

/** Small parts that the reader would not understand as they are. */
const rewritten = async (bytes: Uint8Array, entry: ZipEntry, place: string): Promise<Buffer | undefined> => {
  if (entry.bytes === 0) return Buffer.from('<sst/>')
  if (!entry.name.endsWith('.rels')) return undefined
  // Some writers name sheets from the root of the package; the reader knows only relative names.
  return Buffer.from((await text(unpack(bytes, entry, place))).replaceAll('Target="/xl/', 'Target="'))
}

/**
 * The same bytes, cut between characters: the reader decodes piece by piece, and a name cut in the middle of a character would come in
 * damaged without a word.
 */
async function* wholeCharacters(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of chunks) {
    const all = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    const end = all.length - unfinished(all)
    rest = all.subarray(end)
    if (end > 0) yield all.subarray(0, end)
  }
  if (rest.length > 0) yield rest
}

/** How many bytes at the end begin a UTF-8 character that goes on after them. */
const unfinished = (bytes: Buffer): number => {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0
    if (byte < 0x80) return 0
    if (byte >= 0xc0) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? back : 0
  }
  return 0
}

/** The reader gives name and state; its types forgot them. */
const saidOf = (worksheet: object, key: 'name' | 'state'): string => {
  const value: unknown = Reflect.get(worksheet, key)
  return typeof value === 'string' ? value : ''
}

const cellsOf = (row: ExcelJS.Row): Cell[] => {
  const cells: Cell[] = []
  row.eachCell({ includeEmpty: false }, (cell, column) => {
    const value = cellOf(cell.value, cell.numFmt)
    while (cells.length < column - 1) cells.push('')
    cells[column - 1] = value
  })
  return cells.some(cell => cell !== '') ? cells : []
}

const cellOf = (value: ExcelJS.CellValue, format: string | undefined): Cell => {
  if (value === null || value === undefined) return ''
  if (typeof value === 'number') return Number.isNaN(value) ? { error: '#VALUE!' } : numberCell(value, format)
  if (typeof value === 'string') return value
  if (typeof value === 'boolean') return String(value)
  if (value instanceof Date)
    return Number.isNaN(value.getTime()) ? { error: '#VALUE!' } : value.toISOString().slice(0, 10)
  if ('richText' in value) return value.richText.map(part => part.text).join('')
  if ('error' in value) return { error: value.error }
  if ('hyperlink' in value) return value.text
  // Of a formula only what it came to: it is never evaluated, and its text goes nowhere.
  const { result } = value
  if (result === undefined) return { error: 'a formula without a result' }
  return typeof result === 'number' && format !== undefined && /y/i.test(format)
    ? cellOf(new Date(Math.round((result - 25_569) * 86_400_000)), undefined)
    : cellOf(result, format)
}

/** A number whose format shows its zeros in front ("0000000000") is the text a person sees. */
const numberCell = (value: number, format: string | undefined): Cell =>
  format !== undefined && /^0{2,}$/.test(format) && Number.isInteger(value) && value >= 0
    ? String(value).padStart(format.length, '0')
    : value
