import t from 'tap'
import { contentsOf } from '../../../collector/bulletin/contents.ts'
import { readEdition } from '../../../collector/bulletin/edition.ts'
import { sharesOf } from '../../../collector/verdicts/evaluate.ts'
import { compositeTarget, type RankLine } from '../../../collector/verdicts/ranking.ts'
import { access, at, november, openCity } from './city.ts'

void t.test(
  'the evidence sheet names what was left out in words, and a tie at the back is no lack of data',
  async t => {
    const { store } = await openCity(work => t.teardown(work))
    const nowMs = at('2026-11-16T10:00:00')
    const verdict = {
      school: 'a-1',
      target: access,
      indicator: 'broadband-access',
      verdict: 'unknown' as const,
      reason: 'no_readings',
      n: 0,
      expectedN: 3,
      asOfMs: nowMs,
      facts: { earliest_day: '2026-11-18' },
      excluded: { not_off_site: 5, later_invented: 2 },
      ruleVersion: 'broadband-access/2',
      evidence: []
    }
    await store.putVerdicts(
      november.name,
      [verdict],
      sharesOf(await store.areas(), await store.schools(), [verdict], new Map())
    )
    const line = (area: string, pct: number, hiPct: number): RankLine => ({
      area,
      pct,
      hiPct,
      totalN: 2,
      unknownN: hiPct > pct ? 1 : 0,
      first: 1,
      last: 3,
      tied: [],
      leftOut: undefined,
      atBack: false,
      backPeriods: 0,
      naming: 'not_rankable'
    })
    const ranking = { period: november.name, scope: 'yulin', ranked: true, reason: undefined }
    await store.putRankings(november.name, 0, [
      { ...ranking, target: access, lines: [line('a', 100, 100), line('b', 100, 100)] },
      { ...ranking, target: compositeTarget, lines: [line('c', 50, 100)] }
    ])
    const { evidence, notRankable, rankings } = contentsOf(await readEdition(store, november, 0, nowMs))
    t.match(evidence.rows[0], ['a县', '0061000000', '学校a-1'])
    t.equal(evidence.rows[0]?.[9], '本机或校内的应答 5 次；later_invented 2')
    t.same(notRankable, ['c县（榆林市，综合 Composite）：数据不足 50 %，无法判定是否靠后 not rankable。'])
    t.notMatch(JSON.stringify(rankings.find(one => one.target === access)), '无法判定')
  }
)
