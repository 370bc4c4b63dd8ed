import { fileURLToPath } from 'node:url'
import t from 'tap'
import { node, run } from '../../bench/processes.ts'
import { hasInfluxd } from '../rig/influxd.ts'

// Benches measure; here they only must work: a table with its columns, and counts that agree. Never a time.
t.setTimeout(300_000)
const bench = (...args: string[]) => run([node, fileURLToPath(new URL('../../bench/run.ts', import.meta.url)), ...args])
const needsInfluxd = hasInfluxd() ? {} : { skip: 'influxd is not installed here' }
const cellsOf = (line: string): string[] =>
  line
    .split('|')
    .slice(1, -1)
    .map(cell => cell.trim())

void t.test('the sink and the bare client send the same points, and each lies there once', needsInfluxd, async t => {
  const { code, stdout, stderr } = await bench('sink', '--only', 'rate', '--points', '2000', '--rounds', '1')
  t.equal(code, 0, stderr)
  const [head = '', , ...rows] = stdout.split('\n')
  t.same(cellsOf(head).slice(0, 4), ['sender', 'rounds', 'points a round', 'points/s'])
  t.same(
    rows.slice(0, 2).map(line => cellsOf(line).slice(0, 3)),
    [
      ['bare client', '1', '2007'],
      ['sink', '1', '2007']
    ]
  )
  t.match(stdout, '✔ 2007 points of each round lie in InfluxDB, each once')
})

void t.test('a backlog is caught up at each rate, and the sink is watched at rest', needsInfluxd, async t => {
  const small = ['--devices', '50', '--minutes', '6', '--rates', '2000,100000', '--seconds', '1']
  const { code, stdout, stderr } = await bench('sink', '--only', 'backlog', ...small)
  t.equal(code, 0, stderr)
  const [head = '', , ...rows] = stdout.split('\n')
  t.same(cellsOf(head).slice(0, 3), ['history_points_per_s', 'devices', 'batches behind'])
  t.same(
    rows.slice(0, 2).map(line => cellsOf(line).slice(0, 2)),
    [
      ['2000', '50'],
      ['100000', '50']
    ]
  )
  for (const line of rows.slice(0, 2)) t.ok(Number(cellsOf(line)[3]) > 700, 'points were sent')
  t.equal([...stdout.matchAll(/^✔ nothing behind, /gm)].length, 2)
})
