import { join, resolve } from 'node:path'
import t from 'tap'
import { faultsOf } from '../../bench/sink-outage.ts'
import { storm } from '../../bench/sink-storm.ts'
import { plant, type Planted } from '../delivery/mutants.ts'
import { scratch } from '../delivery/scratch.ts'
import { seeded } from '../delivery/seeded.ts'
import { hasInfluxd } from '../rig/influxd.ts'

// Real processes on a busy machine: the bound is for a dead-lock, not for speed.
t.setTimeout(600_000)

const root = resolve(import.meta.dirname, '../..')
const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000)
const needsInfluxd = hasInfluxd() ? {} : { skip: 'influxd is not installed here' }

void t.test('10,000 points through every fault of a server: each once, every poison alone', needsInfluxd, async t => {
  t.comment(`seed ${seed}`)
  const result = await storm({
    root,
    directory: scratch(t),
    points: 10_000,
    random: seeded(seed),
    form: 'short',
    patienceMs: 20_000
  })
  t.same(faultsOf(result), [])
  t.equal(result.acts.length, 12)
  t.ok(result.points >= 10_000)
  t.ok(result.poisons >= 8)
  t.equal(result.after.found, result.points)
})

/** Faults of the sink that the run above would find, each with the act that finds it. */
const mutants: readonly (Planted & { readonly only: string; readonly finds: RegExp })[] = [
  {
    name: 'the cursor moves before the lines are taken',
    only: 'sink kill -9 in an outage',
    finds: /^no reading may be lost/,
    edits: [
      {
        file: 'collector/sinks/influx/lane.ts',
        from: 'const sending = shipping.send(parcel)',
        to: 'await progress.move(row => stretch.moved(row, page.last))\n      const sending = shipping.send(parcel)'
      }
    ]
  },
  {
    name: 'refused lines are dropped without a letter',
    only: 'poison, partial 400',
    finds: /must be the dead letters, got 0/,
    edits: [
      {
        file: 'collector/sinks/influx/lane.ts',
        from: 'sent, now()), sent.letters)',
        to: 'sent, now()))'
      }
    ]
  },
  {
    name: 'any 2xx is success',
    only: '200 of a portal',
    finds: /^no reading may be lost/,
    edits: [
      {
        file: 'collector/sinks/influx/answers.ts',
        from: 'if (status < 300) return stranger()',
        to: "if (status < 300) return { kind: 'taken' }"
      }
    ]
  },
  {
    name: 'a partial write is success',
    only: 'poison, partial 400',
    finds: /must be the dead letters, got 0/,
    edits: [
      {
        file: 'collector/sinks/influx/answers.ts',
        from: "return { kind: 'bad_lines', says: quote(words, 500) }",
        to: "return { kind: 'taken' }"
      }
    ]
  },
  {
    name: 'after two tries it gives up',
    only: '500',
    finds: /^no reading may be lost/,
    edits: [
      {
        file: 'collector/sinks/influx/delivery.ts',
        from: 'await sleep(waitMs, signal)',
        to: "if (failures >= 2) return { kind: 'taken' }\n          await sleep(waitMs, signal)"
      }
    ]
  }
]

for (const mutant of mutants)
  void t.test(`the run finds: ${mutant.name}`, needsInfluxd, async t => {
    const directory = scratch(t)
    const code = plant(mutant, root, directory, ['contract', 'collector', 'bench'])
    const result = await storm({
      root: code,
      directory: join(directory, 'run'),
      points: 1_000,
      random: seeded(7),
      form: 'short',
      only: [mutant.only],
      patienceMs: 4_000
    })
    const found = faultsOf(result)
    t.comment(found.join('; '))
    t.ok(
      found.some(says => mutant.finds.test(says)),
      'the fault is seen'
    )
  })
