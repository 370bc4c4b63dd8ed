import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { measuredSentences } from '../../collector/verdicts/explain-measured.ts'
import { explain, explained } from '../../collector/verdicts/explain.ts'
import { contradictionFacts } from '../../collector/verdicts/pack.ts'
import { rules } from '../../collector/verdicts/rules.ts'
import type { Finding, Rule, SchoolEvidence } from '../../collector/verdicts/verdict.ts'
import { check, dayNumber, device, evidence, fact, rollup, room } from '../rig/evidence.ts'
import { uplinkRow } from '../rig/tier-tests.ts'
import { cases } from './declared-rules/cases.ts'

/** Evidence of all sorts, chosen so that every reason of every rule comes up. */
const row = fc
  .record({
    day: fc.integer({ min: 0, max: 30 }),
    id: fc.integer({ min: 1, max: 4 }),
    kind: fc.constantFrom('ok', 'fail', 'port', 'slow', 'old', 'wifi')
  })
  .map(({ day, id, kind }) => {
    const n = { ok: 0, degraded: 0, failed: 0, unavailable: 0 }
    const last = (outcome: 'ok' | 'degraded' | 'failed', kind: string, capable: number) => ({
      last: {
        atMs: evidence().asOfMs - 1000,
        outcome,
        reason: 'x',
        fields: { speed_mbps: outcome === 'ok' ? 1000 : 100, capable_mbps: capable },
        labels: { kind }
      }
    })
    if (kind === 'ok') return rollup(dayNumber(day), id, { counts: { ...n, ok: 1 } })
    if (kind === 'fail')
      return rollup(dayNumber(day), id, {
        place: '',
        counts: { ...n, failed: 1 },
        liveFailed: 1,
        reasons: { dns_timeout: 1 }
      })
    if (kind === 'wifi') return rollup(dayNumber(day), id, { part: 'w', ...last('failed', 'wifi', 0) })
    return rollup(dayNumber(day), id, {
      part: 'e',
      ...last(kind === 'port' ? 'ok' : 'degraded', 'port', kind === 'old' ? 100 : 1000)
    })
  })
const anything = fc
  .record({
    rollups: fc.array(row, { maxLength: 40 }),
    streak: fc.constantFrom('none', 'bad', 'good'),
    facts: fc.subarray([fact('access', 'none'), fact('room-wireless', 'none')]),
    off: fc.boolean(),
    probe: fc.constantFrom('portal', 'port'),
    rooms: fc.subarray(['r-1']),
    late: fc.boolean(),
    days: fc.constantFrom(0, 23, 23)
  })
  .map((x): SchoolEvidence => {
    const base = evidence()
    const bad = {
      place: '',
      counts: { ok: 0, degraded: 0, failed: 1, unavailable: 0 },
      liveFailed: 1,
      reasons: { dns_timeout: 1 }
    }
    const good = { counts: { ok: 1, degraded: 0, failed: 0, unavailable: 0 } }
    const streak = base.schoolDays.flatMap(day => [1, 2].map(id => rollup(day, id, x.streak === 'bad' ? bad : good)))
    return evidence({
      asOfMs: x.late ? Date.parse('2026-11-19T20:00:00+08:00') : base.asOfMs,
      rollups: x.streak === 'none' ? x.rollups : streak,
      facts: x.facts,
      rooms: x.rooms.map(room),
      devices: [device('gw-1', { uploadPath: 'other', ...(x.off ? {} : { room: 'r-1' }) })],
      checks: [1, 2, 3, 4].map(id => check(id, { probe: x.probe, place: x.off && x.days === 0 ? 'self' : 'off_site' })),
      schoolDays: base.schoolDays.slice(0, x.days)
    })
  })

/** Rules whose reasons are reached where their evidence is made: tests there call `explained` themselves. */
const elsewhere: Readonly<Record<string, string>> = {
  uplink: 'uplink/*.test.ts',
  ...Object.fromEntries(Object.keys(measuredSentences).map(indicator => [indicator, 'measured-rules/*.test.ts']))
}

const sampled = fc.sample(anything, { numRuns: 1500, seed: 3 })
const reached = (indicator: string, rule: Rule): Finding[] =>
  cases[indicator]?.map(one => rule.judge(one.evidence, one.parameters ?? {}, one.terms)) ??
  sampled.map(one => rule.judge(one, {}))

for (const [indicator, rule] of Object.entries(rules).filter(([name]) => !Object.hasOwn(elsewhere, name)))
  void t.test(`${indicator}: every reason the rule can give has a whole sentence in both languages`, t => {
    const findings = new Map(reached(indicator, rule).map(finding => [finding.reason, finding]))
    const said = explained(indicator)
    t.same(
      [...findings.keys()].filter(reason => !said.includes(reason)),
      [],
      'no reason without words'
    )
    const silent = explained('any-other')
    t.same(
      said.filter(reason => !findings.has(reason) && !silent.includes(reason)),
      [],
      'no words without a reason'
    )
    for (const finding of findings.values())
      for (const language of ['zh', 'en'] as const) {
        const text = explain({ ...finding, indicator }, language)
        t.notMatch(text, /[?{}]|undefined|NaN|^Reason:|^原因/, text)
        t.match(text, language === 'zh' ? /[\u4e00-\u9fff].*。$/ : /^[A-Z0-9{].*\.$/, text)
      }
    t.end()
  })

void t.test('the rules that are not listed above are put to the same test beside their evidence', t => {
  for (const [indicator, pattern] of Object.entries(elsewhere)) {
    t.ok(Object.hasOwn(rules, indicator), indicator)
    const texts = globSync(join(import.meta.dirname, pattern)).map(file => readFileSync(file, 'utf8'))
    t.ok(
      texts.some(text => text.includes('explained(')),
      `${indicator}: ${pattern}`
    )
  }
  t.end()
})

void t.test('both languages tell the same facts, for every reason of every rule', t => {
  const facts = new Proxy<Record<string, string>>({}, { get: (_, name) => `‹${String(name)}›` })
  for (const indicator of Object.keys(rules)) {
    t.ok(explained(indicator).length > explained('any-other').length, `${indicator} has sentences of its own`)
    for (const reason of explained(indicator)) {
      const told = (language: 'zh' | 'en'): string[] =>
        (explain({ indicator, verdict: 'unknown', reason, facts }, language).match(/‹\w+›/g) ?? []).toSorted()
      t.same([...new Set(told('zh'))], [...new Set(told('en'))], `${indicator} ${reason}`)
    }
  }
  t.end()
})

void t.test('words of the whole table hold for the reasons that no rule gives', t => {
  const facts = contradictionFacts({ area: 'dingbian', field: 'goal_pct', packs: ['p', 'q'], values: [1, 2] })
  for (const reason of ['not_applicable', 'no_rule', 'pack_contradiction'])
    for (const language of ['zh', 'en'] as const) {
      const text = explain({ indicator: 'any-other', verdict: 'unknown', reason, facts }, language)
      t.notMatch(text, /[?{}]|^Reason:|^原因/)
    }
  t.end()
})

void t.test('a reason of a newer version is at least named', t => {
  const news = { indicator: 'x', verdict: 'unknown', reason: 'brand_new', facts: {} } as const
  t.equal(explain(news, 'en'), 'Reason: brand_new')
  t.equal(explain(news, 'zh'), '原因：brand_new')
  t.end()
})

void t.test('what a school wrote into a declaration stays text', t => {
  const { facts, reason, verdict } = rules['broadband-access']?.judge(
    evidence({ facts: [{ ...fact('access', 'none'), source: '{by} $& $1', by: '<b>' }] }),
    {}
  ) ?? { facts: {}, reason: '', verdict: 'unknown' as const }
  t.equal(
    explain({ indicator: 'broadband-access', facts, reason, verdict }, 'en'),
    'Declared: the school has no line ({by} $& $1, 2026-10-25, <b>).'
  )
  t.end()
})

void t.test('nobody is promised a verdict on a day behind the period', t => {
  const asked = evidence({
    asOfMs: evidence().period.toMs,
    checks: [check(1), check(2), check(3, { probe: 'ping', subject: 'broadcast.campus' })],
    facts: [fact('campus-broadcast', 'present'), fact('campus-broadcast-host', 'broadcast.campus')],
    uplinks: [uplinkRow()]
  })
  const promised = (indicator: string, parameters: Record<string, number>, terms = {}): unknown =>
    rules[indicator]?.judge(asked, parameters, terms).facts['earliest_day']
  t.equal(promised('broadband-access', {}), '2026-12')
  t.equal(promised('reachable', { days: 3 }, { fact: 'campus-broadcast' }), '2026-12')
  t.equal(promised('key-sites', {}, { subjects: ['subject-1'] }), '2026-12')
  t.equal(promised('uplink', { tier_mbps: 100 }), '2026-12')
  t.end()
})
