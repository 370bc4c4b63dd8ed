import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { hasInfluxd } from '../tests/rig/influxd.ts'
import { backlog } from './sink-backlog.ts'
import { againstBareClient } from './sink-rate.ts'
import { circumstances } from './table.ts'

const options = {
  /** Next to the bare client: points of a round, rounds of each. */
  points: { type: 'string', default: '100000' },
  rounds: { type: 'string', default: '7' },
  /** The backlog: devices, minutes of it, and the rates it is filled in with. */
  devices: { type: 'string', default: '10000' },
  minutes: { type: 'string', default: '60' },
  rates: { type: 'string', default: '20000,1000000' },
  /** How long the sink is watched when nothing is behind. */
  seconds: { type: 'string', default: '60' },
  /** Only one of the two: `rate` or `backlog`. */
  only: { type: 'string' },
  /** Directory for a CPU profile of the sink and of the bare client. */
  profile: { type: 'string' }
} as const

/** What the sink costs: next to the bare client, after an hour's backlog, and when nothing is behind. Needs influxd. */
export const run = async (argv: readonly string[]): Promise<void> => {
  const { values } = parseArgs({ args: [...argv], options })
  if (!hasInfluxd()) {
    console.log('left out: /usr/bin/influxd is not there (apt-get install influxdb)')
    return
  }
  const where = circumstances(['npm run bench -- sink', ...argv].join(' '))
  const directory = mkdtempSync(join(tmpdir(), 'campus-gauge-sink-'))
  const endings: (() => unknown)[] = []
  const after = (work: () => unknown): void => void endings.unshift(work)
  try {
    if (values.only !== 'backlog') {
      const { table, lines } = await againstBareClient(join(directory, 'rate'), after, {
        points: Number(values.points),
        rounds: Number(values.rounds),
        profile: values.profile
      })
      console.log([table, ...lines].join('\n\n'), '\n')
    }
    if (values.only !== 'rate') {
      const { table, lines } = await backlog(join(directory, 'backlog'), after, {
        devices: Number(values.devices),
        minutes: Number(values.minutes),
        rates: values.rates.split(',').map(Number),
        seconds: Number(values.seconds)
      })
      console.log([table, ...lines].join('\n\n'), '\n')
    }
    console.log(where)
  } finally {
    for (const end of endings) await end()
    rmSync(directory, { recursive: true, force: true })
  }
}
