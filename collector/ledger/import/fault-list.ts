/** What is wrong at one place of a file: `<sheet> line <line> column <column> <expected>, got <value>`. */
export interface RowFault {
  /** File, and of a workbook the sheet. */
  readonly sheet: string
  /** Undefined for the sheet as a whole. */
  readonly line: number | undefined
  /** Heading as it stands in the file; '' for the row as a whole. */
  readonly column: string
  readonly expected: string
  readonly value: string
}

/** The first so many, and how many there are. */
export interface Counted<Item> {
  readonly items: readonly Item[]
  readonly total: number
}
export interface Counter<Item> extends Counted<Item> {
  add(item: Item): void
}

export const openCounter = <Item>(most: number): Counter<Item> => {
  const items: Item[] = []
  let total = 0
  return {
    items,
    get total() {
      return total
    },
    add: item => {
      total++
      if (items.length < most) items.push(item)
    }
  }
}

export const faultText = ({ sheet, line, column, expected, value }: RowFault): string =>
  `${sheet}${line === undefined ? '' : ` line ${line}`}${column === '' ? '' : ` column ${column}`} ${expected}${value === '' ? '' : `, got ${value}`}`

/** A value in a sentence: short, in quotes. */
export const shownValue = (value: string): string =>
  JSON.stringify(value.length > 80 ? `${value.slice(0, 77)}…` : value)
