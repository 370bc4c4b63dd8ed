/** Small statistics of the tier rule: pure functions of numbers. An empty list gives NaN, so callers guard for length. */
export const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

export const median = (values: readonly number[]): number => {
  const sorted = Float64Array.from(values).sort()
  const half = sorted.length >> 1
  const upper = sorted[half] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? Number.NaN) + upper) / 2
}

/** ln(sum of exp(value)), without overflow. */
export const logSumExp = (values: readonly number[]): number => {
  const most = Math.max(...values)
  return most + Math.log(values.reduce((sum, value) => sum + Math.exp(value - most), 0))
}

const lnSqrtTwoPi = 0.9189385332046727

/**
 * Logarithm of the normal distribution function: Abramowitz and Stegun 26.2.17 (absolute error under 7.5e-8), and their asymptotic series
 * 26.2.12 in the far lower tail, where the first would lose every digit.
 */
export const lnNormalCdf = (z: number): number => {
  if (z < -5) return (-z * z) / 2 - Math.log(-z) - lnSqrtTwoPi + Math.log1p(-1 / (z * z) + 3 / z ** 4)
  const t = 1 / (1 + 0.2316419 * Math.abs(z))
  const series = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
  const tail = Math.exp((-z * z) / 2 - lnSqrtTwoPi) * series
  return z > 0 ? Math.log1p(-tail) : Math.log(tail)
}
