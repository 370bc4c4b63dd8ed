import { fit, type Fit } from './evidence.ts'

/** The stretch of windows that speaks for the link: after the ramp, and after the last step of the rate. */
export interface Plateau {
  readonly ratios: readonly number[]
  readonly reanchors: number
  /** Window index at which the ramp was over. */
  readonly warmup: number
  /** The rate still rises, and at this pace would reach the line within another plateau like this one. */
  readonly rising: boolean
}

/** A step is a change of the link only if it is larger than this ratio … */
const stepRatio = 0.05
/** … and than this many standard errors, at the largest correlation of the model: correlated noise makes steps too. */
const stepErrors = 4
const fewestForStep = 8
/** A rise is real from this many standard errors on: a sender that climbs back slowly after a loss is not a slow link. */
const risingErrors = 2

/** Give it every window as a ratio to the line, in order; undefined until the ramp is over. */
export const openPlateau = () => {
  let seen = 0
  let previous = 0
  let warmup: number | undefined
  let ratios: number[] = []
  let reanchors = 0

  return (ratio: number): Plateau | undefined => {
    seen += 1
    if (warmup === undefined) {
      // The ramp is over when a window gains less than 5 % on the one before it.
      if (seen >= 3 && previous > 0.02 && ratio < 1.05 * previous) warmup = seen - 1
      previous = ratio
      if (warmup === undefined) return undefined
    }
    ratios.push(ratio)
    let rising = false
    if (ratios.length >= fewestForStep) {
      const half = ratios.length >> 1
      const older = fit(ratios.slice(0, half))
      const newer = fit(ratios.slice(half))
      rising = isRising(older, newer)
      if (isStep(older, newer)) {
        ratios = ratios.slice(half)
        reanchors += 1
      }
    }
    return { ratios, reanchors, warmup, rising }
  }
}

const isStep = (older: Fit, newer: Fit): boolean => {
  const step = Math.abs(older.mean - newer.mean)
  return (
    step > stepRatio * Math.max(older.mean, newer.mean) &&
    step > stepErrors * Math.hypot(older.widestError, newer.widestError)
  )
}

const isRising = (older: Fit, newer: Fit): boolean => {
  const rise = newer.mean - older.mean
  return rise > risingErrors * Math.hypot(older.error, newer.error) && newer.mean + rise >= 1
}
