import t, { type Test } from 'tap'
import { holdSlackMs, wishMs, type GrantBounds, type NewLease, type Wish } from '../../collector/store/lease-store.ts'
import type { Store } from '../../collector/store/store.ts'
import type { StoreDoor } from './store.ts'

/** A night. */
export const nightMs = Date.parse('2026-11-04T02:00:00+08:00')
const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

export const aLease = (id: string, over: Partial<NewLease> = {}): NewLease => {
  const issuedMs = over.issuedMs ?? nightMs
  return {
    id,
    uplink: 'u-1',
    line: `uplink ${over.uplink ?? 'u-1'}`,
    agent: 'a-1',
    server: 'collector',
    ip: '10.0.0.1',
    direction: 'down',
    tierMbps: 100,
    kind: 'quick',
    slot: 'night',
    capMbps: 110,
    maxBytes: 100,
    maxMs: 8_000,
    issuedMs,
    notBeforeMs: issuedMs,
    expiresMs: issuedMs + 2 * minute,
    remote: false,
    ...over
  }
}

export const bounds = (over: Partial<GrantBounds> = {}): GrantBounds => ({ capsMbps: 800, purses: [], ...over })
const dayPurse = (bytes: number, nowMs = nightMs) => ({
  name: 'budget_day' as const,
  fromMs: nowMs - 12 * hour,
  kind: undefined,
  bytes
})

/** A corner of a store with ids of its own: claims share a store, because opening one costs more than all they do, and never meet. */
const cornerOf = (store: Store, name: string) => {
  const own = (id: string): string => `${name} ${id}`
  const bare = (id: string): string => id.slice(own('').length)
  const stripped = <Row extends NewLease>(row: Row): Row => ({ ...row, id: bare(row.id), uplink: bare(row.uplink) })
  return {
    grantLease: (lease: NewLease, bound: GrantBounds) =>
      store.grantLease(
        {
          ...lease,
          id: own(lease.id),
          uplink: own(lease.uplink),
          line: own(lease.line),
          server: own(lease.server)
        },
        bound
      ),
    redateLeases: (nowMs: number) => store.redateLeases(nowMs),
    openLease: (id: string, ip: string, nowMs: number) => store.openLease(own(id), ip, nowMs),
    closeLease: (id: string, bytes: number, nowMs: number, record: string) =>
      store.closeLease(own(id), bytes, nowMs, record),
    leasesOf: async (uplinks: readonly string[], fromMs: number) =>
      (await store.leasesOf(uplinks.map(own), fromMs)).map(stripped),
    liveLeases: async (nowMs: number) =>
      (await store.liveLeases(nowMs)).filter(lease => lease.id.startsWith(own(''))).map(stripped),
    wishTest: ({ uplink, askedMs }: Wish) => store.wishTest({ uplink: own(uplink), askedMs }),
    dropWish: (uplink: string) => store.dropWish(own(uplink)),
    wishes: async () =>
      (await store.wishes())
        .filter(wish => wish.uplink.startsWith(own('')))
        .map(wish => ({ ...wish, uplink: bare(wish.uplink) }))
  }
}
type Corner = ReturnType<typeof cornerOf>

/** What any store must do with leases. `door()` gives a new, empty one. */
export const leaseSuite = (name: string, door: () => StoreDoor): void => {
  const claims: [string, (t: Test, store: Corner) => Promise<void>][] = []
  const withStore = (claim: string, work: (t: Test, store: Corner) => Promise<void>) => void claims.push([claim, work])
  const why = async (store: Pick<Store, 'grantLease'>, lease: NewLease, bound = bounds()): Promise<string> => {
    const answer = await store.grantLease(lease, bound)
    return answer.kind === 'granted' ? 'granted' : answer.why
  }

  withStore('a line has one live lease at a time, whoever asks', async (t, store) => {
    t.equal(await why(store, aLease('l-1', { uplink: 'u-1', line: 'group g' })), 'granted')
    t.equal(await why(store, aLease('l-2', { uplink: 'u-2', line: 'group g' })), 'line_busy')
    t.equal(await why(store, aLease('l-3', { uplink: 'u-3' })), 'granted')
    t.equal(await why(store, aLease('l-4', { uplink: 'u-3' })), 'line_busy')
    t.same(
      (await store.liveLeases(nightMs)).map(lease => lease.id),
      ['l-1', 'l-3']
    )
    // Two at once: the transaction decides, not the read before it.
    const both = await Promise.all(['l-5', 'l-6'].map(id => why(store, aLease(id, { uplink: id, line: 'group h' }))))
    t.same(both.sort(), ['granted', 'line_busy'])
  })

  withStore(
    'caps of live leases never sum up to more than the bound, and a closed lease makes room',
    async (t, store) => {
      const wide = (id: string, over: Partial<NewLease> = {}) => aLease(id, { uplink: id, capMbps: 400, ...over })
      t.equal(await why(store, wide('l-1')), 'granted')
      t.equal(await why(store, wide('l-2')), 'granted', 'exactly the bound')
      t.equal(await why(store, wide('l-3', { capMbps: 1 })), 'server_busy')
      t.equal(await why(store, wide('l-4', { server: 'other' })), 'granted', 'each server for itself')
      t.equal(await store.openLease('l-1', '10.0.0.1', nightMs), 'opened')
      t.equal(await store.closeLease('l-1', 7, nightMs + 3_000, '{}'), true)
      t.equal(await why(store, wide('l-3', { issuedMs: nightMs + 3_000 })), 'granted')
    }
  )

  withStore('a lease opens once, from its address and in its time', async (t, store) => {
    await store.grantLease(aLease('l-1', { notBeforeMs: nightMs + 1_000 }), bounds())
    t.equal(await store.openLease('l-0', '10.0.0.1', nightMs), 'lease_invalid')
    t.equal(await store.openLease('l-1', '10.0.0.1', nightMs), 'lease_early')
    t.equal(await store.openLease('l-1', '10.0.0.2', nightMs + 1_000), 'lease_foreign_address')
    t.equal(await store.closeLease('l-1', 1, nightMs, '{}'), false, 'not before it was opened')
    t.equal(await store.openLease('l-1', '10.0.0.1', nightMs + 1_000), 'opened')
    t.equal(await store.openLease('l-1', '10.0.0.1', nightMs + 1_000), 'lease_used')
    t.equal(await store.closeLease('l-1', 1, nightMs + 2_000, '{}'), true)
    t.equal(await store.closeLease('l-1', 9, nightMs + 2_000, '{}'), false)
    t.equal(await store.openLease('l-1', '10.0.0.1', nightMs + 2_000), 'lease_used')
    await store.grantLease(aLease('l-2', { uplink: 'u-2', ip: undefined }), bounds())
    t.equal(await store.openLease('l-2', '10.9.9.9', nightMs + 2 * minute + 1), 'lease_expired')
    t.equal(await store.openLease('l-2', '10.9.9.9', nightMs + 2 * minute), 'opened', 'bound to no address')
  })

  withStore('a reservation becomes what was used; unopened it lapses, unclosed it stays', async (t, store) => {
    const purse = (bytes: number) => bounds({ purses: [dayPurse(bytes)] })
    const bytes = async () => (await store.leasesOf(['u-1'], 0)).map(lease => lease.bytes)
    t.equal(await why(store, aLease('l-1'), purse(99)), 'budget_day')
    t.equal(await why(store, aLease('l-1'), purse(100)), 'granted')
    await store.openLease('l-1', '10.0.0.1', nightMs)
    await store.closeLease('l-1', 30, nightMs + 1_000, '{"ended":"stopped"}')
    const second = aLease('l-2', { issuedMs: nightMs + minute })
    t.equal(await why(store, second, purse(129)), 'budget_day')
    t.equal(await why(store, second, purse(130)), 'granted')
    t.same(await bytes(), [30, 100])
    // l-2 is never opened. At its last moment it still holds its line and its bytes.
    const lateMs = second.expiresMs + 1
    t.equal(await why(store, aLease('l-3', { issuedMs: lateMs - 1 }), purse(1000)), 'line_busy')
    t.equal(await why(store, aLease('l-3', { issuedMs: lateMs }), purse(130)), 'granted')
    t.same(await bytes(), [30, 0, 100])
    t.equal(await store.openLease('l-2', '10.0.0.1', lateMs), 'lease_expired')
    // l-3 is opened and its server dies: line and server are free after its time, the bytes stay reserved.
    await store.openLease('l-3', '10.0.0.1', lateMs)
    const endMs = lateMs + 8_000 + holdSlackMs
    t.equal(await why(store, aLease('l-4', { issuedMs: endMs }), purse(1000)), 'line_busy')
    t.equal(await why(store, aLease('l-4', { issuedMs: endMs + 1 }), purse(229)), 'budget_day')
    t.equal(await why(store, aLease('l-4', { issuedMs: endMs + 1 }), purse(230)), 'granted')
  })

  withStore('purses look at their time and kind', async (t, store) => {
    const spend = async (id: string, kind: NewLease['kind'], issuedMs: number) => {
      await store.grantLease(aLease(id, { kind, issuedMs }), bounds())
      await store.openLease(id, '10.0.0.1', issuedMs)
      await store.closeLease(id, 100, issuedMs, '{}')
    }
    await spend('l-1', 'certify', nightMs - 31 * day)
    await spend('l-2', 'quick', nightMs - 2 * day)
    await spend('l-3', 'certify', nightMs - hour)
    const ask = (kind: NewLease['kind'] | undefined, fromMs: number, bytes: number) =>
      why(
        store,
        aLease('l-9', { issuedMs: nightMs }),
        bounds({ purses: [{ name: 'budget_month', fromMs, kind, bytes }] })
      )
    t.equal(await ask(undefined, nightMs - 30 * day, 299), 'budget_month')
    t.equal(await ask('quick', nightMs - 30 * day, 199), 'budget_month')
    t.equal(await ask(undefined, nightMs - 40 * day, 399), 'budget_month')
    t.equal(await ask('quick', nightMs - day, 100), 'granted')
  })

  withStore(
    'a clock that jumped ahead and came back neither frees nor blocks for longer than a lease lasts',
    async (t, store) => {
      const aheadMs = nightMs + 400 * day
      const purse = (nowMs: number, bytes: number) => bounds({ purses: [dayPurse(bytes, nowMs)] })
      t.equal(await why(store, aLease('l-1', { issuedMs: aheadMs }), purse(aheadMs, 250)), 'granted')
      await store.openLease('l-1', '10.0.0.1', aheadMs)
      // Back: it is live as if it had begun now, and its bytes count today.
      t.equal(await why(store, aLease('l-2', { issuedMs: nightMs }), purse(nightMs, 250)), 'line_busy')
      const [row] = await store.leasesOf(['u-1'], 0)
      t.match(row, { issuedMs: nightMs, openedMs: nightMs, untilMs: nightMs + 8_000 + holdSlackMs, bytes: 100 })
      const laterMs = nightMs + minute
      await store.closeLease('l-1', 100, laterMs, '{}')
      t.equal(
        await why(store, aLease('l-2', { issuedMs: laterMs }), purse(laterMs, 199)),
        'budget_day',
        'nothing was freed'
      )
      t.equal(await why(store, aLease('l-2', { issuedMs: laterMs }), purse(laterMs, 200)), 'granted')
      // An unopened one, and its token, hold from now on for as long as they would have.
      t.equal(await store.openLease('l-2', '10.0.0.1', nightMs - hour), 'opened')
      // A jump between opening and closing.
      t.equal(await store.closeLease('l-2', 50, nightMs - 2 * hour, '{}'), true)
      const before = nightMs - 2 * hour
      t.equal(await why(store, aLease('l-3', { issuedMs: before }), purse(before, 249)), 'budget_day')
      t.equal(await why(store, aLease('l-3', { issuedMs: before }), purse(before, 250)), 'granted')
    }
  )

  withStore('whoever reads a lease of the future has it dated now, once', async (t, store) => {
    await store.grantLease(aLease('l-1', { issuedMs: nightMs + 90 * day }), bounds())
    await store.redateLeases(nightMs)
    t.match((await store.liveLeases(nightMs))[0], { issuedMs: nightMs, untilMs: nightMs + 2 * minute })
    await store.redateLeases(nightMs + minute)
    t.same(await store.liveLeases(nightMs + 2 * minute + 1), [])
  })

  withStore('a jump ahead lets unopened leases lapse for good', async (t, store) => {
    await store.grantLease(aLease('l-1'), bounds())
    t.equal(await why(store, aLease('l-2', { issuedMs: nightMs + day })), 'granted')
    t.equal(await store.openLease('l-1', '10.0.0.1', nightMs), 'lease_expired', 'its bytes were given back')
  })

  withStore('a lease for a server elsewhere holds its bytes until a result tells', async (t, store) => {
    const far = aLease('l-1', { server: 'far', remote: true })
    t.equal(await why(store, far), 'granted')
    const overMs = far.expiresMs + 8_000 + holdSlackMs
    t.equal(await why(store, aLease('l-2', { issuedMs: overMs })), 'line_busy', 'it could have begun late')
    const purse = bounds({ purses: [dayPurse(199)] })
    t.equal(await why(store, aLease('l-2', { issuedMs: overMs + 1 }), purse), 'budget_day')
    t.equal(await store.closeLease('l-1', 40, overMs, '{}'), true)
    t.equal(await why(store, aLease('l-2', { issuedMs: overMs + 1 }), purse), 'granted')
  })

  withStore('a wish is served once, within its time', async (t, store) => {
    const asked = (id: string, issuedMs: number) => aLease(id, { issuedMs, uplink: 'u-7', slot: 'on_demand' })
    t.equal(await why(store, asked('l-1', nightMs)), 'no_wish')
    await store.wishTest({ uplink: 'u-7', askedMs: nightMs })
    t.same(await store.wishes(), [{ uplink: 'u-7', askedMs: nightMs }])
    t.equal(await why(store, asked('l-1', nightMs + wishMs)), 'no_wish', 'too late')
    t.equal(await why(store, asked('l-1', nightMs + wishMs - 1)), 'granted')
    t.same(await store.wishes(), [])
    await store.wishTest({ uplink: 'u-7', askedMs: nightMs })
    t.equal(await store.dropWish('u-7'), true)
    t.equal(await store.dropWish('u-7'), false)
    // A refusal for another bound leaves the wish alone; the clock came back: it counts as asked now.
    await store.wishTest({ uplink: 'u-7', askedMs: nightMs + 10 * day })
    t.equal(await why(store, asked('l-2', nightMs + hour), bounds({ capsMbps: 1 })), 'server_busy')
    t.equal(await why(store, asked('l-3', nightMs + hour)), 'granted')
  })

  void t.test(`${name}: leases`, async t => {
    const one = door()
    t.teardown(() => one.close())
    const store = await one.open()
    for (const [claim, work] of claims) await t.test(claim, t => work(t, cornerOf(store, claim.slice(0, 12))))
  })

  void t.test(`${name}: presence adds up, and leases, wishes and presence outlive a restart`, async t => {
    const one = door()
    t.teardown(() => one.close())
    const store = await one.open()
    const row = (over: object) => ({ agent: 'a-1', day: '2026-11-03', night: false, daytime: false, ...over })
    await store.putPresence([row({ daytime: true }), row({ day: '2026-11-01', night: true })])
    await store.putPresence([row({ night: true }), row({ agent: 'a-2' })])
    await store.grantLease(aLease('l-1'), bounds())
    await store.wishTest({ uplink: 'u-7', askedMs: nightMs })
    await store.close()
    const next = await one.open()
    t.same(await next.presence(['a-1'], '2026-11-02'), [row({ night: true, daytime: true })])
    t.equal((await next.presence(['a-1', 'a-2'], '2026-01-01')).length, 3)
    t.equal(await why(next, aLease('l-2')), 'line_busy')
    t.equal((await next.wishes()).length, 1)
    t.equal(await next.openLease('l-1', '10.0.0.1', nightMs), 'opened')
    t.equal(await next.openLease('l-1', '10.0.0.1', nightMs), 'lease_used')
  })
}
