import ExcelJS from 'exceljs'
import type { Contents } from './contents.ts'
import { dateless } from './zip-dates.ts'

/** A table on a sheet: a title row and a head row for each, one below the other. */
export interface Sheet {
  readonly name: string
  readonly tables: readonly {
    readonly title: string
    readonly columns: readonly string[]
    readonly rows: readonly (readonly (string | number)[])[]
    readonly none?: string
  }[]
}

/**
 * An XLSX file. Every text is a text cell in text format: a name that begins with `=` stays a name, also when somebody edits the cell. The same
 * contents at the same time are the same bytes.
 */
export const workbookOf = async (
  sheets: readonly Sheet[],
  { banner, atMs }: { readonly banner: string; readonly atMs: number }
): Promise<Uint8Array> => {
  const book = new ExcelJS.Workbook()
  book.creator = 'campus-gauge'
  book.created = new Date(atMs)
  book.modified = new Date(atMs)
  for (const { name, tables } of sheets) addSheet(book, name, tables, banner)
  return dateless(new Uint8Array(await book.xlsx.writeBuffer()))
}

/** The sheets of a bulletin: 汇总, 排名, 学校, 依据, 变更. */
export const bulletinSheets = (contents: Contents): Sheet[] => {
  const sentences = (title: string, rows: readonly string[], none: string) => ({
    title,
    columns: ['说明'],
    rows: rows.map(row => [row]),
    none
  })
  return [
    {
      name: '汇总',
      tables: [
        { title: `${contents.title}：${contents.status}`, columns: ['项目', '内容'], rows: contents.head },
        ...(contents.remarks.length === 0 ? [] : [sentences('提示 Remarks', contents.remarks, '')]),
        contents.summary,
        contents.unknown,
        contents.carried,
        contents.submissions,
        contents.objections
      ]
    },
    {
      name: '排名',
      tables: [
        sentences('通报 Named', contents.named, '本期没有连续两期排名靠后的区域。 None.'),
        sentences('无法判定 Not rankable', contents.notRankable, '没有。 None.'),
        sentences('未参加排名 Left out', contents.leftOut, '没有。 None.'),
        ...contents.rankings
      ]
    },
    { name: '学校', tables: [contents.schools] },
    { name: '依据', tables: [contents.evidence] },
    { name: '变更', tables: [contents.changes] }
  ]
}

/** ECMA-376 18.18.51. */
const a4 = 9

const addSheet = (book: ExcelJS.Workbook, name: string, tables: Sheet['tables'], banner: string): void => {
  const sheet = book.addWorksheet(name, {
    pageSetup: { orientation: 'landscape', fitToPage: true, fitToWidth: 1, fitToHeight: 0 }
  })
  Object.assign(sheet.pageSetup, { paperSize: a4 })
  const widths: number[] = []
  const add = (cells: readonly (string | number)[], bold = false): void => {
    const row = sheet.addRow(cells.map(cellOf))
    row.eachCell((cell, i) => {
      if (typeof cell.value === 'string') cell.numFmt = '@'
      if (bold) cell.font = { bold: true }
      widths[i - 1] = Math.min(60, Math.max(widths[i - 1] ?? 8, widthOf(String(cells[i - 1] ?? ''))))
    })
    row.commit()
  }
  if (banner !== '') {
    add([banner], true)
    sheet.headerFooter.oddHeader = `&C${banner}`
  }
  sheet.headerFooter.oddFooter = '&C&P / &N'
  for (const [i, table] of tables.entries()) {
    if (i > 0) sheet.addRow([])
    const title = sheet.addRow([table.title])
    title.font = { bold: true, size: 13 }
    add(table.columns, true)
    for (const row of table.rows) add(row)
    if (table.rows.length === 0 && table.none !== undefined) add([table.none])
  }
  for (const [i, width] of widths.entries()) sheet.getColumn(i + 1).width = width + 2
}

/** Chinese characters are twice as wide. */
const widthOf = (text: string): number => Array.from(text).reduce((n, c) => n + (c.charCodeAt(0) > 255 ? 2 : 1), 0)

/** What XML cannot hold becomes a visible mark; a cell holds 32,767 characters. */
const cellOf = (value: string | number): string | number =>
  typeof value === 'number'
    ? value
    : value.replace(/\p{Cc}|\p{Cs}|[\uFFFE\uFFFF]/gu, c => (c === '\n' || c === '\t' ? c : '\uFFFD')).slice(0, 32_000)
