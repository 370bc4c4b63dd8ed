import t from 'tap'
import { probes } from '../../../agent/probes/index.ts'
import { runnerReasons } from '../../../agent/probe.ts'
import { directions, slotClasses, testKinds } from '../../../contract/bandwidth.ts'
import { gapReasons } from '../../../contract/batch.ts'
import { outcomes } from '../../../contract/reading.ts'
import type { TierField } from '../../../contract/tier-reading.ts'
import { deviceKinds, stages, zones } from '../../../collector/ledger/ledger.ts'
import { changeKinds } from '../../../collector/store/bulletin-store.ts'
import { explained } from '../../../collector/verdicts/explain.ts'
import { rules } from '../../../collector/verdicts/rules.ts'
import { reasonsWithWords, reasonText } from '../../../collector/views/reason-words.ts'
import { terms, type TermKind } from '../../../collector/views/term-words.ts'
import { wordRows } from '../../../collector/views/words.ts'

type Terms = Readonly<Record<string, readonly [string, string]>>

const holes = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map(([hole]) => hole).toSorted()

const han = /\p{Script=Han}/u

/** What is wrong with a pair of texts: faults are gathered, since a thousand assertions cost more than the check. */
const faultOf = (name: string, zh: string, en: string): string[] =>
  zh === '' || en === '' || han.test(en) || holes(zh).join() !== holes(en).join() ? [`${name}: ${zh} | ${en}`] : []

void t.test('every word and term is there in both languages, with the same values to fill in', t => {
  const words = Object.entries(wordRows).filter(([key]) => key !== 'other_language')
  t.same(
    words.flatMap(([key, { zh, en }]) => faultOf(key, zh, en)),
    []
  )
  const rows = Object.entries<Terms>(terms).flatMap(([kind, table]) =>
    Object.entries(table).map(([code, pair]) => ({ name: `${kind} ${code}`, pair }))
  )
  t.same(
    rows.flatMap(({ name, pair: [zh, en] }) => faultOf(name, zh, en)),
    []
  )
  t.ok(words.length > 100 && rows.length > 70)
  t.end()
})

void t.test('every code of the contract, the ledger and the rules has a word', t => {
  const codes: Readonly<Partial<Record<TermKind, readonly string[]>>> = {
    stage: stages,
    zone: zones,
    device: deviceKinds,
    outcome: outcomes,
    why: changeKinds,
    level: ['nation', 'province', 'city', 'county'],
    gap: gapReasons,
    probe: probes.map(probe => probe.name),
    direction: directions,
    test_kind: [...testKinds, 'passive', 'port'],
    test_slot: slotClasses,
    test_result: ['pass', 'fail', 'inconclusive'],
    field: ['ip_mbps', 'line_mbps', 'goodput_mbps', 'tier_mbps'] satisfies TierField[],
    cause: Object.keys(rules).flatMap(explained)
  }
  const missing = Object.entries<Terms>(terms).flatMap(([kind, table]) =>
    (Object.entries(codes).find(([name]) => name === kind)?.[1] ?? [])
      .filter(code => !Object.hasOwn(table, code))
      .map(code => `${kind} ${code}`)
  )
  t.same(missing, [])
  t.end()
})

void t.test('every reason of every probe has words, and none has words for nothing', t => {
  for (const probe of probes) {
    const reasons = [...Object.keys(probe.reasons), ...Object.keys(runnerReasons)]
    const faults = reasons.flatMap(reason =>
      faultOf(reason, reasonText(probe.name, reason, 'zh') ?? '', reasonText(probe.name, reason, 'en') ?? '')
    )
    t.same(faults, [], probe.name)
    t.same(
      reasonsWithWords(probe.name).filter(reason => reason !== 'no_network' && !reasons.includes(reason)),
      [],
      probe.name
    )
  }
  t.end()
})
