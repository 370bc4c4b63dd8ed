import t, { type Test } from 'tap'
import type { Ledger } from '../../collector/ledger/ledger.ts'
import type { Store } from '../../collector/store/store.ts'
import { ledger } from '../rig/ledger.ts'
import { nightMs, pass, uplinkRow } from '../rig/tier-tests.ts'
import { fill, type StoreDoor } from './store.ts'

const uplinks: NonNullable<Ledger['uplinks']> = [
  { id: 'u-1', school: 's-1', device: 'gw-1' },
  {
    id: 'u-2',
    school: 's-1',
    device: 'panel-1',
    interface: 'eth1',
    contract_down_mbps: 500,
    contract_up_mbps: 50.5,
    isp: '中国电信',
    shared_group: 'g-1',
    server: 'city'
  }
]

/** What any store must do with uplinks and their tests. */
export const uplinkSuite = (name: string, door: () => StoreDoor): void => {
  const withStore = (claim: string, work: (t: Test, store: Store, again: () => Promise<Store>) => Promise<void>) =>
    void t.test(`${name}: ${claim}`, async t => {
      const one = door()
      t.teardown(() => one.close())
      const store = await one.open()
      await fill(store)
      await store.putLedger({ areas: [], schools: [], uplinks })
      await work(t, store, () => one.open())
    })

  withStore('uplinks come back as they went in, and a second import changes what it names', async (t, store) => {
    t.same(await store.uplinks(), [
      uplinkRow('u-1'),
      {
        id: 'u-2',
        school: 's-1',
        device: 'panel-1',
        interfaceName: 'eth1',
        contractDownMbps: 500,
        contractUpMbps: 50.5,
        isp: '中国电信',
        sharedGroup: 'g-1',
        server: 'city'
      }
    ])
    await store.putLedger({ areas: [], schools: [], uplinks: [{ id: 'u-2', school: 's-1', device: 'gw-1' }] })
    t.same(await store.uplinks(), [uplinkRow('u-1'), uplinkRow('u-2')])
    await store.putLedger(ledger)
    t.equal((await store.uplinks()).length, 2, 'rows it does not name stay')
  })

  withStore('a test comes back whole, whatever of it was not known', async (t, store) => {
    const whole = pass(0)
    const bare = pass(1, { ipMbps: undefined, ipLoMbps: undefined, ipHiMbps: undefined, cv: undefined })
    await store.putTierTests([bare, whole])
    t.same(await store.tierTests(['u-1'], 0, nightMs(40)), [whole, bare], 'in time order')
    t.same(Object.keys((await store.tierTests(['u-1'], 0, nightMs(40)))[0] ?? {}).sort(), Object.keys(whole).sort())
  })

  withStore('the same result again changes nothing, a corrected one takes its place', async (t, store, again) => {
    const port = pass(0, { kind: 'port', lease: '', result: 'fail' })
    const twice = [pass(0), port, { ...port, tierMbps: 500 }, pass(0, { lease: 'other' }), pass(0, { direction: 'up' })]
    await store.putTierTests(twice)
    await store.putTierTests(twice)
    const all = await store.tierTests(undefined, 0, nightMs(40))
    t.equal(all.length, 5)
    await store.putTierTests([pass(0, { bytes: 7 })])
    const after = await (await again()).tierTests(undefined, 0, nightMs(40))
    t.same(
      after.map(test => test.bytes).toSorted((a, b) => a - b),
      [7, ...all.slice(1).map(test => test.bytes)]
    )
  })

  withStore('an id that is given to another school takes no evidence with it', async (t, store) => {
    const readBy = async () => (await store.tierTests(['u-1'], 0, nightMs(40))).map(test => test.lease)
    const old = pass(0, { school: 's-1', lease: 'of-s-1' })
    await store.putTierTests([old, pass(1, { lease: 'of-any' })])
    t.same(await readBy(), ['of-s-1', 'of-any'])
    await store.putLedger({ areas: [], schools: [], uplinks: [{ id: 'u-1', school: 's-2', device: 'gw-1' }] })
    await store.putTierTests([{ ...old, school: 's-2' }, pass(2, { school: 's-2', lease: 'of-s-2' })])
    t.same(await readBy(), ['of-any', 'of-s-2'], 'its day is read again later, and is still not theirs')
    t.equal((await store.tierTests(undefined, 0, nightMs(40))).length, 2)
    await store.putLedger({ areas: [], schools: [], uplinks })
    t.same(await readBy(), ['of-s-1', 'of-any'], 'nothing is lost')
  })

  withStore('tests are read by uplink and by time, the end excluded', async (t, store) => {
    await store.putTierTests([pass(0), pass(1), pass(2, { uplink: 'u-2' })])
    const nights = async (...query: Parameters<Store['tierTests']>) =>
      (await store.tierTests(...query)).map(one => one.atMs)
    t.same(
      await nights(undefined, 0, nightMs(9)),
      [0, 1, 2].map(i => nightMs(i))
    )
    t.same(await nights(['u-1'], 0, nightMs(9)), [nightMs(0), nightMs(1)])
    t.same(await nights(['u-1', 'u-2'], nightMs(1), nightMs(2)), [nightMs(1)])
    t.same(await nights([], 0, nightMs(9)), [])
    t.same(await nights(['x'], 0, nightMs(9)), [])
  })

  withStore('tests of an uplink that nobody registered are refused whole', async (t, store) => {
    await t.rejects(store.putTierTests([pass(0), pass(1, { uplink: 'nowhere' })]))
    t.same(await store.tierTests(undefined, 0, nightMs(9)), [])
  })
}
