import ExcelJS from 'exceljs'
import { sheets, type Column, type SheetShape } from './columns.ts'
import { exampleMark } from './table.ts'

/** Rows below the headings that offer choices. */
const offeredRows = 200

/** An empty workbook with every sheet, heading, choice and one example row, which an import passes over. */
export const templateWorkbook = async (): Promise<Uint8Array> => {
  const workbook = new ExcelJS.Workbook()
  const notes = workbook.addWorksheet('说明')
  notes.columns = [{ width: 110 }]
  notes.addRows(remarks.map(line => [line]))
  for (const shape of sheets) addSheet(workbook, shape)
  return new Uint8Array(await workbook.xlsx.writeBuffer())
}

const remarks = [
  '每张工作表一类数据，不需要的工作表可以留空或删除。Each sheet is one kind of rows; leave out what you do not need.',
  '以“例：”开头的行是示例，导入时跳过。Rows that begin with 例： are examples and are passed over.',
  '带 * 的列新增时必填。Columns with * are needed for new rows.',
  '学校标识码必须是文本（保留前面的 0）。School codes must be text: zeros in front matter.',
  '带宽单位 Mbit/s：100、100M、1G、千兆。Contracts in Mbit/s.',
  '先试运行 first: campus-gauge ledger import FILE --dry-run'
]

const addSheet = (workbook: ExcelJS.Workbook, { names, columns }: SheetShape): void => {
  const sheet = workbook.addWorksheet(names[0], { views: [{ state: 'frozen', ySplit: 1 }] })
  sheet.columns = columns.map(column => ({ width: Math.max(12, heading(column).length + 6), style: { numFmt: '@' } }))
  sheet.addRow(columns.map(heading)).font = { bold: true }
  const example = sheet.addRow(columns.map((column, i) => `${i === 0 ? exampleMark : ''}${column.example ?? ''}`))
  example.font = { italic: true, color: { argb: 'FF888888' } }
  for (const [i, column] of columns.entries()) {
    if (column.choices === undefined) continue
    for (let row = 3; row < 3 + offeredRows; row++)
      sheet.getCell(row, i + 1).dataValidation = {
        type: 'list',
        allowBlank: true,
        formulae: [`"${column.choices.join(',')}"`]
      }
  }
}

const heading = ({ names, required }: Column): string => `${names[0]} ${names[1]}${required === true ? ' *' : ''}`
