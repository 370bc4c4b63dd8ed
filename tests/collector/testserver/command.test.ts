import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { node } from '../../../bench/processes.ts'
import { runTestServer, type TestServerOptions } from '../../../collector/testserver/command.ts'
import { formatLease } from '../../../contract/lease-token.ts'
import { rawPublicKey } from '../../../contract/signature.ts'
import { claimsOf, keys, sessionWith, unbound, untilReceived } from './rig.ts'

const bin = fileURLToPath(new URL('../../../deploy/bin.js', import.meta.url))

void t.test(
  'campus-gauge testserver prints its address, serves the laboratory’s secret and stops when told',
  async t => {
    const secret = join(t.testdir(), 'secret')
    writeFileSync(secret, 'open sesame\n')
    const child = spawn(node, [bin, 'testserver', '--listen', '[::1]:0', '--secret-file', secret, '--json'])
    let words = ''
    child.stderr.on('data', (bytes: Buffer) => (words += bytes.toString()))
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
    const { listen, server } = JSON.parse(line) as { listen: string; server: string }
    t.equal(server, 'lab')
    t.match(listen, /^\[::1\]:\d+$/)

    const lease = unbound(claimsOf({ server: 'lab' }))
    const session = await sessionWith({ host: '::1', port: Number(listen.split(']:')[1]) }, lease, {
      token: formatLease(lease, { kind: 'lab', secret: 'open sesame' })
    })
    session.start()
    await untilReceived(session, 1)
    const exit = once(child, 'exit')
    child.kill('SIGTERM')
    t.match(await session.ended, { kind: 'closing', record: { ended: 'server_closing' } })
    t.same(await exit, [0, null])
    t.match(words, /laboratory mode, server lab/)
    t.match(words, /the speed of this port is not known and taken as 10000 Mbit\/s; say it with --port-mbps/)
    t.match(words, new RegExp(`"lease":"${lease.lease}","ip":"::1"`))
    t.notMatch(words, /open sesame/)
  }
)

void t.test('what is wrong with the command line is said in a sentence', async t => {
  const short = join(t.testdir(), 'short')
  writeFileSync(short, 'secret\n')
  const key = rawPublicKey(keys.publicKey).toString('base64')
  const cases: readonly [options: TestServerOptions, sentence: string | RegExp][] = [
    [{ listen: '8090' }, 'option --listen must be HOST:PORT or [IPv6]:PORT, got "8090"'],
    [{ listen: '::1:0' }, 'option --listen must be HOST:PORT or [IPv6]:PORT, got "::1:0"'],
    [{ listen: 'h:70000' }, 'option --listen must be HOST:PORT or [IPv6]:PORT, got "h:70000"'],
    [{ listen: 'h:0' }, 'one of the options --secret-file and --collector-key must be given'],
    [
      { listen: 'h:0', secretFile: short, collectorKey: 'AAAA' },
      'one of the options --secret-file and --collector-key must be given'
    ],
    [{ listen: 'h:0', secretFile: short }, `option --secret-file must hold 8 characters or more, got 6 in ${short}`],
    [{ listen: 'h:0', secretFile: `${short}x` }, /^option --secret-file must be a readable file: ENOENT/],
    [
      { listen: 'h:0', collectorKey: 'AAAA' },
      'option --server-id must be given with --collector-key: the id in collector.yaml'
    ],
    [
      { listen: 'h:0', collectorKey: 'AAAA', serverId: 's1' },
      'option --collector-key must be 32 bytes in base64, got 3 bytes'
    ],
    [
      { listen: 'h:0', secretFile: short, serverId: 'S 1' },
      'option --server-id must be a-z, 0-9 and -, at most 64, got "S 1"'
    ],
    [
      { listen: 'h:0', collectorKey: key, serverId: 's1', portMbps: 'fast' },
      'option --port-mbps must be a whole number from 1, got "fast"'
    ],
    [
      { listen: 'h:0', collectorKey: key, serverId: 's1', maxTests: '0' },
      'option --max-tests must be a whole number from 1, got "0"'
    ]
  ]
  for (const [options, message] of cases) await t.rejects(runTestServer(options), { exit: 'usage', message })
})
