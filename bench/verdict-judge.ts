import { enableCompileCache } from 'node:module'
import { judgePeriod } from '../collector/judgement/judge.ts'
import { periodNamed } from '../collector/calendar/period.ts'
import { enterStore, openStore } from '../collector/store/sqlite.ts'

/** Judges one period of a store as upkeep does, and says what it cost: `node verdict-judge.ts DIR PERIOD`. */
// As the product's own launcher does.
enableCompileCache()
const [directory = '', name = ''] = process.argv.slice(2)
const store = await openStore(directory)
const own = enterStore(store.share())
const period = periodNamed(name)
const started = performance.now()
const before = process.cpuUsage()
await judgePeriod(own, period, period.toMs)
const seconds = (performance.now() - started) / 1000
const { user, system } = process.cpuUsage(before)
const { maxRSS } = process.resourceUsage()
const verdicts = await own.said(name)
console.log(
  JSON.stringify({
    seconds,
    cpuSeconds: (user + system) / 1e6,
    rssMb: maxRSS / 1024,
    verdicts: verdicts.length,
    words: Object.fromEntries(
      [...Map.groupBy(verdicts, one => one.verdict)].map(([word, list]) => [word, list.length])
    ),
    reasons: new Set(verdicts.map(one => `${one.target} ${one.reason}`)).size,
    shares: (await own.shares(name)).length,
    rankings: (await own.rankings(name, 0)).length
  })
)
await own.close()
await store.close()
