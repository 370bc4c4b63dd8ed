import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { pino } from 'pino'
import t from 'tap'
import { exitWordOf } from '../../../contract/exit.ts'
import { settingsOf } from '../../../collector/config.ts'
import { startSinkThreads } from '../../../collector/sinks/sink-thread.ts'
import { openStore } from '../../../collector/store/sqlite.ts'
import {
  runSinkCheck,
  runSinkDrop,
  runSinkLetters,
  runSinkReplay,
  runSinkRewind,
  runSinkStatus,
  type SinkOptions
} from '../../../collector/sinks/command.ts'
import { sentenceText } from '../../../collector/sinks/sentence.ts'
import { openCollector, temporaryDirectory } from '../../rig/collector.ts'
import { nowMs } from '../../rig/ledger.ts'
import { aBatch } from '../../suites/store.ts'
import { aLetter, aSink } from '../../suites/store-sinks.ts'
import { plain } from '../pages/plain.ts'

const rig = await openCollector(work => t.teardown(work))
const { app, store } = rig
const admin = { authorization: `Bearer ${rig.secret}` }

void t.test('a collector that sends no copies says nothing of them', async t => {
  t.same((await app.inject('/v1/sinks')).json(), { items: [], next: null })
  t.notMatch((await app.inject('/metrics')).body, /campus_gauge_sink_state\{/)
  t.notMatch((await app.inject('/agents')).body, /id="sinks"/)
  t.equal((await app.inject('/v1/sinks/influx/dead-letters')).statusCode, 404)
  await t.rejects(runSinkRewind({ data: rig.directory, yes: true }), {
    exit: 'failure',
    message: /^尚无数据外送.*\nNo sink ever ran/
  })
})

void t.test('how a sink stands: interface, metrics and page say the same', async t => {
  await store.commitBatches([1, 2, 3].map(seq => aBatch(seq, { receivedMs: nowMs - (4 - seq) * 60_000 })))
  const sentence = sentenceText('口令不对。', 'The password is wrong.')
  const sink = aSink({
    arrival: 1,
    history: { after: 0, upTo: 1 },
    state: 'refused',
    sentence,
    stateSinceMs: nowMs - 180_000,
    deliveredAtMs: nowMs - 200_000,
    pointsN: 1234,
    tooOldN: 7
  })
  await store.putSink(sink)
  t.notMatch((await app.inject('/agents')).body, 'sink dead-letters', 'without any, they are no way out of "refused"')
  await store.putSink(
    sink,
    Array.from({ length: 5 }, (_, i) => aLetter({ line: `host x=${i}` }))
  )
  t.same((await app.inject('/v1/sinks')).json(), {
    items: [
      {
        sink: 'influx',
        state: 'refused',
        sentence: { zh: '口令不对。', en: 'The password is wrong.' },
        since: '2026-11-03T09:57:00.000+08:00',
        behind_n: 2,
        behind_s: 120,
        history_n: 1,
        points_n: 1234,
        dead_letters_n: 5,
        due_n: 0,
        too_old_n: 7,
        rewind: false,
        delivered_at: '2026-11-03T09:56:40.000+08:00'
      }
    ],
    next: null
  })
  await app.inject('/metrics')
  const { body } = await app.inject('/metrics')
  for (const line of [
    'campus_gauge_sink_batches_behind{sink="influx"} 2',
    'campus_gauge_sink_behind_seconds{sink="influx"} 120',
    'campus_gauge_sink_history_batches{sink="influx"} 1',
    'campus_gauge_sink_dead_letters{sink="influx"} 5',
    'campus_gauge_sink_points_delivered_total{sink="influx"} 1234',
    'campus_gauge_sink_points_too_old_total{sink="influx"} 7',
    'campus_gauge_sink_state{sink="influx",state="refused"} 1',
    'campus_gauge_sink_state{sink="influx",state="delivering"} 0',
    `campus_gauge_sink_delivered_timestamp_seconds{sink="influx"} ${(nowMs - 200_000) / 1000}`
  ])
    t.ok(body.includes(`${line}\n`), line)
  const text = plain((await app.inject('/agents')).body)
  t.match(text, /数据外送 .*InfluxDB ✕ 被拒绝 3 分钟前.* 口令不对。 /)
  t.match(text, 'sink dead-letters')
  t.match(text, '2 批，最早 2 分钟前 历史数据还有 1 批 5 7 点已过保存期，未送')
  t.match(plain((await app.inject('/agents?lang=en')).body), /✕ Refused .* The password is wrong\. /)
})

void t.test('dead letters come in pages, and what is done about them needs the secret', async t => {
  const url = '/v1/sinks/influx/dead-letters?limit=2'
  const ids: number[] = []
  let next: string | null = null
  do {
    const page: { items: { id: number; line: string }[]; next: string | null } = (
      await app.inject(next === null ? url : `${url}&next=${next}`)
    ).json()
    ids.push(...page.items.map(item => item.id))
    next = page.next
  } while (next !== null)
  t.same(ids, [1, 2, 3, 4, 5])
  t.equal((await app.inject(`${url}&next=nonsense`)).statusCode, 400)

  const post = (what: string, payload: object, headers: Record<string, string> = admin) =>
    app.inject({ method: 'POST', url: `/v1/sinks/influx/${what}`, payload, headers })
  t.equal((await post('replay', {}, {})).statusCode, 401)
  t.equal((await post('drop', {}, {})).statusCode, 401)
  t.equal((await post('replay', { ids: [0] })).statusCode, 422)
  t.same((await post('replay', { ids: [1, 99] })).json(), { letters_n: 1 })
  t.same((await post('replay', {})).statusCode, 202)
  t.same(await store.deadLetterCounts('influx'), { total: 5, due: 5 })
  t.same((await post('drop', { ids: [5] })).json(), { letters_n: 1 })
})

void t.test('the command line does the same, beside the collector or from elsewhere', async t => {
  const secretFile = join(rig.directory, 'secret-of-test')
  writeFileSync(secretFile, rig.secret)
  const here: SinkOptions = { data: rig.directory }
  const there: SinkOptions = { url: await rig.listen(), secretFile }
  const said = async (work: (print: (text: string) => unknown) => Promise<void>): Promise<string> => {
    let text = ''
    await work(more => (text += more))
    return text
  }
  const now = () => nowMs
  const status = await said(print => runSinkStatus(there, now, print))
  t.match(status, /influx: 被拒绝 refused.*\n {2}口令不对。\n {2}The password is wrong\.\n {2}落后 behind: 2 批/)
  const letters = await said(print => runSinkLetters({ ...there, limit: '2' }, now, print))
  t.match(letters, /^1 .* server_refused \(待重发 due\): no\n {2}"host x=0"\n2 /)
  t.match(await said(print => runSinkReplay({ ...there, id: ['2'] }, now, print)), '1 条将重发')
  t.match(
    await said(print => runSinkDrop({ ...there, id: ['2'], yes: true, json: true }, now, print)),
    '{"letters_n":1}'
  )
  t.match(await said(print => runSinkRewind({ ...here, yes: true }, now, print)), 'everything after batch 0')
  t.equal(await store.rewindWished('influx'), true)

  const fails = (work: () => Promise<void>, exit: string, message: RegExp | string) =>
    t.rejects(Promise.resolve().then(work), { exit, message })
  await fails(() => runSinkDrop(here), 'usage', 'option --yes must be given: drop gives refused points up for good')
  await fails(() => runSinkRewind(here), 'usage', /--yes/)
  await fails(() => runSinkRewind({ ...there, yes: true }), 'usage', /use --data/)
  await fails(() => runSinkReplay({ ...here, id: ['x'] }), 'usage', /option --id must be 1 to/)
  await fails(() => runSinkStatus({ data: '/nowhere' }), 'badConfiguration', /must be the directory/)
  await fails(() => runSinkLetters({ ...there, sink: 'other' }), 'failure', /no sink "other"/)
  const stranger = { ...here, sink: 'other', yes: true }
  for (const run of [runSinkLetters, runSinkReplay, runSinkDrop, runSinkRewind])
    await fails(() => run(stranger), 'failure', 'option --sink must be a sink that ever ran, got "other"')
  await fails(() => runSinkReplay({ url: there.url ?? '' }), 'usage', /needs --secret-file/)
  writeFileSync(secretFile, 'wrong')
  await fails(() => runSinkReplay(there), 'notPermitted', /admin secret/)
})

void t.test('a sink has a thread of its own, which starts and stops beside a server that never answers', async t => {
  const deaf = createServer(() => undefined)
  deaf.listen(0, '127.0.0.1')
  await once(deaf, 'listening')
  t.teardown(() => deaf.close())
  const directory = temporaryDirectory(work => t.teardown(work))
  const port = String((deaf.address() as AddressInfo).port)
  const { influx, uploadMs } = settingsOf(
    { data: 'data', sinks: { influx: { generation: 1, url: `http://127.0.0.1:${port}` } } },
    directory
  )
  const asked = once(deaf, 'request')
  const own = await openStore(directory)
  t.teardown(() => own.close())
  const threads = startSinkThreads(own, { influx, uploadMs }, pino({ level: 'silent' }))
  await asked
  t.match(await own.sinks(), [{ name: 'influx', state: 'starting', arrival: 0 }])
  await threads.stop()
  deaf.closeAllConnections()
  await startSinkThreads(own, { influx: undefined, uploadMs }, pino({ level: 'silent' })).stop()
  const silent = pino({ level: 'silent' })
  const share = () => ({ file: join(directory, 'nowhere.sqlite'), writer: new MessageChannel().port1 })
  await startSinkThreads({ share }, { influx, uploadMs }, silent).stop()
  const unable = (): never => {
    throw new Error('no more threads')
  }
  await startSinkThreads({ share: unable }, { influx, uploadMs }, silent).stop()
  t.pass('a thread that dies, or never lived, stops nobody')
})

void t.test('sink check says with its exit code what is in the way', async t => {
  const directory = temporaryDirectory(work => t.teardown(work))
  const answer = { ping: 204, write: 401 }
  const server = createServer((request, response) => {
    const ping = request.url?.startsWith('/ping') === true
    response.writeHead(ping ? answer.ping : answer.write, { 'x-influxdb-version': '1.6.7' }).end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`
  writeFileSync(join(directory, 'password'), 'canary-of-a-password', { mode: 0o600 })
  const config = join(directory, 'collector.yaml')
  const check = async (sinks: string): Promise<{ exit: string; message: string }> => {
    writeFileSync(config, `data: data\n${sinks}`)
    try {
      await runSinkCheck({ config }, () => undefined)
      return { exit: 'ok', message: '' }
    } catch (error) {
      return { exit: exitWordOf(error), message: error instanceof Error ? error.message : '' }
    }
  }
  const influx = (over: string): string =>
    `sinks: { influx: { generation: 1, username: x, password_file: password, ${over} } }\n`
  const said = [
    await check(influx('url: "http://127.0.0.1:9"')),
    await check(influx(`url: "${url}"`)),
    await check(
      influx(`url: "${url}"`).replace('generation: 1, username: x, password_file', 'generation: 3, token_file')
    ),
    await check('')
  ]
  answer.write = 404
  said.push(await check(influx(`url: "${url}"`)))
  t.same(
    said.map(one => one.exit),
    ['unreachable', 'notPermitted', 'badConfiguration', 'badConfiguration', 'badConfiguration']
  )
  t.match(said[3]?.message, `${config} /sinks/influx must be there, got nothing`)
  t.notMatch(JSON.stringify(said), /canary/)
  server.closeAllConnections()
})
