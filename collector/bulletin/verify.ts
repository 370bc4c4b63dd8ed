import type { BulletinRow, EvidenceRow } from '../store/bulletin-store.ts'
import type { Verdict } from '../verdicts/verdict.ts'
import { SentenceError } from '../../contract/parse.ts'
import { canonical } from './canonical.ts'
import { changesOf } from './difference.ts'
import { setHash, sharedKey, sharedOf, textOf, type SharedEvidence } from './evidence-set.ts'
import { isRanked, openJudging, ruleVersions, type Judging } from './judging.ts'
import type { PressStore, Progress } from './revision.ts'
import { revisionsOf } from './stage.ts'

/** What a revision says of itself, computed anew from the evidence that was kept for it. */
export interface Verification {
  readonly period: string
  readonly revision: number
  /** As frozen; `foundSha256` is that of the bytes that are there now. */
  readonly sha256: string
  readonly foundSha256: string
  /** Nothing differs. Verdicts of rules that changed since are no difference: see `rulesChanged`. */
  readonly equal: boolean
  readonly schoolsN: number
  /** How many were computed anew and compared. */
  readonly verdictsN: number
  readonly sharesN: number
  readonly rankingsN: number
  /** Rules that this program has in another version than the one that judged: their verdicts were not compared, all else was. */
  readonly rulesChanged: readonly { indicator: string; was: string; now: string; verdictsN: number }[]
  /** Sentences, the first thousand. */
  readonly differences: readonly string[]
  readonly differencesN: number
}

const mostDifferences = 1000
const schoolsAtOnce = 20

/**
 * Verifies a frozen revision, the newest unless said: hashes of the kept bytes, then verdicts, shares and rankings from them by the rules,
 * bit for bit. Needs no reading and no rollup. Rejects with a SentenceError when there is no such revision.
 */
export const verifyRevision = async (
  store: PressStore,
  periodName: string,
  revision?: number,
  progress?: Progress
): Promise<Verification> => {
  const revisions = revisionsOf(await store.bulletins(), periodName)
  const row = revision === undefined ? revisions.at(-1) : revisions.find(one => one.revision === revision)
  if (row === undefined)
    throw new SentenceError(
      `bulletin ${periodName} must have the revision that is to be verified, got ${revision ?? 'none at all'} of ${revisions.length}`
    )
  const found = openFindings()
  const hashes = await store.evidenceHashes(periodName, row.revision)
  const [sharedRow] = await store.evidence(periodName, row.revision, [sharedKey])
  const shared = sharedRow === undefined ? undefined : readShared(sharedRow, found)
  const report = (more: Partial<Verification>): Verification => ({
    period: periodName,
    revision: row.revision,
    sha256: row.sha256,
    foundSha256: '',
    schoolsN: 0,
    verdictsN: 0,
    sharesN: 0,
    rankingsN: 0,
    rulesChanged: [],
    ...more,
    equal: found.n() === 0,
    differences: found.list(),
    differencesN: found.n()
  })
  if (shared === undefined) {
    if (sharedRow === undefined) found.add(`the shared evidence of bulletin ${periodName} must be there, got none`)
    return report({})
  }
  const members = new Set([sharedKey, ...shared.schools.map(school => school.id)])
  const foundSha256 = setHash(hashes.filter(one => members.has(one.school)))
  if (foundSha256 !== row.sha256)
    found.add(`the evidence set of bulletin ${periodName} must have SHA-256 ${row.sha256}, got ${foundSha256}`)
  const changed = rulesChangedSince(shared)
  const stored = await store.verdicts(periodName, row.revision)
  const judging = openJudging(shared)
  const anew = await judgeAnew({ store, row, shared, judging, stored, changed, found, progress })
  const figures = await compareFigures(store, row, judging, anew.verdicts, found)
  await compareChanges(store, row, revisions, stored, found)
  return report({
    foundSha256,
    schoolsN: shared.schools.length,
    verdictsN: anew.comparedN,
    ...figures,
    rulesChanged: changed.map(one => ({
      ...one,
      verdictsN: stored.filter(v => v.indicator === one.indicator).length
    }))
  })
}

interface Findings {
  add(sentence: string): void
  n(): number
  list(): readonly string[]
}
const openFindings = (): Findings => {
  const list: string[] = []
  let n = 0
  return {
    add: sentence => {
      n += 1
      if (list.length < mostDifferences) list.push(sentence)
    },
    n: () => n,
    list: () => list
  }
}

const readShared = (row: EvidenceRow, found: Findings): SharedEvidence | undefined => {
  try {
    return sharedOf(textOf(row))
  } catch (error) {
    found.add(error instanceof Error ? error.message : String(error))
    return undefined
  }
}

const rulesChangedSince = (shared: SharedEvidence): { indicator: string; was: string; now: string }[] => {
  const current = ruleVersions()
  return Object.entries(shared.rules).flatMap(([indicator, was]) => {
    const now = current[indicator] ?? 'none'
    return now === was ? [] : [{ indicator, was, now }]
  })
}

/** Judges every school again. Where that cannot be (damaged bytes, another rule), the stored verdict stands in, so that shares can still be checked. */
const judgeAnew = async (on: {
  store: PressStore
  row: BulletinRow
  shared: SharedEvidence
  judging: Judging
  stored: readonly Verdict[]
  changed: readonly { indicator: string }[]
  found: Findings
  progress: Progress | undefined
}): Promise<{ verdicts: readonly Verdict[]; comparedN: number }> => {
  const { shared, judging, found } = on
  const another = new Set(on.changed.map(one => one.indicator))
  const storedOf = Map.groupBy(on.stored, v => v.school)
  const verdicts: Verdict[] = []
  let comparedN = 0
  const ids = shared.schools.map(school => school.id)
  for (let from = 0; from < ids.length; from += schoolsAtOnce) {
    const few = ids.slice(from, from + schoolsAtOnce)
    const rows = new Map((await on.store.evidence(on.row.period, on.row.revision, few)).map(row => [row.school, row]))
    for (const school of few) {
      const stored = (storedOf.get(school) ?? []).map(bare)
      storedOf.delete(school)
      const judged = judgeOne(school, rows.get(school), judging, found)
      if (judged === undefined) {
        verdicts.push(...stored)
        continue
      }
      const storedAt = new Map(stored.map(v => [v.target, v]))
      for (const verdict of judged) {
        const kept = storedAt.get(verdict.target)
        storedAt.delete(verdict.target)
        const place = `the verdict of school "${school}" for ${verdict.target}`
        if (kept === undefined) found.add(`${place} must be ${verdict.verdict} (${verdict.reason}), got no row`)
        else if (another.has(verdict.indicator)) verdicts.push(kept)
        else {
          comparedN += 1
          verdicts.push(verdict)
          if (canonical(kept) !== canonical(verdict))
            found.add(`${place} must be ${wordsOf(verdict)}, got ${wordsOf(kept)}`)
        }
      }
      for (const target of storedAt.keys())
        found.add(
          `the verdict of school "${school}" for ${target} must not be there: no target of the frozen packs asks for it`
        )
    }
    on.progress?.({ done: Math.min(ids.length, from + few.length), of: ids.length })
  }
  for (const school of storedOf.keys())
    found.add(`verdicts of school "${school}" must not be there: it is no member of the frozen set`)
  return { verdicts, comparedN }
}

const judgeOne = (
  school: string,
  row: EvidenceRow | undefined,
  judging: Judging,
  found: Findings
): Verdict[] | undefined => {
  if (row === undefined) {
    found.add(`the evidence of school "${school}" must be there, got none`)
    return undefined
  }
  try {
    return judging.verdictsOf(textOf(row))
  } catch (error) {
    found.add(error instanceof Error ? error.message : String(error))
    return undefined
  }
}

/** Without what the running record says beside it. */
const bare = (stored: Verdict): Verdict => {
  const verdict: Verdict & { sinceMs?: number } = { ...stored }
  delete verdict.sinceMs
  return verdict
}
const wordsOf = (v: Verdict): string => canonical({ ...v, school: undefined, target: undefined })

const compareFigures = async (
  store: PressStore,
  row: BulletinRow,
  judging: Judging,
  verdicts: readonly Verdict[],
  found: Findings
): Promise<Pick<Verification, 'sharesN' | 'rankingsN'>> => {
  const { shares, rankings } = judging.figuresOf(verdicts)
  const [keptShares, keptRankings] = await Promise.all([
    store.shares(row.period, row.revision),
    store.rankings(row.period, row.revision)
  ])
  if (isRanked(rankings) !== row.ranked)
    found.add(`bulletin ${row.period} must say that it is ${row.ranked ? 'not ' : ''}ranked, got the contrary`)
  compareRows('share of', shares, keptShares, share => `${share.area} in ${share.target}`, found)
  compareRows('ranking of', rankings, keptRankings, ranking => `${ranking.scope} by ${ranking.target}`, found)
  return { sharesN: shares.length, rankingsN: rankings.length }
}

const compareRows = <Row>(
  noun: string,
  anew: readonly Row[],
  kept: readonly Row[],
  nameOf: (row: Row) => string,
  found: Findings
): void => {
  const left = new Map(kept.map(row => [nameOf(row), canonical(row)]))
  for (const row of anew) {
    const name = nameOf(row)
    const text = left.get(name)
    left.delete(name)
    if (text !== canonical(row)) found.add(`the ${noun} ${name} must be ${canonical(row)}, got ${text ?? 'no row'}`)
  }
  for (const name of left.keys()) found.add(`the ${noun} ${name} must not be there: the frozen evidence gives none`)
}

/** What a revision says that it changed must be what lies between its verdicts and those before. */
const compareChanges = async (
  store: PressStore,
  row: BulletinRow,
  revisions: readonly BulletinRow[],
  stored: readonly Verdict[],
  found: Findings
): Promise<void> => {
  const before = revisions.find(one => one.revision === row.revision - 1)
  const was = before === undefined ? undefined : await store.verdicts(row.period, before.revision)
  const changes = was === undefined ? [] : changesOf(was, stored, new Map())
  const plain = (list: BulletinRow['changes']): string => canonical(list.map(one => ({ ...one, why: undefined })))
  if (plain(changes) !== plain(row.changes))
    found.add(`the changes of revision ${row.revision} must be ${changes.length} as between its verdicts, got others`)
}
