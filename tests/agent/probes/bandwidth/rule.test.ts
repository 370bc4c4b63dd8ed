import { deepEqual, ok } from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { judge, openJudge } from '../../../../agent/probes/bandwidth/rule/judge.ts'
import type { Judgement, RuleTerms, Sample } from '../../../../agent/probes/bandwidth/rule/terms.ts'
import { nameOf, recorded, samplesOf, tiersOf, truthOf } from './recorded.ts'
import { check5, verdict5 } from './reference-rule.js'

const rows = recorded()
const terms = (tierMbps: number, more: Partial<RuleTerms> = {}): RuleTerms => ({
  tierMbps,
  passRatio: 0.95,
  capMbps: 1.1 * tierMbps,
  portMbps: Infinity,
  creditS: 0,
  lendNats: 0,
  failMs: 2_000,
  maxMs: 8_000,
  maxBytes: Infinity,
  ...more
})
const medianOf = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN

void t.test('the rule says what the reference says, only sooner or not at all', async t => {
  const reference = verdict5 as (trace: unknown, tier: number, options: object) => { v: string; t: number }
  let sooner = 0
  let later = 0
  const changed: string[] = []
  for (const row of rows) {
    for (const tier of tiersOf(row)) {
      const creditS = row.tag.startsWith('pace') ? 0 : 3
      const capMbps = creditS === 0 ? 1.1 * tier : Infinity
      const ours = judge(samplesOf(row), terms(tier, { capMbps, creditS }))
      const theirs = reference(row.trace, tier, { cap: capMbps, credit: creditS, maxMs: 8_000 })
      const said = ours.result === 'inconclusive' ? 'indet' : ours.result
      if (said !== theirs.v) changed.push(`${nameOf(row, tier)}: ${theirs.v}, ours ${said}`)
      else if (ours.atMs < theirs.t - 1) sooner += 1
      else if (ours.atMs > theirs.t + 1) later += 1
    }
  }
  // Held against its best correlation, the evidence grows more slowly on a noisy link near the line, and faster on a steady one.
  t.same(
    changed.filter(line => !line.endsWith('ours indet')),
    [],
    'where it differs it says nothing, never the opposite'
  )
  t.ok(changed.length <= 4, changed.join('; '))
  t.ok(sooner > 1.2 * later, `${sooner} sooner, ${later} later`)
})

void t.test('recorded links at least 3 % off the line: nothing wrong, 2 % undecided, a tenth of the bytes', async t => {
  const wrong: string[] = []
  let n = 0
  let undecided = 0
  const cost: number[] = []
  const passMs: number[] = []
  const failMs: number[] = []
  for (const row of rows.filter(({ tag }) => /^(pace|plain|s[18]|rtt|police|up)/.test(tag))) {
    const paced = row.tag.startsWith('pace')
    for (const tier of tiersOf(row)) {
      const truth = truthOf(row, tier)
      if (Math.abs(truth - 1) < 0.03) continue
      const judged = judge(samplesOf(row), terms(tier, paced ? {} : { capMbps: Infinity, creditS: 3 }))
      n += 1
      if (judged.result === 'inconclusive') undecided += 1
      else if ((judged.result === 'pass') !== truth >= 1) wrong.push(nameOf(row, tier))
      if (judged.result === 'pass') passMs.push(judged.atMs)
      if (judged.result === 'fail') failMs.push(judged.atMs)
      if (judged.result === 'pass' && paced) cost.push(judged.testBytes / ((tier * 1e6 * 10) / 8))
    }
  }
  t.same(wrong, [])
  t.ok(undecided / n <= 0.02, `${undecided} of ${n} undecided`)
  t.ok(medianOf(cost) <= 0.09, `a capped pass costs ${(100 * medianOf(cost)).toFixed(1)} % of ten seconds`)
  t.ok(medianOf(passMs) <= 1_300, `pass after ${medianOf(passMs)} ms`)
  t.ok(medianOf(failMs) <= 2_600, `fail after ${medianOf(failMs)} ms`)
})

void t.test('what history lends makes a steady link cheap, and never changes what is said of the others', async t => {
  const reference = check5 as (trace: unknown, tier: number, options: object) => { v: string }
  const cost: number[] = []
  for (const row of rows.filter(({ tag }) => tag.startsWith('pace'))) {
    for (const tier of tiersOf(row)) {
      const truth = truthOf(row, tier)
      if (Math.abs(truth - 1) < 0.03) continue
      const judged = judge(samplesOf(row), terms(tier, { lendNats: Math.log(30) }))
      const theirs = reference(row.trace, tier, { cap: 1.1 * tier, lend: Math.log(30) })
      if (theirs.v === 'fail') t.equal(judged.result, 'fail', nameOf(row, tier))
      if (judged.result === 'pass') cost.push(judged.testBytes / ((tier * 1e6 * 10) / 8))
    }
  }
  t.ok(medianOf(cost) <= 0.05, `${(100 * medianOf(cost)).toFixed(1)} % of ten seconds`)
})

/** A link as the properties need it: windows of rates with noise, and a pass, a fail and an undecided one among them. */
const link = fc.record({
  ratio: fc.double({ min: 0.5, max: 1.6, noNaN: true }),
  noise: fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 40, maxLength: 60 }),
  cv: fc.constantFrom<number>(0, 0.01, 0.05, 0.2)
})
type Link = typeof link extends fc.Arbitrary<infer L> ? L : never
const samplesOfLink = ({ ratio, noise, cv }: Link, lineMbps: number, extra = 0): Sample[] => {
  let bytes = 0
  return [{ ms: 0, ipBytes: 0, testBytes: 0 }].concat(
    noise.map((deviation, at) => {
      bytes += (lineMbps * (ratio + cv * deviation) * Math.min(1, (at + 1) / 3) * 1e5) / 8
      return { ms: (at + 1) * 100, ipBytes: bytes * (1 + extra), testBytes: bytes }
    })
  )
}
const gist = ({ result, reason, atMs, reanchors, flat }: Judgement) => ({ result, reason, atMs, reanchors, flat })

void t.test('rates and tier scaled together give the same judgement', async t => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(link, fc.constantFrom(0, 3), (made, creditS) => {
        const small = judge(samplesOfLink(made, 95), terms(100, { capMbps: 150, creditS }))
        const large = judge(samplesOfLink(made, 950), terms(1_000, { capMbps: 1_500, creditS }))
        deepEqual(gist(large), gist(small))
      }),
      { numRuns: 40, seed: 3 }
    )
  )
})

void t.test('more bytes on the link never turn a pass into a fail', async t => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(link, fc.double({ min: 0, max: 0.5, noNaN: true }), (made, extra) => {
        const alone = judge(samplesOfLink(made, 95), terms(100))
        const both = judge(samplesOfLink(made, 95, extra), terms(100))
        return !(alone.result === 'pass' && both.result === 'fail')
      }),
      { numRuns: 60, seed: 4 }
    )
  )
})

void t.test('how finely the samples are cut does not matter', async t => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(link, made => {
        const coarse = samplesOfLink(made, 95)
        const fine = coarse.flatMap((sample, at): Sample[] => {
          const before = coarse[at - 1]
          if (before === undefined) return [sample]
          const part = (share: number): Sample => ({
            ms: before.ms + (sample.ms - before.ms) * share,
            ipBytes: before.ipBytes + (sample.ipBytes - before.ipBytes) * share,
            testBytes: before.testBytes + (sample.testBytes - before.testBytes) * share
          })
          return [part(0.25), part(0.5), part(0.75), sample]
        })
        deepEqual(gist(judge(fine, terms(100))), gist(judge(coarse, terms(100))))
      }),
      { numRuns: 40, seed: 5 }
    )
  )
})

void t.test('no count, however strange, makes a number that is not one', async t => {
  const step = fc.record({
    ms: fc.constantFrom(0, 1, 25, 90, 1_500),
    bytes: fc.constantFrom(0, 1, 30_000, 300_000, 9e8)
  })
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), steps => {
        let ms = 0
        let bytes = 0
        const samples = steps.map(one => ({ ms: (ms += one.ms), ipBytes: (bytes += one.bytes), testBytes: bytes }))
        const judged = judge(samples, terms(100, { creditS: 3, capMbps: Infinity, lendNats: 2 }))
        for (const value of Object.values(judged)) ok(typeof value !== 'number' || Number.isFinite(value))
      }),
      { numRuns: 100, seed: 6 }
    )
  )
})

void t.test('a judge gives its decision once, and the best it has when the samples stop', async t => {
  const live = openJudge(terms(100))
  const made = { ratio: 1.1, noise: Array.from({ length: 60 }, () => 0), cv: 0 }
  const decisions = samplesOfLink(made, 95)
    .map(sample => live.add(sample))
    .filter(one => one !== undefined)
  t.equal(decisions.length, 1)
  t.equal(live.end(), decisions[0])

  const early = openJudge(terms(100))
  t.match(early.end(), { result: 'inconclusive', reason: 'undecided', ipMbps: undefined, testBytes: 0 })
  for (const sample of samplesOfLink(made, 95).slice(0, 7)) early.add(sample)
  const ended = early.end()
  t.match(ended, { result: 'inconclusive', reason: 'undecided', atMs: 600 })
  t.ok(Math.abs((ended.ipMbps ?? 0) - 104.5) < 1)

  const dear = judge(samplesOfLink({ ...made, ratio: 1 }, 95), terms(100, { maxBytes: 10e6 }))
  t.match(dear, { result: 'inconclusive' })
  t.ok(dear.testBytes >= 10e6 && dear.testBytes < 12e6, 'it ends at the byte limit')
})
