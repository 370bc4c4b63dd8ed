import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import { dayMs } from '../../collector/calendar/day.ts'
import { periodNamed } from '../../collector/calendar/period.ts'
import { influxSettingsOf } from '../../collector/sinks/influx/config.ts'
import { measurements } from '../../collector/sinks/influx/schema.ts'
import { alertQueries } from '../../dashboards/alerting/queries.ts'
import { allQueries } from '../../dashboards/queries.ts'
import { captionFaults } from '../rig/captions/captions.ts'
import { choiceFaults } from '../rig/captions/choices.ts'
import { claimFaults } from '../rig/city-points/claims.ts'
import { readCity } from '../rig/city-points/city.ts'
import { databaseOf, heldIn, heldPoints, pointDifferences } from '../rig/city-points/held.ts'
import { openLiveCity } from '../rig/city-points/live-city.ts'
import { firing, mustFire } from '../rig/city-points/firing.ts'
import { pipelineFaults } from '../rig/city-points/pipeline.ts'
import { schoolPoints } from '../rig/city-points/states.ts'
import { temporaryDirectory } from '../rig/collector.ts'
import { openInfluxd } from '../rig/influxd.ts'
import { askInflux } from '../rig/influxql/ask.ts'
import { fillIn, type DashboardFile } from '../rig/influxql/grafana.ts'
import { evaluate, type Held } from '../rig/influxql/evaluate.ts'
import { readStatement } from '../rig/influxql/statement.ts'
import { faultsOf, openBoth, visit, type Visit } from '../rig/influxql/visit.ts'

// The city is made and its history filled in before the first claim.
t.setTimeout(600_000)

const minute = 60_000
/** A Tuesday; two reporting months lie before it, the second of them is running. */
const untilMs = Date.parse('2026-11-17T18:20:00+08:00')
const startMs = Date.parse('2026-11-18T11:55:05+08:00')
const morningMs = Date.parse('2026-11-18T12:15:05+08:00')
/** `npm run soak -- city` takes a larger one. */
const [schoolsN = 36, days = 45] = (process.env['CITY'] ?? '36x45').split('x').map(Number)
const terms = { schools: schoolsN, days, seed: 1, untilMs }

const influxd = await openInfluxd(t.teardown)
const directory = temporaryDirectory(t.teardown)
const passwordFile = join(directory, 'password')
writeFileSync(passwordFile, influxd.writer.password, { mode: 0o600 })
const city = await openLiveCity(t.teardown, {
  terms,
  data: join(directory, 'demo'),
  startMs,
  influx: influxSettingsOf(
    {
      generation: 1,
      url: influxd.url,
      username: influxd.writer.username,
      password_file: passwordFile,
      history_points_per_s: 1_000_000,
      rollup_every_ms: 300,
      poll_ms: 50
    },
    directory
  )
})
const databases = { raw: 'readiness', rollup: 'readiness_rollup' } as const
const ask = (database: 'raw' | 'rollup', query: string) =>
  askInflux(influxd, influxd.reader, databases[database], query)
const lying = async (measurement: string) =>
  heldIn(measurement, await ask(databaseOf(measurement), `SELECT * FROM "${measurement}" GROUP BY *`))
/** Until the state of a moment is there. */
const told = async (measurement: string, atMs: number): Promise<void> => {
  for (let i = 0; i < 300; i++) {
    if ((await lying(measurement)).some(point => point.atMs === atMs)) return
    await pause(100)
  }
  throw new Error(`${measurement} must have a point of ${new Date(atMs).toISOString()} within 30 s, got none`)
}

await city.delivered()
// In steps: a collector that was away, or whose clock leaps, tells nothing of schools for ten minutes, in which agents come back.
for (const left of [15, 10, 5, 0]) {
  city.setClock(morningMs - left * minute)
  await told(left > 10 ? 'pipeline' : 'school', morningMs - left * minute - 5_000)
}
await city.liveMorning()
await city.delivered()
const lived = await readCity(city.store, city.url, city.now())
/** What asks from now on: states of this minute are told, those of the next do not count. */
const askedMs = morningMs + 5 * minute + 20_000
city.setClock(morningMs + 5 * minute)
await told('school', morningMs + 5 * minute - 5_000)
await told('pipeline', morningMs + 5 * minute - 5_000)

const derived = heldPoints(lived)
const schools = (await lying('school')).filter(point => point.atMs <= askedMs)
const pipeline = (await lying('pipeline')).filter(point => point.atMs <= askedMs)
const letters = await city.store.deadLetters('influx', 0, 1_000)

void t.test('every point of the city lies in InfluxDB, once, with the figures that the store has', async t => {
  for (const name of Object.keys(measurements)) {
    if (name === 'school' || name === 'pipeline') continue
    const want = derived.filter(point => point.measurement === name)
    const differences = pointDifferences(await lying(name), want)
    t.same(differences.slice(0, 5), [], `${name}: ${want.length} points, ${differences.length} differences`)
    // No probe writes it yet.
    t.equal(want.length > 0, name !== 'snmp_port', `${name} is compared`)
  }
  for (const database of ['raw', 'rollup'] as const) {
    const there = (await ask(database, 'SHOW MEASUREMENTS')).flatMap(({ rows }) => rows.flat())
    const known = Object.keys(measurements).filter(name => databaseOf(name) === database && name !== 'snmp_port')
    t.same(there.sort(), known.sort(), `nothing else lies in ${databases[database]}`)
  }
  t.same(
    letters.map(letter => letter.reason),
    ['reserved_field'],
    'and what was refused lies aside'
  )
})

void t.test('states of schools and of the pipeline are those of their moments', async t => {
  const moments = [...new Set(schools.map(point => point.atMs))]
  t.ok(moments.length >= 3)
  const want = moments.flatMap(atMs => schoolPoints(lived, atMs, city.settings.uploadMs))
  t.same(pointDifferences(schools, want).slice(0, 5), [])
  t.same(await pipelineFaults(pipeline, lived, city.store, letters.length), [])
})

const allPoints = [...derived, ...schools, ...pipeline]
const both = openBoth(allPoints, ask)
const boards = globSync(resolve(import.meta.dirname, '../../dashboards/json/*.json'))
  .sort()
  .map(file => JSON.parse(readFileSync(file, 'utf8')) as DashboardFile)
const turns = (board: DashboardFile): number => (board.uid === 'cg-school' ? 12 : 6)
const written: string[] = []

void t.test('every query of every chart, variable and annotation gives the derived figures, and something', async t => {
  t.equal(boards.length, 6)
  const visits: Visit[] = []
  for (const board of boards) {
    const { visited, visits: own } = await visit(board, turns(board), askedMs, both)
    visits.push(...own)
    written.push(...visited.map(line => line.written))
    t.same(visited.flatMap(faultsOf), [], `${board.uid}: ${visited.length} queries`)
  }
  t.same(claimFaults(lived, visits), [], 'and charts show what they are about')
  t.same(captionFaults(allPoints, visits, askedMs).slice(0, 10), [], 'under the titles that say so')
  t.same(choiceFaults(allPoints, visits).slice(0, 10), [], 'and drop-downs offer what is there, below what was chosen')
})

void t.test('every alert rule is evaluated, and fires for whom it must', async t => {
  const must = mustFire(lived, askedMs, city.settings.uploadMs)
  const rules = alertQueries()
  t.same(rules.map(rule => rule.rule).sort(), Object.keys(must).sort())
  for (const { rule, database, query, fromS, toS, crosses } of rules) {
    const { by, ids } = must[rule] ?? { by: '', ids: [] }
    const range = { fromMs: askedMs - fromS * 1_000, toMs: askedMs - toS * 1_000 }
    const { got, faults } = await both(database, fillIn(query, new Map(), range, 60_000))
    t.same(faults, [], rule)
    t.ok(got.length > 0, `${rule} must look at something`)
    t.same(firing(got, crosses, by), [...new Set(ids)].sort(), `${rule} fires for ${ids.length}`)
    written.push(query)
  }
})

void t.test('every rule has somebody to fire for, in this city or in one that is worse', async t => {
  const must = mustFire(lived, askedMs, city.settings.uploadMs)
  // What the demo does not have: panels that are seldom on, and a sink that is behind.
  const isPanelsDay = ({ measurement, tags, fields, atMs }: Held): boolean =>
    measurement === 'host_1d' &&
    tags['kind'] === 'panel' &&
    fields['available_pct'] !== undefined &&
    atMs > askedMs - 4 * dayMs
  const inOneSchool = derived.find(isPanelsDay)?.tags['school'] ?? ''
  const worse = (behindS: number) =>
    allPoints.map((point): Held => {
      const { measurement, tags, fields } = point
      if (measurement === 'pipeline') return { ...point, fields: { ...fields, behind_s: behindS } }
      return measurement === 'host_1d' && tags['school'] === inOneSchool && fields['available_pct'] !== undefined
        ? { ...point, fields: { ...fields, available_pct: 49.9 } }
        : point
    })
  const planted: Readonly<Record<string, readonly string[]>> = { 'cg-panels': [inOneSchool], 'cg-pipeline-lag': [''] }
  for (const { rule, query, fromS, toS, crosses } of alertQueries()) {
    const { by, ids } = must[rule] ?? { by: '', ids: [] }
    if (planted[rule] === undefined) {
      t.ok(ids.length > 0, `${rule} fires for ${ids.length}`)
      continue
    }
    const range = { fromMs: askedMs - fromS * 1_000, toMs: askedMs - toS * 1_000 }
    const statement = readStatement(fillIn(query, new Map(), range, 60_000))
    t.same(firing(evaluate(statement, worse(901)), crosses, by), planted[rule], rule)
    if (rule === 'cg-pipeline-lag') t.same(firing(evaluate(statement, worse(899)), crosses, by), [], 'not yet')
  }
})

void t.test('every query of the dashboards and rules was asked', async t => {
  t.same(
    allQueries().filter(({ query }) => !written.includes(query)),
    []
  )
})

void t.test('all eight figures of every share are those of GET /v1/shares', async t => {
  const fields = ['met_n', 'missed_n', 'unknown_n', 'not_applicable_n', 'total_n', 'pct', 'hi_pct', 'goal_pct'] as const
  const columns = fields.map(field => `last("${field}") AS "${field}"`).join(', ')
  t.ok(lived.shares.length > 400)
  for (const [period, shares] of Map.groupBy(lived.shares, share => share.period)) {
    const { fromMs, toMs } = periodNamed(period)
    const answers = await ask(
      'rollup',
      `SELECT ${columns} FROM "target_1d" WHERE time >= ${fromMs}ms AND time < ${toMs}ms GROUP BY "area", "group", "target"`
    )
    const got = answers.map(({ tags: { area, group, target }, rows: [row = []] }) => [
      area === 'none' ? `group:${group ?? ''}` : area,
      target,
      ...row.slice(1)
    ])
    const want = shares.map(share => [share.area, share.target, ...fields.map(field => share[field])])
    t.same(got.map(String).sort(), want.map(String).sort(), `${period}: ${want.length} shares`)
  }
})

void t.test('a mistake is seen: a point that is lost, twice there, or under another county', async t => {
  const ports = derived.filter(point => point.measurement === 'port_1h')
  const [first = fail()] = ports
  t.match(pointDifferences(ports.slice(1), ports), [/must have \d+ points, got \d+; one of them: 2026-1/])
  t.match(pointDifferences([...ports, first], ports), [/must have \d+ points, got \d+/])
  const moved = ports.map(point => (point === first ? { ...point, tags: { ...point.tags, county: 'uxin' } } : point))
  t.match(pointDifferences(moved, ports), [/must have/, /county=uxin.* must not be there/])
})

void t.test('a mistake is seen: a chart that asks for a field that is not there, or for another one', async t => {
  const board = boards.find(one => one.uid === 'cg-overview') ?? fail()
  const faulty = (from: string, to: string): DashboardFile =>
    JSON.parse(JSON.stringify(board).replaceAll(JSON.stringify(from).slice(1, -1), to)) as DashboardFile
  const nowhere = await visit(faulty('last("hi_pct")', 'last(\\"hi_percent\\")'), 1, askedMs, both)
  t.same(claimFaults(lived, nowhere.visits).length > 0, true)
  const empty = await visit(faulty('max("simulated")', 'max(\\"simulation\\")'), 1, askedMs, both)
  t.match(empty.visited.flatMap(faultsOf), [
    /^cg-overview \/ 1 .* A must show something of the city, got nothing in 1 turns$/
  ])
  const swapped = await visit(faulty('last("missed_n")', 'last(\\"met_n\\")'), 1, askedMs, both)
  t.match(claimFaults(lived, swapped.visits)[0], /^cg-overview \/ 4 .* must be \{.*"missed_n":\d+.*\}, got/)
  const titled = await visit(faulty('不达标（所）Missed', '达标（所）Met'), 1, askedMs, both)
  t.match(
    captionFaults(allPoints, titled.visits, askedMs)[0],
    /^cg-overview \/ 4 .* "达标（所）Met" must be \d+, got \d+/
  )
})

void t.test('sent again from the beginning, the city lies there once', async t => {
  await city.store.rewindSink('influx', 0)
  await city.sentAgain()
  for (const name of ['portal', 'agent', 'host_1d', 'school_1d', 'target_1d', 'rank_1m']) {
    const want = derived.filter(point => point.measurement === name)
    t.same(pointDifferences(await lying(name), want).slice(0, 5), [], `${name}: ${want.length} points`)
  }
})

const fail = (): never => {
  throw new Error('the city must have it')
}
