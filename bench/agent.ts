import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { thisSystem } from '../agent/system.ts'
import { bundleAgent } from '../deploy/bundle.ts'
import { oneSchoolLedger } from '../deploy/one-school.ts'
import { startCollector, type CollectorProcess } from './collector.ts'
import { agentData, dueTimes, measuredTimes } from './measured.ts'
import { cpuMs, memory, node, run as runCommand, start, type Memory, type Running } from './processes.ts'
import { mean, most } from './stats.ts'
import { circumstances, goalLine, tableOf, type Column } from './table.ts'

const options = {
  seconds: { type: 'string', default: '300' },
  settle: { type: 'string', default: '60' }
} as const

const columns: readonly Column[] = [
  { name: 'subject' },
  { name: 'RSS max MiB', digits: 1 },
  { name: 'RSS mean', digits: 1 },
  { name: 'RssAnon max MiB', digits: 1 },
  { name: 'RssAnon mean', digits: 1 },
  { name: '× bare', digits: 2 },
  { name: 'CPU % of a core', digits: 3 }
]

const systeminformation = fileURLToPath(import.meta.resolve('systeminformation'))
/** The references: what Node alone costs on this machine, and what it costs with the largest library of the agent. */
const bareNode = 'setInterval(() => {}, 1000); console.log("{}")'
const withLibrary = `require(${JSON.stringify(systeminformation)}); ${bareNode}`

/** What the agent costs the machine of a school: the bundle, enrolled with a real collector, with the default checks and cadence. */
export const run = async (argv: readonly string[]): Promise<void> => {
  const { values } = parseArgs({ args: [...argv], options })
  const where = circumstances(['npm run bench -- agent', ...argv].join(' '))
  const directory = mkdtempSync(join(tmpdir(), 'campus-gauge-agent-'))
  const children: Running[] = []
  try {
    const ledger = oneSchoolLedger(await thisSystem().machine())
    const collector = await startCollector({ directory, ledger })
    children.push(collector.process)
    const agent = await startAgent(directory, collector)
    children.push(agent)
    const bare = start([node, '-e', bareNode])
    const library = start([node, '-e', withLibrary])
    children.push(bare, library)
    await Promise.all([bare.ready, library.ready])

    await sleep(Number(values.settle) * 1000)
    const seconds = Number(values.settle) + Number(values.seconds)
    const [ofBare, ofLibrary, ofAgent] = await watch([bare.pid, library.pid, agent.pid], Number(values.seconds))
    if (ofBare === undefined || ofLibrary === undefined || ofAgent === undefined) throw new Error('nothing was watched')
    const row = (name: string, w: Watched) => [
      ...[name, most(w.rss), mean(w.rss), most(w.anon), mean(w.anon), mean(w.rss) / mean(ofBare.rss), w.cpuPct]
    ]
    console.log(
      tableOf(columns, [
        row('bare node, one timer', ofBare),
        row('node + systeminformation', ofLibrary),
        row('agent (bundle, default checks)', ofAgent)
      ])
    )
    console.log(goalLine('agent RSS', most(ofAgent.rss), 90, ' MiB'))
    console.log(goalLine('agent RssAnon', most(ofAgent.anon), 35, ' MiB'))
    console.log(goalLine('agent CPU, its ping processes included', ofAgent.cpuPct, 0.5, ' %', 3))
    await agent.stop()
    const times = await measuredTimes(collector, agentData(directory))
    const due = dueTimes(seconds, collector.url)
    if (times < due) throw new Error(`the agent must have measured at least ${due} times, it did ${times} times`)
    console.log(`✔ it measured ${times} times (at least ${due} were due)`)
    console.log(where)
  } finally {
    for (const child of children.toReversed()) await child.stop()
    rmSync(directory, { recursive: true, force: true })
  }
}

/** Enrols and starts the bundle as a school would: from another directory, without the clone. */
const startAgent = async (directory: string, collector: CollectorProcess): Promise<Running> => {
  const { launcher } = await bundleAgent(join(directory, 'bundle'))
  const tokenFile = join(directory, 'token')
  writeFileSync(tokenFile, await collector.token('local-school'), { mode: 0o600 })
  const data = agentData(directory)
  const place = { cwd: directory, env: { PATH: process.env['PATH'] ?? '', HOME: directory, TMPDIR: directory } }
  const enrolled = await runCommand(
    [node, launcher, 'enroll', '--url', collector.url, '--token-file', tokenFile, '--data', data],
    place
  )
  if (enrolled.code !== 0) throw new Error(`the bundle did not enrol: ${enrolled.stderr}`)
  const agent = start([node, launcher, 'agent', '--config', join(data, 'agent.yaml')], place)
  await agent.ready
  return agent
}

interface Watched {
  readonly rss: readonly number[]
  readonly anon: readonly number[]
  readonly cpuPct: number
}

/** Looks at all of them every second over the same time, so that they share whatever else the machine does. */
const watch = async (pids: readonly number[], seconds: number): Promise<Watched[]> => {
  const samples = new Map<number, Memory[]>(pids.map(pid => [pid, []]))
  const startedMs = performance.now()
  const before = pids.map(pid => cpuMs(pid, true))
  while (performance.now() - startedMs < seconds * 1000) {
    for (const [pid, list] of samples) list.push(memory(pid))
    await sleep(1000)
  }
  const tookMs = performance.now() - startedMs
  return pids.map((pid, i) => {
    const list = samples.get(pid) ?? []
    return {
      rss: list.map(one => one.rssMb),
      anon: list.map(one => one.anonMb),
      cpuPct: (100 * (cpuMs(pid, true) - (before[i] ?? 0))) / tookMs
    }
  })
}
