import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Test } from 'tap'
import Type from 'typebox'
import { thisSystem } from '../../agent/system.ts'
import { startCollector, type CollectorProcess } from '../../bench/collector.ts'
import { run, start, type Running } from '../../bench/processes.ts'
import { parse } from '../../contract/parse.ts'
import { oneSchoolLedger } from '../../deploy/one-school.ts'

export interface EndToEnd {
  /** How a person starts the program: node and its file. */
  readonly command: readonly string[]
}

const Readings = Type.Object({
  items: Type.Array(
    Type.Object({
      probe: Type.String(),
      outcome: Type.String(),
      reason: Type.Union([Type.String(), Type.Null()]),
      labels: Type.Record(Type.String(), Type.String())
    })
  )
})
const Agent = Type.Object({ agent: Type.String() })
const Enrolled = Type.Object({ agent: Type.String(), state: Type.String(), device: Type.String() })

const probes = ['clock', 'host', 'ping', 'port', 'portal']

/** One agent and one real collector from the first command to a restart, whichever way the program is packed. */
export const endToEnd = (t: Test, { command }: EndToEnd): void => {
  /** An agent's whole world: its own home, working directory and environment, and nothing of the clone in any of them. */
  const scene = async (t: Test) => {
    const directory = t.testdir({})
    const site = await openSite(t)
    const collector = await startCollector({ directory: join(directory, 'bureau'), ...(await worldOf(site)) })
    t.teardown(() => collector.process.stop())
    const home = join(directory, 'home')
    mkdirSync(home)
    const place = { cwd: home, env: { PATH: process.env['PATH'] ?? '', HOME: home, TMPDIR: home } }
    const config = join(home, 'data/agent.yaml')
    return {
      collector,
      home,
      config,
      campusGauge: (...args: string[]) => run([...command, ...args], place),
      startAgent: async (): Promise<{ agent: Running; id: string }> => {
        const agent = start([...command, 'agent', '--config', config], place)
        t.teardown(() => agent.stop())
        return { agent, id: parse(Agent, await agent.ready, 'the agent’s first line').agent }
      }
    }
  }

  void t.test('an agent enrols, measures, stops, and goes on from its disk', async t => {
    const { collector, home, config, campusGauge, startAgent } = await scene(t)

    writeFileSync(join(home, 'token'), await collector.token('local-school'), { mode: 0o600 })
    const enrolling = ['enroll', '--url', collector.url, '--token-file', 'token', '--data', 'data', '--json']
    const enrolled = await campusGauge(...enrolling)
    t.equal(enrolled.code, 0, enrolled.stderr)
    const answer = parse(Enrolled, JSON.parse(enrolled.stdout), 'answer of enroll')
    t.match(answer, { state: 'approved', device: 'this-machine' })
    writeFileSync(
      config,
      readFileSync(config, 'utf8') + 'retry: { first_ms: 200, base_ms: 200, cap_ms: 1000 }\nlog: warn\n'
    )

    const first = await startAgent()
    t.equal(first.id, answer.agent)
    await sleep(5_000)
    const seen = await readingsOf(collector)
    t.same([...new Set(seen.map(reading => reading.probe))].sort(), probes, 'every probe has readings')
    t.same(
      seen.filter(reading => reading.reason === 'error' || reading.reason === 'bad_options'),
      [],
      'none of them failed inside'
    )
    t.ok(
      seen.some(reading => reading.probe === 'portal' && reading.outcome === 'ok'),
      'the page was read'
    )
    const stopping = performance.now()
    const stopped = await first.agent.stop(15_000)
    t.equal(stopped.code, 0, stopped.stderr)
    t.ok(performance.now() - stopping < 10_000, 'it stopped within 10 s')
    t.ok(existsSync(join(home, 'data/spool.sqlite')), 'its spool stayed')

    const before = await figures(collector)
    const second = await startAgent()
    t.equal(second.id, first.id, 'it is the same agent, without enrolling again')
    await sleep(2_500)
    t.equal((await second.agent.stop()).code, 0)
    const after = await figures(collector)
    t.ok(after.readings > before.readings, `more readings arrived: ${before.readings} → ${after.readings}`)
    t.match(after, { rejected: 0, gaps: 0, lost: 0 }, 'nothing was refused, lost or sent under a wrong number')
  })
}

/** A page on loopback for the portal probe to look at. */
const openSite = async (t: Test): Promise<string> => {
  const server = http.createServer((_request, response) => response.end('<title>ok</title>'))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.closeAllConnections()
    return new Promise<void>(resolve => server.close(() => resolve()))
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

const worldOf = async (site: string) => ({
  ledger: oneSchoolLedger(await thisSystem().machine()),
  config: {
    upload_ms: 200,
    fold_ms: 0,
    upkeep_ms: 500,
    checks: [
      { name: 'host', probe: 'host', every_ms: 500 },
      { name: 'port', probe: 'port', every_ms: 500 },
      { name: 'ping', probe: 'ping', every_ms: 500, options: { subject: 'self', count: 1 } },
      // Without servers it asks the collector.
      { name: 'clock', probe: 'clock', every_ms: 500, options: {} },
      { name: 'portal', probe: 'portal', every_ms: 500, options: { url: site } }
    ]
  }
})

const readingsOf = async (collector: CollectorProcess) =>
  parse(Readings, await collector.get('/v1/readings?limit=200'), 'answer of /v1/readings').items

const figures = async (collector: CollectorProcess) => ({
  readings: await collector.metric('campus_gauge_readings_stored'),
  rejected: await collector.metric('campus_gauge_readings_rejected'),
  gaps: await collector.metric('campus_gauge_gaps'),
  lost: await collector.metric('campus_gauge_readings_lost')
})
