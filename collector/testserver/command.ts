import { readFileSync } from 'node:fs'
import { pino } from 'pino'
import { ExitError } from '../../contract/exit.ts'
import type { LeaseVerifier } from '../../contract/lease-token.ts'
import { RegistryId } from '../../contract/registry-id.ts'
import { publicKeyFromRaw } from '../../contract/signature.ts'
import { faultOf } from '../../contract/parse.ts'
import { untilToldToStop } from '../../contract/stop.ts'
import { openMemoryBook } from './lease-book.ts'
import { congestionControl } from './load.ts'
import { listenTestServer } from './stand-alone.ts'

export interface TestServerOptions {
  readonly listen: string
  readonly secretFile?: string
  readonly collectorKey?: string
  readonly serverId?: string
  readonly portMbps?: string
  readonly maxTests?: string
  readonly json?: boolean
}

/** Of a port nobody has told us about: so fast that it refuses nothing. */
const unknownPortMbps = 10_000

/** `campus-gauge testserver`: runs until SIGTERM or SIGINT. Data goes to stdout (one line: the address), words to stderr. */
export const runTestServer = async (options: TestServerOptions): Promise<void> => {
  const { host, port } = addressOf(options.listen)
  const { verifier, serverId } = identityOf(options)
  const portMbps = options.portMbps === undefined ? unknownPortMbps : numberOf('--port-mbps', options.portMbps)
  const maxTests = options.maxTests === undefined ? {} : { maxTests: numberOf('--max-tests', options.maxTests) }
  const log = pino({ level: 'info', base: null }, pino.destination(2))
  const server = await listenTestServer({
    host,
    port,
    verifier,
    serverId,
    portMbps,
    ...maxTests,
    book: openMemoryBook(Date.now),
    now: Date.now,
    onOver: (claims, ip, record) =>
      log.info({ lease: claims.lease, ip, direction: claims.direction, tier: claims.tier, record }, 'test over'),
    onFault: err => log.error({ err }, 'test server fault')
  })
  const shown = `${server.host.includes(':') ? `[${server.host}]` : server.host}:${server.port}`
  process.stdout.write(
    options.json === true ? `${JSON.stringify({ listen: shown, server: serverId })}\n` : `${shown}\n`
  )
  for (const word of warnings(options, serverId)) process.stderr.write(`${word}\n`)
  await untilToldToStop()
  await server.close()
}

const warnings = (options: TestServerOptions, serverId: string): string[] => {
  const cc = congestionControl()
  return [
    ...(options.secretFile === undefined
      ? []
      : [`实验室模式 laboratory mode, server ${serverId}: whoever knows the secret may test`]),
    ...(options.portMbps === undefined
      ? [`the speed of this port is not known and taken as ${unknownPortMbps} Mbit/s; say it with --port-mbps`]
      : []),
    ...(cc === '' || cc === 'bbr'
      ? []
      : [
          `congestion control is ${cc}: shallow queues can make a test fail falsely. Next: sysctl -w net.ipv4.tcp_congestion_control=bbr net.core.default_qdisc=fq`
        ])
  ]
}

const identityOf = (options: TestServerOptions): { verifier: LeaseVerifier; serverId: string } => {
  if ((options.secretFile === undefined) === (options.collectorKey === undefined))
    throw new ExitError('usage', 'one of the options --secret-file and --collector-key must be given')
  const serverId: string | undefined = options.serverId ?? (options.secretFile === undefined ? undefined : 'lab')
  if (serverId === undefined)
    throw new ExitError('usage', 'option --server-id must be given with --collector-key: the id in collector.yaml')
  if (faultOf(RegistryId, serverId) !== undefined)
    throw new ExitError(
      'usage',
      `option --server-id must be a-z, 0-9 and -, at most 64, got "${serverId.slice(0, 80)}"`
    )
  if (options.collectorKey !== undefined) return { verifier: collectorVerifier(options.collectorKey), serverId }
  return { verifier: { kind: 'lab', secret: secretOf(options.secretFile ?? '') }, serverId }
}

const collectorVerifier = (base64: string): LeaseVerifier => {
  const raw = Buffer.from(base64, 'base64')
  if (raw.length !== 32)
    throw new ExitError('usage', `option --collector-key must be 32 bytes in base64, got ${raw.length} bytes`)
  return { kind: 'collector', publicKey: publicKeyFromRaw(raw) }
}

/** Short secrets can be guessed from one lease. */
const leastSecret = 8

const secretOf = (file: string): string => {
  let secret: string
  try {
    secret = readFileSync(file, 'utf8').trim()
  } catch (cause) {
    throw new ExitError(
      'usage',
      `option --secret-file must be a readable file: ${cause instanceof Error ? cause.message : file}`,
      { cause }
    )
  }
  if (secret.length < leastSecret)
    throw new ExitError(
      'usage',
      `option --secret-file must hold ${leastSecret} characters or more, got ${secret.length} in ${file}`
    )
  return secret
}

const addressOf = (listen: string): { host: string; port: number } => {
  const [, bracketed, plain, digits] = /^(?:\[([0-9a-fA-F:.]+)\]|([^:\s[\]]+)):(\d{1,5})$/.exec(listen) ?? []
  const host = bracketed ?? plain
  const port = Number(digits)
  if (host === undefined || port > 65_535)
    throw new ExitError('usage', `option --listen must be HOST:PORT or [IPv6]:PORT, got "${listen.slice(0, 200)}"`)
  return { host, port }
}

const numberOf = (option: string, text: string): number => {
  const value = Number(text)
  if (!/^\d{1,7}$/.test(text) || value < 1)
    throw new ExitError('usage', `option ${option} must be a whole number from 1, got "${text.slice(0, 80)}"`)
  return value
}
