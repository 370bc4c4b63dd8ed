import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ExcelJS from 'exceljs'
import { pino } from 'pino'
import t, { type Test } from 'tap'
import { buildApp } from '../../../collector/app.ts'
import { runBulletin } from '../../../collector/bulletin/command.ts'
import { runJob, type Job } from '../../../collector/bulletin/press-job.ts'
import { loadCollectorKey } from '../../../collector/keys.ts'
import { access, at, ledgerOf, openCity, type City } from './city.ts'

const hostile: Readonly<Record<string, string>> = {
  'a-1': '=HYPERLINK("http://evil.example","点我")',
  'a-2': '<img src=x onerror=alert(1)>"&\'',
  'b-1': '+1+1',
  'b-2': '@SUM(1)',
  'c-1': '-2+3',
  'c-2': '\t=1,2\r\n3'
}
const frozenAt = at('2026-11-20T00:05:00')
const secret = 'the-admin-secret'

void t.test('a bulletin of schools with hostile names', async t => {
  const city = await openCity(work => t.teardown(work), ledgerOf({ nameOf: id => hostile[id] ?? id }))
  for (const school of ['a-1', 'a-2', 'b-1']) await city.answers(school, 3)
  await city.judge(at('2026-11-19T12:00:00'))
  await city.store.markSimulated()
  await t.test('previews', t => previews(t, city))
  await t.test('over HTTP', t => overHttp(t, city))
  await t.test('spreadsheet, document, JSON', t => outputs(t, city))
  await t.test('on the command line', t => commandLine(t, city))
})

const print = async ({ store }: City, form: 'json' | 'xlsx' | 'html', revision?: number): Promise<Uint8Array> => {
  const job: Job = { kind: 'print', period: '2026-11', form, style: { href: '/assets/bulletin.css' }, revision }
  const bytes = await runJob(store, job, frozenAt)
  if (!(bytes instanceof Uint8Array)) throw new Error('no bytes')
  return bytes
}
const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8')

const previews = async (t: Test, city: City): Promise<void> => {
  const html = textOf(await print(city, 'html'))
  t.match(html, '预览 Preview')
  t.match(html, '<body class="preview simulated">')
  t.match(JSON.parse(textOf(await print(city, 'json'))), { preview: true, revision: 0, sha256: null, simulated: true })
  await t.rejects(runJob(city.store, { kind: 'print', period: '2027-05', form: 'json', style: 'inline' }, frozenAt), {
    message: 'period 2027-05 must have begun to have a bulletin, got one that begins later'
  })
}

const overHttp = async (t: Test, city: City): Promise<void> => {
  const { store, directory } = city
  const clock = { ms: at('2026-11-16T09:00:00') }
  const { app } = await buildApp(
    { uploadMs: 60_000, foldMs: 300_000, maxReadings: 500 },
    {
      store,
      key: loadCollectorKey(directory),
      adminSecret: secret,
      now: () => clock.ms,
      log: pino({ level: 'silent' }),
      version: '0.0.0-test'
    }
  )
  t.teardown(() => app.close())
  const get = (url: string) => app.inject({ url, headers: { host: 'localhost' } })
  const send = (url: string, payload: object, method: 'POST' | 'PATCH' = 'POST', bearer = secret) =>
    app.inject({ method, url, payload, headers: { host: 'localhost', authorization: `Bearer ${bearer}` } })

  const reminders = (await get('/v1/reminders?period=2026-11&area=b&limit=1000')).json<{
    items: { school: string; cause: string }[]
  }>()
  t.same([...new Set(reminders.items.map(one => one.school))].sort(), ['b-1', 'b-2'])
  t.match(
    reminders.items.find(one => one.school === 'b-2' && one.cause === 'no_readings'),
    {
      contact: '联系人b-2',
      phone: '13900000003',
      target: access,
      next_step: { zh: /检查探针是否在线/ }
    }
  )
  const csv = await get('/v1/reminders.csv?period=2026-11')
  t.match(csv.headers['content-type'], 'text/csv')
  t.ok(csv.payload.startsWith('\uFEFF原因 Cause,'))
  t.match(csv.payload, `,'+1+1,`)
  t.match(csv.payload, `,"'=HYPERLINK(""http://evil.example"",""点我"")",`)
  t.match(csv.payload, '模拟数据')

  t.match((await send('/v1/bulletins/2026-11/freeze', { by: '李主任' }, 'POST', 'wrong')).json(), { status: 401 })
  t.match((await send('/v1/bulletins/2026-11/freeze', { by: '李主任' })).json(), {
    status: 409,
    detail: /^period 2026-11 must have ended before it is frozen/
  })
  t.match((await send('/v1/bulletins/2026-11/submissions', { area: 'a', action: 'accept', by: '王' })).json(), {
    status: 409
  })
  t.match((await send('/v1/bulletins/2026-11/submissions', { area: 'yulin', action: 'submit', by: '王' })).json(), {
    status: 422,
    detail: 'body /area must be the id of a county, got "yulin"'
  })
  const submits = ['王', '赵', '孙'].map(by =>
    send('/v1/bulletins/2026-11/submissions', { area: 'a', action: 'submit', by })
  )
  t.same(
    (await Promise.all(submits)).map(answer => answer.statusCode),
    [201, 409, 409],
    'of several at once the first counts, and none is written over'
  )
  const raised = await send('/v1/bulletins/2026-11/objections', {
    school: 'c-1',
    target: access,
    by: '张',
    note: '<b>已通</b>'
  })
  t.equal(raised.statusCode, 201)
  const { id } = raised.json<{ id: string }>()
  t.match((await send(`/v1/objections/${id}`, { state: 'rejected', by: '李' }, 'PATCH')).json(), { status: 409 })
  t.match((await send(`/v1/objections/${id}`, { state: 'retest', by: '李' }, 'PATCH')).json(), { state: 'retest' })
  clock.ms += 1
  const second = await send('/v1/bulletins/2026-11/objections', { school: 'c-2', target: access, by: '张', note: '无' })
  const answers = ['rejected', 'upheld'].map(state =>
    send(`/v1/objections/${second.json<{ id: string }>().id}`, { state, answer: state, by: '李' }, 'PATCH')
  )
  t.same(
    (await Promise.all(answers)).map(answer => answer.statusCode),
    [200, 409],
    'nobody overrules an answer that he has not seen'
  )

  clock.ms = frozenAt
  t.match((await send('/v1/bulletins/2026-11/freeze', { by: '李主任' })).json(), {
    revision: 1,
    stage: 'frozen',
    by: '李主任'
  })
  t.equal((await send('/v1/bulletins/2026-11/freeze', { by: '李主任' })).statusCode, 409)
  clock.ms = frozenAt - 3_600_000
  t.match(
    (await send(`/v1/objections/${id}`, { state: 'upheld', answer: '是', by: '李' }, 'PATCH')).json(),
    { answered_at: '2026-11-20T00:05:00.000+08:00' },
    'by a clock that was set back it still asks for a revision after the newest'
  )
  clock.ms = frozenAt
  t.match((await get('/v1/bulletins')).json(), { items: [{ period: '2026-11', revision: 1, changes_n: 0 }] })
  t.match((await get('/v1/bulletins/2026-11/verify')).json(), { equal: true, schools_n: 6 })
  const page = await get('/v1/bulletins/2026-11.html')
  t.match(page.headers['content-type'], 'text/html')
  const [, style = ''] = /href="(\/assets\/bulletin\.css[^"]*)"/.exec(page.payload) ?? []
  t.equal((await get(style)).statusCode, 200)
  const sheet = await get('/v1/bulletins/2026-11.xlsx?revision=1')
  t.equal(sheet.headers['content-disposition'], 'attachment; filename="bulletin-2026-11-r1.xlsx"')
  t.ok(sheet.rawPayload.equals(Buffer.from(await print(city, 'xlsx', 1))), 'the same revision is the same file')
  t.match((await get('/v1/bulletins/2026-11?revision=9')).json(), {
    status: 404,
    detail: 'bulletin 2026-11 must have the revision that is asked for, got 9 of 1'
  })
  t.equal((await get('/v1/bulletins/2026-13')).statusCode, 400)
  t.equal((await get('/v1/bulletins/2026-11.doc')).statusCode, 400)
  t.equal((await get('/v1/bulletins/2026-12/verify')).statusCode, 404)
}

const outputs = async (t: Test, city: City): Promise<void> => {
  const book = new ExcelJS.Workbook()
  await book.xlsx.load(Buffer.from(await print(city, 'xlsx', 1)).buffer)
  t.same(
    book.worksheets.map(sheet => sheet.name),
    ['汇总', '排名', '学校', '依据', '变更']
  )
  const cells: ExcelJS.Cell[] = []
  for (const sheet of book.worksheets) {
    t.equal(sheet.getCell('A1').value, '模拟数据 Simulated data', sheet.name)
    sheet.eachRow(row => row.eachCell(cell => void cells.push(cell)))
  }
  t.equal(cells.filter(cell => cell.type === ExcelJS.ValueType.Formula).length, 0, 'no cell is a formula')
  const names = cells.map(cell => cell.value)
  for (const name of Object.values(hostile).slice(0, 5)) t.ok(names.includes(name), `${name} is there, as text`)
  t.equal(book.getWorksheet('学校')?.getCell('C4').numFmt, '@')

  const html = textOf(await print(city, 'html', 1))
  t.notMatch(html, '<img')
  t.notMatch(html, '<b>')
  t.notMatch(html, '<script')
  t.notMatch(html, 'style=')
  t.match(html, '&lt;img src=x onerror=alert(1)&gt;&quot;&amp;&#39;')
  const [row] = await city.store.bulletins()
  t.match(html, row?.sha256)
  t.equal(
    html.match(/<caption>[^<]*【模拟数据】<\/caption>/g)?.length,
    html.match(/<thead>/g)?.length,
    'every table says it'
  )

  const text = textOf(await print(city, 'json', 1))
  t.match(JSON.parse(text), {
    simulated: true,
    preview: false,
    sha256: row?.sha256,
    rules: { 'broadband-access': /^broadband-access\// },
    submissions: [{ area: 'a', action: 'submit' }],
    objections: [
      { school: 'c-1', state: 'upheld' },
      { school: 'c-2', state: 'rejected' }
    ]
  })
  t.equal(text, textOf(await print(city, 'json', 1)))
}

const commandLine = async (t: Test, { directory }: City): Promise<void> => {
  const out = join(directory, 'out')
  const said: string[] = []
  const keep = (text: string): void => void said.push(text)
  const options = { out, verify: true, revise: true, by: '李主任', note: '核对', data: directory, json: true }
  await runBulletin('2026-11', options, frozenAt + 1000, keep)
  t.match(JSON.parse(said.join('')), {
    period: '2026-11',
    revisions: [{ cause: 'freeze' }, { cause: 'request', by: '李主任', changes_n: 0 }],
    verified: [{ equal: true }, { equal: true }]
  })
  t.same(
    readdirSync(out).sort(),
    ['html', 'json', 'xlsx'].map(form => `bulletin-2026-11-r2.${form}`)
  )
  t.match(readFileSync(join(out, 'bulletin-2026-11-r2.html'), 'utf8'), '<style>')
  const fails = (period: string, options: Parameters<typeof runBulletin>[1], exit: string, message: string) =>
    t.rejects(runBulletin(period, options, frozenAt, keep), { exit, message })
  await fails('2026-13', {}, 'usage', 'argument period must be YYYY-MM, got "2026-13"')
  await fails('2026-11', {}, 'usage', 'one of the options --out, --verify, --freeze and --revise must be given')
  await fails(
    '2026-11',
    { revise: true, data: directory },
    'usage',
    'option --by must be given: the name of whoever asks for the revision stands on the bulletin'
  )
  await fails(
    '2026-11',
    { verify: true, data: out },
    'badConfiguration',
    `option --data must be the directory of a collector's store.sqlite, got "${out}"`
  )
  await fails(
    '2026-10',
    { verify: true, data: directory },
    'failure',
    'period 2026-10 is not frozen: there is nothing to verify yet'
  )
}
