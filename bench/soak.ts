import { runNamed } from './named.ts'

await runNamed(
  'soak',
  {
    kill: {
      summary: 'kill -9 of collector and agent during uploads, 1,000 times each: nothing lost, nothing twice',
      load: () => import('./kill.ts')
    },
    bandwidth: {
      summary: 'the tier test over shaped links whose truth is known: no wrong answer, few bytes, little time',
      load: () => import('./bandwidth-soak.ts')
    },
    verdicts: {
      summary: 'verdicts, shares, ranking and naming of 10,000 generated ledgers against a brute force: equal',
      load: () => import('./verdict-oracle.ts')
    },
    city: {
      summary:
        'a whole demo city in a real InfluxDB: every point and every query of the dashboards as derived independently',
      load: () => import('./city-soak.ts')
    },
    sink: {
      summary: 'the InfluxDB sink through every fault of a server: each point once, poison isolated, memory bounded',
      load: () => import('./sink-outage.ts')
    }
  },
  process.argv.slice(2)
)
