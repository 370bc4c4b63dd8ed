import { setTimeout as sleep } from 'node:timers/promises'
import Type from 'typebox'
import { fits } from '../contract/parse.ts'

const Readings = Type.Object({ items: Type.Array(Type.Object({ probe: Type.String(), at: Type.String() })) })
const Standing = Type.Object({
  items: Type.Array(
    Type.Object({
      target: Type.String(),
      verdict: Type.String(),
      as_of: Type.String(),
      explanation: Type.Object({ zh: Type.String(), en: Type.String() })
    })
  )
})

const wanted = ['host', 'port', 'ping', 'portal', 'clock'] as const
const words: Readonly<Record<string, string>> = {
  met: '✓ 达标 met',
  missed: '✕ 不达标 missed',
  unknown: '? 数据不足 unknown',
  not_applicable: '– 不适用 n/a'
}

/** Watches a fresh collector until the first readings of all probes and the verdicts are there, and says so once. */
export const firstFigures = async (url: string, stop: AbortSignal, print: (line: string) => void): Promise<void> => {
  const startedMs = performance.now()
  const seen = new Set<string>()
  while (!stop.aborted && performance.now() - startedMs < 120_000) {
    try {
      const readings: unknown = await (await fetch(`${url}/v1/readings?limit=200`, { signal: stop })).json()
      if (!fits(Readings, readings)) throw new Error('not readings')
      for (const item of readings.items) seen.add(item.probe)
      const newest = readings.items[0]?.at ?? ''
      const standing: unknown = await (await fetch(`${url}/v1/standing`, { signal: stop })).json()
      // Verdicts older than the readings were made from nothing.
      const judged = fits(Standing, standing) && standing.items.some(item => item.as_of > newest) ? standing.items : []
      if (wanted.every(probe => seen.has(probe)) && judged.length > 0) {
        print(
          `首批数据已到 first readings: ${[...seen].sort().join(' ')} (${Math.round((performance.now() - startedMs) / 1000)} s)`
        )
        for (const item of judged)
          print(
            `  ${words[item.verdict] ?? item.verdict}  ${item.target}: ${item.explanation.zh} ${item.explanation.en}`
          )
        print('完整的样子 a city with every state: npm run demo（模拟数据 simulated）')
        return
      }
    } catch {
      // The collector is being restarted, or we are stopping: try again.
    }
    await sleep(1_000, undefined, { signal: stop }).catch(() => undefined)
  }
}
