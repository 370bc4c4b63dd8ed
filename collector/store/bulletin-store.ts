import type { Ranking } from '../verdicts/ranking.ts'
import type { Share, Verdict } from '../verdicts/verdict.ts'

/** Frozen periods, rankings, submissions and objections, behind the store's interface. */
export interface BulletinWrites {
  /** Replaces the rankings of a period's revision. */
  putRankings(period: string, revision: number, rankings: readonly Ranking[]): Promise<void>
  /** Adds rows of a revision that is not there yet; a few at a time, so that batches need not wait. */
  putRevisionPart(part: RevisionPart): Promise<void>
  /** Makes a revision visible: the last step. Rejects when it is there already, or is not the next one. */
  putBulletin(bulletin: BulletinRow): Promise<void>
  putSubmission(row: SubmissionRow): Promise<void>
  /** Inserts, or replaces the one of that id. */
  putObjection(row: ObjectionRow): Promise<void>
}

export interface BulletinReads {
  /** Every revision of every period, by period and revision. */
  bulletins(): Promise<readonly BulletinRow[]>
  /** Revision 0 is the current, moving one. */
  rankings(period: string, revision: number): Promise<readonly Ranking[]>
  /** Of a frozen revision: its own rows and, where it has none, those of the revisions before. */
  evidence(period: string, revision: number, schools: readonly string[] | undefined): Promise<readonly EvidenceRow[]>
  submissions(period: string): Promise<readonly SubmissionRow[]>
  objections(period: string): Promise<readonly ObjectionRow[]>
}

export interface RevisionPart {
  readonly period: string
  readonly revision: number
  readonly verdicts: readonly Verdict[]
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
}

export interface RevisionChange {
  readonly school: string
  readonly target: string
  readonly before: string
  readonly after: string
  readonly reasonBefore: string
  readonly reasonAfter: string
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
