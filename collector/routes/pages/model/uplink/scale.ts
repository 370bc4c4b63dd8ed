import type { TierTest } from '../../../../verdicts/uplink/tier-test.ts'

/** The span of a vertical axis, Mbit/s. */
export interface Span {
  readonly low: number
  readonly high: number
}

/**
 * Holds every rate and every line. An axis from 0 would hide what matters, on which side of the line an interval lies; but it never
 * spans less than a quarter of the highest line, so that noise does not look like a fall.
 */
export const rangeOf = (
  tests: readonly Pick<TierTest, 'ipMbps' | 'ipLoMbps' | 'ipHiMbps'>[],
  lines: readonly number[]
): Span => {
  const rates = [...tests.flatMap(({ ipMbps }) => (ipMbps === undefined ? [] : [ipMbps])), ...lines]
  const [lowest, highest] = [Math.min(...rates), Math.max(...rates)]
  // An interval of a test that saw little may be absurdly wide: it is cut off at the edge.
  const ends = tests.flatMap(({ ipLoMbps, ipHiMbps }) => [ipLoMbps ?? lowest, ipHiMbps ?? highest])
  const low = Math.max(Math.min(lowest, ...ends), 0.8 * lowest, 0)
  const high = Math.min(Math.max(highest, ...ends), 1.2 * highest)
  const least = 0.25 * Math.max(...lines, 1)
  const margin = Math.max(0.06 * (high - low), (least - (high - low)) / 2)
  const floor = low - margin
  return { low: floor < 0.2 * high ? 0 : floor, high: high + margin }
}

/** Three to six round figures within the span. */
export const ticksOf = ({ low, high }: Span): number[] => {
  const rough = (high - low) / 4
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 2.5, 5, 10].map(n => n * power).find(size => size >= rough) ?? 10 * power
  const first = Math.ceil(low / step)
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, i) => (first + i) * step)
}

const textHeight = 13

/** Texts beside the axis, from the top, moved down where they would cover each other. */
export const labelsApart = (
  labels: readonly { readonly y: number; readonly text: string }[]
): { y: number; textY: number; text: string }[] => {
  let free = -Infinity
  return labels
    .toSorted((a, b) => a.y - b.y)
    .map(label => {
      const textY = Math.max(label.y, free)
      free = textY + textHeight
      return { ...label, textY }
    })
}
