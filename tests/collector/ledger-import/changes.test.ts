import t from 'tap'
import { stringify } from 'yaml'
import { answerOf, answerText } from '../../../collector/ledger/import/answer.ts'
import { currentLedger } from '../../../collector/ledger/import/current.ts'
import { ledger, nowMs } from '../../rig/ledger.ts'
import { bring, countsOf, faultsOf, openLedgerStore, rowsIn } from './bring.ts'

const head = '学校标识码,学校名称,区域,学段,城乡,学生数'

void t.test('a dry run says exactly what the import then does, and changes nothing', async t => {
  const store = await openLedgerStore(work => t.teardown(work))
  const before = await rowsIn(store)
  const text = `${head}\n0061000003,第三小学,定边县,小学,乡村,12\n0061000001,第一小学,dingbian,小学,镇区,\n`
  const dry = await bring(store, '学校.csv', text, { dryRun: true })
  t.equal(await rowsIn(store), before)
  t.equal(dry.applied, false)
  t.same(countsOf(dry), ['schools +1 ~1 =0 -1'])
  t.same(dry.changes.items, [
    { kind: 'schools', key: '0061000003', name: '第三小学', what: 'added', fields: [] },
    {
      kind: 'schools',
      key: 's-1',
      name: '第一小学',
      what: 'changed',
      fields: [
        { field: 'zone', from: 'rural', to: 'town' },
        { field: 'pupils', from: '120', to: '' }
      ]
    },
    { kind: 'schools', key: 's-2', name: '第二小学', what: 'gone', fields: [] }
  ])
  t.equal(
    answerText(answerOf(dry)),
    `+ schools 0061000003 第三小学
~ schools s-1 第一小学  zone: rural → town  pupils: 120 → ∅
- schools s-2 第二小学
schools: 新增 added 1, 变更 changed 1, 未变 unchanged 0, 文件中没有 gone 1 (保留 they stay)
试运行：未改动任何数据 dry run: nothing was changed`
  )
  const done = await bring(store, '学校.csv', text)
  t.same({ ...done, dryRun: true, applied: false }, dry)
  t.match(await store.ledgerImports(9), [{ name: '学校.csv', sha256: done.sha256, added: 1, changed: 1 }])
  t.equal((await store.schools()).length, 3, 'what a file leaves out stays')
  const after = await rowsIn(store)
  t.same(countsOf(await bring(store, '学校.csv', text)), ['schools +0 ~0 =2 -1'])
  t.equal(await rowsIn(store), after, 'the second time nothing is written, not even that it was imported')
})

void t.test('the same rows come in from UTF-8 with a mark, from GB18030 and with tabs', async t => {
  const store = await openLedgerStore(work => t.teardown(work))
  // 联系人 and 张三 in GB18030; the four-byte 㐂 is only there, not in GBK.
  const gb = Buffer.from('c1aacfb5c8cb2c7363686f6f6c0ad5c5c8fd8139ef302c732d310a', 'hex')
  const files: readonly (string | Uint8Array)[] = [
    '\ufeff联系人,school\n张三,s-1\n',
    '联系人\tschool\r\n李四\ts-1\r\n',
    gb
  ]
  const contacts: (string | undefined)[] = []
  for (const body of files) {
    t.same(countsOf(await bring(store, '联系人.csv', body)), ['schools +0 ~1 =0 -0'])
    contacts.push((await store.schools())[0]?.contact)
  }
  t.match(contacts, ['张三', '李四', /^张三./])
})

void t.test('a line break in a cell does not shift the lines that are said', async t => {
  const store = await openLedgerStore(work => t.teardown(work))
  const report = await bring(store, 'x.csv', '联系人,school\n\n"张\n三",s-1\n"李\n四",s-9\n')
  t.same(faultsOf(report), ['x.csv line 5 column school must be the code or id of a known school, got "s-9"'])
  const crlf = await bring(store, 'x.csv', '联系人,school\r\n"张\r\n三",s-1\r\n李,s-9\r\n')
  t.match(faultsOf(crlf), [/^x\.csv line 4 column school/])
})

void t.test('a school that moves without a day moves on the day of the import, and what was before stays', async t => {
  const store = await openLedgerStore(work => t.teardown(work))
  await bring(store, '区域.csv', 'id,parent,level,name\njingbian,yulin,县,靖边县\n')
  const move = async (text: string) => {
    const report = await bring(store, '学校.csv', `学校标识码,${text}\n`)
    return [...countsOf(report), ...faultsOf(report)]
  }
  t.same(await move('区域\n0061000001,靖边县'), ['schools +0 ~1 =0 -1'])
  const at = async (day?: string) => (await store.schools(day))[0]?.area
  t.same([await at('2026-11-21'), await at('2026-11-22'), await at()], ['dingbian', 'jingbian', 'jingbian'])
  t.same(await move('学生数\n0061000001,9'), ['schools +0 ~1 =0 -1'])
  t.same(await at(), 'jingbian', 'another column moves nobody')
  t.same(await move('区域,区域起始日\n0061000001,定边县,2026-11-01'), [
    'schools +0 ~0 =0 -1',
    '学校.csv line 2 column 区域起始日 must not be before the last move, 2026-11-22, got "2026-11-01"'
  ])
  t.same(await move('区域,区域起始日\n0061000001,定边县,2026-12-01'), ['schools +0 ~1 =0 -1'])
  t.same([await at('2026-11-30'), await at('2026-12-01')], ['jingbian', 'dingbian'])
  t.same(await move('区域,区域起始日\n0061000001,靖边县,2026-11-22'), ['schools +0 ~0 =1 -1'], 'known already')
  t.same(await move('撤并日期\n0061000001,2027-07-31'), ['schools +0 ~1 =0 -1'])
  t.match((await store.schools('2027-07-31'))[0], { id: 's-1', closedOn: '2027-07-31' })
  t.match((await store.schools('2027-08-01'))[0], { id: 's-2' })
})

void t.test('with skip-bad the rows come in that depend on no bad one', async t => {
  const store = await openLedgerStore(work => t.teardown(work))
  const yaml = stringify({
    areas: [
      { id: 'x-city', level: 'city', name: '某市' },
      { id: 'x-bad', parent: 'nowhere', level: 'county', name: '坏县' },
      { id: 'x-good', parent: 'x-city', level: 'county', name: '好县' }
    ],
    schools: [
      { id: 'x-1', code: 'a1', name: '一', area: 'x-bad', stage: 'primary', zone: 'rural' },
      { id: 'x-2', code: 'a2', name: '二', area: 'x-good', stage: 'primary', zone: 'rural' },
      { id: 'x-3', code: 'a3', name: '三', area: 'x-good', stage: 'uni', zone: 'rural' },
      { id: 's-1', code: '0061000001', name: '第一小学', area: 'dingbian', stage: 'primary', zone: 5 },
      { id: 'x-4', code: 'a4', name: '四', area: 'x-good', stage: 'primary', zone: 'rural' },
      { id: 'x-5', code: 'a4', name: '五', area: 'x-good', stage: 'primary', zone: 'rural' }
    ],
    rooms: [
      { id: 'x-r1', school: 'x-1', name: '101', kind: 'classroom' },
      { id: 'x-r2', school: 'x-2', name: '101', kind: 'classroom' },
      { id: 'x-r3', school: 's-1', name: '109', kind: 'classroom' }
    ],
    devices: [
      { id: 'x-d1', school: 'x-1', room: 'x-r1', kind: 'panel', name: '一体机' },
      { id: 'x-d2', school: 'x-2', room: 'x-r2', kind: 'panel', name: '一体机' }
    ],
    groups: [{ id: 'x-g', name: '组', schools: ['x-2', 'x-3'] }]
  })
  const refused = await bring(store, 'l.yaml', yaml)
  t.same(faultsOf(refused), [
    'l.yaml /schools/2 line 26 column stage must be one of "primary", "middle", "nine-year", "high", "vocational", "teaching-point", got "uni"',
    'l.yaml /schools/3 line 32 column zone must be one of "urban", "town", "rural", got 5',
    'l.yaml /areas/1 line 5 column parent must be the id of a known area, got "nowhere"',
    'l.yaml /schools/5 line 44 column code must be unique, got "a4", which school "x-4" has'
  ])
  t.same([refused.bad, refused.dependent, refused.applied], [4, 6, false])
  const report = await bring(store, 'l.yaml', yaml, { skipBad: true })
  t.ok(report.applied)
  t.same(faultsOf(report), faultsOf(refused))
  t.same(
    report.changes.items.filter(change => change.what !== 'gone').map(change => change.key),
    ['x-city', 'x-good', 'x-2', 'x-r2', 'x-d2']
  )
  t.match((await store.schools())[0], { id: 's-1', zone: 'rural' }, 'a bad row leaves the old one as it is')
})

void t.test('rooms, devices, uplinks, ports, groups and facts are found by the words that people use', async t => {
  const store = await openLedgerStore(work => t.teardown(work))
  const good = async (name: string, text: string): Promise<string[]> => {
    const report = await bring(store, name, text)
    return [...countsOf(report), ...faultsOf(report)]
  }
  t.same(await good('教室.csv', '学校标识码,教室名称,教室类型\n0061000001,102,教室\n0061000001,101,功能室\n'), [
    'rooms +1 ~1 =0 -0'
  ])
  t.same(
    await good('设备.csv', '学校标识码,设备类型,设备名称,教室\n0061000001,交换机,sw,102\n0061000001,网关,网关,\n'),
    ['devices +1 ~0 =1 -3']
  )
  t.same(
    await good('出口.csv', 'school,设备,签约带宽(Mbit/s),接口\n0061000001,网关,千兆,\n0061000001,网关,0.5G,ppp0\n'),
    ['uplinks +2 ~0 =0 -0']
  )
  t.same(await good('port map.csv', 'school,switch,port,room\n0061000001,sw,GE0/0/1,102\n'), ['port_map +1 ~0 =0 -0'])
  t.same(await good('groups.csv', 'id,name,school\ng,百校,s-1\ng,百校,0061000002\n'), ['groups +1 ~0 =0 -0'])
  const facts = 'school,key,value,as_of,source,by\n0061000001,labs,有,2026年11月3日,表,王\n'
  t.same(await good('facts.csv', facts), ['facts +1 ~0 =0 -0'])
  const { ledger: now } = await currentLedger(store)
  t.match(now.uplinks, [
    { id: 'gw-1-up', device: 'gw-1', contract_down_mbps: 1000 },
    { id: 'gw-1-up-ppp0', interface: 'ppp0', contract_down_mbps: 500 }
  ])
  t.same(now.port_map, [{ switch: 's-1-sw', port: 'GE0/0/1', room: 's-1-102' }])
  t.match(now.groups, [{ id: 'g', schools: ['s-1', 's-2'] }])
  t.match(now.facts, [{ key: 'labs', value: 'present', as_of: '2026-11-03' }])
  const again = await bring(store, 'l.yaml', stringify(now))
  t.same(faultsOf(again), [])
  t.ok(
    again.kinds.every(count => count.added + count.changed + count.gone === 0),
    'the ledger as a file changes nothing'
  )
  t.same(countsOf(await bring(store, 'l.yaml', stringify({ areas: ledger.areas }))), ['areas +0 ~0 =2 -0'])
})

void t.test('an id that is made up never overwrites another row', async t => {
  const store = await openLedgerStore(work => t.teardown(work))
  const schools = 'code,name,area,stage,zone\n'
  await bring(
    store,
    '学校.csv',
    `${schools}AB1,甲,dingbian,小学,乡村\na,乙,dingbian,小学,乡村\na-b,丙,dingbian,小学,乡村\n`
  )
  await bring(store, '教室.csv', 'school,kind,name\na,教室,b-c\n')
  const before = await rowsIn(store)
  const sentence = 'is missing, and the one made of this row belongs to another in the ledger: say an id, got'
  const cases: [string, string, string][] = [
    ['a code that differs by case', `${schools}ab1,丁,dingbian,小学,乡村\n`, '"ab1"'],
    ['a code that is the id of a school', `${schools}s-1,丁,dingbian,小学,乡村\n`, '"s-1"'],
    ['school and name that join to the same', 'school,kind,name\na-b,教室,c\n', '"a-b-c"']
  ]
  for (const [name, text, got] of cases) {
    const report = await bring(store, text.startsWith('code') ? '学校.csv' : '教室.csv', text)
    t.match(faultsOf(report), [new RegExp(`line 2 column id ${sentence} ${got}$`)], name)
  }
  t.equal(await rowsIn(store), before)
})

void t.test('a room or device is the one of that name in its school, whatever is called so elsewhere', async t => {
  const store = await openLedgerStore(work => t.teardown(work))
  await bring(store, '教室.csv', 'id,school,kind,name\n9,0061000001,教室,009\nr-9,0061000002,教室,9\n')
  const again = await bring(store, '教室.csv', 'school,kind,name\n0061000002,教室,９\n', { dryRun: true })
  t.same(countsOf(again), ['rooms +0 ~1 =0 -2'], 'the room is found: its name alone is written otherwise')
  t.same((await bring(store, '设备.csv', 'school,kind,room,name\n0061000002,panel,9,p\n')).faults.total, 0)
  await bring(store, '设备.csv', 'id,school,kind,name\ngw-9,0061000002,gateway,gw-9\n')
  const same = await bring(store, '设备.csv', 'school,kind,name\n0061000002,gateway,gw-9\n')
  t.match(same, { kinds: [{ added: 0, changed: 0, unchanged: 1 }] }, 'also when name and id are the same')
})

void t.test('a device that has measured does not take its readings to another school', async t => {
  const store = await openLedgerStore(work => t.teardown(work))
  const move = 'id,school,kind,name\npanel-9,0061000001,panel,一体机9\n'
  t.same(
    countsOf(await bring(store, '设备.csv', move, { dryRun: true })),
    ['devices +0 ~1 =0 -3'],
    'nobody measured yet'
  )
  await store.createToken({ id: 't', hash: '', school: 's-2', usesLeft: 1, expiresMs: nowMs + 1, revokedMs: undefined })
  const machine = { fingerprint: '', hostname: '', macs: [], platform: '', version: '' }
  await store.enrol({ agent: 'a', token: 't', publicKey: '', machine, device: 'panel-9', nowMs })
  await store.revokeAgent('a')
  t.same(faultsOf(await bring(store, '设备.csv', move)), [
    '设备.csv line 2 column school must stay "s-2", for which device "panel-9" has measured: register it there under a new id, got "s-1"'
  ])
  t.equal((await store.devices()).find(device => device.id === 'panel-9')?.school, 's-2')
})
