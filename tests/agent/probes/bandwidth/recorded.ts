import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { Sample } from '../../../../agent/probes/bandwidth/rule/terms.ts'

/** One recorded test; tests/fixtures/bandwidth/README.md says what the tags mean. */
export interface Recorded {
  readonly rate_mbps: number
  readonly cc: string
  readonly rep: number
  readonly tag: string
  readonly direction: 'down' | 'up'
  readonly trace: readonly (readonly [ms: number, testBytes: number, interfaceBytes: number])[]
}

export const recorded = (): Recorded[] =>
  gunzipSync(readFileSync(join(import.meta.dirname, '../../../fixtures/bandwidth/traces.jsonl.gz')))
    .toString()
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as Recorded)

/** The tiers that a recording says something about: a paced one was made for its own. */
export const tiersOf = ({ tag }: Recorded): readonly number[] =>
  tag === 'pace110' ? [100] : tag === 'pace550' ? [500] : [100, 500, 1_000]

/** Rate of the tested direction as a ratio to the line of 0.95 of the tier. */
export const truthOf = ({ tag, rate_mbps }: Recorded, tierMbps: number): number => {
  const up = /^up(\d+)$/.exec(tag)
  return (up === null ? rate_mbps : Number(up[1])) / (0.95 * tierMbps)
}

/** As the rule sees it from the test's own bytes. */
export const samplesOf = ({ trace }: Recorded): Sample[] =>
  trace.map(([ms, testBytes]) => ({ ms, testBytes, ipBytes: (testBytes * 1_500) / 1_448 }))

/** Names a recording in a message. */
export const nameOf = ({ tag, cc, rate_mbps, rep }: Recorded, tierMbps: number): string =>
  `${tag} ${cc} ${rate_mbps} Mbit/s, repetition ${rep}, tier ${tierMbps}`
