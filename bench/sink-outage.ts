import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { seeded } from '../tests/delivery/seeded.ts'
import { storm, type StormResult } from './sink-storm.ts'
import { circumstances, goalLine, tableOf } from './table.ts'

const options = {
  points: { type: 'string', default: '100000' },
  seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  /** Outages of a second or two, and waits divided by twenty: the form of tests/peers/influx-outage.test.ts. */
  short: { type: 'boolean', default: false },
  /** Some faults only, by name, comma-separated. */
  only: { type: 'string' },
  /** Memory is compared with that of a sink that never sent a whole page. */
  cold: { type: 'boolean', default: false }
} as const

const columns = [
  { name: 'fault' },
  { name: 'points fed' },
  { name: 'poisons' },
  { name: 'lasted s', digits: 1 },
  { name: 'all delivered s later', digits: 1 },
  { name: 'the sink said' }
]

/** `npm run soak -- sink [--points N] [--seed N] [--short]`: the sink through every fault of a server. Exit code 1 when a point is lost, twice or elsewhere, or a goal is missed. */
export const run = async (argv: readonly string[]): Promise<void> => {
  const { values } = parseArgs({ args: [...argv], options })
  const flags = (['short', 'cold'] as const).filter(flag => values[flag]).map(flag => ` --${flag}`)
  const only = values.only === undefined ? '' : ` --only "${values.only}"`
  const where = circumstances(
    `npm run soak -- sink --points ${values.points} --seed ${values.seed}${flags.join('')}${only}`
  )
  const directory = mkdtempSync(join(tmpdir(), 'campus-gauge-sink-'))
  try {
    const result = await storm({
      root: resolve(import.meta.dirname, '..'),
      directory,
      points: Number(values.points),
      random: seeded(Number(values.seed)),
      form: values.short ? 'short' : 'long',
      patienceMs: values.short ? 15_000 : 180_000,
      only: values.only?.split(','),
      cold: values.cold,
      say: line => console.error(line)
    })
    console.log(`${tableOf(columns, result.acts.map(rowOf))}\n`)
    for (const line of summaryOf(result)) console.log(`${line}\n`)
    console.log(where)
    if (faultsOf(result).length > 0) process.exitCode = 1
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

const rowOf = (act: StormResult['acts'][number]): (string | number)[] => [
  act.name,
  act.points,
  act.poisons,
  act.faultS,
  act.drainedS,
  act.states.join(', ')
]

const isolationGoalMs = 10_000
const memoryGoalMb = 50

/** What of a storm is not as promised, as sentences; none when all is well. */
export const faultsOf = (result: StormResult): string[] => {
  const { before, after, letters, memory } = result
  const alone = [...letters.letters.values()].every(n => n === 1)
  const claims: readonly (readonly [boolean, string])[] = [
    [result.drained, 'everything must be delivered soon after each fault'],
    ...result.acts.map(act => [act.saidSo, `"${act.name}" must be said, got ${act.states.join(', ')}`] as const),
    [
      before.lost.length === 0,
      `no reading may be lost, got ${before.lost.length}: ${before.lost.slice(0, 5).join(' ')}`
    ],
    [before.lostBatches === 0, `no batch may be lost, got ${before.lostBatches}`],
    [before.twice === 0, `no point may lie there twice, got ${before.twice}`],
    [before.misplaced === 0, `every reading must lie at its place, got ${before.misplaced} elsewhere`],
    [before.invented === 0, `nothing may lie there that was refused or never was, got ${before.invented}`],
    [
      alone && letters.strange.length === 0 && letters.letters.size === result.poisons,
      `the ${result.poisons} poisons, each once, must be the dead letters, got ${letters.letters.size} and others: ${letters.strange.slice(0, 3).join('; ')}`
    ],
    [letters.longestMs < isolationGoalMs, `a poison must be isolated in 10 s, got ${letters.longestMs} ms`],
    [result.lettersLeft === 0, `replay must leave no dead letter, got ${result.lettersLeft}`],
    [
      after.lost.length + after.lostBatches + after.twice + after.misplaced + after.invented === 0,
      `after replay every point must lie there once, got ${after.lost.length} lost, ${after.twice} twice`
    ],
    [
      memory.samples === 0 || memory.maxMb - memory.steadyMb <= memoryGoalMb,
      `memory may grow by 50 MiB, got ${memory.maxMb - memory.steadyMb}`
    ]
  ]
  return claims.filter(([holds]) => !holds).map(([, says]) => says)
}

const summaryOf = (result: StormResult): string[] => {
  const { before, after, letters, memory } = result
  const mark = (good: boolean): string => (good ? '✔' : '✖')
  const whole = before.lost.length + before.lostBatches + before.twice + before.misplaced + before.invented === 0
  return [
    `${mark(whole)} ${result.points} points committed, ${before.found} in InfluxDB: ${before.lost.length + before.lostBatches} lost, ` +
      `${before.twice} twice, ${before.misplaced} elsewhere, ${before.invented} invented`,
    `${mark(letters.letters.size === result.poisons)} ${result.poisons} poisons planted, ${letters.letters.size} dead letters`,
    ...(result.poisons === 0
      ? []
      : [goalLine('a poison from the first refusal to its dead letter, longest', letters.longestMs / 1000, 10, ' s')]),
    `${mark(result.lettersLeft === 0)} after the causes were removed and replay: ${after.found} points, ${result.lettersLeft} letters left`,
    goalLine(
      `memory (RssAnon) ${memory.freshMb.toFixed(1)} MiB at the start, ${memory.steadyMb.toFixed(1)} before the faults, at most ${memory.maxMb.toFixed(1)} in them, growth`,
      memory.maxMb - memory.steadyMb,
      memoryGoalMb,
      ' MiB'
    ),
    ...faultsOf(result).map(says => `✖ ${says}`)
  ]
}
