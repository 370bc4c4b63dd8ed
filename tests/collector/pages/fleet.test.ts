import { performance } from 'node:perf_hooks'
import t from 'tap'
import { openLoader } from '../../../collector/routes/pages/load.ts'
import { contextOf } from '../../../collector/routes/pages/context.ts'
import { agentsPage } from '../../../collector/routes/pages/model/agents.ts'
import { patienceFor } from '../../../collector/routes/pages/model/liveness.ts'
import { overviewPage } from '../../../collector/routes/pages/model/overview.ts'
import type { AgentRow, Store, StoreReads } from '../../../collector/store/store.ts'
import { sharesOf } from '../../../collector/verdicts/evaluate.ts'
import { render } from '../../../collector/views/render.ts'
import { broadband, nowMs, roomPort, verdicts } from './city-ledger.ts'
import { fillLedger, openCity } from './city.ts'

const schoolsN = 2000
const devicesN = 20_000
const patience = patienceFor(60_000)
const site = { stylesheet: '/', version: '1', openOnLoopback: true, simulated: false }

const id = (i: number): string => `f-${String(i).padStart(4, '0')}`

/** 2,000 schools with 20,000 devices and their verdicts, through the store's own writes. */
const fillFleet = async (store: Store): Promise<void> => {
  await fillLedger(store)
  const schools = Array.from({ length: schoolsN }, (_, i) => ({
    id: id(i),
    code: String(i),
    name: `第 ${i} 号学校`,
    area: 'west',
    stage: 'primary' as const,
    zone: 'rural' as const
  }))
  const devices = Array.from({ length: devicesN }, (_, i) => ({
    id: `d-${i}`,
    school: id(i % schoolsN),
    kind: 'panel' as const,
    name: `一体机 ${i}`
  }))
  await store.putLedger({ areas: [], schools, devices })
  const made = schools.flatMap((school, i) => {
    const first = verdicts[(i * 2) % 10]
    const second = verdicts[(i * 2 + 1) % 10]
    return first === undefined || second === undefined
      ? []
      : [
          { ...first, school: school.id },
          { ...second, school: school.id }
        ]
  })
  const goals = new Map([
    [broadband, 100],
    [roomPort, 100]
  ])
  await store.putVerdicts('2026-11', made, sharesOf(await store.areas(), await store.schools(), made, goals))
}

/** Enrolling 20,000 agents one by one takes longer than the test may; the rest of the store is real. */
const fleetAgents: AgentRow[] = Array.from({ length: devicesN }, (_, i) => ({
  id: `a-${i}`,
  school: id(i % schoolsN),
  publicKey: '',
  state: 'approved',
  machine: { fingerprint: '', hostname: `host-${i}`, macs: [], platform: 'linux-x64', version: '1' },
  enrolledMs: 0,
  seenMs: nowMs - (i % 97) * 10_000,
  seenIp: '10.0.0.1',
  skewMs: 0,
  devices: [`d-${i}`]
}))

const { store } = await openCity(work => t.teardown(work), fillFleet)
const reads = new Map<string, number>()
const countReads: ProxyHandler<StoreReads> = {
  get: (target, name, receiver): unknown => {
    reads.set(String(name), (reads.get(String(name)) ?? 0) + 1)
    return Reflect.get(target, name, receiver)
  }
}
const counted = new Proxy<StoreReads>({ ...store, agents: () => Promise.resolve(fleetAgents) }, countReads)
const load = openLoader(counted)

void t.test(
  'the overview of 2,000 schools and 20,000 devices is there within a second, from one read of each list',
  async t => {
    const context = contextOf({ url: '/', headers: {} }, nowMs)
    const started = performance.now()
    const found = await load.overview(context)
    if (found === undefined) throw new Error('there is always an overview')
    const html = render('overview', overviewPage(context, site, found.reads, patience))
    const tookMs = performance.now() - started
    t.ok(tookMs < 1000, `${Math.round(tookMs)} ms`)
    t.ok(html.length < 100_000, `${html.length} characters`)
    t.equal(html.match(/href="\/schools\//g)?.length, 50)
    t.match(html, '共 2,005 所，显示第 1–50 所')
    for (const [name, n] of reads) t.equal(n, 1, `${name} is read once`)
  }
)

void t.test('the list of 20,000 agents is there within a second', async t => {
  reads.clear()
  const context = contextOf({ url: '/agents?page=2', headers: {} }, nowMs)
  const started = performance.now()
  const html = render('agents', agentsPage(context, site, await load.agents(context.nowMs), patience, 500))
  const tookMs = performance.now() - started
  t.ok(tookMs < 1000, `${Math.round(tookMs)} ms`)
  t.match(html, '共 20,000 个，显示第 101–200 个')
  for (const [name, n] of reads) t.equal(n, 1, `${name} is read once`)
})
