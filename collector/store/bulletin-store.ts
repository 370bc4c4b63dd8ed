import type { Ranking } from '../verdicts/ranking.ts'
import type { Share, Verdict } from '../verdicts/verdict.ts'

/** Frozen periods, rankings, submissions and objections, behind the store's interface. */
export interface BulletinWrites {
  /** Replaces the rankings of a period's revision. */
  putRankings(period: string, revision: number, rankings: readonly Ranking[]): Promise<void>
  /**
   * Begins a revision and drops what an earlier attempt left of it. Whoever began last holds the draft: parts and bulletins of others
   * are rejected. Rejects when the revision is there already, or is not the next one.
   */
  beginRevision(period: string, revision: number, draft: string): Promise<void>
  /** Adds rows of a revision that is not there yet; a few at a time, so that batches need not wait. Rejects when it is there, or somebody else's. */
  putRevisionPart(part: RevisionPart): Promise<void>
  /** Makes a revision visible: the last step. Rejects when it is there already, is not the next one, or is somebody else's draft. */
  putBulletin(bulletin: BulletinRow, draft?: string): Promise<void>
  /** Gives a draft up, and drops its rows. */
  dropRevision(period: string, revision: number, draft: string): Promise<void>
  /** Says that a revision was published; the first time counts. False when there is no such revision. */
  publishBulletin(period: string, revision: number, atMs: number): Promise<boolean>
  putSubmission(row: SubmissionRow): Promise<void>
  /** Inserts, or replaces the one of that id. */
  putObjection(row: ObjectionRow): Promise<void>
  /** Says for ever that the schools of this store are simulated. */
  markSimulated(): Promise<void>
}

export interface BulletinReads {
  /** Every revision of every period, by period and revision. */
  bulletins(): Promise<readonly BulletinRow[]>
  /** Periods that have current (revision 0) verdicts, in order. */
  judgedPeriods(): Promise<readonly string[]>
  /** Revision 0 is the current, moving one. */
  rankings(period: string, revision: number): Promise<readonly Ranking[]>
  /** Of a frozen revision: its own rows and, where it has none, those of the revisions before; by school. */
  evidence(period: string, revision: number, schools: readonly string[] | undefined): Promise<readonly EvidenceRow[]>
  /** The same without the bodies. */
  evidenceHashes(period: string, revision: number): Promise<readonly Omit<EvidenceRow, 'body'>[]>
  submissions(period: string): Promise<readonly SubmissionRow[]>
  objections(period: string): Promise<readonly ObjectionRow[]>
  objection(id: string): Promise<ObjectionRow | undefined>
  isSimulated(): Promise<boolean>
}

export interface RevisionPart {
  readonly period: string
  readonly revision: number
  /** As given to beginRevision. */
  readonly draft?: string
  /** `sinceMs` (of the running record) is kept beside a verdict, not in it: no evidence tells it. */
  readonly verdicts: readonly (Verdict & { readonly sinceMs?: number })[]
  readonly shares: readonly Share[]
  readonly rankings: readonly Ranking[]
  readonly evidence: readonly EvidenceRow[]
}

export interface EvidenceRow {
  /** '' holds what all schools share. */
  readonly school: string
  /** Of the uncompressed canonical text, hex. */
  readonly sha256: string
  readonly body: Uint8Array
}

export interface BulletinRow {
  readonly period: string
  /** From 1. */
  readonly revision: number
  readonly frozenMs: number
  /** SHA-256 over the canonical evidence set, hex. */
  readonly sha256: string
  /** Why there is this revision: `freeze`, `publication`, `objection`, `request`. */
  readonly cause: string
  readonly by: string
  readonly publishedMs: number | undefined
  /** False when the period is carried over (vacation). */
  readonly ranked: boolean
  /** What differs from the revision before. */
  readonly changes: readonly RevisionChange[]
  /** What whoever asked for it had to say; the answers of the objections that made it. */
  readonly note?: string
  /** In what the evidence differs from the revision before: kind → number of days, schools… */
  readonly why?: Readonly<Partial<Record<ChangeKind, number>>>
}

/**
 * What can differ between two evidence sets. Counted in days: `readings` (day rollups of late data). In tests: `tests`. In facts: `facts`.
 * In schools: `ledger`, `calendar`, `before` (verdicts of the period before), `schools` (came or went). In rules: `rules`. The rest is 1: `packs`, `areas`.
 */
export const changeKinds = [
  'readings',
  'tests',
  'facts',
  'ledger',
  'calendar',
  'before',
  'schools',
  'areas',
  'packs',
  'answered',
  'rules'
] as const
export type ChangeKind = (typeof changeKinds)[number]

export interface RevisionChange {
  readonly school: string
  readonly target: string
  /** A verdict, or '' where there was none. */
  readonly before: string
  readonly after: string
  readonly reasonBefore: string
  readonly reasonAfter: string
  /** In what the school's own evidence differs. */
  readonly why?: readonly ChangeKind[]
}

export interface SubmissionRow {
  readonly period: string
  readonly area: string
  readonly atMs: number
  /** 报送 submit, 审核通过 accept, 退回 return. */
  readonly action: 'submit' | 'accept' | 'return'
  readonly by: string
  readonly note: string
}

export interface ObjectionRow {
  readonly id: string
  readonly period: string
  readonly school: string
  readonly target: string
  readonly raisedMs: number
  readonly by: string
  readonly note: string
  readonly state: 'open' | 'retest' | 'upheld' | 'rejected'
  readonly answer: string
  readonly answeredMs: number | undefined
  readonly answeredBy: string
}
