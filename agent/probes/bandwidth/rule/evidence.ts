import { lnNormalCdf, logSumExp, mean, median } from './statistics.ts'

/** What the windows of a stretch say of its mean; rates here are ratios to the line, so the line is 1. */
export interface Fit {
  /** Most likely mean rate and its standard error, and the standard error if the noise were as correlated as the model allows. */
  readonly mean: number
  readonly error: number
  readonly widestError: number
  /** The windows as judged: clipped at three robust standard deviations, so that one stall is one vote. */
  readonly clipped: readonly number[]
  /** Sums of the pre-whitened windows for every correlation of the model. */
  readonly whitened: readonly Whitened[]
}

export interface Evidence extends Fit {
  /** Natural logarithms of the Bayes factors "above the line" and "below the line" against "exactly on it". */
  readonly pass: number
  readonly fail: number
}

/** Lag-1 correlations of the model. */
const correlations = [-0.6, -0.3, 0, 0.2, 0.4, 0.6, 0.8]
/**
 * Prior widths: variance of the distance from the line in variances of the noise. The wide ones make a clear link cheap: with 10 as the widest, a
 * steady link 20 % over the line still gained one nat a window only.
 */
const widths = [0.3, 3, 30, 300]
/** One window is never known better than this (ratio): without it a perfectly steady link would be proven in one window. */
const resolution = 0.003
/** Makes a median absolute deviation a standard deviation of normal noise. */
const madToDeviation = 1.4826

/**
 * Model: windows are a stationary Gaussian AR(1) about a mean, with unknown noise size (its scale-invariant prior) and unknown lag-1
 * correlation. For each correlation the windows are pre-whitened. On the line the mean is 1; above it (below it) the mean is 1 plus (minus) a
 * half-normal step in units of the noise. The factors are closed forms, averaged over correlation and prior width, and held against the
 * correlation under which "exactly on the line" explains the windows best. By Ville's inequality a factor that reaches 200 against a link
 * on the wrong side is then an error of at most 1 in 200 under every correlation of the model, however often one looks.
 */
export const weigh = (ratios: readonly number[]): Evidence => {
  const fitted = fit(ratios)
  const n = ratios.length
  const onLine: number[] = []
  const above: number[] = []
  const below: number[] = []
  for (const { aa, az, zz, jacobian } of fitted.whitened) {
    const explained = (az * az) / aa
    const onLineHere = jacobian - (n / 2) * Math.log(zz)
    onLine.push(onLineHere)
    for (const width of widths) {
      const shrink = (width * aa) / (1 + width * aa)
      const rest = zz - shrink * explained
      const common = jacobian - 0.5 * Math.log1p(width * aa) - (n / 2) * Math.log(rest) - Math.log(widths.length)
      const z = normalScore(az * Math.sqrt((shrink * n) / aa / rest), n)
      // Against a mean on its wrong side a one-sided hypothesis can never beat "exactly on the line".
      const atMost = onLineHere - Math.log(widths.length)
      const up = common + Math.LN2 + lnNormalCdf(z)
      const down = common + Math.LN2 + lnNormalCdf(-z)
      above.push(z > 0 ? up : Math.min(up, atMost))
      below.push(z < 0 ? down : Math.min(down, atMost))
    }
  }
  const nothing = Math.max(...onLine) + Math.log(correlations.length)
  return { ...fitted, pass: logSumExp(above) - nothing, fail: logSumExp(below) - nothing }
}

/** The mean under the correlation that explains the windows best. */
export const fit = (ratios: readonly number[]): Fit => {
  const clipped = clip(ratios)
  const sums = sumsOf(clipped)
  const n = clipped.length
  const whitened = correlations.map(rho => whiten(sums, n, rho))
  let best = { likelihood: -Infinity, mean: 1, error: 0 }
  let widestError = 0
  for (const { aa, az, zz, jacobian } of whitened) {
    const left = zz - (az * az) / aa
    const likelihood = jacobian - (n / 2) * Math.log(left)
    widestError = Math.sqrt(left / n / aa)
    if (likelihood > best.likelihood) best = { likelihood, mean: 1 + az / aa, error: widestError }
  }
  return { mean: best.mean, error: best.error, widestError, clipped, whitened }
}

const clip = (ratios: readonly number[]): number[] => {
  const middle = median(ratios)
  const deviation = madToDeviation * median(ratios.map(ratio => Math.abs(ratio - middle)))
  const reach = Math.max(3 * deviation, 0.01 * middle)
  return ratios.map(ratio => Math.max(middle - reach, Math.min(middle + reach, ratio)))
}

/** Sufficient statistics of the deviations from the line: every correlation is weighed from these, without another pass. */
const sumsOf = (ratios: readonly number[]) => {
  const first = (ratios[0] ?? 1) - 1
  const last = (ratios.at(-1) ?? 1) - 1
  let sum = 0
  let squares = 0
  let products = 0
  let previous = 0
  for (const ratio of ratios) {
    const y = ratio - 1
    sum += y
    squares += y * y
    products += y * previous
    previous = y
  }
  return { first, last, sum, squares, products }
}

interface Whitened {
  /** Regressor squared, regressor times window, window squared. */
  readonly aa: number
  readonly az: number
  readonly zz: number
  readonly jacobian: number
}

const whiten = (sums: ReturnType<typeof sumsOf>, n: number, rho: number): Whitened => {
  const { first, last, sum, squares, products } = sums
  const start = 1 - rho * rho
  const step = 1 - rho
  return {
    aa: start + (n - 1) * step * step,
    az: start * first + step * (sum - first - rho * (sum - last)),
    zz:
      start * first * first +
      (squares - first * first - 2 * rho * products + rho * rho * (squares - last * last)) +
      n * resolution * resolution,
    jacobian: 0.5 * Math.log(start)
  }
}

/** Student's t with n degrees of freedom as a normal score. D. L. Wallace, Annals of Mathematical Statistics 30 (1959), 1124. */
const normalScore = (t: number, n: number): number =>
  (Math.sign(t) * (8 * n + 1) * Math.sqrt(n * Math.log1p((t * t) / n))) / (8 * n + 3)

/** Coefficient of variation; 0 for a stretch of nothing. */
export const variation = (ratios: readonly number[]): number => {
  const middle = mean(ratios)
  if (!(middle > 0) || ratios.length < 2) return 0
  return Math.sqrt(ratios.reduce((sum, ratio) => sum + (ratio - middle) ** 2, 0) / (ratios.length - 1)) / middle
}
