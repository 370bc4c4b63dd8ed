import type { MessagePort } from 'node:worker_threads'
import type { Gap, Marker } from '../../contract/batch.ts'
import type { Machine } from '../../contract/enrolment.ts'
import type { Outcome } from '../../contract/reading.ts'
import type {
  AreaRow,
  DeviceRow,
  Fact,
  GroupRow,
  Ledger,
  LedgerImportRow,
  PackScopeRow,
  PortMapRow,
  RoomRow,
  SchoolAreaRow,
  SchoolRow
} from '../ledger/ledger.ts'
import type { CheckDraft, CheckRow } from '../ledger/checks.ts'
import type { RollupInput } from '../verdicts/rollup.ts'
import type { RuleCheck, Verdict } from '../verdicts/verdict.ts'
import type { BulletinReads, BulletinWrites } from './bulletin-store.ts'
import type { CalendarReads, CalendarWrites } from './calendar-store.ts'
import type { HistoryReads } from './history-store.ts'
import type { JudgementReads, JudgementWrites } from './judgement-store.ts'
import type { LeaseReads, LeaseWrites } from './lease-store.ts'
import type { SinkReads, SinkWrites } from './sink-store.ts'
import type { UplinkReads, UplinkWrites } from './uplink-store.ts'

/**
 * Everything the collector keeps, behind one asynchronous interface: a named operation is one transaction, ids and times are
 * made by the caller, and a resolved promise means durable. All SQL is behind it; tests/suites/store.ts is what any
 * implementation must pass.
 */
export type Store = StoreReads &
  StoreWrites & {
    /** What another thread needs to enter the same store (`enterStore`); once for each thread, with `writer` in the transfer list. */
    share(): SharedStore
    close(): Promise<void>
  }

export interface SharedStore {
  readonly file: string
  readonly writer: MessagePort
}

export interface StoreWrites
  extends UplinkWrites, LeaseWrites, CalendarWrites, BulletinWrites, JudgementWrites, SinkWrites {
  /** The only ingest write: all batches share one transaction; answers in order. A batch is stored once or not at all. */
  commitBatches(batches: readonly CommitBatch[]): Promise<readonly CommitAnswer[]>
  /** Upserts a ledger and remembers the import it came with, when there is one; rows it does not name stay. */
  putLedger(ledger: Ledger, entry?: LedgerImportRow): Promise<void>
  /** Makes the given checks the current ones of their devices; a changed check becomes a new version, an old one is never edited. */
  putChecks(drafts: readonly CheckDraft[], nowMs: number): Promise<void>
  putPack(pack: PackRow): Promise<void>
  createToken(token: TokenRow): Promise<void>
  /** False when there is no such token. */
  revokeToken(id: string, nowMs: number): Promise<boolean>
  /** Burns one use and stores the key in the same transaction; the same key again gets the same answer and burns nothing. */
  enrol(request: Enrolment): Promise<EnrolResult>
  /** Gives a pending agent its device. False when there is no such agent or device. */
  approveAgent(agent: string, device: string): Promise<boolean>
  revokeAgent(agent: string): Promise<boolean>
}

export interface StoreReads
  extends UplinkReads, LeaseReads, CalendarReads, BulletinReads, HistoryReads, JudgementReads, SinkReads {
  token(id: string): Promise<TokenRow | undefined>
  agents(): Promise<readonly AgentRow[]>
  agent(id: string): Promise<AgentRow | undefined>
  /** First seen offset (collector wall minus agent uptime, ms) of every boot of an agent. */
  boots(agent: string): Promise<readonly { boot: string; offsetMs: number }[]>
  areas(): Promise<readonly AreaRow[]>
  /**
   * Each in the area where it is on that day, without those that were closed before it. When no day is given: all that ever were, each in
   * its last known area. With an id only that one, if it is there.
   */
  schools(onDay?: string, id?: string): Promise<readonly SchoolRow[]>
  /** The moves of every school, oldest first. */
  schoolAreas(): Promise<readonly SchoolAreaRow[]>
  /** Newest first. */
  ledgerImports(limit: number): Promise<readonly LedgerImportRow[]>
  /** Of all schools, or of some. */
  rooms(schools?: readonly string[]): Promise<readonly RoomRow[]>
  devices(schools?: readonly string[]): Promise<readonly DeviceRow[]>
  facts(schools?: readonly string[]): Promise<readonly Fact[]>
  groups(): Promise<readonly GroupRow[]>
  /** Of all switches, or of some. */
  portMap(switches?: readonly string[]): Promise<readonly PortMapRow[]>
  /** Every version of every check. */
  checks(): Promise<readonly CheckRow[]>
  /** Every version of the checks of some devices. */
  checksOf(devices: readonly string[]): Promise<readonly CheckRow[]>
  /** The same, as rules see them. */
  ruleChecksOf(devices: readonly string[]): Promise<readonly RuleCheck[]>
  packs(): Promise<readonly PackRow[]>
  packScopes(): Promise<readonly PackScopeRow[]>
  /** Newest first. */
  readings(query: ReadingQuery): Promise<{ items: readonly ReadingRow[]; next: ReadingCursor | undefined }>
  /** Last reading of every check and part, for the pages. */
  latest(checkIds: readonly number[], fromMs: number): Promise<readonly ReadingRow[]>
  dirtyDays(): Promise<readonly DirtyDay[]>
  /** All readings of one day for the given checks, in time order. */
  readingsOfDay(day: string, checkIds: readonly number[]): Promise<readonly RollupInput[]>
  gaps(agent: string | undefined, limit: number): Promise<readonly (Gap & { agent: string })[]>
  rejected(limit: number): Promise<readonly RejectedRow[]>
  counts(): Promise<StoreCounts>
}

export interface CommitReading {
  readonly atMs: number
  readonly checkId: number
  readonly part: string
  readonly outcome: Outcome
  readonly reason: string | undefined
  readonly tookMs: number
  /** JSON texts: the store does not look inside. */
  readonly fields: string
  readonly labels: string | undefined
  readonly trace: string | undefined
  /** Arrived within 15 minutes of being measured. */
  readonly live: boolean
}

export interface CommitBatch {
  readonly agent: string
  readonly spool: string
  readonly seq: number
  readonly sha256: string
  readonly receivedMs: number
  readonly seenIp: string
  readonly boot: string
  /** Collector wall minus agent uptime, ms; undefined when the one that is known stays. */
  readonly bootOffsetMs: number | undefined
  /** Collector wall minus agent wall, ms. */
  readonly skewMs: number
  /** As received, compressed. */
  readonly body: Uint8Array
  readonly readings: readonly CommitReading[]
  readonly rejected: readonly { i: number; reason: string; pointer: string; body: string }[]
  readonly gaps: readonly Gap[]
  readonly markers: readonly Marker[]
}

export type CommitAnswer =
  | { readonly kind: 'stored' | 'duplicate'; readonly highWater: number }
  /** seq > high water + 1. */
  | { readonly kind: 'out_of_order'; readonly expect: number }
  /** seq ≤ high water, but those bytes are not these bytes. */
  | { readonly kind: 'rolled_back'; readonly highWater: number }

export interface TokenRow {
  readonly id: string
  readonly hash: string
  readonly school: string
  readonly usesLeft: number
  readonly expiresMs: number
  readonly revokedMs: number | undefined
}

export interface Enrolment {
  readonly agent: string
  readonly token: string
  /** Raw Ed25519 key, base64. */
  readonly publicKey: string
  readonly machine: Machine
  /** The ledger device this machine is, when it was matched. */
  readonly device: string | undefined
  readonly nowMs: number
}
export type EnrolResult =
  | {
      readonly kind: 'enrolled'
      readonly state: 'approved' | 'pending'
      readonly school: string
      readonly device: string | undefined
    }
  | { readonly kind: 'refused'; readonly why: 'unknown' | 'used_up' | 'expired' | 'revoked' }

export type AgentState = 'approved' | 'pending' | 'revoked'
export interface AgentRow {
  readonly id: string
  readonly school: string
  readonly publicKey: string
  readonly state: AgentState
  readonly machine: Machine
  readonly enrolledMs: number
  readonly seenMs: number | undefined
  readonly seenIp: string | undefined
  readonly skewMs: number | undefined
  readonly devices: readonly string[]
}

export interface PackRow {
  readonly id: string
  readonly sha256: string
  readonly text: string
}

export interface ReadingCursor {
  readonly atMs: number
  readonly checkId: number
  readonly n: number
}
export interface ReadingQuery {
  readonly checkIds: readonly number[]
  readonly fromMs: number
  /** Exclusive. */
  readonly toMs: number
  readonly limit: number
  readonly after: ReadingCursor | undefined
}
export interface ReadingRow {
  readonly atMs: number
  readonly checkId: number
  readonly n: number
  readonly part: string
  readonly outcome: Outcome
  readonly reason: string | undefined
  readonly tookMs: number
  readonly fields: Readonly<Record<string, number>>
  readonly labels: Readonly<Record<string, string>>
}

export interface DirtyDay {
  /** YYYY-MM-DD in Asia/Shanghai. */
  readonly day: string
  readonly checkId: number
  /** The last batch that touched it. */
  readonly arrival: number
}

export interface StoredVerdict extends Verdict {
  readonly sinceMs: number
}

export interface RejectedRow {
  readonly agent: string
  readonly receivedMs: number
  readonly i: number
  readonly reason: string
  readonly pointer: string
  readonly body: string
}

export interface StoreCounts {
  readonly batches: number
  readonly readings: number
  readonly rejected: number
  readonly gaps: number
  readonly lostReadings: number
  /** Readings that came more than 50 days late: kept, never folded. */
  readonly lateClosed: number
  readonly dirty: number
}
