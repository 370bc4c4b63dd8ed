import t from 'tap'
import { judge } from '../../../../agent/probes/bandwidth/rule/judge.ts'
import type { RuleTerms } from '../../../../agent/probes/bandwidth/rule/terms.ts'
import { cellOf, means, quickTerms, wrongOf } from '../../../../bench/rule-noise.ts'
import {
  bbrRates,
  bucketRates,
  climbingRates,
  noisyRates,
  openNormal,
  openRandom,
  samplesOf
} from '../../../../bench/simulated-links.ts'

/** A certifying test: uncapped, and 3 s of credit to exclude. */
const certifying = (tierMbps: number, more: Partial<RuleTerms> = {}): RuleTerms => ({
  ...quickTerms,
  tierMbps,
  capMbps: Infinity,
  creditS: 3,
  maxMs: 11_000,
  ...more
})

void t.test('correlated noise near the line: one wrong verdict in a hundred at most', async t => {
  // The long form is `npm run bench -- rule-noise`. Here the cells that were worst for the reference, and 2 wrong of 80 are chance.
  for (const [rho, cv] of [
    [0.8, 0.2],
    [0.8, 0.1],
    [0.5, 0.2]
  ] as const) {
    for (const mean of means.filter(mean => Math.abs(mean - 1) < 0.04)) {
      const wrong = wrongOf(mean, cellOf({ mean, rho, cv, runs: 80 }))
      t.ok(wrong <= 2 / 80, `${mean} of the line, rho ${rho}, cv ${cv}: ${wrong}`)
    }
  }
})

void t.test('a token bucket of 0.5 to 3 s in front of a link below the line never gets a certified pass', async t => {
  for (const tier of [100, 500]) {
    for (const creditS of [0.5, 1, 2, 3]) {
      for (const ratio of [0.6, 0.8, 0.9, 0.97]) {
        for (const peak of [1.5, 2, 10]) {
          const bucket = { mbps: 0.95 * tier * ratio, peakMbps: tier * peak, creditS }
          for (const capMbps of [Infinity, 1.1 * tier]) {
            const rates = bucketRates(bucket, capMbps, 25, 11_000)
            const { result } = judge(samplesOf(rates, 25), certifying(tier, { capMbps }))
            t.not(result, 'pass', `tier ${tier}, ${ratio} of the line, ${creditS} s, peak ${peak} T, cap ${capMbps}`)
          }
        }
      }
    }
  }
})

void t.test(
  'what a bucket hides is told apart from a link that is fast, flat, or seen to be out of credit',
  async t => {
    const say = (mbps: number, peakMbps: number, creditS: number, more: Partial<RuleTerms> = {}) =>
      judge(samplesOf(bucketRates({ mbps, peakMbps, creditS }, Infinity, 25, 11_000), 25), certifying(100, more))
    t.match(
      say(300, 300, 0),
      { result: 'pass', flat: false, spent: false },
      'a fast link shows three seconds of excess'
    )
    t.match(
      say(100, 100, 0),
      { result: 'pass', flat: true, portLimited: false },
      'a flat link has nothing faster before it'
    )
    t.match(say(120, 300, 1), { result: 'pass', spent: true, flat: false }, 'a link above the line may have credit too')
    const capped = judge(samplesOf(bucketRates({ mbps: 90, peakMbps: 400, creditS: 3 }, 110, 25, 8_000), 25), {
      ...quickTerms,
      creditS: 3
    })
    t.match(capped, { result: 'inconclusive', reason: 'credit' }, 'a capped test sees nothing but a faster link')
  }
)

void t.test('behind a port as fast as the tier, credit cannot be excluded and the pass says so', async t => {
  const rates = () => samplesOf(bucketRates({ mbps: 975, peakMbps: 975, creditS: 0 }, Infinity, 25, 11_000), 25)
  const patient = judge(rates(), certifying(1_000, { portMbps: 1_000 }))
  t.match(patient, { result: 'pass', portLimited: true, flat: false, atMs: 10_000 })
  const short = judge(rates(), certifying(1_000, { portMbps: 1_000, maxMs: 8_000 }))
  t.match(short, { result: 'inconclusive', reason: 'credit', portLimited: true })
  t.match(judge(rates(), certifying(1_000, { portMbps: 10_000 })), { result: 'pass', flat: true, portLimited: false })
})

void t.test('a congestion control that probes makes no fail', async t => {
  for (const rtt of [5, 10, 25, 40]) {
    for (const ratio of [1.03, 1.06, 1.2]) {
      for (const probeMs of [300, 700, 1_500, 2_400, 6_000]) {
        const { result } = judge(samplesOf(bbrRates(95 * ratio, rtt, probeMs, 8_000), rtt), quickTerms)
        t.not(result, 'fail', `BBR, RTT ${rtt} ms, ${ratio} of the line, ProbeRTT at ${probeMs} ms`)
      }
    }
  }
  for (const [ratio, low, climbMs] of [
    [1.06, 0.5, 4_000],
    [1.03, 0.7, 8_000],
    [1.03, 0.8, 8_000],
    [1.1, 0.8, 12_000]
  ] as const) {
    const { result } = judge(samplesOf(climbingRates(95 * ratio, low, climbMs, 8_000), 100), quickTerms)
    t.not(result, 'fail', `climbs back from ${low} of ${ratio} in ${climbMs} ms`)
  }
})

void t.test('a stall is one vote, a step is a new beginning', async t => {
  const rates = (at: (ms: number) => number) => Array.from({ length: 80 }, (_, k) => at(k * 100))
  const say = (list: number[], more: Partial<RuleTerms> = {}) => judge(samplesOf(list, 100), { ...quickTerms, ...more })
  t.equal(say(rates(ms => (ms >= 400 && ms < 700 ? 0 : 102))).result, 'pass', 'a stall of 300 ms')
  t.not(say(rates(ms => (ms % 500 === 300 ? 5 : 102))).result, 'pass', 'but not one in every half second')
  t.not(say(rates(ms => (ms % 500 === 300 ? 200 : 85))).result, 'fail', 'nor is a link slow that delivers in bursts')
  const slow = say(rates(ms => (ms < 300 ? 150 : 80)))
  t.match(slow, { result: 'fail', reason: 'below_line' })
  t.ok(slow.atMs <= 3_000)
  const cut = say(
    rates(ms => (ms < 2_000 ? 80 : 104)),
    { failMs: 2_500 }
  )
  t.match(cut, { result: 'pass', reason: 'above_line' }, 'cross traffic that ends')
  t.match(say(rates(() => 0)), { result: 'inconclusive', ipMbps: undefined }, 'nothing flows')
  t.match(say(rates(ms => (ms < 400 ? 30 : 0))), { result: 'fail' }, 'the link went away')
})

void t.test('what history lends is safe on a quiet link and not on a noisy one', async t => {
  const wrong = (cv: number) => {
    const normal = openNormal(openRandom(7))
    let passes = 0
    for (let run = 0; run < 200; run += 1) {
      const rates = noisyRates({ mbps: 95 * 0.97, cv, rho: 0.5 }, 40, normal)
      passes +=
        judge(samplesOf(rates, 50), { ...quickTerms, lendNats: Math.log(30), maxMs: 1_000 }).result === 'pass' ? 1 : 0
    }
    return passes / 200
  }
  t.ok(wrong(0.02) <= 0.02, `cv 2 %: ${wrong(0.02)}`)
  t.ok(wrong(0.2) > wrong(0.02), `cv 20 %: ${wrong(0.2)}: why the plan lends to quiet links only`)
})
