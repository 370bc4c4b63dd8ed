import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { stringify } from 'yaml'
import { admitPacks, disagreementOf } from '../../../collector/ledger/admit-packs.ts'
import { loadPacks } from '../../../collector/ledger/load.ts'
import type { PackScopeRow } from '../../../collector/ledger/ledger.ts'
import { openStore } from '../../../collector/store/sqlite.ts'
import type { PackRow } from '../../../collector/store/store.ts'
import { checkJurisdiction } from '../../../collector/verdicts/agreement.ts'
import type { Jurisdiction, Scope } from '../../../collector/verdicts/resolve.ts'
import { SentenceError } from '../../../contract/parse.ts'
import { area, areas, jurisdiction, overriding, pack, packFile, targetFile } from './pack-rig.ts'

/** A store that holds packs and scopes only. */
const holding = (rows: readonly PackRow[], scopes: readonly PackScopeRow[] = []): Parameters<typeof admitPacks>[0] => ({
  packs: () => Promise.resolve(rows),
  areas: () => Promise.resolve(scopes.map(scope => area(scope.area))),
  packScopes: () => Promise.resolve(scopes)
})
const row = (raw: Record<string, unknown>, comment = ''): PackRow => ({
  id: String(raw['id']),
  sha256: 'of-the-test',
  text: `${comment}${stringify(raw)}`
})
const city = (...packs: string[]) => ({ areas: [{ id: 'city', level: 'city' as const, name: '市', packs }] })

void t.test('what a pack means does not change under its version: bulletins stand on it', async t => {
  const first = row(packFile('p'))
  await admitPacks(holding([]), [first])
  const store = holding([first])
  await admitPacks(store, [row(packFile('p'), '# only a comment\n')])
  await admitPacks(store, [row(packFile('p', { version: 1 }))])
  const changed = { targets: [targetFile('x', { goal_pct: 95 })] }
  await t.rejects(admitPacks(store, [row(packFile('p', changed))]), {
    message:
      'pack "p" /version must be higher than 1: its text says something else than the one in use under that version, got 1; raise version'
  })
  const second = row(packFile('p', { ...changed, version: 2 }))
  await admitPacks(store, [second])
  await t.rejects(admitPacks(holding([second]), [first]), {
    message: 'pack "p" /version must not be lower than 2, which is in use, got 1'
  })
})

void t.test('packs, what the store knows and a new ledger are checked together, and nothing is written', async t => {
  const store = await openStore(t.testdir())
  t.teardown(() => store.close())
  await store.putPack(row(packFile('other')))
  await store.putLedger({ ...city('other'), schools: [] })
  const change = (id: string, goal_pct: number): PackRow =>
    row(packFile(id, { overrides: [{ target: 'other/x', paragraph: '2', goal_pct }] }))
  await admitPacks(store, [change('p', 80), change('q', 70)], city('other', 'p'))
  await t.rejects(admitPacks(store, [change('p', 80), change('q', 70)], city('other', 'p', 'q')), {
    message:
      'packs "p" and "q" must agree on goal_pct of "other/x" in area "city", where both rule in 2026-01, got 80 and 70'
  })
  await t.rejects(admitPacks(store, [], city('other', 'pp')), {
    message: 'area "city" /packs must name loaded packs, got "pp"'
  })
  t.same(
    (await store.packs()).map(one => one.id),
    ['other']
  )
  t.same(await store.packScopes(), [{ area: 'city', pack: 'other', fromPeriod: '0000-01', toPeriod: undefined }])
})

void t.test(
  'what a ledger says of an area replaces the stored scopes, so one pack can take over from another',
  async t => {
    const change = (id: string, goal_pct: number): PackRow =>
      row(packFile(id, { overrides: [{ target: 'other/x', paragraph: '2', goal_pct }] }))
    const always = (pack: string): PackScopeRow => ({ area: 'city', pack, fromPeriod: '0000-01', toPeriod: undefined })
    const store = holding(
      [row(packFile('other')), change('p', 80), change('q', 70)],
      ['other', 'p', 'never-came'].map(always)
    )
    await admitPacks(store, [])
    const handover = {
      areas: [
        {
          id: 'city',
          level: 'city' as const,
          name: '市',
          packs: ['other', { pack: 'p', to_period: '2026-05' }, { pack: 'q', from_period: '2026-06' }]
        }
      ]
    }
    t.equal(await disagreementOf(store, handover), undefined)
    t.match(await disagreementOf(store, city('other', 'p', 'q')), /^packs "p" and "q" must agree on goal_pct/)
    t.equal(await disagreementOf(holding([]), city('p')), undefined, 'before the first start there are no packs')
  }
)

void t.test('a stored pack that cannot be read any more hinders nobody', async t => {
  await admitPacks(holding([{ id: 'p', sha256: 'broken', text: ': not yaml: [' }]), [row(packFile('p'))], city('p'))
  t.pass()
})

void t.test('files are refused one by one and together', async t => {
  const directory = t.testdir()
  const write = (name: string, raw: Record<string, unknown>): void => {
    writeFileSync(join(directory, name), stringify(raw))
  }
  write('a.yaml', packFile('a', { overrides: [{ target: 'b/x', paragraph: '2', goal_pct: 80 }] }))
  t.throws(() => loadPacks(directory), {
    message: `${join(directory, 'a.yaml')} /overrides/0/target must be a target of a loaded pack, got "b/x": did you mean "a/x"?`
  })
  write('b.yaml', packFile('b'))
  t.same(
    loadPacks(directory).map(one => one.id),
    ['a', 'b']
  )
  write('b.yaml', packFile('b', { targets: [targetFile('x', { parameters: { tier_mbps: 1e8 } })] }))
  t.throws(() => loadPacks(directory), {
    message: `${join(directory, 'b.yaml')} /targets/0/parameters/tier_mbps must be one of 10, 100, 500, 1000 (Mbit/s), got 100000000, which looks like bit/s`
  })
})

const said = ({ areas, scopes, packs }: Jurisdiction): string => {
  try {
    checkJurisdiction(areas, scopes, packs)
  } catch (error) {
    if (error instanceof SentenceError) return error.message
    throw error
  }
  return 'accepted'
}

const other = pack('other')
const both: [string, string][] = [
  ['province', 'other'],
  ['city', 'p'],
  ['city', 'q']
]

void t.test('contradictory overrides are refused with both packs, the area, the target and the field', async t => {
  const clash = (a: Record<string, unknown>, b: Record<string, unknown>): string =>
    said(jurisdiction([other, overriding('p', a), overriding('q', b)], both))
  t.equal(
    clash({ goal_pct: 80 }, { goal_pct: 70 }),
    'packs "p" and "q" must agree on goal_pct of "other/x" in area "city", where both rule in 2026-01, got 80 and 70'
  )
  t.equal(
    clash({ parameters: { tier_mbps: 500 } }, { parameters: { tier_mbps: 10 } }),
    'packs "p" and "q" must agree on parameters/tier_mbps of "other/x" in area "city", where both rule in 2026-01, got 500 and 10'
  )
  t.equal(
    clash({ goal_pct: 70 }, { drop: true }),
    'packs "p" and "q" must agree on drop of "other/x" in area "city", where both rule in 2026-01, got {"goal_pct":70} and true'
  )
  t.equal(clash({ goal_pct: 80 }, { goal_pct: 80 }), 'accepted')
  t.equal(clash({ goal_pct: 80 }, { applies_to: { attribute: 'larger', eq: true } }), 'accepted')
  t.equal(
    clash({ applies_to: { attribute: 'larger', eq: true } }, { applies_to: { eq: true, attribute: 'larger' } }),
    'accepted',
    'the order of keys says nothing'
  )
})

void t.test('packs that never rule in one period do not contradict each other', async t => {
  const packs = [other, overriding('p', { goal_pct: 80 }), overriding('q', { goal_pct: 70 })]
  const scopes = (p: Partial<Scope>, q: Partial<Scope>): Jurisdiction => ({
    areas,
    packs,
    scopes: [
      { area: 'province', pack: 'other' },
      { area: 'city', pack: 'p', ...p },
      { area: 'city', pack: 'q', ...q }
    ]
  })
  t.equal(said(scopes({ toPeriod: '2026-08' }, { fromPeriod: '2026-09' })), 'accepted')
  t.match(said(scopes({ toPeriod: '2026-09' }, { fromPeriod: '2026-09' })), /where both rule in 2026-09/)
  t.equal(said(scopes({}, { area: 'county' })), 'accepted', 'a nearer area has the last word')
})

void t.test('an override must change what rules where it does', async t => {
  const change = overriding('p', { goal_pct: 80 })
  t.equal(
    said(
      jurisdiction(
        [other, change],
        [
          ['city', 'other'],
          ['province', 'p']
        ]
      )
    ),
    'pack "p" /overrides/0/target must rule in "province" while the pack does, got "other/x"'
  )
  const ended = pack('other', { targets: [targetFile('x', { to_period: '2025-12' })], from_period: '2025-01' })
  t.match(said(jurisdiction([ended, change], both.slice(0, 2))), /must rule in "city" while the pack does/)
  const dropped = jurisdiction(
    [other, overriding('d', { drop: true }), change],
    [
      ['province', 'other'],
      ['city', 'd'],
      ['county', 'p']
    ]
  )
  t.match(said(dropped), /pack "p" .* must rule in "county" while the pack does, got "other\/x"/)
  t.equal(said({ areas, packs: [other, change], scopes: [] }), 'accepted', 'a pack that rules nowhere changes nothing')
})

void t.test('an area cannot be ruled by a pack that is not there', async t => {
  t.equal(
    said(jurisdiction([other], [['city', 'othr']])),
    'area "city" /packs must name loaded packs, got "othr": did you mean "other"?'
  )
})
