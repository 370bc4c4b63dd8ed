import { randomUUID } from 'node:crypto'
import type { Period } from '../calendar/period.ts'
import { rankingsBefore } from '../judgement/figures.ts'
import { openPeriod, type PeriodInputs } from '../judgement/gather.ts'
import type { BulletinRow, ChangeKind, EvidenceRow } from '../store/bulletin-store.ts'
import type { Store } from '../store/store.ts'
import type { Verdict } from '../verdicts/verdict.ts'
import { SentenceError } from '../../contract/parse.ts'
import { canonical } from './canonical.ts'
import { addCounted, changesOf, entriesOf, schoolDifference, sharedDifference, type Counted } from './difference.ts'
import { evidenceRow, setHash, sharedKey, sharedOf, sharedText, textOf, type SharedEvidence } from './evidence-set.ts'
import { isRanked, openJudging, ruleVersions, type Judging } from './judging.ts'
import { schoolText } from './school-evidence.ts'
import { mustHaveEnded, revisionsOf } from './stage.ts'

export type PressStore = Omit<Store, 'share' | 'close'>

export interface Order {
  readonly store: PressStore
  readonly period: Period
  readonly nowMs: number
  /** Why: `freeze` makes the first revision, the others the next ones. */
  readonly cause: 'freeze' | 'publication' | 'objection' | 'request'
  readonly by: string
  readonly note?: string | undefined
  /** Make nothing when no verdict, share or ranking differs from the revision before. */
  readonly onlyIfChanged?: boolean
  readonly progress?: Progress | undefined
}

/** How far a long run is. */
export type Progress = (at: { readonly done: number; readonly of: number }) => void

/** The revision before the one that is asked for. Throws a SentenceError when the month does not allow it. */
export const mustBeDue = (
  period: Period,
  nowMs: number,
  cause: Order['cause'],
  bulletins: readonly BulletinRow[]
): BulletinRow | undefined => {
  mustHaveEnded(period, nowMs)
  const before = revisionsOf(bulletins, period.name).at(-1)
  if (cause === 'freeze' && before !== undefined)
    throw new SentenceError(
      `period ${period.name} must not be frozen twice, got revision ${before.revision} already: make a revision of it`
    )
  if (cause !== 'freeze' && before === undefined)
    throw new SentenceError(`period ${period.name} must be frozen before it can be revised, got no revision of it`)
  return before
}

/**
 * Freezes a period as its next revision: from the evidence that the store has now, a few schools at a time, judged from the very texts that are
 * kept. Resolves to the bulletin, or undefined when `onlyIfChanged` found nothing. Until the last step nothing is visible; a crash leaves a draft
 * that the next attempt drops. Rejects with a SentenceError: the period has not ended, is frozen already, or not yet.
 */
export const makeRevision = async (order: Order): Promise<BulletinRow | undefined> => {
  const { store, period, nowMs, cause } = order
  const before = mustBeDue(period, nowMs, cause, await store.bulletins())
  const revision = (before?.revision ?? 0) + 1
  const inputs = await openPeriod(store, period, nowMs)
  const shared = await sharedEvidence(store, inputs)
  const draft = randomUUID()
  await store.beginRevision(period.name, revision, draft)
  const judging = openJudging(shared)
  const made = await writeSchools(order, { inputs, shared, judging, revision, draft })
  const figures = judging.figuresOf(made.verdicts)
  for (const shares of slices(figures.shares, 1000))
    await store.putRevisionPart({ ...empty, period: period.name, revision, draft, shares })
  for (const rankings of slices(figures.rankings, 100))
    await store.putRevisionPart({ ...empty, period: period.name, revision, draft, rankings })

  const old = before === undefined ? undefined : await oldFigures(store, before)
  const changes = old === undefined ? [] : changesOf(old.verdicts, made.verdicts, made.whyOf)
  if (order.onlyIfChanged === true && old !== undefined) {
    const same = canonical([old.shares, old.rankings]) === canonical([figures.shares, figures.rankings])
    if (same && changes.length === 0) {
      await store.dropRevision(period.name, revision, draft)
      return undefined
    }
  }
  const row: BulletinRow = {
    period: period.name,
    revision,
    frozenMs: nowMs,
    sha256: setHash(made.hashes),
    cause,
    by: order.by,
    // What comes after publication is public as it is made.
    publishedMs: before?.publishedMs === undefined ? undefined : nowMs,
    ranked: isRanked(figures.rankings),
    changes,
    ...(order.note === undefined ? {} : { note: order.note }),
    ...(before === undefined ? {} : { why: made.why })
  }
  await store.putBulletin(row, draft)
  return row
}

const empty = { verdicts: [], shares: [], rankings: [], evidence: [] } as const

const sharedEvidence = async (store: PressStore, inputs: PeriodInputs): Promise<SharedEvidence> => {
  const { period, asOfMs, jurisdiction, groups, answered } = inputs
  const ruling = new Set(jurisdiction.scopes.map(scope => scope.pack))
  return {
    format: 1,
    period: period.name,
    asOfMs,
    simulated: await store.isSimulated(),
    areas: jurisdiction.areas,
    schools: inputs.schools.map(({ id, code, name, area }) => ({ id, code, name, area })),
    groups,
    packs: inputs.packRows.filter(pack => ruling.has(pack.id)).map(({ id, text }) => ({ id, text })),
    scopes: jurisdiction.scopes,
    calendars: inputs.calendarRows,
    answered,
    rankingsBefore: await rankingsBefore(store, period.name),
    rules: ruleVersions()
  }
}

interface Written {
  readonly verdicts: readonly Verdict[]
  /** The whole set: rows of this revision, and those of earlier ones that still hold. */
  readonly hashes: readonly Pick<EvidenceRow, 'school' | 'sha256'>[]
  readonly whyOf: ReadonlyMap<string, readonly ChangeKind[]>
  readonly why: Counted
}

const writeSchools = async (
  { store, period, progress }: Order,
  made: { inputs: PeriodInputs; shared: SharedEvidence; judging: Judging; revision: number; draft: string }
): Promise<Written> => {
  const { shared, judging, revision, draft } = made
  const known = new Map((await store.evidenceHashes(period.name, revision - 1)).map(row => [row.school, row.sha256]))
  const since = new Map((await store.verdicts(period.name)).map(v => [`${v.school} ${v.target}`, v]))
  const verdicts: Verdict[] = []
  const hashes: Pick<EvidenceRow, 'school' | 'sha256'>[] = []
  const whyOf = new Map<string, readonly ChangeKind[]>()
  let why: Counted = {}
  const put = async (part: { verdicts: readonly Verdict[]; evidence: readonly EvidenceRow[] }): Promise<void> => {
    const changed = part.evidence.filter(row => known.get(row.school) !== row.sha256)
    for (const row of changed) {
      const [old] = known.has(row.school) ? await store.evidence(period.name, revision - 1, [row.school]) : []
      if (old === undefined) continue
      const counted =
        row.school === sharedKey
          ? sharedDifference(sharedOf(textOf(old)), shared)
          : schoolDifference(textOf(old), textOf(row))
      if (row.school !== sharedKey)
        whyOf.set(
          row.school,
          entriesOf(counted).map(([kind]) => kind)
        )
      why = addCounted(why, counted)
    }
    hashes.push(...part.evidence.map(({ school, sha256 }) => ({ school, sha256 })))
    verdicts.push(...part.verdicts)
    const dated = part.verdicts.map(v => {
      const current = since.get(`${v.school} ${v.target}`)
      return current?.verdict === v.verdict ? { ...v, sinceMs: current.sinceMs } : v
    })
    await store.putRevisionPart({ ...empty, period: period.name, revision, draft, verdicts: dated, evidence: changed })
  }
  await put({ verdicts: [], evidence: [evidenceRow(sharedKey, sharedText(shared))] })
  progress?.({ done: 0, of: shared.schools.length })
  let done = 0
  for await (const chunk of made.inputs.evidence()) {
    const texts = chunk.map(evidence => ({ school: evidence.school.id, text: schoolText(evidence) }))
    await put({
      verdicts: texts.flatMap(({ text }) => judging.verdictsOf(text)),
      evidence: texts.map(({ school, text }) => evidenceRow(school, text))
    })
    done += chunk.length
    progress?.({ done, of: shared.schools.length })
  }
  return { verdicts, hashes, whyOf, why }
}

const oldFigures = async (store: PressStore, { period, revision }: BulletinRow) => {
  const [verdicts, shares, rankings] = await Promise.all([
    store.verdicts(period, revision),
    store.shares(period, revision),
    store.rankings(period, revision)
  ])
  return { verdicts, shares, rankings }
}

const slices = <Row>(list: readonly Row[], size: number): Row[][] =>
  Array.from({ length: Math.ceil(list.length / size) }, (_, i) => list.slice(i * size, (i + 1) * size))
