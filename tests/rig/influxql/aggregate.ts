import type { Item } from './statement.ts'

export interface Value {
  readonly atMs: number
  readonly offsetNs: number
  readonly value: number
}
export interface Figure extends Value {
  /** Other values have the same claim: of two series at the same moment one is the last, and nobody says which. */
  readonly drawn?: true
  /** The figure is certain, the point it is taken from is not. */
  readonly anyTime?: true
}

/** One figure of the values of a window, in order of time; undefined without any. A selector's figure is one of its values. */
export const aggregate = (item: Item, values: readonly Value[]): Figure | undefined => {
  const [first] = values
  if (first === undefined) return undefined
  const figure = (value: number): Value => ({ ...first, value })
  const sum = (): number => values.reduce((total, { value }) => total + value, 0)
  switch (item.call) {
    case 'count':
      return figure(values.length)
    case 'sum':
      return figure(sum())
    case 'mean':
      return figure(sum() / values.length)
    case 'max':
      return values.reduce((best, one) => (one.value > best.value ? one : best))
    case 'min':
      return values.reduce((best, one) => (one.value < best.value ? one : best))
    case 'first':
      return ofMoment(values, values[0])
    case 'last':
      return ofMoment(values, values.at(-1))
    case 'percentile':
      return nearestRank(values, item.rank ?? 0)
    case undefined:
      throw new Error(`a field must not stand beside functions: ${item.name}`)
  }
}

/** The value of a moment; of several, in different series, the larger one, and that it might be another. */
const ofMoment = (values: readonly Value[], moment: Value | undefined): Figure | undefined => {
  const there = values.filter(one => one.atMs === moment?.atMs && one.offsetNs === moment.offsetNs)
  const best = there.reduce((best, one) => (one.value > best.value ? one : best))
  return there.every(one => one.value === best.value) ? best : { ...best, drawn: true }
}

const nearestRank = (values: readonly Value[], percent: number): Figure | undefined => {
  const sorted = values.toSorted((a, b) => a.value - b.value)
  const found = sorted[Math.floor((sorted.length * percent) / 100 + 0.5) - 1]
  return found === undefined ? undefined : { ...found, anyTime: true }
}
