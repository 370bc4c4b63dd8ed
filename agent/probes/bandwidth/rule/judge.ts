import { openCredit } from './credit.ts'
import { variation, weigh } from './evidence.ts'
import { openPlateau } from './plateau.ts'
import { mean } from './statistics.ts'
import type { Judgement, RuleTerms, Sample } from './terms.ts'
import { openWindows, type Window } from './windows.ts'

/** Natural logarithm of the odds that a verdict needs: at most 1 wrong in 200. */
const evidenceNeeded = Math.log(200)
/** A fail waits until no clipped mean of this length reached the line during the last `failMs`. */
const guardMs = 200

/**
 * Clipping makes a stall one vote, but a link that stalls again and again is slow, and one that delivers in bursts is not. So the plain mean
 * must agree with the verdict, leaving out one window in ten on the verdict's wrong side, 300 ms at most.
 */
const spareShare = 10
const spareMs = 300

/** How the windows of one test are read. */
interface Reading {
  readonly windowMs: number
  readonly minPassMs: number
  readonly lendNats: number
  /** A verdict may fall in this time of the test only, ms. */
  readonly fromMs: number
  readonly untilMs: number
  readonly mayFail: boolean
}

export interface Judge {
  /** Gives the decision once, with the sample that brings it. Samples after it are ignored. */
  add(sample: Sample): Judgement | undefined
  /** The decision, or `inconclusive` with the best estimate. */
  end(): Judgement
}

/**
 * Judges one test while it runs. With `lendNats`, history speaks during the first second (re-verification, 50 ms windows); if that is not
 * enough the same test goes on under the full rule with nothing lent.
 */
export const openJudge = (terms: RuleTerms): Judge => {
  const full: Reading = {
    windowMs: 100,
    minPassMs: 500,
    lendNats: 0,
    fromMs: 0,
    untilMs: terms.maxMs,
    mayFail: true
  }
  const lent: Reading = {
    ...full,
    windowMs: 50,
    minPassMs: 250,
    lendNats: terms.lendNats,
    untilMs: 1_000,
    mayFail: false
  }
  const readers =
    terms.lendNats > 0
      ? [openReader(terms, lent), openReader(terms, { ...full, fromMs: lent.untilMs })]
      : [openReader(terms, full)]
  let decision: Judgement | undefined

  return {
    add: sample => {
      if (decision !== undefined) return undefined
      for (const read of readers) decision ??= read.add(sample)
      return decision
    },
    end: () => decision ?? readers.map(reader => reader.latest()).reduce((_, last) => last)
  }
}

/** The same rule over a finished test. */
export const judge = (samples: Iterable<Sample>, terms: RuleTerms): Judgement => {
  const live = openJudge(terms)
  for (const sample of samples) {
    const decision = live.add(sample)
    if (decision !== undefined) return decision
  }
  return live.end()
}

const openReader = (terms: RuleTerms, reading: Reading) => {
  const line = terms.passRatio * terms.tierMbps
  const { windowMs, fromMs, untilMs } = reading
  const cut = openWindows(windowMs)
  const toCredit = openCredit(terms, windowMs)
  const toPlateau = openPlateau()
  let ended = false
  let latest: Judgement = nothingYet

  /** What can be said at the end of this window; `inconclusive` unless a verdict is reached. */
  const look = (window: Window): Judgement => {
    const ratio = window.mbps / line
    const credit = toCredit(ratio)
    const plateau = toPlateau(ratio)
    const facts = {
      atMs: window.endMs,
      testBytes: window.testBytes,
      max500Mbps: credit.peak500 * line,
      creditS: credit.excludedS,
      flat: credit.flat
    }
    if (plateau === undefined || plateau.ratios.length < 3) return { ...latest, ...facts }

    const evidence = weigh(plateau.ratios)
    const plateauMs = plateau.ratios.length * windowMs
    const spent = plateau.reanchors > 0 && plateauMs >= 1_000 && evidence.mean < 0.8 * credit.peak
    const excluded = credit.excludedS >= terms.creditS || credit.flat || spent
    // Behind a port as slow as the tier nothing faster can be seen: ten seconds are then as good as a fixed test, and no better.
    const patient = credit.atPort && window.endMs >= 10_000
    const spare = Math.min(spareMs / windowMs, Math.floor(plateau.ratios.length / spareShare))
    const sorted = Float64Array.from(plateau.ratios).sort()
    const above =
      evidence.pass >= evidenceNeeded - reading.lendNats &&
      plateauMs >= reading.minPassMs &&
      mean([...sorted.slice(spare)]) >= 1
    const below =
      reading.mayFail &&
      evidence.fail >= evidenceNeeded &&
      plateauMs >= terms.failMs &&
      !plateau.rising &&
      mean([...sorted.slice(0, sorted.length - spare)]) < 1 &&
      highestMean(evidence.clipped, windowMs, terms.failMs) < 1
    const decided = window.endMs >= fromMs
    const passed = decided && above && (excluded || patient)
    const failed = decided && below && !passed
    return {
      ...facts,
      result: passed ? 'pass' : failed ? 'fail' : 'inconclusive',
      reason: passed ? 'above_line' : failed ? 'below_line' : above && !excluded ? 'credit' : 'undecided',
      ipMbps: evidence.mean * line,
      ipLoMbps: Math.max(0, evidence.mean - 3 * evidence.error) * line,
      ipHiMbps: (evidence.mean + 3 * evidence.error) * line,
      evidencePass: evidence.pass,
      evidenceFail: evidence.fail,
      plateauMs,
      reanchors: plateau.reanchors,
      warmupMs: plateau.warmup * windowMs,
      cv: variation(plateau.ratios),
      spent,
      portLimited: credit.atPort && !spent && !(terms.creditS > 0 && credit.excludedS >= terms.creditS)
    }
  }

  return {
    add: (sample: Sample): Judgement | undefined => {
      if (ended) return undefined
      for (const window of cut(sample)) {
        if (window.endMs > untilMs + 1) {
          ended = true
          return undefined
        }
        latest = look(window)
        if (latest.result !== 'inconclusive') return latest
        ended ||= window.testBytes >= terms.maxBytes
        if (ended) return undefined
      }
      return undefined
    },
    latest: () => latest
  }
}

/** Highest mean of any `guardMs` that ended during the last `lastMs`. */
const highestMean = (ratios: readonly number[], windowMs: number, lastMs: number): number => {
  const wide = Math.round(guardMs / windowMs)
  const recent = ratios.slice(-Math.max(wide, Math.round(lastMs / windowMs)))
  let most = 0
  for (let end = wide; end <= recent.length; end += 1) most = Math.max(most, mean(recent.slice(end - wide, end)))
  return most
}

const nothingYet: Judgement = {
  result: 'inconclusive',
  reason: 'undecided',
  atMs: 0,
  testBytes: 0,
  ipMbps: undefined,
  ipLoMbps: undefined,
  ipHiMbps: undefined,
  evidencePass: 0,
  evidenceFail: 0,
  plateauMs: 0,
  reanchors: 0,
  warmupMs: undefined,
  cv: undefined,
  max500Mbps: 0,
  creditS: 0,
  flat: false,
  spent: false,
  portLimited: false
}
