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
    }
  },
  process.argv.slice(2)
)
