import t from 'tap'
import { startUpkeep } from '../../collector/upkeep.ts'
import { pino } from 'pino'
import { batchOf, knownAgent, readingOf } from '../rig/agent-identity.ts'
import { openCollector } from '../rig/collector.ts'

interface Page {
  items: Record<string, unknown>[]
  next: string | null
}

const rig = await openCollector(work => t.teardown(work))
const get = async (url: string) => (await rig.app.inject(url)).json<Page>()
const agent = await knownAgent(rig)
const readings = Array.from({ length: 7 }, (_, i) =>
  readingOf({
    up_ms: 3_500_000 + i,
    check: i % 2 === 0 ? 'gw-1-host@1' : 'gw-1-edu@1',
    part: `p${i}`,
    labels: { place: 'off_site' }
  })
)
await agent.send({ body: batchOf({ readings }) })
const upkeep = startUpkeep({
  store: rig.store,
  now: () => rig.clock.ms,
  everyMs: 3_600_000,
  log: pino({ level: 'silent' })
})
await upkeep.run()
await upkeep.stop()

void t.test('every list has items and next, and its items have one shape', async t => {
  const shapes: [string, number, string[]][] = [
    ['/v1/areas', 2, ['id', 'level', 'name', 'name_en', 'parent']],
    [
      '/v1/schools',
      2,
      [
        'area',
        'closed_on',
        'code',
        'contact',
        'id',
        'larger',
        'name',
        'name_en',
        'phone',
        'pupils',
        'stage',
        'teachers',
        'township_central',
        'zone'
      ]
    ],
    ['/v1/devices', 4, ['id', 'kind', 'name', 'room', 'school', 'upload_path']],
    [
      '/v1/targets',
      12,
      ['document', 'goal_pct', 'indicator', 'key', 'level', 'pack_title', 'paragraph', 'parameters', 'title']
    ],
    [
      '/v1/agents',
      1,
      [
        'devices',
        'enrolled_at',
        'hostname',
        'id',
        'platform',
        'school',
        'seen_at',
        'seen_ip',
        'skew_ms',
        'state',
        'version'
      ]
    ],
    [
      '/v1/readings',
      7,
      ['at', 'check', 'device', 'fields', 'labels', 'outcome', 'part', 'probe', 'reason', 'school', 'took_ms']
    ],
    [
      '/v1/standing',
      24,
      [
        'as_of',
        'evidence',
        'excluded',
        'expected_n',
        'explanation',
        'n',
        'reason',
        'rule_version',
        'school',
        'since',
        'target',
        'verdict'
      ]
    ],
    [
      '/v1/shares',
      24,
      ['area', 'goal_pct', 'hi_pct', 'met_n', 'missed_n', 'not_applicable_n', 'pct', 'target', 'total_n', 'unknown_n']
    ]
  ]
  for (const [url, n, keys] of shapes) {
    const page = await get(url)
    t.same(Object.keys(page).sort(), ['items', 'next'], url)
    t.equal(page.next, null, url)
    t.equal(page.items.length, n, url)
    for (const item of page.items) t.same(Object.keys(item).sort(), keys, url)
  }
})

void t.test('pages follow each other without a repeat or a hole, on every list', async t => {
  for (const url of [
    '/v1/areas',
    '/v1/schools',
    '/v1/devices',
    '/v1/targets',
    '/v1/agents',
    '/v1/ranking',
    '/v1/readings',
    '/v1/standing',
    '/v1/shares'
  ]) {
    const whole = (await get(url)).items
    for (const limit of [1, 3]) {
      const parts: unknown[] = []
      let next: string | null = ''
      while (next !== null) {
        const page: Page = await get(`${url}?limit=${limit}${next === '' ? '' : `&next=${next}`}`)
        t.ok(page.items.length <= limit)
        parts.push(...page.items)
        next = page.next
      }
      t.same(parts, whole, `${url} by ${limit}`)
    }
  }
})

void t.test('filters narrow', async t => {
  const count = async (url: string) => (await get(url)).items.length
  t.equal(await count('/v1/schools?area=dingbian'), 2)
  t.equal(await count('/v1/schools?area=yulin'), 2, 'with all areas below')
  t.equal(await count('/v1/devices?school=s-2'), 1)
  t.equal(await count('/v1/agents?school=s-2'), 0)
  t.equal(await count('/v1/readings?probe=portal'), 3)
  t.equal(await count('/v1/readings?device=panel-1'), 0)
  t.equal(await count('/v1/readings?school=s-1&probe=host'), 4)
  t.equal(await count('/v1/readings?from=2026-11-03T10:00:00%2B08:00'), 0)
  t.equal(await count('/v1/readings?to=2026-11-03T09:58:20.003%2B08:00'), 3)
  t.equal(await count('/v1/standing?target=yulin-2022/broadband-access&area=yulin'), 2)
  t.equal(await count('/v1/standing?school=s-1'), 12)
  t.equal(await count('/v1/standing?period=2025-01'), 0)
  t.equal(await count('/v1/shares?area=dingbian'), 12)
})

void t.test('one school and one device are told whole', async t => {
  const school = (await rig.app.inject('/v1/schools/s-1')).json<{ rooms: unknown[]; devices: unknown[] }>()
  t.match(school, { id: 's-1', code: '0061000001', pupils: 120, contact: null })
  t.same([school.rooms.length, school.devices.length], [1, 3])
  const device = (await rig.app.inject('/v1/devices/gw-1')).json<{ checks: { check: string }[] }>()
  t.match(device, { id: 'gw-1', upload_path: 'other', room: null })
  t.same(device.checks.map(check => check.check).sort(), ['gw-1-edu@1', 'gw-1-gov@1', 'gw-1-host@1', 'gw-1-port@1'])
  t.match((await rig.app.inject('/v1/schools/s-9')).json(), { status: 404, detail: 'there is no school "s-9"' })
  t.match((await rig.app.inject('/v1/devices/%00')).json(), { status: 404, detail: 'there is no device "\u0000"' })
})

void t.test('a silent school is unknown and stays in the denominator', async t => {
  const { items } = await get('/v1/standing?target=yulin-2022/broadband-access')
  t.match(
    items.find(item => item['school'] === 's-2'),
    { verdict: 'unknown', reason: 'no_readings', n: 0, expected_n: 3 }
  )
  const [share] = (await get('/v1/shares?area=yulin')).items
  t.match(share, { met_n: 0, missed_n: 0, unknown_n: 2, total_n: 2, pct: 0, hi_pct: 100, goal_pct: 100 })
})

void t.test('a share of no school is null, never 0 and never 100', async t => {
  const none = {
    metN: 0,
    missedN: 0,
    unknownN: 0,
    notApplicableN: 3,
    totalN: 0,
    pct: undefined,
    hiPct: undefined,
    goalPct: 90
  }
  await rig.store.putVerdicts('2024-01', [], [{ area: 'yulin', target: 'p/t', ...none }])
  const [share] = (await get('/v1/shares?period=2024-01')).items
  t.match(share, { pct: null, hi_pct: null, total_n: 0, not_applicable_n: 3 })
})

void t.test('what is asked wrongly is answered with the place and the expectation', async t => {
  const cases: [string, number, string][] = [
    ['/v1/standing?period=2026-13', 400, 'query period must be YYYY-MM, got "2026-13"'],
    ['/v1/shares?period=', 400, 'query period must be YYYY-MM, got ""'],
    ['/v1/schools?limit=0', 422, 'querystring /limit must match ^[1-9][0-9]{0,3}$'],
    ['/v1/schools?limit=x', 422, 'querystring /limit must match ^[1-9][0-9]{0,3}$'],
    ['/v1/schools?next=abc', 400, 'query next must be the next of a page before, got "abc"'],
    ['/v1/readings?next=bzEw', 400, 'query next must be the next of a page before, got "bzEw"'],
    [
      '/v1/readings?from=yesterday',
      400,
      'query from must be an RFC 3339 time such as 2026-11-20T00:00:00+08:00 (write + as %2B), got "yesterday"'
    ],
    [
      '/v1/readings?to=2026-11-20T00:00:00',
      400,
      'query to must be an RFC 3339 time such as 2026-11-20T00:00:00+08:00 (write + as %2B), got "2026-11-20T00:00:00"'
    ],
    [
      '/v1/readings?to=2026-11-20T00:00:00+08:00',
      400,
      'query to must be an RFC 3339 time such as 2026-11-20T00:00:00+08:00 (write + as %2B), got "2026-11-20T00:00:00 08:00"'
    ],
    [
      '/v1/readings?from=2026-99-20T00:00:00Z',
      400,
      'query from must be an RFC 3339 time such as 2026-11-20T00:00:00+08:00 (write + as %2B), got "2026-99-20T00:00:00Z"'
    ],
    ['/v1/standing?area=nowhere', 404, 'query area must be the id of a known area, got "nowhere"'],
    ['/v1/standing?target=x/y', 404, 'query target must be a known pack/id, got "x/y"'],
    ['/v1/none', 404, 'GET /v1/none is not a route'],
    ['/v1/schools/%ff', 400, 'the path must be percent-encoded UTF-8'],
    ['/v1/schools?limit=1&limit=2', 422, 'querystring /limit must be a string']
  ]
  for (const [url, status, detail] of cases) {
    const answer = await rig.app.inject(url)
    t.match(answer.json(), { status, detail, type: /^urn:campus-gauge:problem:/ }, url)
    t.equal(answer.json<{ detail: string }>().detail, detail)
    t.equal(answer.headers['content-type'], 'application/problem+json; charset=utf-8', url)
  }
})

void t.test('a query key nobody knows is refused, on every list', async t => {
  for (const url of [
    '/v1/areas',
    '/v1/schools',
    '/v1/devices',
    '/v1/targets',
    '/v1/agents',
    '/v1/ranking',
    '/v1/readings',
    '/v1/standing',
    '/v1/shares'
  ])
    t.match(
      (await rig.app.inject(`${url}?scool=s-1`)).json(),
      { status: 422, detail: 'querystring /scool is not a known key' },
      url
    )
})

void t.test('the description lists every route of the interface', async t => {
  const { paths, openapi } = (await rig.app.inject('/docs/json')).json<{
    paths: Record<string, unknown>
    openapi: string
  }>()
  t.equal(openapi, '3.1.0')
  const wanted = [
    '/v1/agent/config',
    '/v1/agents',
    '/v1/agents/{id}/approve',
    '/v1/agents/{id}/revoke',
    '/v1/areas',
    '/v1/batches',
    '/v1/devices',
    '/v1/devices/{id}',
    '/v1/enroll',
    '/v1/ranking',
    '/v1/readings',
    '/v1/schools',
    '/v1/schools/{id}',
    '/v1/shares',
    '/v1/standing',
    '/v1/targets',
    '/v1/tokens',
    '/v1/tokens/{id}'
  ]
  t.same(
    wanted.filter(path => !(path in paths)),
    []
  )
})
