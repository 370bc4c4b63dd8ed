import type { TierTest } from './tier-test.ts'

/** Parameters of the history. Measured on 1,000 simulated links (bench/link-life.ts); changing one needs that table again. */
export const odds = {
  /** Chance that a link above its line is below it the next day, and the other way round. */
  fallsADay: 1 / 200,
  risesADay: 1 / 50,
  /** One test moves the log-odds by at most this, whatever its evidence: its own error bound is not smaller. */
  trust: Math.log(100),
  max: 7,
  /** A day is `ok` at this log-odds and `below` at its negative: 20 : 1. */
  publish: 3,
  lendMax: Math.log(30),
  /** Above this coefficient of variation lending broke the error bound. */
  quietCv: 0.02,
  /** Seconds of burst credit that a certifying test excludes. */
  creditS: 3,
  certificateDays: { flat: 30, fast: 10, passive: 7 },
  /** What a test that only informs can do: doubt and hope, nothing published. */
  informMax: 2
} as const

export type DayWord = 'ok' | 'below' | 'unknown'

/** The log-odds after a night in which nothing was seen. */
export const overnight = (lo: number): number => {
  const p = 1 / (1 + Math.exp(-lo))
  const q = p * (1 - odds.fallsADay) + (1 - p) * odds.risesADay
  return Math.log(q / (1 - q))
}

export const wordOf = (lo: number): DayWord => (lo >= odds.publish ? 'ok' : lo <= -odds.publish ? 'below' : 'unknown')

export const within = (lo: number, most: number): number => Math.max(-most, Math.min(most, lo))

/** What a test's own evidence is worth, nats: a pass never lowers, a fail never raises, an undecided one counts half. */
export const worthOf = (test: Pick<TierTest, 'kind' | 'result' | 'evidencePass' | 'evidenceFail'>): number => {
  if (test.kind === 'passive') return odds.trust
  if (test.kind === 'port') return -odds.trust
  const evidence = test.evidencePass - test.evidenceFail
  switch (test.result) {
    case 'pass':
      return Math.min(odds.trust, Math.max(0, evidence))
    case 'fail':
      return Math.max(-odds.trust, Math.min(0, evidence))
    case 'inconclusive':
      return within(evidence / 2, odds.trust)
  }
}

/** Moves the log-odds all the way. */
export const move = (lo: number, nats: number): number => within(lo + nats, odds.max)

/** Moves the log-odds, but never to where something would be published. */
export const inform = (lo: number, nats: number): number =>
  nats > 0 ? Math.max(lo, Math.min(lo + nats, odds.informMax)) : Math.min(lo, Math.max(lo + nats, -odds.informMax))
