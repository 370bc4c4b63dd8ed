/** Ranking and naming by counting, in whole numbers: a fraction is a pair, and pairs are compared by cross-multiplying. */
export interface Fraction {
  readonly n: bigint
  readonly d: bigint
}

export interface Contender {
  readonly area: string
  readonly lo: Fraction
  readonly hi: Fraction
  readonly vacation: boolean
}

export interface Place {
  readonly area: string
  readonly first: number
  readonly last: number
  readonly tied: readonly string[]
  readonly atBack: boolean
  readonly naming: 'named' | 'not_rankable' | 'none'
  readonly backPeriods: number
}

export interface Standing {
  readonly period: string
  readonly ranked: boolean
  readonly reason: 'vacation' | 'too_few' | undefined
  readonly places: readonly Place[]
}

export const less = (a: Fraction, b: Fraction): boolean => a.n * b.d < b.n * a.d
const same = (a: Fraction, b: Fraction): boolean => a.n * b.d === b.n * a.d

/** `history`: the standings before, oldest first. */
export const standingOf = (
  period: string,
  contenders: readonly Contender[],
  back: number,
  history: readonly Standing[]
): Standing => {
  const here = contenders.filter(one => !one.vacation)
  const ranked = here.length >= 2
  const wasAtBack = (area: string): number =>
    history.findLast(standing => standing.ranked)?.places.find(place => place.area === area)?.backPeriods ?? 0
  const rest = { first: 0, last: 0, tied: [], atBack: false, naming: 'none' as const }
  const places = contenders.map((one): Place => {
    if (!ranked || one.vacation) return { area: one.area, ...rest, backPeriods: wasAtBack(one.area) }
    const others = here.filter(other => other.area !== one.area)
    const ahead = others.filter(other => less(one.hi, other.lo))
    const behind = others.filter(other => less(other.hi, one.lo))
    const tied = others.filter(other => !ahead.includes(other) && !behind.includes(other)).map(other => other.area)
    const n = back >= here.length ? here.length - 1 : back
    const lower = others.filter(
      other =>
        less(other.lo, one.lo) ||
        (same(other.lo, one.lo) && (less(other.hi, one.hi) || (same(other.hi, one.hi) && other.area < one.area)))
    )
    const inBackSet = lower.length < n
    // Certain: all that are not in the back set are ahead.
    const atBack = inBackSet && ahead.length >= here.length - n
    return {
      area: one.area,
      first: 1 + ahead.length,
      last: here.length - behind.length,
      tied: tied.toSorted(),
      atBack,
      naming: atBack && wasAtBack(one.area) > 0 ? 'named' : inBackSet && !atBack ? 'not_rankable' : 'none',
      backPeriods: atBack ? wasAtBack(one.area) + 1 : 0
    }
  })
  const reason = ranked ? undefined : here.length < contenders.length ? 'vacation' : 'too_few'
  return { period, ranked, reason, places: places.toSorted(inOrder(contenders)) }
}

const inOrder =
  (contenders: readonly Contender[]) =>
  (a: Place, b: Place): number => {
    const key = (p: Place): string => {
      const out = contenders.some(one => one.area === p.area && one.vacation)
      return `${out ? 1 : 0} ${String(p.first).padStart(6, '0')} ${String(p.last).padStart(6, '0')} ${p.area}`
    }
    return key(a) < key(b) ? -1 : 1
  }
