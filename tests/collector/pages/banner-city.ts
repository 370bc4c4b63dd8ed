import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { periodNamed } from '../../../collector/calendar/period.ts'
import { figuresOf, type Figures } from '../../../collector/judgement/figures.ts'
import { packOf } from '../../../collector/ledger/load.ts'
import type { BulletinRow } from '../../../collector/store/bulletin-store.ts'
import type { Store } from '../../../collector/store/store.ts'
import { appliesTo } from '../../../collector/verdicts/applies.ts'
import type { Ranking } from '../../../collector/verdicts/ranking.ts'
import { targetsFor } from '../../../collector/verdicts/resolve.ts'
import type { Finding, Verdict } from '../../../collector/verdicts/verdict.ts'
import { bannerLedger, banners, chance } from './banners.ts'
import { wordings } from './banner-findings.ts'

/** Two days after the freeze of 2026-11: its bulletin is not published yet, and late readings have changed the current figures. */
export const afterFreezeMs = Date.parse('2026-11-22T10:00:00+08:00')
const packIds = ['yulin-2022', 'ordos-2023']
const periods = ['2026-06', '2026-07', '2026-08', '2026-09', '2026-10', '2026-11']
const vacation = '2026-08'
/** What the days after the freeze brought: a school that was not known has met. */
export const late = { school: 'hangjin-02', target: 'yulin-2022/labs' }

/** The city over six periods: five published, one of them carried over, and the last one frozen. */
export const fillBanners = async (store: Store): Promise<void> => {
  const packs = packIds.map(id => ({
    id,
    sha256: id,
    text: readFileSync(join(import.meta.dirname, `../../../deploy/targets/${id}.yaml`), 'utf8')
  }))
  for (const pack of packs) await store.putPack(pack)
  await store.putLedger(bannerLedger)
  const [areas, groups, schools, scopes] = await Promise.all([
    store.areas(),
    store.groups(),
    store.schools(),
    store.packScopes()
  ])
  const jurisdiction = { areas, packs: packs.map(packOf), scopes }
  const rankings: Ranking[] = []

  const judged = (name: string): Verdict[] =>
    schools.flatMap(school =>
      targetsFor(jurisdiction, school.area, name).map(target => {
        const applies = appliesTo(target.applies_to, school)
        const asked = wordings[target.indicator] ?? wordings[target.id]
        return {
          ...empty,
          ...(applies ? findingOf(name, school.id, school.area, target.id, asked ?? []) : notApplicable),
          school: school.id,
          target: target.key,
          indicator: target.indicator,
          asOfMs: periodNamed(name).toMs,
          ruleVersion: `${target.indicator}/1`
        }
      })
    )
  const figures = (name: string, verdicts: readonly Verdict[]): Figures =>
    figuresOf({ period: { name }, jurisdiction, groups, schools }, verdicts, rankings)

  const freeze = async (name: string, revision: number, verdicts: Verdict[], row: Partial<BulletinRow>) => {
    const made = figures(name, verdicts)
    await store.beginRevision(name, revision, `${name} ${revision}`)
    await store.putRevisionPart({
      period: name,
      revision,
      draft: `${name} ${revision}`,
      verdicts,
      ...made,
      evidence: []
    })
    await store.putBulletin(
      {
        period: name,
        revision,
        frozenMs: periodNamed(name).toMs,
        sha256: (revision + 10).toString(16).repeat(32),
        cause: 'freeze',
        by: 'campus-gauge',
        publishedMs: undefined,
        ranked: name !== vacation,
        changes: [],
        ...row
      },
      `${name} ${revision}`
    )
    return made
  }

  for (const name of periods) {
    const verdicts = judged(name)
    await store.putVerdicts(
      name,
      name === '2026-11' ? verdicts.map(afterwards) : verdicts,
      figures(name, verdicts).shares
    )
    const published = periodNamed(name).toMs + 5 * 86_400_000
    const made = await freeze(name, 1, verdicts, { publishedMs: name === '2026-11' ? undefined : published })
    if (name === '2026-11') {
      const now = figures(name, verdicts.map(afterwards))
      await store.putVerdicts(name, verdicts.map(afterwards), now.shares)
      await store.putRankings(name, 0, now.rankings)
    }
    rankings.push(...made.rankings)
  }
  await revise(freeze, judged('2026-10'))
  await speak(store)
}

const empty: Finding = { verdict: 'unknown', reason: '', n: 0, expectedN: 0, facts: {}, excluded: {}, evidence: [] }
const notApplicable = { verdict: 'not_applicable', reason: 'not_applicable' } as const

const findingOf = (
  period: string,
  school: string,
  area: string,
  target: string,
  [met, missed, unknown]: readonly Partial<Finding>[]
): Partial<Finding> => {
  const banner = banners.find(one => one.id === area)
  const better = (periods.indexOf(period) - 5) * 0.02
  const draw = chance(`${school} ${target}`)
  const verdict =
    draw < (banner?.share ?? 0.5) + better
      ? ({ verdict: 'met', ...met } as const)
      : draw < 1 - (banner?.silent ?? 0.1)
        ? ({ verdict: 'missed', ...missed } as const)
        : ({ verdict: 'unknown', ...unknown } as const)
  if (period !== vacation) return verdict
  return {
    ...verdict,
    reason: 'vacation',
    facts: { from_period: '2026-07', carried_reason: verdict.reason ?? '' },
    evidence: []
  }
}

const afterwards = (verdict: Verdict): Verdict =>
  verdict.school === late.school && verdict.target === late.target
    ? { ...verdict, verdict: 'met', reason: 'declared_present' }
    : verdict

type Freeze = (name: string, revision: number, verdicts: Verdict[], row: Partial<BulletinRow>) => Promise<unknown>

const revise = async (freeze: Freeze, verdicts: Verdict[]): Promise<void> => {
  const changed = verdicts.filter(verdict => verdict.verdict === 'missed').slice(0, 24)
  await freeze('2026-10', 2, verdicts, {
    frozenMs: Date.parse('2026-10-24T16:20:00+08:00'),
    cause: 'objection',
    by: '赵主任',
    publishedMs: Date.parse('2026-10-25T00:00:00+08:00'),
    changes: changed.map(verdict => ({
      school: verdict.school,
      target: verdict.target,
      before: 'unknown',
      after: verdict.verdict,
      reasonBefore: 'too_few_days',
      reasonAfter: verdict.reason
    }))
  })
}

/** What counties and schools had to say about 2026-11. */
const speak = async (store: Store): Promise<void> => {
  const period = '2026-11'
  const at = (day: number, hour: number): number =>
    Date.parse(`2026-11-${day}T${String(hour).padStart(2, '0')}:30:00+08:00`)
  const submit = (area: string, atMs: number, action: 'submit' | 'accept' | 'return', by: string, note = '') =>
    store.putSubmission({ period, area, atMs, action, by, note })
  await submit('kangbashi', at(16, 9), 'submit', '白主任')
  await submit('kangbashi', at(17, 10), 'accept', '市教体局 赵主任')
  await submit('dongsheng', at(17, 15), 'submit', '刘主任', '两所学校停电一天，已注明')
  await submit('zhungeer', at(16, 11), 'submit', '张主任')
  await submit('zhungeer', at(17, 11), 'return', '市教体局 赵主任', '请核对 3 所学校的出口合同带宽')
  const objection = { period, raisedMs: at(20, 14), answer: '', answeredMs: undefined, answeredBy: '' }
  await store.putObjection({
    ...objection,
    id: 'o-1',
    school: 'hangjin-01',
    target: 'yulin-2022/ipv6',
    by: '<u>校长</u>',
    note: '11 月上旬防火墙升级，已恢复，申请复测',
    state: 'retest'
  })
  await store.putObjection({
    ...objection,
    id: 'o-2',
    school: 'etuoke-02',
    target: 'yulin-2022/recording-room',
    by: '陈老师',
    note: '录播教室已建成，台账未更新',
    state: 'rejected',
    answer: '台账在冻结后才更新，下期计入',
    answeredMs: at(21, 9),
    answeredBy: '赵主任'
  })
}
