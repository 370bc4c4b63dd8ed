import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import t from 'tap'
import { stringify } from 'yaml'
import { runSinkSetup, type SinkSetupOptions } from '../../collector/sinks/setup-command.ts'
import { scratch } from '../delivery/scratch.ts'
import { openInfluxd } from '../rig/influxd.ts'

interface Report {
  readonly dry_run: boolean
  readonly steps: readonly { state: string; what: { zh: string; en: string }; fatal?: true }[]
}

void t.test('sink setup on a real InfluxDB 1.6.7', async t => {
  const directory = scratch(t)
  const influxd = await openInfluxd(work => t.teardown(work), { databases: [] })
  const config = join(directory, 'collector.yaml')
  const writerFile = join(directory, 'writer.secret')
  const readerFile = join(directory, 'reader.secret')
  const adminFile = join(directory, 'admin.secret')
  writeFileSync(adminFile, `${influxd.admin.password}\n`, { mode: 0o600 })
  writeFileSync(
    config,
    stringify({
      data: 'data',
      sinks: { influx: { generation: 1, url: influxd.url, username: 'cg writer"s', password_file: 'writer.secret' } }
    })
  )
  const said: string[] = []
  const run = async (more: Partial<SinkSetupOptions> = {}): Promise<Report> => {
    const lines: string[] = []
    const options = {
      config,
      adminUser: influxd.admin.username,
      adminPasswordFile: adminFile,
      readerUser: 'cg_reader',
      readerPasswordFile: readerFile,
      json: true,
      ...more
    }
    try {
      await runSinkSetup(options, line => lines.push(line))
    } finally {
      said.push(...lines)
    }
    return JSON.parse(lines.join('')) as Report
  }
  const states = ({ steps }: Report): string[] => steps.map(step => step.state)

  await t.test('a dry run names everything and changes nothing', async t => {
    const report = await run({ dryRun: true })
    t.same(states(report), Array(8).fill('to_make'))
    t.notOk(existsSync(readerFile))
    await t.rejects(influxd.query('', 'SHOW RETENTION POLICIES ON readiness'), /database not found/)
  })

  await t.test('once: databases, accounts with new passwords in private files, grants', async t => {
    const report = await run()
    t.same(states(report), Array(8).fill('made'))
    t.match((report.steps[0] ?? { what: { en: '' } }).what.en, 'kept 90 days')
    for (const file of [writerFile, readerFile]) {
      t.match(readFileSync(file, 'utf8'), /^[0-9a-f]{48}$/)
      t.equal(statSync(file).mode & 0o777, 0o600)
    }
    const [kept] = await influxd.query('', 'SHOW RETENTION POLICIES ON readiness')
    t.equal(kept?.values[0]?.[1], '2160h0m0s')
  })

  await t.test('twice: nothing changes', async t => {
    t.same(states(await run()), Array(8).fill('there'))
    t.same(states(await run({ dryRun: true })), Array(8).fill('there'))
  })

  await t.test('the account of the sink writes, reads types and retention; that of Grafana only reads', async t => {
    const as = (username: string, file: string) => ({ username, password: readFileSync(file, 'utf8') })
    const line = 'school,school=s-1 silent_n=0i'
    const write = (username: string, file: string) =>
      influxd.ask('/write?db=readiness', { method: 'POST', credentials: as(username, file), body: line })
    const read = (username: string, file: string, q: string) =>
      influxd.ask(`/query?db=readiness&q=${encodeURIComponent(q)}`, { credentials: as(username, file) })
    t.equal((await write('cg writer"s', writerFile)).status, 204)
    t.equal((await write('cg_reader', readerFile)).status, 403)
    t.match((await read('cg_reader', readerFile, 'SELECT silent_n FROM school')).text, '"values"')
    t.match((await read('cg writer"s', writerFile, 'SHOW FIELD KEYS')).text, 'silent_n')
    t.match((await read('cg_reader', readerFile, 'DROP MEASUREMENT school')).text, 'not authorized')
  })

  await t.test('another retention is told with the statement that would change it, and left alone', async t => {
    const report = await run({ rawDays: '400' })
    t.equal(report.steps[0]?.state, 'differs')
    t.match(report.steps[0]?.what.en, 'ALTER RETENTION POLICY "autogen" ON "readiness" DURATION 9600h')
    const [kept] = await influxd.query('', 'SHOW RETENTION POLICIES ON readiness')
    t.equal(kept?.values[0]?.[1], '2160h0m0s')
  })

  await t.test('an account with another password is in the way: exit 78, nothing is changed', async t => {
    const secret = readFileSync(readerFile, 'utf8')
    writeFileSync(readerFile, 'not-the-password')
    await t.rejects(run(), { exit: 'badConfiguration', message: /left alone/ })
    t.match(said.at(-1), /SET PASSWORD FOR/)
    writeFileSync(readerFile, secret)
    t.same(states(await run()), Array(8).fill('there'))
  })

  await t.test('a grant that somebody took away is made again', async t => {
    await influxd.query('', 'REVOKE READ ON readiness_rollup FROM cg_reader')
    t.same(
      states(await run()).filter(state => state !== 'there'),
      ['made']
    )
  })

  await t.test('a wrong administrator: exit 77; nobody there: exit 69; no secret in any word', async t => {
    writeFileSync(adminFile, 'wrong-of-the-admin')
    await t.rejects(run(), { exit: 'notPermitted', message: /--admin-password-file/ })
    await influxd.stop()
    await t.rejects(run(), { exit: 'unreachable', message: /127.0.0.1/ })
    for (const secret of [
      'wrong-of-the-admin',
      influxd.admin.password,
      ...[writerFile, readerFile].map(f => readFileSync(f, 'utf8'))
    ])
      t.notOk(said.join('\n').includes(secret))
  })
})

void t.test(
  'influx/1/setup.iql by hand: twice in a row without an error, and sink setup finds nothing missing',
  async t => {
    const influxd = await openInfluxd(work => t.teardown(work), { databases: [] })
    const statements = readFileSync(resolve(import.meta.dirname, '../../deploy/influx/1/setup.iql'), 'utf8')
    const directory = scratch(t)
    for (const [file, secret] of [
      ['admin', influxd.admin.password],
      ['writer', influxd.writer.password],
      ['reader', influxd.reader.password]
    ] as const)
      writeFileSync(join(directory, file), secret)
    for (let i = 0; i < 2; i++) await influxd.query('', statements)
    const config = join(directory, 'collector.yaml')
    const influx = { generation: 1, url: influxd.url, username: influxd.writer.username, password_file: 'writer' }
    writeFileSync(config, stringify({ data: 'data', sinks: { influx } }))
    let said = ''
    await runSinkSetup(
      {
        config,
        adminUser: influxd.admin.username,
        adminPasswordFile: join(directory, 'admin'),
        readerUser: influxd.reader.username,
        readerPasswordFile: join(directory, 'reader')
      },
      text => (said += text)
    )
    t.equal(said.match(/✓/g)?.length, 8, said)
  }
)
