import { isDay } from '../day-text.ts'

/** A cell as the file has it: text, a number that a spreadsheet program made of it, or a formula's error. */
export type Cell = string | number | { readonly error: string }

/** What a cell says for its column; `undefined` is an empty cell. */
export type Read = { readonly value: unknown } | { readonly expected: string }
export type Reader = (cell: Cell) => Read

/** Trimmed, with line breaks and runs of blanks as one blank. */
export const textOf = (cell: Cell): string =>
  typeof cell === 'object' ? cell.error : String(cell).replaceAll(/\s+/g, ' ').trim()

/** Full-width digits, letters and signs are the same to a person who types Chinese. */
export const plain = (cell: Cell): string => textOf(cell).normalize('NFKC')

/** An empty cell is a value, an error of a formula never is one. */
export const readCell = (reader: Reader, cell: Cell): Read => {
  if (typeof cell === 'object') return { expected: 'must be a value, not an error of a formula' }
  return textOf(cell) === '' ? { value: undefined } : reader(cell)
}

export const name: Reader = cell => longest(textOf(cell), 200)
export const text =
  (length: number): Reader =>
  cell =>
    longest(textOf(cell), length)

const longest = (value: string, length: number): Read =>
  value.length > length ? { expected: `must have at most ${length} characters` } : { value }

export const id: Reader = cell => {
  const value = plain(cell)
  return /^[a-z0-9][a-z0-9-]{0,63}$/.test(value)
    ? { value }
    : { expected: 'must be small letters, digits and -, beginning with a letter or a digit, at most 64' }
}

/** School code (学校标识码): a number has lost the zeros in front, and perhaps more. */
export const code: Reader = cell => {
  if (typeof cell === 'number')
    return { expected: 'must be text: format the column as text, a number loses the zeros in front' }
  const value = plain(cell)
  if (/^\d+(\.\d+)?E\+\d+$/i.test(value))
    return { expected: 'must be the whole code: format the column as text before saving' }
  return /^\S{1,32}$/.test(value) ? { value } : { expected: 'must have 1 to 32 characters without blanks' }
}

/** What a word stands for; "constructor" is no word of any list. */
const wordIn = <Value>(list: Readonly<Record<string, Value>>, word: string): Value | undefined =>
  Object.hasOwn(list, word) ? list[word] : undefined

/** Words of both languages to the one that is stored. */
export const oneOf =
  (words: Readonly<Record<string, string>>): Reader =>
  cell => {
    const value = wordIn(words, plain(cell).toLowerCase())
    return value === undefined ? { expected: `must be one of ${Object.keys(words).join(', ')}` } : { value }
  }

const flags: Readonly<Record<string, boolean>> = {
  是: true,
  否: false,
  true: true,
  false: false,
  '1': true,
  '0': false,
  yes: true,
  no: false,
  '√': true
}
export const flag: Reader = cell => {
  const value = wordIn(flags, plain(cell).toLowerCase())
  return value === undefined ? { expected: 'must be 是 or 否 (true, false, 1, 0)' } : { value }
}

/** A whole number; thousands may be set apart. */
export const count: Reader = cell => {
  const value = plain(cell)
  return /^(\d{1,9}|\d{1,3}(,\d{3}){1,2})$/.test(value)
    ? { value: Number(value.replaceAll(',', '')) }
    : { expected: 'must be a whole number, 0 or more' }
}

const words: Readonly<Record<string, number>> = { 百兆: 100, 千兆: 1000, 万兆: 10_000 }

/** A contract in Mbit/s. Bytes and bits a second are refused by name: a wrong unit would prove or disprove a thousandfold. */
export const mbps: Reader = cell => {
  const value = plain(cell).replaceAll(/[\s,]/g, '')
  const named = wordIn(words, value)
  if (named !== undefined) return { value: named }
  const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?)(.*)$/.exec(value) ?? []
  const factor = factorOf(unit)
  if (number === '' || factor === undefined)
    return { expected: `must be Mbit/s (100, 100M, 1G, 千兆)${unit === '' ? '' : `, not ${unit}`}` }
  const result = Number(number) * factor
  if (result > 1_000_000) return { expected: 'must be Mbit/s, at most 1000000: this looks like bit/s' }
  return result > 0 ? { value: result } : { expected: 'must be more than 0 Mbit/s' }
}

/** Undefined for a unit that is none of Mbit/s and Gbit/s; MB and GB are bytes. */
const factorOf = (unit: string): number | undefined => {
  if (/^(|m|M|[mM]b(it)?(\/s|ps)|[mM]bps|兆)$/.test(unit)) return 1
  return /^(g|G|[gG]b(it)?(\/s|ps)|[gG]bps)$/.test(unit) ? 1000 : undefined
}

export const day: Reader = cell => {
  const [, y, m = '', d = ''] = /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$/.exec(plain(cell)) ?? []
  const value = `${y ?? ''}-${m.padStart(2, '0')}-${d.padStart(2, '0')}`
  return y !== undefined && isDay(value) ? { value } : { expected: 'must be a day such as 2026-11-03' }
}

const parts = (cell: Cell): string[] =>
  plain(cell)
    .split(/[\s,;、]+/)
    .filter(part => part !== '')

export const list: Reader = cell => ({ value: parts(cell) })

export const macs: Reader = cell => {
  const found = parts(cell).map(part => part.toLowerCase().replaceAll('-', ':'))
  return found.every(mac => /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(mac))
    ? { value: found }
    : { expected: 'must be MAC addresses such as 02:00:5e:10:00:01' }
}

/** `pack`, or `pack@2026-09..2026-12` with either end left out. */
export const packs: Reader = cell => {
  const scopes = parts(cell).map(part => {
    const [, pack = '', range, from = '', to = ''] =
      /^([a-z0-9-]+)(@(\d{4}-\d{2})?\.\.(\d{4}-\d{2})?)?$/.exec(part) ?? []
    if (pack === '') return undefined
    if (range === undefined) return pack
    return { pack, ...(from === '' ? {} : { from_period: from }), ...(to === '' ? {} : { to_period: to }) }
  })
  return scopes.every(scope => scope !== undefined)
    ? { value: scopes }
    : { expected: 'must be ids of target packs, each alone or as id@2026-09..2026-12' }
}

const presence: Readonly<Record<string, string>> = {
  有: 'present',
  是: 'present',
  无: 'none',
  没有: 'none',
  否: 'none'
}

/** What is declared: 有 and 无 are stored as the rules know them. */
export const declared: Reader = cell => {
  const value = textOf(cell)
  return longest(wordIn(presence, value) ?? value, 200)
}
