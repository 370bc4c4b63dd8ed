import type { AreaRow } from '../../../collector/ledger/ledger.ts'
import { Pack } from '../../../collector/verdicts/pack.ts'
import type { Jurisdiction, Scope } from '../../../collector/verdicts/resolve.ts'
import { parse } from '../../../contract/parse.ts'

/** A pack as its file has it, with one target `x` unless said; everything a test does not care about is filled in. */
export const packFile = (id: string, over: Record<string, unknown> = {}): Record<string, unknown> => ({
  id,
  title: { zh: '某', en: id },
  document: `document of ${id}`,
  from_period: '2026-01',
  targets: [targetFile('x')],
  ...over
})

export const targetFile = (id: string, over: Record<string, unknown> = {}): Record<string, unknown> => ({
  id,
  title: { zh: '某', en: id },
  paragraph: '1',
  indicator: 'uplink',
  level: 'school',
  applies_to: { all: [] },
  goal_pct: 90,
  parameters: { tier_mbps: 100 },
  ...over
})

export const pack = (id: string, over: Record<string, unknown> = {}): Pack => parse(Pack, packFile(id, over), id)

/** A pack that changes `other/x` and has a target of its own, because it must. */
export const overriding = (id: string, changes: Record<string, unknown>, over: Record<string, unknown> = {}): Pack =>
  pack(id, {
    targets: [targetFile('own')],
    overrides: [{ target: 'other/x', paragraph: '2', ...changes }],
    ...over
  })

export const area = (id: string, parent?: string): AreaRow => ({
  id,
  parent,
  level: 'county',
  name: id,
  nameEn: undefined
})

/** A province with a city, that with a county. */
export const areas = [area('province'), area('city', 'province'), area('county', 'city'), area('next', 'city')]

export const jurisdiction = (
  packs: readonly Pack[],
  scopes: readonly (readonly [area: string, pack: string])[]
): Jurisdiction => ({
  areas,
  packs,
  scopes: scopes.map(([area, pack]): Scope => ({ area, pack }))
})
