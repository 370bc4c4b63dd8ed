import type { Period } from '../calendar/period.ts'
import { openPeriod } from '../judgement/gather.ts'
import type { AreaRow, GroupRow } from '../ledger/ledger.ts'
import type { BulletinRow, ObjectionRow, SubmissionRow } from '../store/bulletin-store.ts'
import type { StoreReads, StoredVerdict } from '../store/store.ts'
import type { PackTarget } from '../verdicts/pack.ts'
import type { Ranking } from '../verdicts/ranking.ts'
import { openTargets } from '../verdicts/resolve.ts'
import type { Share } from '../verdicts/verdict.ts'
import { SentenceError } from '../../contract/parse.ts'
import { sharedKey, sharedOf, textOf, type FrozenSchool } from './evidence-set.ts'
import { openJudging, ruleVersions } from './judging.ts'
import { revisionsOf, stageOf, type Stage } from './stage.ts'

/** Everything that a bulletin is printed from: a frozen revision under the names it was frozen with, or the figures that still move (预览). */
export interface Edition {
  readonly period: Period
  readonly stage: Stage
  /** 0: the current figures. */
  readonly revision: number
  /** The frozen revision; undefined for the current figures, which are a preview. */
  readonly row: BulletinRow | undefined
  /** Of all frozen revisions of the period. */
  readonly revisions: readonly BulletinRow[]
  readonly simulated: boolean
  readonly asOfMs: number
  readonly areas: readonly AreaRow[]
  readonly schools: readonly FrozenSchool[]
  readonly groups: readonly GroupRow[]
  /** Every target that rules anywhere, once, in the packs' order. */
  readonly targets: readonly PackTarget[]
  readonly verdicts: readonly StoredVerdict[]
  readonly shares: readonly Share[]
  readonly rankings: readonly Ranking[]
  /** Indicator → version of the rule that judged. */
  readonly rules: Readonly<Record<string, string>>
  readonly submissions: readonly SubmissionRow[]
  readonly objections: readonly ObjectionRow[]
}

/**
 * Reads an edition: of a revision, of the newest when none is said, of the current figures when there is none yet or 0 is asked for.
 * Rejects with a SentenceError: a period that has not begun, a revision that is not there.
 */
export const readEdition = async (
  store: StoreReads,
  period: Period,
  revision: number | undefined,
  nowMs: number
): Promise<Edition> => {
  const revisions = revisionsOf(await store.bulletins(), period.name)
  const stage = stageOf(period, nowMs, revisions)
  if (stage === 'future')
    throw new SentenceError(`period ${period.name} must have begun to have a bulletin, got one that begins later`)
  const row = revision === undefined ? revisions.at(-1) : revisions.find(one => one.revision === revision)
  if (revision !== undefined && revision !== 0 && row === undefined)
    throw new SentenceError(
      `bulletin ${period.name} must have the revision that is asked for, got ${revision} of ${revisions.length}`
    )
  const shown = row?.revision ?? 0
  const [frame, verdicts, shares, rankings, submissions, objections] = await Promise.all([
    row === undefined ? currentFrame(store, period, nowMs) : frozenFrame(store, row),
    store.verdicts(period.name, shown),
    store.shares(period.name, shown),
    store.rankings(period.name, shown),
    store.submissions(period.name),
    store.objections(period.name)
  ])
  return {
    period,
    stage,
    revision: shown,
    row,
    revisions,
    ...frame,
    verdicts,
    shares,
    rankings,
    submissions,
    objections
  }
}

type Frame = Pick<Edition, 'simulated' | 'asOfMs' | 'areas' | 'schools' | 'groups' | 'targets' | 'rules'>

const frozenFrame = async (store: StoreReads, row: BulletinRow): Promise<Frame> => {
  const [kept] = await store.evidence(row.period, row.revision, [sharedKey])
  if (kept === undefined) throw new Error(`bulletin ${row.period} must have its shared evidence, got none`)
  const shared = sharedOf(textOf(kept))
  const { simulated, asOfMs, areas, schools, groups, rules } = shared
  const targetsIn = openTargets(openJudging(shared).jurisdiction, row.period)
  return { simulated, asOfMs, areas, schools, groups, rules, targets: distinctTargets(schools, targetsIn) }
}

const currentFrame = async (store: StoreReads, period: Period, nowMs: number): Promise<Frame> => {
  const [{ asOfMs, jurisdiction, schools, groups }, simulated] = await Promise.all([
    openPeriod(store, period, nowMs),
    store.isSimulated()
  ])
  const targetsIn = openTargets(jurisdiction, period.name)
  const { areas } = jurisdiction
  return {
    simulated,
    asOfMs,
    areas,
    schools: schools.map(({ id, code, name, area }) => ({ id, code, name, area })),
    groups,
    rules: ruleVersions(),
    targets: distinctTargets(schools, targetsIn)
  }
}

const distinctTargets = (
  schools: readonly { readonly area: string }[],
  targetsIn: (area: string) => readonly PackTarget[]
): PackTarget[] => {
  const areas = [...new Set(schools.map(school => school.area))]
  const all = areas.flatMap(area => targetsIn(area))
  return [...new Map(all.toReversed().map(target => [target.key, target])).values()].toReversed()
}
