import { randomBytes } from 'node:crypto'
import Type from 'typebox'
import { ExitError } from '../../../contract/exit.ts'
import { parseJson, SentenceError } from '../../../contract/parse.ts'
import type { InfluxSettings } from './config.ts'
import { identifier, literal } from './quoting.ts'
import { basic } from './secrets.ts'
import { both, quote } from './sentences.ts'
import {
  keptFor,
  keptStep,
  missing,
  type Identity,
  type SecretFile,
  type SetupAsk,
  type SetupStep,
  type SetupWishes
} from './setup.ts'
import { durationMs } from './stored.ts'

const Cell = Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Null()])
const Answer = Type.Object({
  error: Type.Optional(Type.String()),
  results: Type.Optional(
    Type.Array(
      Type.Object({
        error: Type.Optional(Type.String()),
        series: Type.Optional(
          Type.Array(
            Type.Object({
              columns: Type.Array(Type.String()),
              values: Type.Optional(Type.Array(Type.Array(Cell)))
            })
          )
        )
      })
    )
  )
})
type Row = Readonly<Record<string, string | number | boolean | null>>

/** InfluxDB 1.x: databases with their retention, the account of the sink, the account of Grafana, and what each may do. */
export const setUpFirst = async (
  settings: InfluxSettings,
  wishes: SetupWishes,
  ask: SetupAsk
): Promise<readonly SetupStep[]> => {
  const run = (statement: string): Promise<readonly Row[]> => rowsOf(ask, wishes.admin, statement)
  const there = new Set((await run('SHOW DATABASES')).map(row => row['name']))
  const steps: SetupStep[] = []
  for (const kind of ['raw', 'rollup'] as const) {
    const name = settings.databases[kind]
    const wanted = kind === 'raw' ? wishes.rawDays * 24 : 0
    if (there.has(name)) steps.push(await policyOf(run, name, wanted))
    else {
      const kept = wanted === 0 ? 'INF' : `${wanted}h`
      steps.push(
        await missing(wishes.dryRun, keptFor(databaseNamed(name), wanted * 3_600), () =>
          run(`CREATE DATABASE ${identifier(name)} WITH DURATION ${kept} REPLICATION 1 NAME "autogen"`)
        )
      )
    }
  }
  const users = new Map((await run('SHOW USERS')).map(row => [row['user'], row['admin'] === true]))
  const accounts = [
    { name: settings.username, secret: wishes.writer, privilege: 'ALL', zh: '写入账号', en: 'account of the sink' },
    { name: wishes.readerUser, secret: wishes.reader, privilege: 'READ', zh: '只读账号', en: 'read-only account' }
  ] as const
  for (const { name, secret, privilege, zh, en } of accounts) {
    if (name === undefined || secret === undefined) continue
    const what = { zh: `${zh} ${name}`, en: `${en} ${name}` }
    const known = users.get(name)
    if (known === undefined)
      steps.push(await missing(wishes.dryRun, what, () => create(ask, wishes.admin, name, passwordOf(secret))))
    else steps.push(await signedIn(ask, name, secret, what))
    if (known !== true) steps.push(...(await granted(run, settings, name, privilege, known === false, wishes.dryRun)))
  }
  return steps
}

const policyOf = async (
  run: (statement: string) => Promise<readonly Row[]>,
  name: string,
  wantedHours: number
): Promise<SetupStep> => {
  const policies = await run(`SHOW RETENTION POLICIES ON ${identifier(name)}`)
  const policy = policies.find(row => row['default'] === true)
  return keptStep(
    databaseNamed(name),
    (durationMs(String(policy?.['duration'])) ?? 0) / 1_000,
    wantedHours * 3_600,
    `ALTER RETENTION POLICY ${identifier(String(policy?.['name'] ?? 'autogen'))} ON ${identifier(name)} DURATION ${wantedHours === 0 ? 'INF' : `${wantedHours}h`}`
  )
}

const databaseNamed = (name: string): SetupStep['what'] => ({ zh: `数据库 ${name}`, en: `database ${name}` })

/** Can whoever is there already sign in with the password of the file? */
const signedIn = async (
  ask: SetupAsk,
  name: string,
  secret: SecretFile,
  what: SetupStep['what']
): Promise<SetupStep> => {
  const password = secret.read()
  if (password !== undefined) {
    const { status } = await ask(basic(name, password), 'GET', `/query?q=${encodeURIComponent('SHOW DATABASES')}`)
    if (status === 200) return { state: 'there', what }
  }
  return {
    state: 'differs',
    fatal: true,
    what: {
      zh: `${what.zh} 已存在，但 ${secret.file} ${password === undefined ? '不存在' : '里的密码不对'}；没有改动，请把正确的密码写进文件，或执行 SET PASSWORD FOR ${identifier(name)} = '…'`,
      en: `${what.en} exists, but ${secret.file} ${password === undefined ? 'is not there' : 'has another password'}; nothing was changed: write the right one into the file, or run SET PASSWORD FOR ${identifier(name)} = '…'`
    }
  }
}

const granted = async (
  run: (statement: string) => Promise<readonly Row[]>,
  settings: InfluxSettings,
  name: string,
  privilege: 'ALL' | 'READ',
  known: boolean,
  dryRun: boolean
): Promise<SetupStep[]> => {
  const rows = known ? await run(`SHOW GRANTS FOR ${identifier(name)}`) : []
  const has = new Map(rows.map(row => [row['database'], String(row['privilege'])]))
  const enough = privilege === 'ALL' ? ['ALL PRIVILEGES'] : ['READ', 'ALL PRIVILEGES']
  const steps: SetupStep[] = []
  for (const database of [settings.databases.raw, settings.databases.rollup]) {
    const what = { zh: `权限：${name} 对 ${database} ${privilege}`, en: `grant: ${name} ${privilege} on ${database}` }
    steps.push(
      enough.includes(has.get(database) ?? '')
        ? { state: 'there', what }
        : await missing(dryRun, what, () => run(`GRANT ${privilege} ON ${identifier(database)} TO ${identifier(name)}`))
    )
  }
  return steps
}

/** Rows of a statement. It travels in the body: a password has no place in an address, which servers log. */
const rowsOf = async (ask: SetupAsk, admin: Identity, statement: string): Promise<readonly Row[]> => {
  const { status, body } = await ask(admin, 'POST', '/query', new URLSearchParams({ q: statement }))
  const verb = statement.split(' ').slice(0, 2).join(' ')
  if (status === 401 || status === 403) {
    // A fresh server without any account says how to make the first one.
    const words = quote(body)
    throw new ExitError(
      'notPermitted',
      both(
        `管理员账号没有被接受（${verb}，${status}）：请检查 --admin-user 和 --admin-password-file。InfluxDB 的应答：${words}`,
        `The admin account was not accepted (${verb}, ${status}): check --admin-user and --admin-password-file. InfluxDB says: ${words}`
      )
    )
  }
  const { error, results = [] } = parseJson(Answer, body, `answer to ${verb} (status ${status})`)
  const fault = error ?? results.find(result => result.error !== undefined)?.error
  if (fault !== undefined || status !== 200)
    throw new SentenceError(`InfluxDB 拒绝 ${verb}：${fault ?? status}\nInfluxDB refuses ${verb}: ${fault ?? status}`)
  return results.flatMap(({ series = [] }) =>
    series.flatMap(({ columns, values = [] }) =>
      values.map(row => Object.fromEntries(columns.map((column, i) => [column, row[i] ?? null])))
    )
  )
}

/** Whatever the server says of it, the new password is not repeated. */
const create = (ask: SetupAsk, admin: Identity, name: string, password: string): Promise<readonly Row[]> =>
  rowsOf(
    ask,
    { ...admin, hidden: [...admin.hidden, password] },
    `CREATE USER ${identifier(name)} WITH PASSWORD ${literal(password)}`
  )

/** A new password has hex digits only: nothing in it needs quoting anywhere, and Grafana takes a dollar sign for a variable. */
const passwordOf = (secret: SecretFile): string => secret.read() ?? secret.make(randomBytes(24).toString('hex'))
