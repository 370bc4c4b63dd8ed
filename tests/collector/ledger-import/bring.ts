import { DatabaseSync } from 'node:sqlite'
import ExcelJS from 'exceljs'
import { faultText } from '../../../collector/ledger/import/fault-list.ts'
import { importLedger, type ImportOptions, type ImportReport } from '../../../collector/ledger/import/import.ts'
import type { ImportFile } from '../../../collector/ledger/import/read-file.ts'
import { reads } from '../../../collector/store/operations/reads.ts'
import { writes } from '../../../collector/store/operations/writes.ts'
import { migrate } from '../../../collector/store/migrate.ts'
import type { Store } from '../../../collector/store/store.ts'
import { ledger, nowMs } from '../../rig/ledger.ts'

/** The store's own operations on a database in memory, without its threads: a table of bad files needs no more. */
export const openLedgerStore = async (after: (work: () => unknown) => void): Promise<Store> => {
  const db = new DatabaseSync(':memory:')
  db.exec('PRAGMA foreign_keys = ON')
  migrate(db, ':memory:')
  after(() => db.close())
  const operations: Readonly<Record<string, (...args: never[]) => unknown>> = { ...reads(db), ...writes(db) }
  const store = Object.fromEntries(
    Object.entries(operations).map(([name, work]) => [
      name,
      // A call that throws is a promise that rejects, as across threads.
      (...args: never[]) => Promise.resolve().then(() => work(...args))
    ])
  ) as unknown as Store
  await store.putLedger(ledger)
  return store
}

export const asFile = (name: string, body: string | Uint8Array, kind?: ImportFile['kind']): ImportFile => ({
  name,
  bytes: typeof body === 'string' ? Buffer.from(body) : body,
  kind
})

/** Imports on 22 November 2026. */
export const bring = (
  store: Store,
  name: string,
  body: string | Uint8Array,
  over: Partial<ImportOptions> & { kind?: ImportFile['kind'] } = {}
): Promise<ImportReport> =>
  importLedger(store, asFile(name, body, over.kind), {
    dryRun: false,
    skipBad: false,
    nowMs,
    today: '2026-11-22',
    ...over
  })

export const faultsOf = (report: ImportReport): string[] => report.faults.items.map(faultText)

/** `kind +added ~changed =unchanged -gone`. */
export const countsOf = (report: ImportReport): string[] =>
  report.kinds.map(
    ({ kind, added, changed, unchanged, gone }) => `${kind} +${added} ~${changed} =${unchanged} -${gone}`
  )

/** Every row of the ledger, as text. */
export const rowsIn = async (store: Store): Promise<string> =>
  JSON.stringify([
    await store.areas(),
    await store.packScopes(),
    await store.schools(),
    await store.schoolAreas(),
    await store.rooms(),
    await store.devices(),
    await store.uplinks(),
    await store.portMap(),
    await store.groups(),
    await store.facts(),
    await store.ledgerImports(99)
  ])

/** A real workbook: sheet name → rows. */
export const workbook = async (
  sheets: Readonly<Record<string, readonly (readonly ExcelJS.CellValue[])[]>>,
  shape: (workbook: ExcelJS.Workbook) => void = () => undefined
): Promise<Uint8Array> => {
  const book = new ExcelJS.Workbook()
  for (const [name, rows] of Object.entries(sheets)) {
    const sheet = book.addWorksheet(name)
    for (const row of rows) sheet.addRow([...row])
  }
  shape(book)
  return new Uint8Array(await book.xlsx.writeBuffer())
}
