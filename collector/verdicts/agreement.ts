import { nearest, shown } from '../../contract/fault.ts'
import { SentenceError } from '../../contract/parse.ts'
import type { AreaRow } from '../ledger/ledger.ts'
import type { Override, Pack } from './pack.ts'
import { rulesAt, targetsFor, type Jurisdiction, type Scope } from './resolve.ts'

/**
 * Packs together with the areas they rule: every scope names a loaded pack, every override changes a target that rules where it rules, and no two
 * packs of one area override one field of one target with different values. Rows as the store has them. Throws a SentenceError.
 */
export const checkJurisdiction = (
  areas: readonly AreaRow[],
  scopes: readonly Scope[],
  packs: readonly Pack[]
): void => {
  const ids = packs.map(pack => pack.id)
  for (const { area, pack } of scopes)
    if (!ids.includes(pack)) {
      const near = nearest(pack, ids)
      throw new SentenceError(
        `area "${area}" /packs must name loaded packs, got "${pack}"${near === undefined ? '' : `: did you mean "${near}"?`}`
      )
    }
  const jurisdiction = { areas, scopes, packs }
  const overriding = packs.filter(pack => pack.overrides !== undefined && scopes.some(scope => scope.pack === pack.id))
  // Between two starts nothing new begins to rule, so whoever meets at all meets at a start.
  const periods = overriding.length === 0 ? [] : startsOf(packs, scopes)
  for (const pack of overriding) {
    const places = [...new Set(scopes.filter(scope => scope.pack === pack.id).map(scope => scope.area))]
    for (const [i, override] of (pack.overrides ?? []).entries())
      if (!places.some(area => periods.some(period => takesEffect(jurisdiction, area, period, pack.id, override))))
        throw new SentenceError(
          `pack "${pack.id}" /overrides/${i}/target must rule in ${places.map(area => `"${area}"`).join(' or ')} while the pack does, got "${override.target}"`
        )
    for (const area of places) for (const period of periods) refuseContradictions(jurisdiction, area, period)
  }
}

/** A target that an area further up has dropped does not rule, so there is nothing to change. */
const takesEffect = (
  jurisdiction: Jurisdiction,
  area: string,
  period: string,
  pack: string,
  { target, drop }: Override
): boolean =>
  rulesAt(jurisdiction, area, period, pack, target) &&
  (drop === true || targetsFor(jurisdiction, area, period).some(({ key }) => key === target))

const refuseContradictions = (jurisdiction: Jurisdiction, area: string, period: string): void => {
  for (const { key, contradiction } of targetsFor(jurisdiction, area, period)) {
    if (contradiction === undefined) continue
    const [[a, b], [x, y]] = [contradiction.packs, contradiction.values]
    throw new SentenceError(
      `packs "${a}" and "${b}" must agree on ${contradiction.field} of "${key}" in area "${contradiction.area}", where both rule in ${period}, got ${shown(x)} and ${shown(y)}`
    )
  }
}

const startsOf = (packs: readonly Pack[], scopes: readonly Scope[]): string[] =>
  [
    ...new Set([
      ...packs.map(pack => pack.from_period),
      ...packs.flatMap(pack => pack.targets.flatMap(({ from_period }) => from_period ?? [])),
      ...scopes.flatMap(({ fromPeriod }) => fromPeriod ?? [])
    ])
  ].toSorted()
