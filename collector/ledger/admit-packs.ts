import { isDeepStrictEqual } from 'node:util'
import { SentenceError } from '../../contract/parse.ts'
import type { PackRow, StoreReads } from '../store/store.ts'
import { checkJurisdiction } from '../verdicts/agreement.ts'
import { versionOf, type Pack } from '../verdicts/pack.ts'
import type { AreaRow, Ledger, PackScopeRow } from './ledger.ts'
import { packOf } from './load.ts'

/**
 * Whether packs (and a ledger) can enter the store beside what it holds: a changed meaning needs a higher version, and all packs must agree in
 * the areas that they then rule. Writes nothing. Rejects with a SentenceError.
 */
export const admitPacks = async (
  store: Pick<StoreReads, 'packs' | 'areas' | 'packScopes'>,
  rows: readonly PackRow[],
  ledger?: Pick<Ledger, 'areas'>
): Promise<void> => {
  const [stored, areas, scopes] = await Promise.all([store.packs(), store.areas(), store.packScopes()])
  const known = new Map(stored.flatMap(row => readable(row)).map(pack => [pack.id, pack]))
  const coming = rows.map(packOf)
  for (const pack of coming) {
    const old = known.get(pack.id)
    if (old !== undefined) refuseSilentChange(old, pack)
    known.set(pack.id, pack)
  }
  const added = new Map((ledger?.areas ?? []).map(area => [area.id, area]))
  // An area that comes with packs replaces its stored scopes. A stored scope of a pack that never came rules nothing and hinders nobody.
  const staying = scopes.filter(scope => added.get(scope.area)?.packs === undefined && known.has(scope.pack))
  checkJurisdiction(
    [...areas.filter(area => !added.has(area.id)), ...[...added.values()].map(areaOf)],
    [...staying, ...[...added.values()].flatMap(scopesOf)],
    [...known.values()]
  )
}

/** What keeps a ledger's areas from taking the packs that it names; undefined when nothing does. Before the first start there are no packs yet. */
export const disagreementOf = async (
  store: Parameters<typeof admitPacks>[0],
  ledger: Pick<Ledger, 'areas'>
): Promise<string | undefined> => {
  try {
    if ((await store.packs()).length > 0) await admitPacks(store, [], ledger)
    return undefined
  } catch (error) {
    if (error instanceof SentenceError) return error.message
    throw error
  }
}

/** A pack that cannot be read any more judges nobody, so no verdict stands on it. */
const readable = (row: PackRow): Pack[] => {
  try {
    return [packOf(row)]
  } catch {
    return []
  }
}

/** Comments and layout may change freely; what is parsed is what was judged by. */
const refuseSilentChange = (old: Pack, pack: Pack): void => {
  const [was, is] = [versionOf(old), versionOf(pack)]
  if (is < was)
    throw new SentenceError(`pack "${pack.id}" /version must not be lower than ${was}, which is in use, got ${is}`)
  if (is === was && !isDeepStrictEqual({ ...old, version: is }, { ...pack, version: is }))
    throw new SentenceError(
      `pack "${pack.id}" /version must be higher than ${was}: its text says something else than the one in use under that version, got ${is}; raise version`
    )
}

type Area = Ledger['areas'][number]

const areaOf = (area: Area): AreaRow => ({
  id: area.id,
  parent: area.parent,
  level: area.level,
  name: area.name,
  nameEn: area.name_en
})

const scopesOf = (area: Area): PackScopeRow[] =>
  (area.packs ?? []).map(scope =>
    typeof scope === 'string'
      ? { area: area.id, pack: scope, fromPeriod: '', toPeriod: undefined }
      : { area: area.id, pack: scope.pack, fromPeriod: scope.from_period ?? '', toPeriod: scope.to_period }
  )
