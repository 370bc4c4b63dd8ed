import t from 'tap'
import { formulaLike, safeCell } from '../../../collector/ledger/cell-text.ts'
import { bring, faultsOf, openLedgerStore, rowsIn } from './bring.ts'

const head = '学校标识码,学校名称,区域,学段,城乡'
const good = '0061000003,第三小学,定边县,小学,乡村'
const stages =
  '小学, 初中, 九年一贯制, 高中, 职业, 教学点, primary, middle, nine-year, high, vocational, teaching-point'

/** file name, text, what is said of it. */
const cases: readonly (readonly [string, string, readonly string[]])[] = [
  [
    '学校.csv',
    `${head},学生数\n${good},12\n61E+8,第四小学,定边县,大学,乡下,-1\n,,,,,\n0061000005,第五小学,靖边县,小学,乡村,\n`,
    [
      '学校.csv line 3 column 学校标识码 must be the whole code: format the column as text before saving, got "61E+8"',
      `学校.csv line 3 column 学段 must be one of ${stages}, got "大学"`,
      '学校.csv line 3 column 城乡 must be one of 城区, 镇区, 乡村, urban, town, rural, got "乡下"',
      '学校.csv line 3 column 学生数 must be a whole number, 0 or more, got "-1"',
      '学校.csv line 5 column 区域 must be the id or name of a known area, got "靖边县"'
    ]
  ],
  ['学校.csv', `${head}\n0061000003,,定边县,小学,乡村\n`, ['学校.csv line 2 column 学校名称 is missing']],
  [
    'schools.csv',
    `学校标识码,学校名称\n0061000003,第三小学\n0061000004,第四小学\n`,
    [
      'schools.csv column 区域 area is missing: 2 new rows need it',
      'schools.csv column 学段 stage is missing: 2 new rows need it',
      'schools.csv column 城乡 zone is missing: 2 new rows need it'
    ]
  ],
  [
    '学校.csv',
    `${head}\n${good}\n0061000003,另一所,定边县,小学,乡村\n`,
    ['学校.csv line 3 column id must be unique, got "0061000003" again']
  ],
  [
    '学校.csv',
    `编号,${head}\nx-1,${good}\nx-2,${good}\nx-3,0061000001,同码,定边县,小学,乡村\n`,
    [
      '学校.csv line 3 column 学校标识码 must be unique, got "0061000003", which school "x-1" has',
      '学校.csv line 4 column 学校标识码 must be unique, got "0061000001", which school "s-1" has'
    ]
  ],
  [
    '学校.csv',
    `${head},区域起始日,撤并日期\n${good},2026-02-30,2026年7月31日\n`,
    ['学校.csv line 2 column 区域起始日 must be a day such as 2026-11-03, got "2026-02-30"']
  ],
  [
    '学校.csv',
    '学校标识码,学校名称,区域,学段,城乡,学生人\n',
    ['学校.csv line 1 must have the columns of schools only, got "学生人": did you mean "学生数" (pupils)?']
  ],
  ['学校.csv', `${head},学段\n`, ['学校.csv line 1 must have each column once, got "学段" and "学段"']],
  [
    '区域.csv',
    'id,parent,level,name\na,b,县,甲\nb,a,市,乙\nc,nowhere,县,丙\nd,dingbian,县,丁\ne,yulin,乡,戊\n',
    [
      `区域.csv line 6 column level must be one of 国家, 省, 市, 县, 区县, nation, province, city, county, got "乡"`,
      '区域.csv line 2 column parent must not lead back to itself, got a → b → a',
      '区域.csv line 3 column parent must not lead back to itself, got b → a → b',
      '区域.csv line 4 column parent must be the id of a known area, got "nowhere"',
      '区域.csv line 5 column level must be below that of its parent "dingbian" (county), got "county"'
    ]
  ],
  [
    '区域.csv',
    'id,level,name,packs\nyulin,市,榆林市,a@2026-09..2026-12;a@2026-10..;b@2026-12..2026-01\n',
    [
      '区域.csv line 2 column packs must not be before from_period "2026-12", got "2026-01"',
      '区域.csv line 2 column packs must not rule in periods in which packs/0 has the same pack, got "a" 2026-10 to 9999-12'
    ]
  ],
  [
    '区域.csv',
    'id,level,name,parent\nyulin,县,榆林市,\n',
    [
      '区域.csv line 2 must not break the ledger: ledger areas "dingbian"/level must be below that of its parent "yulin" (county), got "county"'
    ]
  ],
  [
    '设备.csv',
    '学校,编号,教室,设备类型,设备名称,MAC地址\ns-2,p-1,r-101,一体机,甲,02-00-00-00-00-0A\ns-1,p-2,109,路由器,乙,x\n',
    [
      '设备.csv line 3 column 设备类型 must be one of 网关, 一体机, 录播主机, 交换机, 无线接入点, gateway, panel, recorder, switch, access-point, got "路由器"',
      '设备.csv line 3 column MAC地址 must be MAC addresses such as 02:00:5e:10:00:01, got "x"',
      '设备.csv line 2 column 教室 must be a room of school "s-2", got "r-101" of "s-1"'
    ]
  ],
  [
    '出口.csv',
    'school,device,interface,contract_down_mbps\ns-1,gw-1,a,100000000\ns-1,gw-1,b,100MB/s\ns-1,gw-1,c,十\ns-1,gw-1,d,0\n',
    [
      '出口.csv line 2 column contract_down_mbps must be Mbit/s, at most 1000000: this looks like bit/s, got "100000000"',
      '出口.csv line 3 column contract_down_mbps must be Mbit/s (100, 100M, 1G, 千兆), not MB/s, got "100MB/s"',
      '出口.csv line 4 column contract_down_mbps must be Mbit/s (100, 100M, 1G, 千兆), got "十"',
      '出口.csv line 5 column contract_down_mbps must be more than 0 Mbit/s, got "0"'
    ]
  ],
  [
    'port_map.csv',
    'switch,port,room\ngw-1,1,r-101\npanel-9,2,r-101\n',
    [
      'port_map.csv line 2 column switch must be a device of kind switch, got "gw-1" which is a gateway',
      'port_map.csv line 3 column switch must be a device of kind switch, got "panel-9" which is a panel'
    ]
  ],
  [
    'groups.csv',
    'id,name,school\ng,百校,s-1\ng,百校,s-8\ng,千校,s-2\n',
    [
      'groups.csv line 3 column school must be the code or id of a known school, got "s-8"',
      'groups.csv line 4 column name must be the same on every line of a group, "百校", got "千校"'
    ]
  ],
  [
    'facts.csv',
    'school,key,value,as_of,source,by\ns-1,labs,有,2026/11/1,表,王\ns-1,labs,无,2026-11-01,表,李\ns-9,labs,有,2026-11-01,表,李\n',
    [
      'facts.csv line 3 column value must not contradict "present", declared for the same school, key and day, got "none"',
      'facts.csv line 4 column school must be the id of a known school, got "s-9"'
    ]
  ],
  [
    'contacts.csv',
    'school,contact\ns-9,张\n',
    ['contacts.csv line 2 column school must be the code or id of a known school, got "s-9"']
  ],
  [
    'unknown.csv',
    'a,b\n1,2\n',
    [
      'unknown.csv line 1 must have the headings of one kind (区域 areas, 学校 schools, 教室 rooms, 设备 devices, 出口 uplinks, 端口对照 port_map, 学校组 groups, 联系人 contacts, 申报事实 facts); name the sheet or the file so, or say --kind, got "a, b"'
    ]
  ],
  [
    'ledger.yaml',
    'schools:\n  - { id: x-1, code: "1", name: x, area: dingbian, stage: uni, zone: rural }\n  - { id: x-2, code: 2 }\n',
    [
      'ledger.yaml /schools/0 line 2 column stage must be one of "primary", "middle", "nine-year", "high", "vocational", "teaching-point", got "uni"',
      'ledger.yaml /schools/1 line 3 column code must be a string, got 2'
    ]
  ]
]

void t.test('every bad row is said with line, column, expectation and value, and nothing changes', async t => {
  const store = await openLedgerStore(work => t.teardown(work))
  const before = await rowsIn(store)
  for (const [name, text, messages] of cases) {
    const report = await bring(store, name, text)
    t.same(faultsOf(report), messages, name)
    t.equal(report.applied, false)
  }
  t.equal(await rowsIn(store), before)
})

void t.test('a file that cannot be read is refused whole, with what to do', async t => {
  const store = await openLedgerStore(work => t.teardown(work))
  const utf16 = new Uint8Array([0xff, 0xfe, 0x66, 0x5b])
  const files: readonly (readonly [string, string | Uint8Array, string])[] = [
    ['学校.csv', '', '学校.csv must have rows, it is empty'],
    ['学校.csv', `${head}\n`, '学校.csv must have rows, it is empty'],
    ['学校.csv', utf16, '学校.csv must be UTF-8 or GB18030, got UTF-16: save it as "CSV UTF-8"'],
    [
      '学校.csv',
      new Uint8Array([0x61, 0xff, 0x0a]),
      '学校.csv must be UTF-8 or GB18030 text, got bytes that are neither: save it as "CSV UTF-8"'
    ],
    [
      '学校.csv',
      `${head}\n"0061\n`,
      '学校.csv must be CSV: Quote Not Closed: the parsing is finished with an opening quote at line 2'
    ],
    [
      '台账.xls',
      new Uint8Array([0xd0, 0xcf, 0x11, 0xe0, 0xa1]),
      '台账.xls must be CSV, XLSX or YAML, got an old .xls or a workbook with a password: save it as .xlsx'
    ],
    [
      'contacts.csv',
      Buffer.concat([Buffer.from('school,contact\ns-1,'), new Uint8Array([0xd0, 0xa1, 0xd1, 0xa7, 0x0a])]),
      'contacts.csv must say which text it is, got bytes that are UTF-8 and GB18030 alike: save it as "CSV UTF-8" (with its mark)'
    ],
    ['l.yaml', 'schols: []', 'l.yaml /schols is not a known key: did you mean "schools"?'],
    ['l.yaml', 'schools: []', 'l.yaml must have rows, it is empty'],
    ['l.yaml', 'schools: x', 'l.yaml /schools must be an array']
  ]
  for (const [name, body, message] of files) await t.rejects(bring(store, name, body), { message }, message)
  const wide = await bring(store, 'contacts.csv', 'a,'.repeat(501))
  t.same(faultsOf(wide), ['contacts.csv line 1 must have at most 500 columns, got 501'])
  t.equal((await bring(store, 'contacts.csv', `school,contact${','.repeat(9000)}\ns-1,x\n`)).faults.total, 0)
  const many = `school,contact\n${'s-1,x\n'.repeat(200_001)}`
  await t.rejects(bring(store, 'contacts.csv', many), {
    message: 'contacts.csv must have at most 200000 rows: import it in parts'
  })
  const limits = { fileBytes: 9, unpackedBytes: 9, ratio: 9, rows: 9, shown: 9, heapMb: 9 }
  await t.rejects(bring(store, 'a.csv', 'school,contact', { limits }), {
    message: 'a.csv must have at most 9 bytes, got 14'
  })
})

void t.test('of very many faults the first are listed and all are counted', async t => {
  const store = await openLedgerStore(work => t.teardown(work))
  const report = await bring(
    store,
    'facts.csv',
    `school,key,value,as_of,source,by\n${'s-1,k,v,never,s,b\n'.repeat(1500)}`
  )
  t.equal(report.faults.items.length, 1000)
  t.equal(report.faults.total, 1500)
  t.equal(report.bad, 1500)
})

void t.test('formula-like text is kept as text, said, and never leaves as a formula', async t => {
  const store = await openLedgerStore(work => t.teardown(work))
  const names = ['=1+1', '+86', '-x', '@a', '＝1', '小学']
  const rows = names.map((name, i) => `00620000${i},"${name}",定边县,小学,乡村`)
  const report = await bring(store, '学校.csv', `${head}\n${rows.join('\n')}\n`)
  t.ok(report.applied)
  t.same(
    report.warnings.items.map(warning => [warning.line, warning.column, warning.value, warning.expected]),
    names
      .slice(0, 5)
      .map((name, i) => [i + 2, '学校名称', JSON.stringify(name), 'looks like a formula and is kept as text'])
  )
  const kept = (await store.schools()).filter(school => school.code.startsWith('0062')).map(school => school.name)
  t.same(kept, names)
  t.same(kept.map(safeCell), ["'=1+1", '+86', "'-x", "'@a", "'＝1", '小学'])
  t.ok(['\t=1', '\r1'].every(formulaLike))
  t.notOk(formulaLike('1-2'))
})
