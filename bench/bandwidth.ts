import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { spawn } from 'node:child_process'
import Type from 'typebox'
import { tiers } from '../contract/bandwidth.ts'
import { parseJson } from '../contract/parse.ts'
import { openLink, whyNoLink, type Link } from '../tests/rig/link/link.ts'
import { lineOf } from '../tests/rig/link/shape.ts'
import { startTestServer, type TestServer } from '../tests/rig/link/tier-test.ts'
import { node, run as runCommand } from './processes.ts'
import { quantile } from './stats.ts'
import { circumstances, goalLine, tableOf, type Column } from './table.ts'

const options = {
  rounds: { type: 'string', default: '3' },
  runs: { type: 'string', default: '5' },
  seconds: { type: 'string', default: '10' }
} as const

const cpuColumns: readonly Column[] = [
  { name: 'receiver behind 950 Mbit/s' },
  { name: 'Mbit/s', digits: 0 },
  { name: 'GB', digits: 2 },
  { name: 'CPU-s', digits: 2 },
  { name: 'CPU-s per GB', digits: 2 },
  { name: '× iperf3', digits: 2 }
]
const costColumns: readonly Column[] = [
  { name: 'link and tier, Mbit/s' },
  { name: 'iperf3 s', digits: 1 },
  { name: 'iperf3 MB', digits: 1 },
  { name: 'test s', digits: 2 },
  { name: 'test MB', digits: 1 },
  { name: '% of its bytes', digits: 1 },
  { name: 'results' }
]

/** What a tier test costs beside iperf3 on the same link, in turns: the receiving machine's CPU, bytes, and time. */
export const run = async (argv: readonly string[]): Promise<void> => {
  const { values } = parseArgs({ args: [...argv], options })
  const obstacle = whyNoLink()
  if (obstacle !== undefined) {
    console.error(`no bench of the bandwidth test on this machine: it ${obstacle}`)
    process.exitCode = 2
    return
  }
  const where = circumstances(['npm run bench -- bandwidth', ...argv].join(' '))
  const link = await openLink({ rttMs: 10 })
  const iperf = spawn('ip', link.at('server', ['iperf3', '-s']).slice(1), { stdio: 'ignore' })
  try {
    const server = await startTestServer(link)
    try {
      await sleep(300)
      await printCpu(link, server, Number(values.rounds), Number(values.seconds))
      await printCost(link, server, Number(values.runs), Number(values.seconds))
    } finally {
      await server.stop()
    }
  } finally {
    iperf.kill('SIGTERM')
    await link.close()
  }
  console.log(where)
}

interface Transfer {
  readonly bytes: number
  readonly ms: number
  readonly cpuS: number
}

/** A link that carries exactly the line of T = 1000 keeps a test undecided to its end: a long transfer of the real command, whose start is then taken off. */
const onTheLine = 950

const printCpu = async (link: Link, server: TestServer, rounds: number, seconds: number): Promise<void> => {
  link.shape('down', lineOf(onTheLine))
  const iperfs: Transfer[] = []
  const receivers: Transfer[] = []
  const longs: Transfer[] = []
  const shorts: Transfer[] = []
  for (let round = 0; round < rounds; round++) {
    iperfs.push(await iperf3(link, seconds))
    receivers.push(await receiver(link, server, seconds))
    longs.push(await tested(server, 1000, link.device))
    shorts.push(await tested(server, 100, link.device))
  }
  const [iperf, received, long, short] = [middle(iperfs), middle(receivers), middle(longs), middle(shorts)]
  const net = { bytes: long.bytes - short.bytes, ms: long.ms, cpuS: long.cpuS - short.cpuS }
  const row = (name: string, one: Transfer) => {
    const rate = (one.bytes * 8) / one.ms / 1000
    return [name, rate, one.bytes / 1e9, one.cpuS, perGb(one), perGb(one) / perGb(iperf)]
  }
  console.log(
    tableOf(cpuColumns, [
      row('iperf3 -R -P 4', iperf),
      row('our receiver: streams read and counted', received),
      row('a whole test, less one for T = 100 (its start)', net),
      row('a whole test: `campus-gauge bandwidth`', long)
    ])
  )
  console.log(goalLine('CPU of the receiver for each GB', perGb(received) / perGb(iperf), 1.8, ' × iperf3', 2), '\n')
}

const perGb = ({ cpuS, bytes }: Transfer): number => cpuS / (bytes / 1e9)

const middle = (transfers: readonly Transfer[]): Transfer => {
  const of = (key: keyof Transfer): number =>
    quantile(
      transfers.map(one => one[key]),
      0.5
    )
  return { bytes: of('bytes'), ms: of('ms'), cpuS: of('cpuS') }
}

const printCost = async (link: Link, server: TestServer, runs: number, seconds: number): Promise<void> => {
  const rows = []
  const shares: number[] = []
  for (const tier of tiers.filter(tier => tier >= 100)) {
    link.shape('down', lineOf(tier))
    const reference = await iperf3(link, seconds)
    const tests = []
    for (let i = 0; i < runs; i++) tests.push((await server.test({ tier, more: ['--interface', link.device] })).printed)
    const bytes = quantile(
      tests.map(test => test.bytes),
      0.5
    )
    const ms = quantile(
      tests.map(test => test.duration_ms),
      0.5
    )
    shares.push((100 * bytes) / reference.bytes)
    const results = Map.groupBy(tests, test => test.result)
    rows.push([
      tier,
      reference.ms / 1000,
      reference.bytes / 1e6,
      ms / 1000,
      bytes / 1e6,
      (100 * bytes) / reference.bytes,
      [...results].map(([result, list]) => `${list.length} ${result}`).join(', ')
    ])
  }
  console.log(tableOf(costColumns, rows))
  console.log(goalLine('bytes of a pass, of iperf3’s, median of the tiers', quantile(shares, 0.5), 12, ' %'))
}

const Iperf = Type.Object({
  end: Type.Object({ sum_received: Type.Object({ bytes: Type.Number(), seconds: Type.Number() }) })
})

const iperf3 = async (link: Link, seconds: number): Promise<Transfer> => {
  const command = ['iperf3', '-c', link.serverAddress, '-R', '-P', '4', '-t', String(seconds), '-J']
  const { value, cpuS } = await measured(() => runCommand(link.at('client', command)))
  const { end } = parseJson(Iperf, value.stdout, 'iperf3 -J')
  return { bytes: end.sum_received.bytes, ms: end.sum_received.seconds * 1000, cpuS }
}

const Received = Type.Object({ bytes: Type.Number(), ms: Type.Number(), cpuS: Type.Number() })

const receiver = async (link: Link, server: TestServer, seconds: number): Promise<Transfer> => {
  const program = fileURLToPath(new URL('bandwidth-receiver.ts', import.meta.url))
  // A test may last 20 s.
  const words = [link.serverAddress, String(server.port), server.secret, String(Math.min(seconds, 15))]
  const { stdout, stderr } = await runCommand(link.at('client', [node, program, ...words]))
  if (stdout === '') throw new Error(`the receiver must say what it received: ${stderr}`)
  return parseJson(Received, stdout, 'the receiver')
}

const tested = async (server: TestServer, tier: 100 | 1000, device: string): Promise<Transfer> => {
  const { value, cpuS } = await measured(() => server.test({ tier, more: ['--interface', device] }))
  return { bytes: value.printed.bytes, ms: value.printed.duration_ms, cpuS }
}

const measured = async <T>(work: () => Promise<T>): Promise<{ readonly value: T; readonly cpuS: number }> => {
  const before = endedChildrenS()
  const value = await work()
  return { value, cpuS: endedChildrenS() - before }
}

/** CPU time of this process's ended children and of theirs, seconds. Source: proc(5), stat fields 16 and 17; USER_HZ is 100. */
const endedChildrenS = (): number => {
  const stat = readFileSync('/proc/self/stat', 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[13]) + Number(fields[14])) / 100
}
