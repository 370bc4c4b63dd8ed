import { runNamed } from './named.ts'

await runNamed(
  'bench',
  {
    ingest: {
      summary: 'CPU and latency of a batch at the collector, against raw Ed25519 and bare Fastify',
      load: () => import('./ingest.ts')
    },
    agent: {
      summary: 'memory and CPU of the bundled agent, against bare Node',
      load: () => import('./agent.ts')
    },
    bandwidth: {
      summary: 'CPU, bytes and time of a tier test at 1000 Mbit/s, against iperf3 on the same link',
      load: () => import('./bandwidth.ts')
    },
    'rule-noise': {
      summary: 'wrong verdicts of the tier rule on simulated links with correlated noise near the line',
      load: () => import('./rule-noise.ts')
    },
    'lease-fleet': {
      summary: '1,000 schools on one 10G test server in one night: served, within the port, one at a time on a line',
      load: () => import('./lease-fleet.ts')
    },
    demo: {
      summary: 'how long the simulated city takes until it can be looked at, and what it shows',
      load: () => import('./demo.ts')
    },
    verdicts: {
      summary:
        'a city’s month: verdicts, shares and rankings of 2,000 and 4,000 schools with 40 devices from stored rollups',
      load: () => import('./verdicts.ts')
    },
    sink: {
      summary:
        'the InfluxDB sink: points/s and CPU next to the bare client, an hour of backlog, and at rest (needs influxd)',
      load: () => import('./sink.ts')
    },
    'link-life': {
      summary: 'two reporting months of simulated links under the product’s rule, history and plan',
      load: () => import('./link-life.ts')
    }
  },
  process.argv.slice(2)
)
