import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pino } from 'pino'
import t, { type Test } from 'tap'
import { openConfiguration } from '../../agent/central.ts'
import type { ClientAnswer, ClientRequest } from '../../agent/client.ts'
import type { Configuration } from '../../contract/configuration.ts'

const configuration = (fold_ms: number): Configuration => ({
  agent: 'a-1',
  school: 's-1',
  upload: { period_ms: 60_000, max_readings: 500 },
  fold_ms,
  checks: []
})
const given = (fold_ms: number, over: Partial<ClientAnswer> = {}): ClientAnswer => ({
  status: 200,
  headers: { etag: `"e${fold_ms}"` },
  text: JSON.stringify(configuration(fold_ms)),
  verified: true,
  ...over
})

const rig = (t: Test, directory = t.testdir()) => {
  const asked: ClientRequest[] = []
  const script: (ClientAnswer | Error)[] = []
  const client = {
    exchange: (request: ClientRequest) => {
      asked.push(request)
      const next = script.shift() ?? new Error('the collector is away')
      return next instanceof Error ? Promise.reject(next) : Promise.resolve(next)
    }
  }
  const central = openConfiguration(directory, client, pino({ level: 'silent' }))
  const refresh = (answer: ClientAnswer | Error) => {
    script.push(answer)
    return central.refresh(new AbortController().signal)
  }
  return { central, refresh, asked, directory }
}

void t.test('a signed configuration is in force, kept over a restart, and asked for by its ETag', async t => {
  const { central, refresh, asked, directory } = rig(t)
  t.equal(central.current(), undefined)
  t.equal(await refresh(given(1)), true)
  t.same(central.current(), configuration(1))
  t.same(asked[0], { method: 'GET', path: '/v1/agent/config', headers: {} })
  const again = rig(t, directory)
  t.same(again.central.current(), configuration(1))
  t.equal(await again.refresh({ ...given(1), status: 304, text: '', verified: false }), false)
  t.same(again.asked[0]?.headers, { 'if-none-match': '"e1"' })
  t.same(again.central.current(), configuration(1))
})

void t.test('an unsigned, invalid or missing configuration changes nothing', async t => {
  const { central, refresh, directory } = rig(t)
  await refresh(given(1))
  t.equal(await refresh(given(2, { verified: false })), false)
  t.equal(await refresh(given(2, { status: 403 })), false)
  t.equal(await refresh(given(2, { status: 500 })), false)
  await t.rejects(refresh(new Error('ECONNREFUSED')), { message: 'ECONNREFUSED' })
  await t.rejects(refresh(given(2, { text: '{' })), { message: /^configuration must be JSON: / })
  await t.rejects(refresh(given(-5)), { message: 'configuration /fold_ms must be >= 0, got -5' })
  const bad = JSON.stringify({ ...configuration(2), checks: [{ check: 'x' }] })
  await t.rejects(refresh(given(2, { text: bad })), { message: /^configuration \/checks\/0\/check must match / })
  t.same([central.current(), central.etag()], [configuration(1), '"e1"'])
  t.same(rig(t, directory).central.current(), configuration(1), 'nor on disk')
})

void t.test('a kept file that cannot be read is as good as none', async t => {
  for (const text of [
    '',
    '{',
    '[]',
    '{"text":5}',
    '{"text":"{}"}',
    JSON.stringify({ etag: '"x"', text: '{"agent":1}' })
  ]) {
    const directory = t.testdir()
    writeFileSync(join(directory, 'configuration.json'), text)
    const { central, refresh, asked } = rig(t, directory)
    t.same([central.current(), central.etag()], [undefined, undefined], text)
    t.equal(await refresh(given(3)), true)
    t.same(asked[0]?.headers, {}, 'and the whole is asked for')
  }
})

void t.test('a configuration that cannot be kept on disk is in force all the same', async t => {
  const { central, refresh, directory } = rig(t)
  const inTheWay = join(directory, 'configuration.json')
  mkdirSync(join(inTheWay, 'x'), { recursive: true })
  t.equal(await refresh(given(4)), true)
  t.same([central.current()?.fold_ms, central.etag()], [4, '"e4"'])
  rmSync(inTheWay, { recursive: true })
})
