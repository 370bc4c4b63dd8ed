import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import Type, { type Static } from 'typebox'
import { periodNamed } from '../collector/calendar/period.ts'
import { parse } from '../contract/parse.ts'
import { node, run as runCommand } from './processes.ts'
import { circumstances, goalLine, tableOf } from './table.ts'
import { fillCity } from './verdict-city.ts'

const Judged = Type.Object({
  seconds: Type.Number(),
  cpuSeconds: Type.Number(),
  rssMb: Type.Number(),
  verdicts: Type.Integer(),
  words: Type.Record(Type.String(), Type.Integer()),
  reasons: Type.Integer(),
  shares: Type.Integer(),
  rankings: Type.Integer()
})
type Judged = Static<typeof Judged>

const period = '2026-11'
const judge = fileURLToPath(new URL('./verdict-judge.ts', import.meta.url))

/** A city's month from stored rollups: verdicts, shares and rankings, written to the store; best of several runs on one store. */
export const run = async (argv: readonly string[]): Promise<void> => {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      schools: { type: 'string', default: '2000,4000' },
      runs: { type: 'string', default: '3' },
      /** The city's own plan, its province's, and the one that asks every panel for the platform: with them every probe is read. */
      packs: { type: 'string', default: 'yulin-2022,shaanxi-2019,ordos-2023' },
      /** Where the stores are made: about 1 GB for every thousand schools. */
      directory: { type: 'string', default: tmpdir() }
    }
  })
  const where = circumstances(['npm run bench -- verdicts', ...argv].join(' '))
  const rows: (string | number)[][] = []
  const found: { readonly schools: number; readonly best: Judged }[] = []
  for (const schools of values.schools.split(',').map(Number)) {
    const directory = mkdtempSync(join(values.directory, 'campus-gauge-verdicts-'))
    try {
      const rollups = await fillCity(directory, {
        schools,
        packs: values.packs.split(','),
        period: periodNamed(period)
      })
      const storeMb = statSync(join(directory, 'store.sqlite')).size / 1_048_576
      const runs: Judged[] = []
      for (let i = 0; i < Number(values.runs); i += 1) runs.push(await judgeOnce(directory))
      const best = runs.toSorted((a, b) => a.seconds - b.seconds)[0]
      if (best === undefined) continue
      found.push({ schools, best })
      for (const one of runs)
        rows.push([
          ...[schools, 40 * schools, rollups, storeMb, one.verdicts, one.reasons, one.shares, one.rankings],
          ...[one.seconds, one.cpuSeconds, one.rssMb]
        ])
      console.log(`${schools} schools: ${JSON.stringify(best.words)}`)
    } finally {
      rmSync(directory, { recursive: true, force: true })
    }
  }
  const columns = [
    ...['schools', 'devices', 'rollups'].map(name => ({ name })),
    { name: 'store MiB', digits: 0 },
    ...['verdicts', 'targets × reasons', 'shares', 'rankings'].map(name => ({ name })),
    { name: 's', digits: 2 },
    { name: 'CPU-s', digits: 2 },
    { name: 'max RSS MiB', digits: 0 }
  ]
  console.log(`\n${tableOf(columns, rows)}\n`)
  for (const { schools, best } of found.filter(one => one.schools === 2000)) {
    console.log(goalLine(`${schools} schools, best run`, best.seconds, 10, ' s', 2))
    console.log(goalLine(`${schools} schools, memory of the whole process`, best.rssMb, 500, ' MiB', 0))
  }
  const [small, large] = [found.find(one => one.schools === 2000), found.find(one => one.schools === 4000)]
  if (small !== undefined && large !== undefined)
    console.log(goalLine('4,000 schools against 2,000', large.best.seconds / small.best.seconds, 2.2, '×', 2))
  console.log(where)
}

/** In a process of its own, so that what is measured is what judging takes: store threads included, filling left out. */
const judgeOnce = async (directory: string): Promise<Judged> => {
  const { code, stdout, stderr } = await runCommand([node, judge, directory, period])
  if (code !== 0) throw new Error(`judging ended with ${code ?? 'a signal'}: ${stderr}`)
  return parse(Judged, JSON.parse(stdout), 'the line of bench/verdict-judge.ts')
}
