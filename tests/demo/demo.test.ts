import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { Command } from 'commander'
import t from 'tap'
import { openStore } from '../../collector/store/sqlite.ts'
import { startChild } from '../../deploy/child.ts'
import { addDemoCommand } from '../../deploy/demo/command.ts'

const run = promisify(execFile)
const bin = resolve(import.meta.dirname, '../../deploy/bin.js')
const directory = mkdtempSync(join(tmpdir(), 'cg-demo-'))
t.teardown(() => rmSync(directory, { recursive: true, force: true }))
const data = join(directory, 'demo')
const until = '2026-11-22T10:00:00+08:00'
const make = ['demo', '--schools', '9', '--days', '36', '--data', data, '--until', until, '--json']

void t.test(
  'the city is lived through the ingest path, and its month is frozen on the way',
  { timeout: 300_000 },
  async t => {
    const { stdout } = await run(process.execPath, [bin, ...make, '--only'])
    const made = JSON.parse(stdout) as { readings: number; batches: number }
    const store = await openStore(join(data, 'collector'))
    try {
      const counts = await store.counts()
      t.equal(counts.readings, made.readings)
      t.equal(counts.batches, made.batches)
      t.equal(counts.rejected, 0)
      t.ok((await store.agents()).every(agent => agent.state === 'approved'))
      const verdicts = await store.verdicts('2026-11')
      t.equal(new Set(verdicts.map(verdict => verdict.school)).size, 9, 'every school is judged')
      t.ok(verdicts.some(verdict => verdict.verdict === 'met'))
      const [frozen] = (await store.bulletins()).filter(one => one.period === '2026-11')
      t.equal(frozen?.revision, 1)
      t.ok((frozen?.frozenMs ?? 0) < Date.parse('2026-11-20T01:00:00+08:00'), 'frozen when its time had come')
    } finally {
      await store.close()
    }
  }
)

void t.test('its pages say on every one that nothing of it is real', { timeout: 120_000 }, async t => {
  const child = startChild([bin, ...make, '--port', '0'], join(directory, 'log'))
  t.teardown(async () => {
    child.process.kill('SIGTERM')
    await child.ended
  })
  const { url, took_s: tookS } = (await child.ready) as { url: string; took_s: number }
  t.type(tookS, 'number')
  for (const page of [
    '/',
    '/schools/sim-0001',
    '/ranking',
    '/bulletins',
    '/bulletins/2026-11',
    '/reminders',
    '/agents',
    '/areas/ordos'
  ]) {
    const answer = await fetch(`${url}${page}`)
    t.equal(answer.status, 200, page)
    t.match(await answer.text(), /模拟数据/, page)
  }
})

void t.test('a directory with anything else in it is left alone', async t => {
  const other = mkdtempSync(join(tmpdir(), 'cg-not-demo-'))
  t.teardown(() => rmSync(other, { recursive: true, force: true }))
  writeFileSync(join(other, 'thesis.txt'), 'mine')
  await t.rejects(run(process.execPath, [bin, 'demo', '--schools', '9', '--data', other, '--only']), {
    code: 2,
    stderr: /--data must be an empty directory or one that an earlier demo made, got .*, which holds other files/
  })
  t.equal(readFileSync(join(other, 'thesis.txt'), 'utf8'), 'mine')
})

void t.test('numbers out of bounds are refused in a sentence', async t => {
  const command = new Command()
  addDemoCommand(command, '0.0.0')
  for (const [option, value, message] of [
    ['--schools', '5001', /^option --schools must be a whole number from 9 to 5000, got "5001"$/],
    ['--days', '0', /^option --days must be a whole number from 1 to 90, got "0"$/],
    ['--until', 'tomorrow', /^option --until must be a past RFC 3339 time such as .*, got "tomorrow"$/]
  ] as const)
    await t.rejects(command.parseAsync(['node', 'campus-gauge', 'demo', option, value]), { message })
})
