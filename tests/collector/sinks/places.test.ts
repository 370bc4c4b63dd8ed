import fc from 'fast-check'
import t from 'tap'
import { openWriter } from '../../../collector/sinks/influx/line.ts'
import { openParts, partTag } from '../../../collector/sinks/influx/parts.ts'
import { openWorld, type World } from '../../../collector/sinks/influx/world.ts'
import type { LoggedBatch } from '../../../collector/store/sink-store.ts'
import { aBatch, aCheck, aDevice, anAgent, aReading, aRollup, aSchool, madeStore, nowMs } from './made-store.ts'

const writePoint = openWriter()

const placed = {
  province: 'shaanxi',
  city: 'yulin',
  county: 'dingbian',
  stage: 'primary',
  zone: 'rural',
  school: 's-1'
}

const linesOf = (world: World, batch: LoggedBatch, atMs = nowMs): string[] =>
  world.batchPoints(batch).map(point => {
    const written = writePoint(point, atMs)
    return 'fault' in written ? `${written.fault}: ${written.says}` : written.line
  })
const tagOf = (line: string | undefined, key: string): string | undefined =>
  line
    ?.split(' ')[0]
    ?.split(',')
    .find(tag => tag.startsWith(`${key}=`))

void t.test(
  'a point that is sent again after the ledger changed is the identical line; a later one stands elsewhere',
  async t => {
    const { made, store } = madeStore()
    let atMs = nowMs
    const world = openWorld(store, 'influx', () => atMs)
    const batch = aBatch(1)
    await world.refresh([batch])
    const first = linesOf(world, batch)
    t.equal(tagOf(first[0], 'county'), 'county=dingbian')
    t.equal(tagOf(first[1], 'county'), 'county=dingbian')

    atMs += 60_000
    made.schools = [aSchool('s-1', { area: 'jingbian', stage: 'middle' })]
    made.devices = [aDevice('gw-1', { room: 'r-9' })]
    made.ledger += 1
    await world.refresh()
    t.same(linesOf(world, batch), first, 'in the same process')
    const again = openWorld(store, 'influx', () => atMs)
    await again.refresh([batch])
    t.same(linesOf(again, batch), first, 'after a restart')
    const ahead = aBatch(2, { readings: [aReading({ atMs: atMs + 600_000 - 1 })] })
    t.equal(tagOf(linesOf(world, ahead)[0], 'county'), 'county=dingbian', 'as far ahead as readings may be dated')

    const later = aBatch(3, { receivedMs: atMs + 600_000, readings: [aReading({ atMs: atMs + 600_000 })] })
    for (const one of [world, again]) {
      const [reading, agent] = linesOf(one, later)
      t.equal(tagOf(reading, 'county'), 'county=jingbian')
      t.equal(tagOf(reading, 'stage'), 'stage=middle')
      t.equal(tagOf(reading, 'room'), 'room=r-9')
      t.equal(tagOf(agent, 'county'), 'county=jingbian')
    }
    t.equal(made.places.filter(({ subject }) => subject === 'school:s-1').length, 2, 'two versions, told once')
  }
)

void t.test('areas are told by their level, whatever is missing on the way up', async t => {
  const { store } = madeStore({
    areas: [
      { id: 'shaanxi', parent: 'round', level: 'province', name: '', nameEn: undefined },
      { id: 'round', parent: 'shaanxi', level: 'county', name: '', nameEn: undefined }
    ],
    schools: [aSchool('s-1', { area: 'round' })]
  })
  const world = openWorld(store, 'influx', () => nowMs)
  const batch = aBatch(1)
  await world.refresh([batch])
  t.match(linesOf(world, batch)[0], /,city=none,county=round,.*,province=shaanxi,/)
})

void t.test('what nobody registered is refused with its name and never becomes a series', async t => {
  const { made, store } = madeStore({
    checks: [aCheck(1, 'gw-1-ping', 'ping'), aCheck(2, 'gw-1-x', 'agent')],
    agents: []
  })
  const world = openWorld(store, 'influx', () => nowMs)
  t.throws(() => world.batchPoints(aBatch(1)), { message: 'refresh() must come before the first batchPoints()' })
  const batch = aBatch(4, { agent: 'a-"', readings: [aReading({ checkId: 99 }), aReading({ checkId: 2 })] })
  await world.refresh([batch])
  t.same(linesOf(world, batch), [
    "unregistered: batch 4: check must be one that the ledger's devices have, got number 99",
    'bad_name: batch 4: probe of check gw-1-x must have a name that is not used otherwise, got "agent"',
    String.raw`unregistered: batch 4: agent must have a registered device, got "a-\"" with none`
  ])
  made.agents = [anAgent('a-2', { devices: [] })]
  await world.refresh([aBatch(5, { agent: 'a-2' })])
  t.match(linesOf(world, aBatch(5, { agent: 'a-2' }))[1], /^unregistered/)
  made.agents = [anAgent('a-2', { devices: ['panel-1'] })]
  await world.refresh([aBatch(5, { agent: 'a-2' })])
  t.match(linesOf(world, aBatch(5, { agent: 'a-2' }))[1], /device=panel-1,kind=panel,/, 'approved a moment ago')
})

void t.test('a part is a tag that needs no escape, and two parts are never one tag', async t => {
  const cases: [string, RegExp][] = [
    ['', /^none$/],
    ['eth0', /^eth0$/],
    ['none', /^none-[0-9a-f]{8}$/],
    ['Eth0', /^eth0-[0-9a-f]{8}$/],
    ['GigabitEthernet0/1', /^gigabitethernet0-1-[0-9a-f]{8}$/],
    ['以太网 2', /^2-[0-9a-f]{8}$/],
    ['\\\n\0,="', /^part-[0-9a-f]{8}$/],
    [partTag('Eth0'), /^eth0-[0-9a-f]{8}-[0-9a-f]{8}$/],
    ['x'.repeat(64), /^x{64}$/],
    ['x'.repeat(65), /^x{55}-[0-9a-f]{8}$/]
  ]
  t.same(
    cases.filter(([part, tag]) => !tag.test(partTag(part))),
    []
  )
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 30 }), units => {
      const part = String.fromCharCode(...units)
      const tag = partTag(part)
      return /^[a-z0-9][a-z0-9-]{0,63}$/.test(tag) && (tag === part || partTag(tag) !== tag || part === '')
    }),
    { numRuns: 150, seed: 5 }
  )
})

void t.test('a check has 64 parts; one with many is remembered over a restart', async t => {
  const { made, store } = madeStore()
  const parts = openParts('influx', [])
  const tell = (n: number) => parts.tagOf(1, `port/${n}`)
  t.ok(Array.from({ length: 64 }, (_, n) => tell(n)).every(tag => typeof tag === 'string'))
  t.match(tell(64), { fault: 'too_many_parts', says: /at most 64 parts, got one more: "port\/64"/ })
  t.type(tell(3), 'string', 'a known one is one')
  t.type(parts.tagOf(2, 'port/64'), 'string', 'another check has its own')
  await parts.save(() => Promise.reject(new Error('no'))).catch(() => undefined)
  await parts.save(rows => store.putPlaces(rows))
  t.same(
    made.places.map(({ subject }) => subject),
    ['parts:1'],
    'few parts are not written down'
  )
  const again = openParts('influx', made.places)
  t.match(again.tagOf(1, 'port/64'), { fault: 'too_many_parts' })
  t.type(again.tagOf(1, 'port/63'), 'string')
})

void t.test('two different readings are never one point, and each is the same whenever it is made', async t => {
  const { store } = madeStore({
    checks: [
      aCheck(1, 'gw-1-port', 'port', { toMs: nowMs }),
      aCheck(2, 'gw-1-port', 'port', { version: 2 }),
      aCheck(3, 'panel-1-port', 'port', { device: 'panel-1' })
    ]
  })
  const part = fc.constantFrom('', 'none', 'eth0', 'Eth0', 'eth0 ', partTag('Eth0'), 'e\\', '\0')
  const reading = fc.record({
    atMs: fc.integer({ min: nowMs - 2, max: nowMs }),
    checkId: fc.integer({ min: 1, max: 3 }),
    part
  })
  const batches = fc.array(fc.array(reading, { maxLength: 12 }), { minLength: 1, maxLength: 4 })
  await fc.assert(
    fc.asyncProperty(batches, async list => {
      const twins = new Map<string, number>()
      const logged = list.map((readings, i) =>
        aBatch(i + 1, {
          readings: readings.map(one => {
            const key = JSON.stringify(one)
            const twin = twins.get(key) ?? 0
            twins.set(key, twin + 1)
            return aReading({ ...one, twin, n: twin })
          })
        })
      )
      const world = openWorld(store, 'influx', () => nowMs)
      await world.refresh(logged)
      const lines = logged.flatMap(batch => linesOf(world, batch))
      const places = lines.map(line => `${line.split(' ')[0]} ${line.split(' ')[2]}`)
      const again = openWorld(store, 'influx', () => nowMs)
      await again.refresh(logged)
      const same = logged.toReversed().map(batch => linesOf(again, batch))
      return new Set(places).size === lines.length && same.toReversed().flat().join('\n') === lines.join('\n')
    }),
    { numRuns: 60, seed: 5 }
  )
  t.pass('60 runs')
})

void t.test('every open school is there, heard or not; its silence is counted in its hours', async t => {
  const friday = Date.parse('2026-10-30T17:00:00+08:00')
  const { store } = madeStore({
    schools: [aSchool('s-1'), aSchool('s-2'), aSchool('s-3', { closedOn: '2026-11-02' })],
    agents: [
      anAgent('a-1', { seenMs: friday - 5_000, skewMs: -40 }),
      anAgent('a-2', { seenMs: friday, skewMs: 30 }),
      anAgent('a-3', { state: 'revoked', seenMs: nowMs }),
      anAgent('a-4', { seenMs: undefined, skewMs: undefined, enrolledMs: nowMs - 1 })
    ]
  })
  const world = openWorld(store, 'influx', () => nowMs + 299_999)
  t.strictSame(
    (await world.schoolPoints()).map(({ atMs, tags, fields }) => ({ atMs, tags, fields })),
    [
      {
        atMs: nowMs,
        tags: placed,
        fields: {
          agents_n: 3,
          silent_n: 2,
          silent_s: (nowMs - friday) / 1_000,
          // Half an hour of Friday, Monday, two hours of Tuesday.
          silent_hours_s: 12 * 3_600,
          skew_ms: 40
        }
      },
      { atMs: nowMs, tags: { ...placed, school: 's-2' }, fields: { agents_n: 0, silent_n: 0 } }
    ]
  )
})

void t.test('a device that moves house takes nothing of its past along', async t => {
  let atMs = nowMs
  const { store, made } = madeStore({
    schools: [aSchool('s-1'), aSchool('s-2', { area: 'jingbian' })],
    checks: [aCheck(1, 'gw-1-host', 'host')],
    rollups: [aRollup(1), aRollup(1, { day: '2026-11-05' })]
  })
  const world = openWorld(store, 'influx', () => atMs)
  const countyOf = async (key: string) => (await world.blockPoints([key])).map(({ tags }) => tags['county'])
  t.same(await countyOf('2026-11-02 0'), ['dingbian'])
  made.devices = [aDevice('gw-1', { school: 's-2' })]
  made.ledger += 1
  t.same(await countyOf('2026-11-02 0'), ['dingbian'])
  atMs += 3 * 86_400_000
  t.same(new Set(await countyOf('2026-11-05 0')), new Set(['jingbian']))
})
