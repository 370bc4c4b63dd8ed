import { readFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { InvalidArgumentError, Option, type Command } from 'commander'
import {
  bandwidthLimits,
  defaultPassRatio,
  directions,
  testKinds,
  tiers,
  type Direction,
  type TestKind,
  type Tier
} from '../contract/bandwidth.ts'
import { exitCodes, ExitError } from '../contract/exit.ts'
import { replaySentence, testSentences } from './bandwidth-words.ts'
import { readInterface } from './probes/bandwidth/interface.ts'
import { jobOf } from './probes/bandwidth/job.ts'
import { labLease } from './probes/bandwidth/lab.ts'
import { notRun, readingOf } from './probes/bandwidth/reading.ts'

interface Options {
  readonly server?: string
  readonly replay?: string
  readonly tier: Tier
  readonly direction: Direction
  readonly kind: TestKind
  readonly secretFile?: string
  readonly interface?: string
  readonly vantage: 'gateway' | 'panel'
  readonly streams: number
  readonly passRatio: number
  readonly lend: number
  readonly json?: boolean
}

/** `campus-gauge bandwidth`: one tier test against a laboratory server, or recorded traces judged again. */
export const addBandwidthCommand = (program: Command): void => {
  program
    .command('bandwidth')
    .description('does this line carry a tier? 带宽档测试')
    .option('--server <host:port>', 'a test server (campus-gauge testserver)')
    .option('--replay <file>', 'judge recorded traces instead, one JSON object a line; .gz, or - for standard input')
    .requiredOption('--tier <mbps>', tiers.join(', '), tierOf)
    .addOption(new Option('--direction <way>', 'down or up').choices(directions).default('down'))
    .addOption(
      new Option('--kind <kind>', 'capped, or uncapped to exclude burst credit').choices(testKinds).default('quick')
    )
    .option('--secret-file <file>', 'secret of a laboratory server')
    .option('--interface <name>', 'the interface that carries the line')
    .addOption(
      new Option('--vantage <place>', 'where this machine stands').choices(['gateway', 'panel']).default('gateway')
    )
    .option(
      '--streams <n>',
      'parallel connections',
      numberBetween(1, bandwidthLimits.streams, true),
      bandwidthLimits.defaultStreams
    )
    .option('--pass-ratio <share>', 'the line as a share of the tier', numberBetween(0.5, 1, false), defaultPassRatio)
    .option('--lend <nats>', 'evidence that history lends to a pass', numberBetween(0, 10, false), 0)
    .option('--json', 'print one JSON object (a line, with --replay)')
    .action((options: Options) => (options.replay === undefined ? live(options) : replay(options, options.replay)))
}

const live = async (options: Options): Promise<void> => {
  if (options.server === undefined)
    throw new ExitError('usage', 'one of the options --server and --replay must be given')
  const { host, port } = serverOf(options.server)
  const { interface: interfaceName } = options
  if (interfaceName !== undefined && readInterface('/', interfaceName) === undefined)
    throw new ExitError(
      'usage',
      `option --interface must be a network interface of this machine, got "${interfaceName}"`
    )
  const lease = labLease({ ...options, lendNats: options.lend, secret: await secretOf(options) }, Date.now())
  const place = { uplink: 'lab', vantage: options.vantage }
  const abort = new AbortController()
  process.once('SIGINT', () => abort.abort())
  if (process.stderr.isTTY) process.stderr.write(`正在测试 ${host}:${port} testing…\r`)
  // This command is a process of its own, so the test needs no other. Loaded here: the agent itself never holds it.
  const { runTest } = await import('./probes/bandwidth/in-child.ts')
  const report = await runTest(
    jobOf(lease, {
      host,
      port,
      vantage: options.vantage,
      ...(interfaceName === undefined ? {} : { interfaceName }),
      lab: true,
      root: '/'
    }),
    abort.signal
  )
  const plain =
    report.kind === 'tested' ? readingOf(report, lease, place) : notRun(report.reason, report.message, lease, place)
  const reading = { ...plain, labels: { ...plain.labels, lab: '1' } }
  const { fields } = reading
  const shown = {
    result: plain.labels?.['result'],
    reason: reading.reason,
    ip_mbps: fields['ip_mbps'] ?? null,
    bytes: (fields['bytes_down'] ?? 0) + (fields['bytes_up'] ?? 0),
    duration_ms: fields['duration_ms'] ?? 0,
    goodput_mbps: fields['goodput_mbps'] ?? null,
    ip_lo_mbps: fields['ip_lo_mbps'] ?? null,
    ip_hi_mbps: fields['ip_hi_mbps'] ?? null,
    tier_mbps: options.tier,
    line_mbps: fields['line_mbps'] ?? null,
    direction: options.direction,
    kind: options.kind,
    lab: true,
    reading
  }
  if (options.json === true) process.stdout.write(`${JSON.stringify(shown)}\n`)
  else process.stdout.write(`${testSentences(reading, options).join('\n')}\n`)
  if (report.kind === 'tested') return
  process.stderr.write(`${report.message}\n`)
  process.exitCode = exitCodes[exitOf[report.reason]]
}

const exitOf = {
  server_unreachable: 'unreachable',
  upgrade_blocked: 'unreachable',
  link_down: 'unreachable',
  lease_refused: 'notPermitted',
  server_busy: 'notPermitted',
  server_port_too_small: 'notPermitted',
  child_died: 'failure'
} as const

const replay = async (options: Options, file: string): Promise<void> => {
  if (options.server !== undefined)
    throw new ExitError('usage', 'one of the options --server and --replay must be given, got both')
  const { replayText } = await import('./probes/bandwidth/replay.ts')
  const text = await tracesIn(file)
  const terms = { tierMbps: options.tier, kind: options.kind, passRatio: options.passRatio, lendNats: options.lend }
  for (const row of replayText(text, terms, file === '-' ? 'standard input' : file)) {
    if ('problem' in row) {
      process.stderr.write(`${row.problem}\n`)
      process.exitCode = exitCodes.usage
    } else
      process.stdout.write(
        `${options.json === true ? JSON.stringify(row.replay) : replaySentence(row.line, row.replay, options)}\n`
      )
  }
}

const tracesIn = async (file: string): Promise<string> => {
  try {
    const bytes = file === '-' ? await buffer(process.stdin) : await readFile(file)
    // A gzip file says so itself (RFC 1952), whatever it is called.
    const packed = bytes[0] === 0x1f && bytes[1] === 0x8b
    return (packed ? await promisify(gunzip)(bytes) : bytes).toString('utf8')
  } catch (cause) {
    throw new ExitError('usage', `option --replay must be a readable file of traces: ${wordsOf(cause)}`, { cause })
  }
}

const secretOf = async ({ secretFile }: Options): Promise<string> => {
  if (secretFile === undefined)
    throw new ExitError(
      'usage',
      'option --secret-file must be given: a test on the real line needs a lease, which the bureau gives with 立即测试 "test now"; by hand only a laboratory server can be tested, with its secret'
    )
  try {
    const secret = (await readFile(secretFile, 'utf8')).trim()
    if (secret !== '') return secret
  } catch (cause) {
    throw new ExitError('usage', `option --secret-file must be a readable file: ${wordsOf(cause)}`, { cause })
  }
  throw new ExitError('usage', `option --secret-file must hold a secret, but ${secretFile} is empty`)
}

const wordsOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause))

const serverOf = (text: string): { host: string; port: number } => {
  const [, bracketed, plain, digits = ''] = /^(?:\[([^\]]+)\]|([^:/\s]+)):(\d{1,5})$/.exec(text) ?? []
  const host = bracketed ?? plain
  const port = Number(digits)
  if (
    host === undefined ||
    port < 1 ||
    port > 65_535 ||
    (bracketed !== undefined && isIP(bracketed.replace(/%.*$/, '')) !== 6)
  )
    throw new ExitError('usage', `option --server must be HOST:PORT or [IPV6]:PORT, got "${text.slice(0, 200)}"`)
  return { host, port }
}

const tierOf = (text: string): Tier => {
  const tier = tiers.find(known => String(known) === text)
  if (tier === undefined) throw new InvalidArgumentError(`It must be one of ${tiers.join(', ')}.`)
  return tier
}

const numberBetween =
  (least: number, most: number, whole: boolean) =>
  (text: string): number => {
    const value = Number(text)
    const fits = text.trim() !== '' && value >= least && value <= most && (!whole || Number.isInteger(value))
    if (!fits)
      throw new InvalidArgumentError(`It must be ${whole ? 'a whole number' : 'a number'} from ${least} to ${most}.`)
    return value
  }
