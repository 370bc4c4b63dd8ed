import type { DatabaseSync } from 'node:sqlite'
import type { Share } from '../../verdicts/verdict.ts'
import type { HistoryReads } from '../history-store.ts'
import { rowOf, rowsOf, type Sync } from './transaction.ts'

export const historyReads = (db: DatabaseSync): Sync<HistoryReads> => {
  const shares = db.prepare(
    'SELECT body FROM share WHERE period = ? AND revision = ? AND area IN (SELECT value FROM json_each(?)) ORDER BY area, target'
  )
  const judged = db.prepare(
    "SELECT max(json_extract(body, '$.asOfMs')) AS atMs FROM verdict WHERE period = ? AND revision = ?"
  )
  return {
    judgedAt: (period, revision) => rowOf<{ atMs: number | null }>(judged.get(period, revision))?.atMs ?? undefined,
    shareHistory: (areas, figures) =>
      figures.flatMap(({ period, revision }) =>
        rowsOf<{ body: string }>(shares.all(period, revision, JSON.stringify(areas))).map(row => ({
          ...(JSON.parse(row.body) as Share),
          period
        }))
      )
  }
}
