import { crc32, deflateRawSync } from 'node:zlib'
import t from 'tap'
import { importLimits } from '../../../collector/ledger/import/limits.ts'
import { templateWorkbook } from '../../../collector/ledger/import/template.ts'
import { readXlsx } from '../../../collector/ledger/import/xlsx.ts'
import { bring, countsOf, faultsOf, openLedgerStore, rowsIn, workbook } from './bring.ts'

const schools = ['学校标识码', '学校名称', '区域', '学段', '城乡', '学生数', '区域起始日', '中心校']

/** One entry; `claim` is what the directory says it unpacks to. */
const zip = (entries: readonly { name: string; body: Buffer; claim?: number }[]): Uint8Array => {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const { name, body, claim = body.length } of entries) {
    const packed = deflateRawSync(body)
    const head = Buffer.alloc(30)
    head.writeUInt32LE(0x04034b50, 0)
    head.writeUInt16LE(8, 8)
    head.writeUInt16LE(name.length, 26)
    const entry = Buffer.alloc(46)
    entry.writeUInt32LE(0x02014b50, 0)
    entry.writeUInt16LE(8, 10)
    entry.writeUInt32LE(crc32(body), 16)
    entry.writeUInt32LE(packed.length, 20)
    entry.writeUInt32LE(claim, 24)
    entry.writeUInt16LE(name.length, 28)
    entry.writeUInt32LE(offset, 42)
    parts.push(head, Buffer.from(name), packed)
    directory.push(entry, Buffer.from(name))
    offset += head.length + name.length + packed.length
  }
  const list = Buffer.concat(directory)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(entries.length, 10)
  end.writeUInt32LE(list.length, 12)
  end.writeUInt32LE(offset, 16)
  return new Uint8Array(Buffer.concat([...parts, list, end]))
}
const needed = [
  { name: 'xl/workbook.xml', body: Buffer.from('<workbook/>') },
  { name: 'xl/_rels/workbook.xml.rels', body: Buffer.from('<Relationships/>') }
]

void t.test('a workbook comes in sheet by sheet, as a person sees its cells', async t => {
  const store = await openLedgerStore(work => t.teardown(work))
  const bytes = await workbook(
    {
      说明: [['随便写']],
      学校: [
        ['定边县学校台账'],
        [],
        schools,
        ['0061000003', { richText: [{ text: '第三' }, { text: '小学' }] }, '定边县', '小学', '乡村', 12, '', true],
        [61_000_004, '第四小学', '定边县', '初中', '镇区', { formula: '10+3', result: 13 }, '', '否'],
        ['0061000001', '第一小学', { formula: 'X1', result: 'dingbian' }, '小学', '乡村', 120, new Date('2026-11-10')]
      ],
      联系人: [
        ['school', '联系人', '电话'],
        ['0061000003', '张', 13_800_138_000]
      ],
      设备: [['学校标识码', '设备名称', '设备类型']]
    },
    book => ((book.getWorksheet('学校')?.getCell('A5') ?? { numFmt: '' }).numFmt = '0000000000')
  )
  const report = await bring(store, '台账.xlsx', bytes)
  t.same(faultsOf(report), [])
  t.same(countsOf(report), ['schools +2 ~1 =0 -1'])
  t.match(
    (await store.schools()).filter(school => school.id !== 's-2'),
    [
      { id: '0061000003', name: '第三小学', pupils: 12, townshipCentral: true, contact: '张', phone: '13800138000' },
      { id: '0061000004', stage: 'middle', zone: 'town', pupils: 13, townshipCentral: false },
      { id: 's-1', area: 'dingbian' }
    ]
  )
  t.match((await store.schoolAreas()).at(-2), { school: 's-1', fromDay: '2026-11-10' })
})

void t.test('cells that mean something else than they show are refused', async t => {
  const store = await openLedgerStore(work => t.teardown(work))
  const bytes = await workbook({
    学校: [
      schools,
      [61_000_003, '第三小学', '定边县', '小学', '乡村', { error: '#N/A' }],
      ['0061000004', '第四小学', '定边县', '小学', '乡村', { formula: 'A1' }]
    ],
    资产: [
      ['品牌', '型号'],
      ['x', 'y']
    ]
  })
  const report = await bring(store, '台账.xlsx', bytes, { skipBad: true })
  t.same(faultsOf(report).slice(0, 3), [
    '台账.xlsx 学校 line 2 column 学校标识码 must be text: format the column as text, a number loses the zeros in front, got "61000003"',
    '台账.xlsx 学校 line 2 column 学生数 must be a value, not an error of a formula, got "#N/A"',
    '台账.xlsx 学校 line 3 column 学生数 must be a value, not an error of a formula, got "a formula without a result"'
  ])
  t.match(faultsOf(report)[3], /^台账\.xlsx 资产 line 1 must have the headings of one kind/)
  t.equal(report.applied, false, 'a sheet that nobody understands is not left out')
  const unseen = await workbook(
    {
      学校: [
        ['code', '撤并日期'],
        ['0061000002', '2026-11-01']
      ]
    },
    book => {
      for (const sheet of book.worksheets) sheet.state = 'veryHidden'
    }
  )
  t.match((await bring(store, 'h.xlsx', unseen, { dryRun: true })).warnings.items, [
    { sheet: 'h.xlsx 学校', expected: 'is hidden in the workbook and is read like the others' }
  ])
})

void t.test('a bomb is refused before it is unpacked, and a lying directory while it is', async t => {
  const store = await openLedgerStore(work => t.teardown(work))
  const before = await rowsIn(store)
  const sheet = 'xl/worksheets/sheet1.xml'
  const zeros = Buffer.alloc(6_000_000)
  const say = (why: string) => ({ message: `b.xlsx must be an XLSX workbook: ${why}` })
  const bomb = zip([...needed, { name: sheet, body: zeros }])
  const times = Math.round((zeros.length + 27) / bomb.length)
  await t.rejects(
    bring(store, 'b.xlsx', bomb),
    say(`unpacked it must be at most 100 times as large, got ${times} times`)
  )
  await t.rejects(
    bring(store, 'b.xlsx', zip([...needed, { name: sheet, body: Buffer.alloc(9), claim: 500_000_001 }])),
    say('unpacked it must have at most 500000000 bytes, got 500000028')
  )
  await t.rejects(
    bring(store, 'b.xlsx', zip([...needed, { name: sheet, body: zeros, claim: 1000 }])),
    say(`${sheet} unpacks to more than the 1000 bytes it promises`)
  )
  await t.rejects(
    bring(store, 'b.xlsx', zip([...needed, { name: sheet, body: Buffer.from('<a/>'), claim: 5 }])),
    say(`${sheet} is damaged`)
  )
  const whole = zip([...needed, { name: sheet, body: Buffer.from('<worksheet><sheetData><row r="1">') }])
  await t.rejects(bring(store, 'b.xlsx', whole), /^b\.xlsx must/)
  await t.rejects(
    bring(store, 'b.xlsx', whole.subarray(0, -30)),
    say('it has no ZIP directory, so it is damaged or cut off')
  )
  await t.rejects(bring(store, 'b.xlsx', zip(needed)), {
    message: 'b.xlsx must be an XLSX workbook, got a ZIP file without sheets'
  })
  const unread = zip([
    ...needed,
    { name: sheet, body: Buffer.from('a') },
    { name: 'xl/worksheets/b.xml', body: Buffer.from('b') }
  ])
  await t.rejects(
    bring(store, 'b.xlsx', unread),
    say('xl/worksheets/b.xml, it is written in an unusual way, open it in a spreadsheet program and save it again')
  )
  const twice = zip([...needed, { name: sheet, body: Buffer.from('a') }, { name: sheet, body: Buffer.from('b') }])
  await t.rejects(bring(store, 'b.xlsx', twice), say(`${sheet} is in it twice`))
  const password = zip([...needed, { name: sheet, body: Buffer.from('a') }])
  password[password.length - 22 - 2 * 46 - sheet.length - 'xl/_rels/workbook.xml.rels'.length + 8] = 1
  await t.rejects(bring(store, 'b.xlsx', password), /must be an XLSX workbook/)
  t.equal(await rowsIn(store), before)
})

void t.test('rows are counted over all sheets, headings not', async t => {
  const store = await openLedgerStore(work => t.teardown(work))
  const contacts = (n: number) => [['school', 'contact'], ...Array.from({ length: n }, () => ['s-1', '张'])]
  const limits = { ...importLimits, rows: 4 }
  const four = await workbook({ 联系人: contacts(4), 说明: [['x']] })
  t.equal((await bring(store, 'c.xlsx', four, { limits })).rows, 4)
  const five = await workbook({ 联系人: contacts(5) })
  await t.rejects(bring(store, 'c.xlsx', five, { limits }), { message: /must have at most 4 rows/ })
})

void t.test('no character is damaged, wherever the file was cut while it was unpacked', async t => {
  // Parts of 3-byte characters and one letter: every cut at 16 KB falls differently.
  const names = Array.from({ length: 1200 }, (_, i) => `${'a'.repeat(i % 4)}第${i}所乡镇中心小学`)
  const bytes = await workbook({ 学校: names.map((name, i) => [i, name]) })
  const rows = names.map(
    (name, i) => `<row r="${i + 1}"><c r="B${i + 1}" t="inlineStr"><is><t>${name}</t></is></c></row>`
  )
  const body = Buffer.from(`<worksheet><sheetData>${rows.join('')}</sheetData></worksheet>`)
  // The second has no table of strings, and names its sheet from the root.
  const rels = '<Relationships><Relationship Id="r1" Target="/xl/worksheets/sheet1.xml"/></Relationships>'
  const inline = zip([
    { name: 'xl/worksheets/sheet1.xml', body },
    {
      name: 'xl/workbook.xml',
      body: Buffer.from('<workbook><sheets><sheet name="学校" sheetId="1" r:id="r1"/></sheets></workbook>')
    },
    { name: 'xl/_rels/workbook.xml.rels', body: Buffer.from(rels) }
  ])
  for (const file of [bytes, inline]) {
    const sheets = await readXlsx(file, 'x.xlsx', importLimits)
    t.equal(sheets[0]?.name, '学校')
    t.same(
      sheets[0]?.rows.map(row => row.cells[1]),
      names
    )
  }
})

void t.test('the template comes in as it is filled in; its examples are passed over', async t => {
  const store = await openLedgerStore(work => t.teardown(work))
  const { default: ExcelJS } = await import('exceljs')
  const book = new ExcelJS.Workbook()
  const bytes = await templateWorkbook()
  await book.xlsx.load(Buffer.from(bytes) as unknown as ArrayBuffer & Buffer)
  t.same(
    book.worksheets.map(sheet => sheet.name),
    ['说明', '区域', '学校', '教室', '设备', '出口', '端口对照', '学校组', '联系人', '申报事实']
  )
  const sheet = book.getWorksheet('教室')
  t.equal(sheet?.getCell('B1').text, '学校标识码 school *')
  t.match(sheet?.getCell('D3').dataValidation, { type: 'list', formulae: ['"教室,功能室"'] })
  await t.rejects(bring(store, '台账.xlsx', bytes), { message: '台账.xlsx must have rows, it is empty' })
  for (const [column, value] of [
    ['B', '0061000001'],
    ['C', '三年级一班'],
    ['D', '教室'],
    ['E', '是']
  ] as const)
    (sheet?.getCell(`${column}3`) ?? { value: '' }).value = value
  const report = await bring(store, '台账.xlsx', new Uint8Array(await book.xlsx.writeBuffer()))
  t.same(faultsOf(report), [])
  t.same(countsOf(report), ['rooms +1 ~0 =0 -1'])
  t.match((await store.rooms())[1], { id: /^s-1-[0-9a-f]{10}$/, name: '三年级一班', recording: true })
})
