/** The value below which that share (0 to 1) of the samples lies; NaN of none. */
export const quantile = (samples: readonly number[], share: number): number => {
  const sorted = Float64Array.from(samples).sort()
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN
}

export const mean = (samples: readonly number[]): number =>
  samples.reduce((sum, value) => sum + value, 0) / samples.length

export const most = (samples: readonly number[]): number => samples.reduce((a, b) => Math.max(a, b), -Infinity)
