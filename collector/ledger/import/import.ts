import { createHash } from 'node:crypto'
import { SentenceError } from '../../../contract/parse.ts'
import type { StoreReads, StoreWrites } from '../../store/store.ts'
import { disagreementOf } from '../admit-packs.ts'
import { parentsFirst } from '../check-areas.ts'
import { beside, kinds as ledgerKinds } from '../check-ledger.ts'
import { draftChecks, type CheckTemplate } from '../checks.ts'
import type { LedgerKind } from '../fault.ts'
import type { Ledger } from '../ledger.ts'
import type { Uplink, UplinkRow } from '../uplink.ts'
import { currentLedger, type LedgerStore } from './current.ts'
import { diffRows, type Change, type KindCount } from './diff.ts'
import type { Draft, FaultSink } from './draft.ts'
import { openCounter, type Counted, type RowFault } from './fault-list.ts'
import { identify } from './identify.ts'
import { leaveOutBad } from './leave-out.ts'
import { importLimits, type ImportLimits } from './limits.ts'
import { mergeParts } from './merge.ts'
import { openNames } from './names.ts'
import { readFile, type ImportFile, type ReadFile } from './read-file.ts'
import { buildRows, ledgerOf, type BuiltRow } from './rows.ts'

export interface ImportOptions {
  readonly dryRun: boolean
  /** Imports the rows that depend on no bad row. */
  readonly skipBad: boolean
  readonly nowMs: number
  /** The day of the import in Asia/Shanghai: a school that moved without a day moved now. */
  readonly today: string
  readonly limits?: ImportLimits
  /** What is measured: checks whose keys would clash are found before anything is written. */
  readonly templates?: readonly CheckTemplate[]
  readonly progress?: Progress
}
/** Rows so far, every 5,000. */
export type Progress = (stage: 'read' | 'check' | 'write', rows: number) => void

/** What an import found and did. The lists have the first 1,000; the totals are exact. */
export interface ImportReport {
  readonly file: string
  readonly sha256: string
  readonly dryRun: boolean
  /** Whether the ledger holds the file's rows now. */
  readonly applied: boolean
  readonly rows: number
  /** Rows that are wrong, and rows that are right but depend on one of them. */
  readonly bad: number
  readonly dependent: number
  readonly faults: Counted<RowFault>
  readonly warnings: Counted<RowFault>
  readonly kinds: readonly KindCount[]
  readonly changes: Counted<Change>
}

export type ImportStore = LedgerStore & Pick<StoreReads, 'packs' | 'agents'> & Pick<StoreWrites, 'putLedger'>

/**
 * Brings a file into the ledger. Nothing changes unless every row is good or `skipBad` is set; what changes is one transaction. Rejects
 * with a SentenceError when the file as a whole cannot be read; bad rows are in the report.
 */
export const importLedger = async (
  store: ImportStore,
  file: ImportFile,
  options: ImportOptions
): Promise<ImportReport> => {
  const limits = options.limits ?? importLimits
  const faults = openCounter<RowFault>(limits.shown)
  const warnings = openCounter<RowFault>(limits.shown)
  const read = await readFile(file, limits, faults, warnings, rows => options.progress?.('read', rows))
  const sha256 = createHash('sha256').update(file.bytes).digest('hex')
  return importDrafts(store, read, { ...options, name: file.name, sha256, faults, warnings })
}

interface DraftOptions extends ImportOptions {
  readonly name: string
  readonly sha256: string
  readonly faults: Counted<RowFault> & FaultSink
  readonly warnings: Counted<RowFault>
  /** A file that changes nothing is not remembered unless this says so. */
  readonly remember?: 'always'
}

export const importDrafts = async (
  store: ImportStore,
  { drafts, kinds, unusable }: ReadFile,
  options: DraftOptions
): Promise<ImportReport> => {
  const { faults, warnings, dryRun, nowMs } = options
  const progress = (stage: 'check' | 'write', rows: number): void => {
    if (rows >= 5000) options.progress?.(stage, rows)
  }
  progress('check', drafts.length)
  const { ledger: before, moves } = await currentLedger(store)
  identify(drafts, openNames(before), faults)
  const schoolIds = new Set(before.schools.map(school => school.id))
  const merged = mergeParts(drafts, id => schoolIds.has(id), faults)
  const measuring = new Set((await store.agents()).flatMap(agent => agent.devices))
  const built = buildRows(merged, before, moves, options.today, measuring, faults)
  const rows = leaveOutBad(merged, built, before, faults)
  const changes = openCounter<Change>((options.limits ?? importLimits).shown)
  const { counts, write } = diffRows(rows, before, namedKeys(merged, kinds), changes)
  const clash =
    clashOf(write, before, options.templates) ??
    (write.some(({ kind }) => kind === 'areas') ? await disagreementOf(store, ledgerOf(write)) : undefined)
  if (clash !== undefined)
    faults.add({ sheet: options.name, line: undefined, column: '', expected: `cannot be: ${clash}`, value: '' })
  const wanted = !unusable && clash === undefined && (faults.total === 0 || options.skipBad)
  if (wanted && !dryRun && (write.length > 0 || options.remember === 'always')) {
    progress('write', write.length)
    const { name, sha256 } = options
    const [added, changed] = [sum(counts, 'added'), sum(counts, 'changed')]
    const ledger = ledgerOf(write)
    await store.putLedger(
      { ...ledger, areas: parentsFirst(ledger.areas) },
      { atMs: nowMs, name, sha256, added, changed }
    )
  }
  const states = Map.groupBy(drafts, draft => draft.state)
  return {
    file: options.name,
    sha256: options.sha256,
    dryRun,
    applied: wanted && !dryRun,
    rows: drafts.length,
    bad: states.get('bad')?.length ?? 0,
    dependent: states.get('dependent')?.length ?? 0,
    faults: { items: faults.items, total: faults.total },
    warnings: { items: warnings.items, total: warnings.total },
    kinds: counts,
    changes: { items: changes.items, total: changes.total }
  }
}

/** Checks are named after devices and uplinks: two of them can meet in one name. */
const clashOf = (
  write: readonly BuiltRow[],
  before: Ledger,
  templates: readonly CheckTemplate[] | undefined
): string | undefined => {
  if (templates === undefined || !write.some(({ kind }) => kind === 'devices' || kind === 'uplinks')) return undefined
  const { devices = [], uplinks = [] } = beside(ledgerOf(write), before)
  try {
    draftChecks(devices, templates, uplinks.map(uplinkRow))
    return undefined
  } catch (error) {
    if (error instanceof SentenceError) return error.message
    throw error
  }
}

const uplinkRow = (uplink: Uplink): UplinkRow => ({
  id: uplink.id,
  school: uplink.school,
  device: uplink.device,
  interfaceName: uplink.interface,
  contractDownMbps: uplink.contract_down_mbps,
  contractUpMbps: uplink.contract_up_mbps,
  isp: uplink.isp,
  sharedGroup: uplink.shared_group,
  server: uplink.server
})

const sum = (counts: readonly KindCount[], what: 'added' | 'changed'): number =>
  counts.reduce((total, count) => total + count[what], 0)

/** Also bad rows are in the file: they are not gone. Contacts say nothing of the schools they leave out. */
const namedKeys = (drafts: readonly Draft[], kinds: ReadFile['kinds']): Map<LedgerKind, Set<string>> => {
  const named = new Map<LedgerKind, Set<string>>()
  for (const kind of ledgerKinds) if (kinds.has(kind)) named.set(kind, new Set())
  for (const { kind, key } of drafts) if (kind !== 'contacts' && key !== undefined) named.get(kind)?.add(key)
  return named
}
