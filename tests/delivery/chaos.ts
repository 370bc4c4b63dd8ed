import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { stringify } from 'yaml'
import { freePort, runNode, startNode, type Process } from './processes.ts'
import { openProxy, type Proxy } from './proxy.ts'
import { emptySpool, tallyOf, type Tally } from './tally.ts'

export interface ChaosOptions {
  /** Root of the code under test: the clone, or a patched copy. */
  readonly root: string
  /** An empty directory. */
  readonly directory: string
  readonly kill: 'collector' | 'agent'
  readonly cycles: number
  readonly random: () => number
  /** How long the last agent may take to empty its spool, ms. */
  readonly patienceMs?: number
}

export interface ChaosResult extends Tally {
  readonly kills: number
  readonly dropped: number
  readonly forged: number
  /** False when the spool did not empty in time after the last kill: something is dead-locked. */
  readonly drained: boolean
}

/** Generations of the agent count from different thousands, so that a serial never comes twice. */
const generationStep = 1_000_000

/**
 * Real collector, real agent, real sockets; one of them is killed with -9 during uploads, answers are dropped and forged. At the end every
 * reading that the agent had on disk must be in the collector's store exactly once, with the time at which it was measured.
 */
export const chaos = async (options: ChaosOptions): Promise<ChaosResult> => {
  const { root, directory } = options
  const bin = join(root, 'deploy/bin.js')
  const port = await freePort()
  const proxy = await openProxy(() => port)
  const config = writeConfigs(directory)
  const recorded = new Map<number, number>()
  let kills = 0
  let generation = 0

  const startCollector = async (): Promise<Process> => {
    const { promise, resolve, reject } = Promise.withResolvers<undefined>()
    const collector = startNode([bin, 'collector', '--config', config.collector, '--port', String(port)], () =>
      resolve(undefined)
    )
    collector.child.once('exit', () => reject(new Error(`the collector did not start: ${collector.errors()}`)))
    await promise
    return collector
  }
  const startAgent = (): Process => {
    generation += 1
    return startNode(
      [join(root, 'tests/delivery/agent-child.ts'), config.agent, String(generation * generationStep)],
      line => {
        const [word, serial, wallMs] = line.split(' ')
        if (word === 'recorded') recorded.set(Number(serial), Number(wallMs))
      }
    )
  }

  let collector = await startCollector()
  await enrol(bin, directory, port, proxy.port)
  let agent = startAgent()
  try {
    for (let cycle = 0; cycle < options.cycles; cycle += 1) {
      const before = recorded.size
      if (!(await until(() => recorded.size >= before + 6, 30_000)))
        throw new Error(`the agent records nothing: ${agent.errors()}`)
      await badWeather(proxy, cycle)
      await moment(proxy, options.random)
      kills += 1
      if (options.kill === 'collector') {
        await collector.kill('SIGKILL')
        collector = await startCollector()
      } else {
        await agent.kill('SIGKILL')
        agent = startAgent()
      }
    }
    await agent.kill('SIGTERM')
    // What is still in the spool is sent by a last agent, which counts on until its spool is empty once.
    agent = startAgent()
    const drained = await until(() => emptySpool(join(directory, 'agent')), options.patienceMs ?? 20_000)
    await agent.kill('SIGKILL')
    await collector.kill('SIGTERM')
    return { ...tallyOf(directory, recorded), kills, dropped: proxy.dropped(), forged: proxy.forged(), drained }
  } finally {
    await agent.kill('SIGKILL')
    await collector.kill('SIGKILL')
    await proxy.close()
  }
}

/** In turn: nothing, answers dropped, acknowledgements forged; each until it has hit at least twice. */
const badWeather = async (proxy: Proxy, cycle: number): Promise<void> => {
  const hits = () => proxy.dropped() + proxy.forged()
  const before = hits()
  proxy.weather = cycle % 3 === 1 ? 'drop_answer' : cycle % 3 === 2 ? 'forge' : 'pass'
  if (proxy.weather !== 'pass') await until(() => hits() >= before + 2, 5_000)
  proxy.weather = 'pass'
}

/** During an upload: right when a request or an answer passes, or up to 15 ms later. */
const moment = async (proxy: Proxy, random: () => number): Promise<void> => {
  const { promise, resolve } = Promise.withResolvers<undefined>()
  const hit = () => resolve(undefined)
  if (random() < 0.5) proxy.onAnswer = hit
  else proxy.onRequest = hit
  await Promise.race([promise, sleep(5_000)])
  proxy.onAnswer = proxy.onRequest = () => undefined
  if (random() < 0.5) await sleep(random() * 15)
}

const until = async (done: () => boolean, ms: number): Promise<boolean> => {
  const deadline = performance.now() + ms
  while (performance.now() < deadline) {
    if (done()) return true
    await sleep(20)
  }
  return false
}

const writeConfigs = (directory: string): { collector: string; agent: string } => {
  mkdirSync(join(directory, 'agent'), { recursive: true })
  const ledger = {
    areas: [{ id: 'area', level: 'county', name: '测试县' }],
    schools: [{ id: 'school', code: '01', name: '测试学校', area: 'area', stage: 'primary', zone: 'urban' }],
    devices: [{ id: 'gateway', school: 'school', kind: 'gateway', name: 'gateway' }]
  }
  writeFileSync(join(directory, 'ledger.yaml'), stringify(ledger))
  const collector = join(directory, 'collector.yaml')
  const checks = [{ name: 'count', probe: 'count', every_ms: 100 }]
  writeFileSync(
    collector,
    stringify({
      data: 'collector',
      ledger: 'ledger.yaml',
      checks,
      upload_ms: 50,
      fold_ms: 0,
      upkeep_ms: 1000,
      log: 'error'
    })
  )
  return { collector, agent: join(directory, 'agent', 'agent.yaml') }
}

/** Through the real path: a token by the API, the agent's own `enroll`, approval by the API. */
const enrol = async (bin: string, directory: string, port: number, proxyPort: number): Promise<void> => {
  const secret = readFileSync(join(directory, 'collector/admin.secret'), 'utf8').trim()
  const post = async (path: string, body: unknown) => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
      body: JSON.stringify(body)
    })
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`)
    return answer.status === 204 ? undefined : ((await answer.json()) as { token: string })
  }
  const token = await post('/v1/tokens', { school: 'school', uses: 1 })
  const file = join(directory, 'token')
  writeFileSync(file, token?.token ?? '')
  const url = `http://127.0.0.1:${proxyPort}`
  const data = join(directory, 'agent')
  const enrolled = await runNode([bin, 'enroll', '--url', url, '--token-file', file, '--data', data, '--json'])
  if (enrolled.code !== 0) throw new Error(`enroll ended with ${enrolled.code}: ${enrolled.stderr}`)
  const { agent } = JSON.parse(enrolled.stdout) as { agent: string }
  await post(`/v1/agents/${agent}/approve`, { device: 'gateway' })
  writeFileSync(
    join(data, 'agent.yaml'),
    stringify({ url, data: '.', retry: { first_ms: 50, base_ms: 20, cap_ms: 100, refused_ms: 100 }, log: 'error' })
  )
}
