import { CsvError } from 'csv-parse'
import { parse } from 'csv-parse/sync'
import { SentenceError } from '../../../contract/parse.ts'
import type { ImportLimits } from './limits.ts'
import type { RawRow } from './table.ts'

/** CSV as spreadsheet programs write it: UTF-8 with or without a mark, or GB18030; commas, or tabs. Throws a SentenceError. */
export const readCsv = (
  bytes: Uint8Array,
  place: string,
  limits: ImportLimits,
  progress: (rows: number) => void = () => undefined
): RawRow[] => {
  // One kind of line break: the reader counts a quoted CRLF as two lines.
  const text = decode(bytes, place).replaceAll(/\r\n?/g, '\n')
  const firstLine = text.slice(0, Math.max(0, text.search(/\n|$/)))
  const rows: RawRow[] = []
  try {
    parse(text, {
      delimiter: !firstLine.includes(',') && firstLine.includes('\t') ? '\t' : ',',
      relax_column_count: true,
      skip_empty_lines: true,
      skip_records_with_empty_values: true,
      max_record_size: 1_000_000,
      on_record: (record: string[], { lines }) => {
        if (rows.length > limits.rows)
          throw new SentenceError(`${place} must have at most ${limits.rows} rows: import it in parts`)
        // The reader counts the line on which a row ends; a person looks for the one on which it begins.
        const breaks = record.reduce((sum, cell) => sum + (cell.includes('\n') ? cell.split('\n').length - 1 : 0), 0)
        rows.push({ line: lines - breaks, cells: record })
        if (rows.length % 5000 === 0) progress(rows.length)
        return null
      }
    })
  } catch (cause) {
    if (cause instanceof CsvError) throw new SentenceError(`${place} must be CSV: ${cause.message}`, '', { cause })
    throw cause
  }
  return rows
}

const decode = (bytes: Uint8Array, place: string): string => {
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff))
    throw new SentenceError(`${place} must be UTF-8 or GB18030, got UTF-16: save it as "CSV UTF-8"`)
  const utf8 = decoded('utf-8', bytes)
  const marked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
  if (utf8 !== undefined && (marked || /[\u0800-\uffff]|^\p{ASCII}*$/u.test(utf8))) return utf8
  const chinese = decoded('gb18030', bytes)
  // 小学 in GB18030 is also UTF-8, of letters that no ledger here has: nobody can tell, and a wrong guess is a wrong name.
  if (utf8 !== undefined && chinese !== undefined)
    throw new SentenceError(
      `${place} must say which text it is, got bytes that are UTF-8 and GB18030 alike: save it as "CSV UTF-8" (with its mark)`
    )
  const text = utf8 ?? chinese
  if (text !== undefined) return text
  throw new SentenceError(`${place} must be UTF-8 or GB18030 text, got bytes that are neither: save it as "CSV UTF-8"`)
}

/** Fatal: a wrong guess must fail, not turn names into question marks. It leaves out the mark by itself. */
const decoded = (encoding: string, bytes: Uint8Array): string | undefined => {
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes)
    return text.includes('\0') ? undefined : text
  } catch {
    return undefined
  }
}
