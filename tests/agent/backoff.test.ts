import t from 'tap'
import { delayAfter, noFailures, retryAfterMs } from '../../agent/backoff.ts'

const retry = { firstMs: 60_000, baseMs: 8_000, capMs: 300_000, refusedMs: 300_000 }
const delays = (random: number, after?: number) => {
  let backoff = noFailures
  return Array.from({ length: 9 }, () => {
    const step = delayAfter(backoff, retry, random, after)
    backoff = step.backoff
    return step.delayMs
  })
}

void t.test('the first delay is spread over a minute, then the bound doubles to its cap', t => {
  t.same(delays(1), [60_000, 8_000, 16_000, 32_000, 64_000, 128_000, 256_000, 300_000, 300_000])
  t.same(delays(0.5), [30_000, 4_000, 8_000, 16_000, 32_000, 64_000, 128_000, 150_000, 150_000])
  t.same(delays(0), Array(9).fill(0), 'full jitter: from nothing on')
  t.end()
})

void t.test('Retry-After is a least, never a most', t => {
  t.same(delays(0.5, 20_000).slice(0, 4), [30_000, 20_000, 20_000, 20_000])
  t.end()
})

void t.test('the bound stays finite after years of failing', t => {
  t.equal(delayAfter({ failures: 5_000 }, retry, 0.5, undefined).delayMs, 150_000)
  t.end()
})

void t.test('Retry-After is read as seconds or a date, and never believed beyond an hour', t => {
  const now = Date.parse('2026-11-03T02:00:00Z')
  const cases: [string | undefined, number | undefined][] = [
    [undefined, undefined],
    ['10', 10_000],
    ['0', undefined],
    ['-5', undefined],
    ['soon', undefined],
    ['999999999', 3_600_000],
    ['Tue, 03 Nov 2026 02:00:30 GMT', 30_000],
    ['Tue, 03 Nov 2026 01:00:00 GMT', undefined],
    ['Tue, 03 Nov 2099 01:00:00 GMT', 3_600_000]
  ]
  for (const [header, ms] of cases) t.equal(retryAfterMs(header, now), ms, String(header))
  t.end()
})
