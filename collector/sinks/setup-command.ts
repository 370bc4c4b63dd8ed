import { resolve } from 'node:path'
import { ExitError } from '../../contract/exit.ts'
import { SentenceError } from '../../contract/parse.ts'
import { readIfThere, readOrMake } from '../private-file.ts'
import { influxIn } from './configured.ts'
import type { InfluxSettings } from './influx/config.ts'
import { identify } from './influx/check.ts'
import { basic, certificatesIn, mustBeOne, secretText, token } from './influx/secrets.ts'
import { both } from './influx/sentences.ts'
import { setUp, type Identity, type SecretFile, type SetupAsk, type SetupStep } from './influx/setup.ts'
import { openTransport, type Transport } from './influx/transport.ts'

export interface SinkSetupOptions {
  readonly config: string
  readonly adminUser?: string
  readonly adminPasswordFile?: string
  readonly adminTokenFile?: string
  readonly readerUser?: string
  readonly readerPasswordFile?: string
  readonly readerTokenFile?: string
  readonly rawDays?: string
  readonly dryRun?: boolean
  readonly json?: boolean
}

/**
 * `campus-gauge sink setup`: makes the databases, accounts and grants that `sinks.influx` of a configuration needs, and prints what was made and what
 * was there. Files of secrets that are not there are made with new ones. Exit codes: 69 away, 77 admin refused, 78 something there is in the way.
 */
export const runSinkSetup = async (
  options: SinkSetupOptions,
  print: (text: string) => unknown = text => process.stdout.write(text)
): Promise<void> => {
  const settings = influxIn(options.config)
  const rawDays = daysOf(options.rawDays)
  const { dryRun = false } = options
  const reader = settings.generation === 1 ? options.readerPasswordFile : options.readerTokenFile
  const readerUser = options.readerUser ?? 'grafana'
  if (reader !== undefined && readerUser === settings.username)
    throw new ExitError('usage', `option --reader-user must be another than sinks.influx.username, got "${readerUser}"`)
  const wishes = {
    admin: adminOf(settings, options),
    readerUser,
    writer: secretFile(settings, settings.generation === 1 ? settings.passwordFile : settings.tokenFile),
    reader: secretFile(settings, reader === undefined ? undefined : resolve(reader)),
    rawDays,
    dryRun
  }
  const ca = settings.caFile === undefined ? undefined : certificatesIn(settings.caFile)
  const transport = openTransport(settings)
  try {
    // 3 is not set up here: nothing is asked of it.
    if (settings.generation !== 3) await mustBeInflux(settings, wishes.admin, ca, transport)
    const steps = await setUp(settings, wishes, askThrough(transport, ca))
    print(options.json === true ? `${JSON.stringify({ dry_run: dryRun, steps })}\n` : textOf(steps, dryRun))
    const fatal = steps.filter(step => step.fatal === true)
    if (fatal.length > 0)
      throw new ExitError(
        'badConfiguration',
        both(
          `${fatal.length} 项与要求不符，没有改动，见上。`,
          `${fatal.length} of them are not as they must be and were left alone, see above.`
        )
      )
  } finally {
    transport.close()
  }
}

/** The administrator's secret is the largest there is: it is not shown to whatever answers. */
const mustBeInflux = async (
  settings: InfluxSettings,
  { hidden }: Identity,
  ca: string | undefined,
  transport: Transport
): Promise<void> => {
  const access = { authorization: undefined, hidden, ca }
  const found = await identify(settings, access, new AbortController().signal, transport)
  if (!('fault' in found)) return
  const { fault } = found
  throw new ExitError(fault.kind === 'away' ? 'unreachable' : fault.exit, fault.sentence)
}

const adminOf = (settings: InfluxSettings, options: SinkSetupOptions): Identity => {
  const { adminUser, adminPasswordFile, adminTokenFile } = options
  if (settings.generation === 1) {
    if (adminTokenFile !== undefined)
      throw new ExitError('usage', 'option --admin-token-file must be left out with generation 1: it has accounts')
    if ((adminUser === undefined) !== (adminPasswordFile === undefined))
      throw new ExitError('usage', 'options --admin-user and --admin-password-file must be given together')
    if (adminUser === undefined || adminPasswordFile === undefined) return { authorization: undefined, hidden: [] }
    return basic(adminUser, lineOf(adminPasswordFile, 'password'))
  }
  if (adminTokenFile === undefined)
    throw new ExitError('usage', `option --admin-token-file must be given with generation ${settings.generation}`)
  return token(lineOf(adminTokenFile, 'token'))
}

const lineOf = (file: string, kind: 'password' | 'token'): string => {
  const text = secretOf(file)
  if (text === undefined || text === '')
    throw new SentenceError(
      `${file} must hold the secret of the administrator, got ${text === '' ? 'nothing' : 'no file'}`
    )
  mustBeOne(file, kind, text)
  return text
}

const secretOf = (file: string): string | undefined => {
  const text = readIfThere(file)
  return text === undefined ? undefined : secretText(text)
}

/** An empty password would be one for everybody: nothing is asked of the server then. */
const secretFile = ({ generation }: InfluxSettings, file: string | undefined): SecretFile | undefined => {
  if (file === undefined) return undefined
  const there = secretOf(file)
  if (there === '')
    throw new SentenceError(
      both(
        `${file} 是空的：请写入密码或令牌，或删除该文件（会新建）。`,
        `${file} must hold a secret, got an empty file: write one, or remove it and a new one is made.`
      )
    )
  if (there !== undefined) mustBeOne(file, generation === 1 ? 'password' : 'token', there)
  return { file, read: () => secretOf(file), make: text => readOrMake(file, () => text).text }
}

const askThrough =
  (transport: Transport, ca: string | undefined): SetupAsk =>
  async (identity, method, path, body) => {
    const form = body instanceof URLSearchParams
    const reply = await transport.ask(
      {
        method,
        path,
        ...(body === undefined
          ? {}
          : {
              body: form ? body.toString() : JSON.stringify(body),
              contentType: form ? 'application/x-www-form-urlencoded' : 'application/json'
            })
      },
      { ...identity, ca },
      new AbortController().signal
    )
    if (reply.kind === 'lost') throw new ExitError('unreachable', reply.answer.says)
    return { status: reply.status, body: reply.body }
  }

const daysOf = (text = '90'): number => {
  if (!/^\d{1,5}$/.test(text))
    throw new ExitError('usage', `option --raw-days must be days, 0 for ever, got "${text.slice(0, 40)}"`)
  return Number(text)
}

const marks: Readonly<Record<SetupStep['state'], string>> = {
  made: '＋ 已建立 made',
  there: '✓ 已有 there',
  to_make: '… 将建立 to be made',
  differs: '! 不一致 differs'
}

const textOf = (steps: readonly SetupStep[], dryRun: boolean): string =>
  [
    ...steps.map(({ state, what }) => `${marks[state]}  ${what.zh}  ${what.en}`),
    dryRun ? '（试运行，没有改动 dry run: nothing was changed）' : '',
    ''
  ]
    .filter((line, i, all) => line !== '' || i === all.length - 1)
    .join('\n')
