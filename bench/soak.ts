import { runNamed } from './named.ts'

await runNamed(
  'soak',
  {
    kill: {
      summary: 'kill -9 of collector and agent during uploads, 1,000 times each: nothing lost, nothing twice',
      load: () => import('./kill.ts')
    }
  },
  process.argv.slice(2)
)
