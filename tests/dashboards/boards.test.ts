import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import t from 'tap'
import { goalStateCodes, outcomeCodes, verdictCodes } from '../../collector/sinks/influx/schema.ts'
import { terms } from '../../collector/views/term-words.ts'
import { directions } from '../../contract/bandwidth.ts'
import { ipv6States, recordingStates } from '../../contract/indicator-readings.ts'
import type { Board } from '../../dashboards/board.ts'
import { boardFile, boards } from '../../dashboards/boards.ts'
import { queryFaults } from '../../dashboards/grammar.ts'
import { lint } from '../../dashboards/lint/lint.ts'
import { allQueries, filled } from '../../dashboards/queries.ts'
import { provisioningFiles } from '../../dashboards/tree/tree.ts'
import {
  colours,
  goalStates,
  idWords,
  ipv6Codes,
  outcomes,
  recordingCodes,
  verdicts,
  type Codes
} from '../../dashboards/words.ts'

const directory = resolve(import.meta.dirname, '../../dashboards')
const good = (): Board[] => boards.map(board => JSON.parse(boardFile(board).text) as Board)

const byNumber = (a: number, b: number): number => a - b

void t.test('the committed files are what npm run dashboards writes', t => {
  for (const { path, text } of [...boards.map(boardFile), ...provisioningFiles()])
    t.equal(readFileSync(join(directory, path), 'utf8'), text, `dashboards/${path}`)
  t.same(readdirSync(join(directory, 'json')).sort(), boards.map(board => `${board.uid ?? ''}.json`).sort())
  t.end()
})

void t.test('nothing is wrong with the six dashboards', t => {
  t.same(
    good().map(board => board.uid),
    ['cg-overview', 'cg-school', 'cg-bandwidth', 'cg-rooms', 'cg-ranking', 'cg-pipeline']
  )
  t.same(lint(good()), [])
  t.end()
})

void t.test('every query, also of alert rules, is of the grammar and asks for what the schema has', t => {
  const queries = allQueries()
  for (const kind of ['chart', 'variable', 'annotation', 'alert'])
    t.ok(
      queries.some(query => query.kind === kind),
      kind
    )
  t.same(
    queries.flatMap(({ dashboard, chart, query, database }) =>
      queryFaults(query, database).map(says => `${dashboard} ${chart} ${says}`)
    ),
    []
  )
  t.end()
})

void t.test('what is not of the grammar is refused', t => {
  const first = `SELECT last("pct") AS "pct" FROM "target_1d" WHERE $timeFilter AND "area" =~ /^\${area:regex}$/`
  t.same(queryFaults(first, 'rollup'), [])
  const wrong = [
    'DROP DATABASE readiness',
    `${first}; DROP DATABASE readiness`,
    first.replace('$timeFilter AND ', ''),
    first.replace('last("pct")', 'last("pct") / 100'),
    first.replace('"target_1d"', '(SELECT last("pct") FROM "target_1d")'),
    first.replace('last', 'derivative'),
    first.replace('target_1d', '/.*/'),
    first.replace('{area:regex}', 'area'),
    `${first} GROUP BY time(1d)`,
    `${first} GROUP BY time(1d) fill(0) tz('Asia/Shanghai')`,
    `${first} GROUP BY time(1d) fill(none)`,
    `${first} GROUP BY "target" fill(none) tz('Asia/Shanghai')`,
    'SHOW TAG VALUES FROM "target_1d" WITH KEY = "area"',
    'SHOW MEASUREMENTS'
  ]
  for (const query of wrong)
    t.same(queryFaults(query, 'rollup'), [
      `must be of the grammar in dashboards/grammar.ts, got ${JSON.stringify(query)}`
    ])
  t.same(queryFaults(first.replaceAll('"pct"', '"percent"'), 'rollup'), [
    'must read fields of "target_1d", got "percent"'
  ])
  t.same(queryFaults(first.replace('"area"', '"region"'), 'rollup'), ['must use tags of "target_1d", got "region"'])
  t.same(queryFaults(first.replace('target_1d', 'target_1w'), 'rollup'), [
    'must read a measurement of schema.ts, got "target_1w"'
  ])
  t.same(queryFaults(first, 'raw'), ['must read "target_1d" from rollup, got raw'])
  t.end()
})

void t.test('variables are filled in as Grafana writes them', t => {
  const filling = {
    fromMs: 1,
    toMs: 2,
    interval: '5m',
    values: { a: ['yulin-2022/ipv6'], b: ['x', 'y'], c: 'all' as const }
  }
  t.equal(
    filled('${a:regex} ${b:regex} ${c:regex} $__interval $timeFilter', filling),
    String.raw`yulin-2022\/ipv6 (x|y) .* 5m time >= 1ms and time <= 2ms`
  )
  t.throws(() => filled('${d:regex}', filling), { message: 'variable d has no value in ${d:regex}' })
  t.end()
})

void t.test('every code of the schema and the contract has its own word', t => {
  const lists: readonly [Codes, readonly number[]][] = [
    [verdicts, Object.values(verdictCodes)],
    [goalStates, Object.values(goalStateCodes)],
    [outcomes, Object.values(outcomeCodes)],
    [ipv6Codes, ipv6States.map((_, i) => i)],
    [recordingCodes, recordingStates.map((_, i) => i)]
  ]
  for (const [codes, numbers] of lists) {
    t.same(Object.keys(codes).map(Number).sort(byNumber), [...numbers].sort(byNumber))
    t.equal(new Set(Object.values(codes).map(({ text }) => text)).size, numbers.length)
  }
  t.equal(ipv6Codes[ipv6States.indexOf('ready')]?.text, '可用')
  t.equal(recordingCodes[recordingStates.indexOf('live')]?.text, '正在直播')
  t.equal(verdicts[1]?.text, '✕ 不达标')
  t.end()
})

void t.test('green and red are said by name: good news, and what a school or its line is to blame for', t => {
  const coloured = (colour: string): string[] =>
    [verdicts, goalStates, outcomes, ipv6Codes, recordingCodes].flatMap(codes =>
      Object.values(codes).flatMap(one => (one.colour === colour ? [one.text] : []))
    )
  t.same(coloured(colours.good), ['✓ 达标', '✓ 已达目标', '正常', '可用', '有画面', '正在直播'])
  t.same(coloured(colours.unknown), [
    ...['? 数据不足', '? 待定', '未能测量', '断网，与 IPv6 无关'],
    ...['缺账号', '账号不对', '登录方式不支持', '连接数已满']
  ])
  t.same(coloured(colours.apart), ['– 不适用', '– 未设目标'])
  t.same(coloured(colours.fair), ['降级', '可用但较慢', '时好时坏'])
  t.same(Object.values(outcomes), [
    { text: '正常', colour: colours.good },
    { text: '降级', colour: colours.fair },
    { text: '失败', colour: colours.bad },
    { text: '未能测量', colour: colours.unknown }
  ])
  t.end()
})

void t.test('every stage, zone and direction has the word that the collector’s pages have', t => {
  const zhOf = (ids: Readonly<Record<string, readonly string[]>>) =>
    Object.fromEntries(Object.entries(ids).map(([id, [zh = '']]) => [id, zh]))
  t.same(idWords.stage, zhOf(terms.stage))
  t.same(idWords.zone, zhOf(terms.zone))
  t.same(Object.keys(idWords.direction), directions)
  for (const column of ['stage', 'zone', 'direction'])
    for (const panel of good().flatMap(board => board.panels))
      for (const { matcher, properties } of panel.fieldConfig.overrides)
        if (matcher.options === column)
          t.ok(
            properties.some(property => property.id === 'mappings'),
            `${panel.title}: ${column}`
          )
  t.end()
})
