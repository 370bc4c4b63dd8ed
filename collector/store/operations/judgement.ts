import type { DatabaseSync } from 'node:sqlite'
import type { Share, Verdict } from '../../verdicts/verdict.ts'
import type { JudgementReads, JudgementWrites } from '../judgement-store.ts'
import { noteChange } from './sinks.ts'
import { rowsOf, transaction, type Sync } from './transaction.ts'

/** Revision of figures that still move. Frozen revisions count from 1. */
const current = 0

/** A verdict as it lies: its whole text, and apart what is looked for. */
export interface VerdictLine extends Pick<Verdict, 'school' | 'target' | 'verdict' | 'asOfMs'> {
  readonly body: string
}

/** The text is made by whoever judged: a copy of a city's verdicts between threads costs more than writing them down. */
export interface LineWrites {
  putVerdictLines(period: string, schools: readonly string[], lines: readonly VerdictLine[]): Promise<void>
}

export const lineOf = (verdict: Verdict): VerdictLine => ({
  school: verdict.school,
  target: verdict.target,
  verdict: verdict.verdict,
  asOfMs: verdict.asOfMs,
  body: JSON.stringify(verdict)
})

export const judgementWrites = (
  db: DatabaseSync
): Pick<Sync<JudgementWrites>, 'putVerdicts' | 'putVerdictsOf' | 'putShares'> & Sync<LineWrites> => {
  const one = transaction(db)
  const changed = noteChange(db)
  const columns = 'SELECT school, target, verdict, since_ms AS sinceMs FROM verdict WHERE period = ? AND revision = ?'
  const oldVerdicts = db.prepare(columns)
  const oldVerdictsOf = db.prepare(`${columns} AND school = ?`)
  const dropVerdicts = db.prepare('DELETE FROM verdict WHERE period = ? AND revision = ?')
  const dropVerdictsOf = db.prepare('DELETE FROM verdict WHERE period = ? AND revision = ? AND school = ?')
  const schoolsOf = db.prepare('SELECT DISTINCT school FROM verdict WHERE period = ? AND revision = ?')
  const addVerdict = db.prepare(
    'INSERT INTO verdict (period, revision, school, target, verdict, since_ms, body) VALUES (?, ?, ?, ?, ?, ?, ?)'
  )
  const dropShares = db.prepare('DELETE FROM share WHERE period = ? AND revision = ?')
  const addShare = db.prepare('INSERT INTO share (period, revision, area, target, body) VALUES (?, ?, ?, ?, ?)')

  /** A verdict that stays the same word keeps its beginning. */
  const addAll = (period: string, verdicts: readonly VerdictLine[], rows: readonly unknown[]): void => {
    const before = new Map(rowsOf<OldVerdict>(rows).map(row => [`${row.school} ${row.target}`, row]))
    for (const v of verdicts) {
      const old = before.get(`${v.school} ${v.target}`)
      const since = old?.verdict === v.verdict ? old.sinceMs : v.asOfMs
      addVerdict.run(period, current, v.school, v.target, v.verdict, since, v.body)
    }
  }
  const putShares = (period: string, shares: readonly Share[]): void => {
    dropShares.run(period, current)
    for (const s of shares) addShare.run(period, current, s.area, s.target, JSON.stringify(s))
    changed('period', period)
  }

  const putLines = (period: string, schools: readonly string[], lines: readonly VerdictLine[]): void => {
    const old = schools.flatMap(school => oldVerdictsOf.all(period, current, school))
    for (const school of schools) dropVerdictsOf.run(period, current, school)
    addAll(period, lines, old)
    changed('period', period)
  }

  return {
    putVerdicts: one((period, verdicts, shares) => {
      const old = oldVerdicts.all(period, current)
      dropVerdicts.run(period, current)
      addAll(period, verdicts.map(lineOf), old)
      putShares(period, shares)
    }),
    putVerdictsOf: one((period, schools, verdicts) => putLines(period, schools, verdicts.map(lineOf))),
    putVerdictLines: one(putLines),
    putShares: one((period, schools, shares) => {
      const known = new Set(schools)
      for (const { school } of rowsOf<{ school: string }>(schoolsOf.all(period, current)))
        if (!known.has(school)) dropVerdictsOf.run(period, current, school)
      putShares(period, shares)
    })
  }
}

interface OldVerdict {
  readonly school: string
  readonly target: string
  readonly verdict: string
  readonly sinceMs: number
}

export const judgementReads = (db: DatabaseSync): Pick<Sync<JudgementReads>, 'verdicts' | 'said' | 'shares'> => {
  const columns = 'SELECT body, since_ms AS sinceMs FROM verdict WHERE period = ? AND revision = ?'
  const verdicts = db.prepare(`${columns} ORDER BY school, target`)
  const verdictsOf = db.prepare(`${columns} AND school IN (SELECT value FROM json_each(?)) ORDER BY school, target`)
  const said = db.prepare(
    `SELECT school, target, verdict, json_extract(body, '$.reason') AS reason FROM verdict
     WHERE period = ? AND revision = ? ORDER BY school, target`
  )
  const shares = db.prepare('SELECT body FROM share WHERE period = ? AND revision = ? ORDER BY area, target')
  return {
    verdicts: (period, revision = current, schools) =>
      rowsOf<{ body: string; sinceMs: number }>(
        schools === undefined
          ? verdicts.all(period, revision)
          : verdictsOf.all(period, revision, JSON.stringify(schools))
      ).map(row => ({ ...(JSON.parse(row.body) as Verdict), sinceMs: row.sinceMs })),
    said: (period, revision = current) => rowsOf(said.all(period, revision)),
    shares: (period, revision = current) =>
      rowsOf<{ body: string }>(shares.all(period, revision)).map(row => JSON.parse(row.body) as Share)
  }
}
