import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStore } from '../collector/store/sqlite.ts'
import { demo } from '../deploy/demo/demo.ts'
import { version } from '../deploy/version.ts'
import { circumstances, goalLine, tableOf, type Column } from './table.ts'

/** How long the simulated city takes until it can be looked at, and which verdicts and causes it shows. `--schools 300 --days 60`. */
export const run = async (argv: readonly string[]): Promise<void> => {
  const at = (name: string, otherwise: number): number => Number(argv[argv.indexOf(name) + 1 || Infinity] ?? otherwise)
  const [schools, days] = [at('--schools', 300), at('--days', 60)]
  const directory = mkdtempSync(join(tmpdir(), 'cg-bench-demo-'))
  try {
    const started = performance.now()
    const cpu = process.cpuUsage()
    const data = join(directory, 'demo')
    await demo({
      schools,
      days,
      seed: 1,
      untilMs: Date.now(),
      port: 0,
      host: '127.0.0.1',
      data,
      version,
      json: false,
      only: true
    })
    const tookS = (performance.now() - started) / 1_000
    const used = process.cpuUsage(cpu)
    const store = await openStore(join(data, 'collector'))
    const counts = await store.counts()
    const bulletins = await store.bulletins()
    const verdicts = (
      await Promise.all(bulletins.map(({ period, revision }) => store.verdicts(period, revision)))
    ).flat()
    await store.close()
    const causes = new Set(verdicts.map(one => `${one.indicator} ${one.verdict} ${one.reason}`))
    const row = [
      schools,
      days,
      tookS,
      (used.user + used.system) / 1e6,
      counts.readings,
      counts.batches,
      bulletins.map(one => `${one.period}/${one.revision}`).join(' '),
      causes.size
    ]
    console.log(circumstances('npm run bench -- demo'))
    console.log(tableOf(columns, [row]))
    console.log(goalLine('ready in', tookS, 120, ' s'))
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

const columns: readonly Column[] = [
  { name: 'schools' },
  { name: 'days' },
  { name: 'ready in, s', digits: 1 },
  { name: 'CPU, s', digits: 0 },
  { name: 'readings' },
  { name: 'batches' },
  { name: 'frozen period/revision' },
  { name: 'verdicts × causes shown' }
]
