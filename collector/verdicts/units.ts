import type { Parameter } from './verdict.ts'

/** What a figure in the wrong unit looks like: factor by which it must be multiplied, and the unit it was in. */
type Guess = readonly [factor: number, looksLike: string]
const guesses: Readonly<Record<string, readonly Guess[]>> = {
  'Mbit/s': [
    [1e-6, 'bit/s'],
    [1e-3, 'kbit/s'],
    [1e3, 'Gbit/s'],
    [8e-6, 'bytes per second'],
    [8, 'Mbyte/s']
  ],
  days: [
    [1 / 86_400_000, 'milliseconds'],
    [1 / 86_400, 'seconds'],
    [1 / 24, 'hours']
  ],
  percent: [[100, 'a ratio']]
}

/** A parameter is in percent by its unit or by its name's last word. */
const unitOf = (name: string, { unit }: Parameter): string =>
  ['%', 'percent', 'pct'].includes(unit) || name.endsWith('_pct') ? 'percent' : unit

/**
 * What is wrong with a figure, as the rest of a sentence, or undefined when it fits:
 * `must be one of 10, 100, 500, 1000 (Mbit/s), got 100000000, which looks like bit/s`.
 */
export const faultOfFigure = (name: string, parameter: Parameter, value: number): string | undefined => {
  const unit = unitOf(name, parameter)
  // 0.8 lies within 0 to 100 too, but no policy asks for less than one percent.
  const ratio = unit === 'percent' && value > 0 && value < 1
  if (fitsIn(parameter, value) && !ratio) return undefined
  const near = (guesses[unit] ?? []).find(([factor]) => fitsIn(parameter, nearWhole(value * factor)))
  const hint =
    ratio || near?.[1] === 'a ratio'
      ? ', which looks like a ratio, expected percent'
      : near === undefined
        ? ''
        : `, which looks like ${near[1]}`
  return `must be ${wantedFigure(name, parameter)}, got ${value}${hint}`
}

const fitsIn = ({ least, most, whole, oneOf }: Parameter, value: number): boolean =>
  Number.isFinite(value) &&
  (oneOf === undefined ? value >= least && value <= most && (!whole || Number.isInteger(value)) : oneOf.includes(value))

/** `one of 10, 100, 500, 1000 (Mbit/s)`. */
export const wantedFigure = (name: string, parameter: Parameter): string => {
  const { least, most, whole, oneOf } = parameter
  const range = oneOf?.join(', ') ?? `${least} to ${most}`
  return `${oneOf === undefined ? `a${whole ? ' whole' : ''} number from` : 'one of'} ${range} (${unitOf(name, parameter)})`
}

/** 0.1 × 1000 is 100.00000000000001 or so. */
const nearWhole = (value: number): number => (Math.abs(value - Math.round(value)) < 1e-9 ? Math.round(value) : value)
