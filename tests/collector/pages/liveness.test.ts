import t from 'tap'
import { livenessOf, patienceFor, presenceOf, type Liveness } from '../../../collector/routes/pages/model/liveness.ts'
import type { AgentRow } from '../../../collector/store/store.ts'
import { minute, nowMs } from './city-ledger.ts'

const agent = (more: Partial<AgentRow>): AgentRow => ({
  id: 'a-1',
  school: 's-1',
  publicKey: '',
  state: 'approved',
  machine: { fingerprint: '', hostname: '', macs: [], platform: '', version: '' },
  enrolledMs: nowMs - 1000 * minute,
  seenMs: undefined,
  seenIp: undefined,
  skewMs: undefined,
  devices: [],
  ...more
})
const seen = (ago: number): AgentRow => agent({ seenMs: nowMs - ago })
const patience = patienceFor(minute)

void t.test('how long an agent was silent decides what it is called', t => {
  const cases: readonly (readonly [string, AgentRow, Liveness])[] = [
    ['heard now', seen(0), 'live'],
    ['heard 2 minutes ago', seen(2 * minute), 'live'],
    ['heard a little earlier', seen(2 * minute + 1), 'at_risk'],
    ['heard 10 minutes ago', seen(10 * minute), 'at_risk'],
    ['heard before that', seen(10 * minute + 1), 'silent'],
    ['clock of the collector was set back', seen(-5 * minute), 'live'],
    ['never heard, new', agent({ enrolledMs: nowMs - 9 * minute }), 'waiting'],
    ['never heard, old', agent({}), 'silent'],
    ['pending', agent({ state: 'pending' }), 'pending'],
    ['revoked', { ...seen(0), state: 'revoked' }, 'revoked']
  ]
  for (const [name, row, expected] of cases) t.equal(livenessOf(row, nowMs, patience), expected, name)
  t.end()
})

void t.test('patience grows with the pause between uploads', t => {
  t.same(patienceFor(50), { atRiskMs: 2 * minute, silentMs: 10 * minute })
  t.same(patienceFor(30 * minute), { atRiskMs: 60 * minute, silentMs: 150 * minute })
  t.end()
})

void t.test('a school is offline only when every agent of it is silent', t => {
  const of = (...rows: AgentRow[]) => presenceOf(rows, nowMs, patience)
  const lost = seen(600 * minute)
  t.match(of(lost, seen(0)), { agents: 2, live: 1, offline: false, seenMs: nowMs })
  t.match(of(lost, agent({ enrolledMs: nowMs })), { offline: false, live: 0 })
  t.match(of(lost, { ...seen(0), state: 'revoked' }), { agents: 1, live: 0, offline: true, seenMs: lost.seenMs })
  t.match(of({ ...seen(0), state: 'pending' }), { agents: 0, offline: false, seenMs: undefined })
  t.match(of(), { agents: 0, offline: false })
  t.end()
})
