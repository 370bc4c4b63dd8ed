import Type, { type Static } from 'typebox'
import { defaultPassRatio, type TestKind } from '../../../contract/bandwidth.ts'
import { parseJson, SentenceError } from '../../../contract/parse.ts'
import { judge } from './rule/judge.ts'
import { totalIpBytes } from './rule/layers.ts'
import type { Judgement, RuleTerms, Sample, TierResult } from './rule/terms.ts'

/** One recorded test, a JSON object a line. Keys beside these are ignored. */
export const ReplayRow = Type.Object({
  /** [ms, payload bytes of the test, bytes of the interface in the same direction]: cumulative; the third is optional. */
  trace: Type.Array(Type.Array(Type.Number({ minimum: 0 }), { minItems: 2, maxItems: 3 }), { minItems: 2 }),
  /** How the row was recorded: `pace110` was paced at 110 Mbit/s, `pb…` was paced behind a token bucket, at a rate not recorded. */
  tag: Type.Optional(Type.String()),
  /** Overrules the kind asked for. */
  kind: Type.Optional(Type.Enum(['quick', 'certify'])),
  cap_mbps: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
  port_mbps: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
  mtu: Type.Optional(Type.Integer({ minimum: 576, maximum: 65_535 })),
  family: Type.Optional(Type.Enum([4, 6]))
})
export type ReplayRow = Static<typeof ReplayRow>

export interface ReplayOptions {
  readonly tierMbps: number
  /** Default quick. */
  readonly kind?: TestKind
  readonly passRatio?: number
  /** Nats that history lends, for a re-verification. */
  readonly lendNats?: number
}

/** Units as in the readings: Mbit/s at the IP layer, payload bytes, ms; evidence in nats. `null` where nothing can be said. */
export interface Replay {
  readonly result: TierResult
  readonly reason: Judgement['reason']
  readonly ip_mbps: number | null
  readonly bytes: number
  readonly duration_ms: number
  readonly ip_lo_mbps: number | null
  readonly ip_hi_mbps: number | null
  readonly evidence_pass: number
  readonly evidence_fail: number
  readonly plateau_ms: number
  readonly reanchors: number
  readonly max500_mbps: number
  /** Asked for, and excluded, seconds at line rate. */
  readonly credit_asked_s: number
  readonly credit_s: number
  readonly flat: 0 | 1
  readonly spent: 0 | 1
  readonly port_limited: 0 | 1
  /** Whether the pass may stand for a certificate. */
  readonly certifies: 0 | 1
}

/** Of a fail and of a credit-excluding pass, as the collector's plan asks. */
const failMs = 2_000
const creditAskedS = 3
const maxMs: Record<TestKind, number> = { quick: 8_000, certify: 11_000 }
/** Excess that a finished, uncapped quick recording must show before its pass is believed without the whole credit. */
const quickCreditS = 1

/**
 * Judges one recorded test.
 * @throws SentenceError naming the place in the row, what was expected and what stood there.
 */
export const replayRow = (row: ReplayRow, options: ReplayOptions, place = 'row'): Replay => {
  const kind = row.kind ?? options.kind ?? 'quick'
  const capMbps = capOf(row)
  // A test that nobody capped asks for credit as a certifying one does: a bucket looks like a faster link.
  const capped = capMbps !== undefined && Number.isFinite(capMbps)
  const terms: RuleTerms = {
    tierMbps: options.tierMbps,
    passRatio: options.passRatio ?? defaultPassRatio,
    // With an unknown cap nothing can be concluded from what the sender did not reach.
    capMbps: capMbps ?? 0,
    portMbps: row.port_mbps ?? Infinity,
    creditS: kind === 'quick' && capped ? 0 : creditAskedS,
    lendNats: options.lendNats ?? 0,
    failMs,
    maxMs: maxMs[kind],
    maxBytes: Infinity
  }
  const judged = judge(samplesOf(row, place), terms)
  // Nobody wrote down the port, and the link looks like one: a faster bucket behind a gigabit port cannot be excluded.
  const portLimited = judged.portLimited || (row.port_mbps === undefined && judged.flat && isGigabit(judged.max500Mbps))
  const seen = { ...judged, portLimited }
  const certified = judged.result === 'pass' && terms.creditS > 0 && !portLimited
  return written(kind === 'quick' && capMbps === Infinity ? believed(seen) : seen, terms, certified)
}

/** One line of a file; `place` names it in an error, such as `traces.jsonl line 3`. */
export const replayLine = (line: string, options: ReplayOptions, place: string): Replay =>
  replayRow(parseJson(ReplayRow, line, place), options, place)

export type ReplayedLine =
  | { readonly line: number; readonly replay: Replay }
  /** A row that cannot be judged, as a sentence; the others are judged all the same. */
  | { readonly line: number; readonly problem: string }

/** Every line of a JSON Lines text; empty lines are skipped. */
export const replayText = function* (text: string, options: ReplayOptions, file: string): Generator<ReplayedLine> {
  for (const [at, content] of text.split('\n').entries()) {
    if (content.trim() === '') continue
    const line = at + 1
    try {
      yield { line, replay: replayLine(content, options, `${file} line ${line}`) }
    } catch (error) {
      if (!(error instanceof SentenceError)) throw error
      yield { line, problem: error.message }
    }
  }
}

const isGigabit = (mbps: number): boolean => mbps >= 900 && mbps <= 1_020

/** Mbit/s at the IP layer; Infinity for an uncapped sender, undefined for one that was capped nobody knows where. */
const capOf = ({ cap_mbps, tag = '' }: ReplayRow): number | undefined => {
  if (cap_mbps !== undefined) return cap_mbps
  const paced = /^pace(\d+(?:\.\d+)?)/.exec(tag)
  if (paced !== null) return Number(paced[1])
  return tag.startsWith('pb') ? undefined : Infinity
}

/**
 * A recording is shorter than a live test, which goes on for 8 to 11 s and so can exclude 3 s of credit on any link over 1.4 lines. Where an
 * uncapped quick one ended above the line, with some excess and no step, its pass is told; it certifies nothing.
 */
const believed = (judged: Judgement): Judgement =>
  judged.reason === 'credit' && judged.reanchors === 0 && judged.creditS >= quickCreditS
    ? { ...judged, result: 'pass', reason: 'above_line' }
    : judged

/**
 * Counts from the first sample on. The traces have no packet counts, so the interface is taken at its least (one IP byte a byte): it adds the
 * cross traffic, and the test's own bytes stay the floor.
 */
const samplesOf = (row: ReplayRow, place: string): Sample[] => {
  const path = { mtu: row.mtu ?? 1_500, family: row.family ?? 4 }
  const start = row.trace[0] ?? []
  let before = start
  return row.trace.map((sample, at) => {
    const [ms = 0, testBytes = 0, interfaceBytes] = sample
    if (sample.length !== start.length) {
      throw fault(place, at, '', `have ${start.length} numbers like the first sample`, sample.length)
    }
    for (const [column, value] of sample.entries()) {
      const least = before[column] ?? 0
      if (value < least) throw fault(place, at, `/${column}`, `be ${least} or more, as in the sample before`, value)
    }
    before = sample
    const counted = { testBytes: testBytes - (start[1] ?? 0), kind: 'ip' as const, path }
    const other = interfaceBytes === undefined ? {} : { interfaceBytes: interfaceBytes - (start[2] ?? 0) }
    return {
      ms: ms - (start[0] ?? 0),
      ipBytes: totalIpBytes({ ...counted, ...other }),
      testBytes: counted.testBytes
    }
  })
}

const fault = (place: string, at: number, column: string, expectation: string, value: number): SentenceError => {
  const pointer = `/trace/${at}${column}`
  return new SentenceError(`${place} ${pointer} must ${expectation}, got ${value}`, pointer)
}

const round = (value: number): number => Math.round(value * 100) / 100
const known = (value: number | undefined): number | null => (value === undefined ? null : round(value))
const bit = (value: boolean): 0 | 1 => (value ? 1 : 0)

const written = (judged: Judgement, terms: RuleTerms, certified: boolean): Replay => ({
  result: judged.result,
  reason: judged.reason,
  ip_mbps: known(judged.ipMbps),
  bytes: judged.testBytes,
  duration_ms: judged.atMs,
  ip_lo_mbps: known(judged.ipLoMbps),
  ip_hi_mbps: known(judged.ipHiMbps),
  evidence_pass: round(judged.evidencePass),
  evidence_fail: round(judged.evidenceFail),
  plateau_ms: judged.plateauMs,
  reanchors: judged.reanchors,
  max500_mbps: round(judged.max500Mbps),
  credit_asked_s: terms.creditS,
  credit_s: round(judged.creditS),
  flat: bit(judged.flat),
  spent: bit(judged.spent),
  port_limited: bit(judged.portLimited),
  certifies: bit(certified)
})
