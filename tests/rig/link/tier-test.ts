import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Type, { type Static } from 'typebox'
import { bin, node, run, start } from '../../../bench/processes.ts'
import type { Direction, TestKind, Tier } from '../../../contract/bandwidth.ts'
import { parseJson } from '../../../contract/parse.ts'
import type { Link } from './link.ts'

/** What `campus-gauge bandwidth --json` prints; it has more. */
const Printed = Type.Object({
  result: Type.String(),
  reason: Type.Optional(Type.String()),
  ip_mbps: Type.Optional(Type.Union([Type.Number(), Type.Null()])),
  bytes: Type.Number({ minimum: 0 }),
  duration_ms: Type.Number({ minimum: 0 })
})
export type Printed = Static<typeof Printed>

export interface TierTest {
  readonly tier: Tier
  readonly kind?: TestKind
  readonly direction?: Direction
  /** More words for the command line. */
  readonly more?: readonly string[]
}

export interface TestServer {
  /** Runs the product's command at the client, against this server. */
  test(test: TierTest): Promise<{ readonly printed: Printed; readonly all: unknown; readonly tookMs: number }>
  /** The same as a command line, for who measures it. */
  command(test: TierTest): string[]
  readonly port: number
  readonly secret: string
  readonly pid: number
  stop(): Promise<void>
}

const port = 8099

/** The product's own stand-alone test server at the far end of the link. `family` 6 for links without IPv4. */
export const startTestServer = async (
  link: Link,
  options: { readonly family?: 4 | 6; readonly portMbps?: number } = {}
): Promise<TestServer> => {
  const folder = mkdtempSync(join(tmpdir(), 'campus-gauge-tier-'))
  const secret = randomBytes(24).toString('base64url')
  const secretFile = join(folder, 'secret')
  writeFileSync(secretFile, `${secret}\n`, { mode: 0o600 })
  const address = options.family === 6 ? `[${link.serverAddress6}]:${port}` : `${link.serverAddress}:${port}`
  const server = start(
    link.at('server', [
      ...[node, bin, 'testserver', '--listen', address, '--secret-file', secretFile],
      ...['--port-mbps', String(options.portMbps ?? 10_000), '--json']
    ])
  )
  const stop = async (): Promise<void> => {
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    await server.ready
  } catch (cause) {
    rmSync(folder, { recursive: true, force: true })
    throw cause
  }
  const command = (test: TierTest): string[] =>
    link.at('client', [
      ...[node, bin, 'bandwidth', '--server', address, '--tier', String(test.tier), '--secret-file', secretFile],
      ...['--kind', test.kind ?? 'quick', '--direction', test.direction ?? 'down', '--json', ...(test.more ?? [])]
    ])
  return {
    port,
    secret,
    pid: server.pid,
    stop,
    command,
    test: async test => {
      const startedMs = performance.now()
      const { code, stdout, stderr } = await run(command(test))
      if (code !== 0) throw new Error(`the command must end with 0, it ended with ${code ?? 'a signal'}: ${stderr}`)
      const printed = parseJson(Printed, stdout, 'bandwidth --json')
      return { printed, all: JSON.parse(stdout), tookMs: performance.now() - startedMs }
    }
  }
}
