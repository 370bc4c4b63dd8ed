import t, { type Test } from 'tap'
import type { Store } from '../../collector/store/store.ts'
import { ledger, nowMs } from '../rig/ledger.ts'
import { fill, type StoreDoor } from './store.ts'

/** What any store must do with the rows of issue 4: moves, closures, lists and the book of imports. */
export const ledgerRowsSuite = (name: string, door: () => StoreDoor): void => {
  const withStore = (claim: string, work: (t: Test, store: Store) => Promise<void>) =>
    void t.test(`${name}: ${claim}`, async t => {
      const one = door()
      t.teardown(() => one.close())
      await work(t, await one.open())
    })

  withStore('rooms, port maps, groups and pack scopes come back; a list is replaced as a whole', async (t, store) => {
    await fill(store)
    const [city] = ledger.areas
    const [, second] = ledger.schools
    if (city === undefined || second === undefined) throw new Error('the ledger has a city and two schools')
    const scope = { pack: 'other', from_period: '2026-09', to_period: '2026-12' }
    const more = {
      areas: [{ ...city, packs: [scope] }],
      schools: [{ ...second, teachers: 12, closed_on: '2026-11-10' }],
      rooms: [{ id: 'r-102', school: 's-1', name: '102', kind: 'function' as const, recording: true, sync: true }],
      devices: [{ id: 'sw-1', school: 's-1', kind: 'switch' as const, name: '交换机' }],
      port_map: [{ switch: 'sw-1', port: 'GigabitEthernet0/0/1', room: 'r-102' }],
      groups: [{ id: 'g', name: '百校', schools: ['s-2', 's-1'] }]
    }
    await store.putLedger(more)
    t.same(await store.packScopes(), [{ area: 'yulin', pack: 'other', fromPeriod: '2026-09', toPeriod: '2026-12' }])
    t.match((await store.rooms())[1], { id: 'r-102', recording: true, sync: true })
    t.same(await store.portMap(), [{ switch: 'sw-1', port: 'GigabitEthernet0/0/1', room: 'r-102' }])
    t.same(await store.groups(), [{ id: 'g', name: '百校', nameEn: undefined, schools: ['s-1', 's-2'] }])
    t.match((await store.schools())[1], { id: 's-2', teachers: 12, closedOn: '2026-11-10' })
    await store.putLedger({ ...more, areas: [city], groups: [{ id: 'g', name: '百校', schools: ['s-2'] }] })
    t.match(await store.packScopes(), [{ pack: 'yulin-2022' }])
    t.match(await store.groups(), [{ schools: ['s-2'] }])
  })

  withStore('a school that moved counts where it is on the day, and a closed one until its last', async (t, store) => {
    await fill(store)
    const [first, second] = ledger.schools
    if (first === undefined || second === undefined) throw new Error('the ledger has two schools')
    const areas = [{ id: 'jingbian', parent: 'yulin', level: 'county' as const, name: '靖边县' }]
    const moved = { ...first, area: 'jingbian', area_from: '2026-11-10' }
    await store.putLedger({ areas, schools: [moved, { ...second, closed_on: '2026-11-10' }] })
    const on = async (day?: string) => (await store.schools(day)).map(school => `${school.id} ${school.area}`)
    t.same(await on('2026-11-09'), ['s-1 dingbian', 's-2 dingbian'])
    t.same(await on('2026-11-10'), ['s-1 jingbian', 's-2 dingbian'])
    t.same(await on('2026-11-11'), ['s-1 jingbian'])
    t.same(await on(), ['s-1 jingbian', 's-2 dingbian'])
    await store.putLedger({ areas: [], schools: [{ ...first, area: 'jingbian' }] })
    t.same(await store.schoolAreas(), [
      { school: 's-1', fromDay: '0000-01-01', area: 'dingbian' },
      { school: 's-1', fromDay: '2026-11-10', area: 'jingbian' },
      { school: 's-2', fromDay: '0000-01-01', area: 'dingbian' }
    ])
  })

  withStore('an import is remembered with what it changed', async (t, store) => {
    const entry = { atMs: nowMs, name: '台账.xlsx', sha256: 'ab', added: 4, changed: 0 }
    await store.putLedger(ledger, entry)
    await store.putLedger({ areas: [], schools: [] }, { ...entry, atMs: nowMs + 1, added: 0, changed: 1 })
    await store.putLedger({ areas: [], schools: [] })
    t.same(
      (await store.ledgerImports(9)).map(row => row.changed),
      [1, 0]
    )
    t.same(await store.ledgerImports(1), [{ ...entry, atMs: nowMs + 1, added: 0, changed: 1 }])
  })
}
