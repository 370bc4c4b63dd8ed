import { fileURLToPath } from 'node:url'
import t from 'tap'
import { node, run } from '../bench/processes.ts'
import { quantile } from '../bench/stats.ts'
import { tableOf } from '../bench/table.ts'

// Benches measure; here they only must work: a table with its columns, and counts that agree. Never a time.
const bench = (...args: string[]) => run([node, fileURLToPath(new URL('../bench/run.ts', import.meta.url)), ...args])
const cellsOf = (line: string): string[] =>
  line
    .split('|')
    .slice(1, -1)
    .map(cell => cell.trim())

void t.test('without a name the benches are listed, an unknown one is refused', async t => {
  const list = await bench()
  t.equal(list.code, 0)
  for (const name of ['ingest', 'agent', 'bandwidth']) t.match(list.stdout, new RegExp(`^  ${name} `, 'm'))

  const unknown = await bench('speed')
  t.equal(unknown.code, 2)
  t.match(unknown.stderr, /^argument NAME must be one of ingest, agent, .*bandwidth.*, got "speed"\n$/)
  t.equal((await bench('constructor')).code, 2)
})

void t.test('ingest: what was accepted is what is stored', async t => {
  const { code, stdout, stderr } = await bench('ingest', '--agents', '20', '--batches', '300', '--seconds', '1')
  t.equal(code, 0, stderr)
  const [head = '', , ...lines] = stdout.split('\n')
  t.same(cellsOf(head), [
    ...['subject', 'load', 'batches', 'batches/s', 'CPU µs/batch', '× verify', 'p50 ms', 'p99 ms', 'RSS MiB']
  ])
  const rows = lines.slice(0, 5).map(cellsOf)
  t.same(
    rows.map(([subject, load, batches]) => [subject, load, batches]),
    [
      ['raw Ed25519 verify', 'one thread', ''],
      ['bare Fastify', 'saturated', '300'],
      ['collector', 'saturated', '300'],
      ['bare Fastify', '167/s', '167'],
      ['collector', '167/s', '167']
    ]
  )
  // 75 to warm up, 300, 167 to warm up, 167.
  t.match(stdout, '✔ accepted 709 batches, stored 709 batches and 4254 readings')
  t.match(stdout, /^`npm run bench -- ingest --agents 20.*`, \d{4}-.* cores, Node v24\./m)
})

// Ten seconds of three processes, and a bundle.
const long = process.env['CI'] === 'true' ? {} : { skip: 'left to CI=true' }
void t.test('agent: three processes are watched, and the agent really runs', long, async t => {
  const { code, stdout, stderr } = await bench('agent', '--settle', '0', '--seconds', '10')
  t.equal(code, 0, stderr)
  const [head = '', , ...lines] = stdout.split('\n')
  t.same(cellsOf(head), [
    ...['subject', 'RSS max MiB', 'RSS mean', 'RssAnon max MiB', 'RssAnon mean', '× bare', 'CPU % of a core']
  ])
  t.same(
    lines.slice(0, 3).map(line => cellsOf(line)[0]),
    ['bare node, one timer', 'node + systeminformation', 'agent (bundle, default checks)']
  )
  t.ok(Number(/^✔ it measured (\d+) times/m.exec(stdout)?.[1]) > 0, 'it measured')
})

void t.test('a table is Markdown and reads well as it is', t => {
  const table = tableOf(
    [{ name: 'what' }, { name: 'ms', digits: 1 }],
    [
      ['a', 12.345],
      ['bcdef', NaN]
    ]
  )
  t.equal(table, ['| what  |   ms |', '| ----- | ---: |', '| a     | 12.3 |', '| bcdef |    – |'].join('\n'))
  t.equal(quantile([4, 1, 3, 2], 0.5), 3)
  t.equal(quantile([1, 2], 1), 2)
  t.ok(Number.isNaN(quantile([], 0.5)))
  t.end()
})
