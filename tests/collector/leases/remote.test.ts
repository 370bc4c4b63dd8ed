import { generateKeyPairSync } from 'node:crypto'
import t from 'tap'
import { openAtlas } from '../../../collector/leases/atlas.ts'
import { openDesk } from '../../../collector/leases/desk.ts'
import { policyOf } from '../../../collector/leases/policy.ts'
import { openCollector } from '../../rig/collector.ts'
import { ledger } from '../../rig/ledger.ts'
import { tierTest } from '../pages/tier-tests.ts'

void t.test('a server elsewhere has room again as soon as any agent’s result says that its test is over', async t => {
  const { store, clock } = await openCollector(work => t.teardown(work))
  await store.putLedger({
    ...ledger,
    uplinks: [
      { id: 'line-1', school: 's-1', device: 'gw-1', contract_down_mbps: 500 },
      { id: 'line-9', school: 's-2', device: 'panel-9', contract_down_mbps: 500 }
    ]
  })
  const desk = openDesk({
    store,
    atlas: openAtlas(store, () => clock.ms),
    policy: policyOf({ servers: [{ id: 'far', host: 'far.example', port: 80, port_mbps: 1_000 }] }),
    signer: { kind: 'collector', privateKey: generateKeyPairSync('ed25519').privateKey },
    now: () => clock.ms,
    wishServed: () => undefined
  })
  const ask = (uplink: string, device: string) =>
    desk.answer({ agent: `a-${device}`, devices: new Set([device]), ip: '10.0.0.1' }, { uplink })
  for (const uplink of ['line-1', 'line-9']) await store.wishTest({ uplink, askedMs: clock.ms })
  const { lease } = await ask('line-1', 'gw-1')
  t.match(lease, { server: { id: 'far' }, cap_mbps: 550 })
  clock.ms += 20_000
  t.equal((await ask('line-9', 'panel-9')).later?.reason, 'server_busy')

  const result = tierTest('line-1', 0, '00:00', { lease: lease?.lease ?? '', atMs: clock.ms, bytes: 7e6 })
  await store.putTierTests([{ ...result, uplink: 'line-9', school: 's-2' }])
  t.equal((await ask('line-9', 'panel-9')).later?.reason, 'server_busy', 'its own result only')
  await store.putTierTests([result])
  t.equal((await ask('line-9', 'panel-9')).lease?.cap_mbps, 550)
  t.match(await store.leasesOf(['line-1'], 0), [{ closedMs: clock.ms, bytes: 7e6 }])
})
