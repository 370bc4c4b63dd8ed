import type { DatabaseSync } from 'node:sqlite'
import type { Ranking } from '../../verdicts/ranking.ts'
import type {
  BulletinReads,
  BulletinRow,
  BulletinWrites,
  EvidenceRow,
  ObjectionRow,
  SubmissionRow
} from '../bulletin-store.ts'
import { rowsOf, transaction, type Sync } from './transaction.ts'

export const bulletinWrites = (db: DatabaseSync): Sync<BulletinWrites> => {
  const one = transaction(db)
  const dropRankings = db.prepare('DELETE FROM ranking WHERE period = ? AND revision = ?')
  const addRanking = db.prepare(
    'INSERT OR REPLACE INTO ranking (period, revision, scope, target, body) VALUES (?, ?, ?, ?, ?)'
  )
  const addVerdict = db.prepare(
    'INSERT OR REPLACE INTO verdict (period, revision, school, target, verdict, since_ms, body) VALUES (?, ?, ?, ?, ?, ?, ?)'
  )
  const addShare = db.prepare(
    'INSERT OR REPLACE INTO share (period, revision, area, target, body) VALUES (?, ?, ?, ?, ?)'
  )
  const addEvidence = db.prepare(
    'INSERT OR REPLACE INTO evidence (period, revision, school, sha256, body) VALUES (?, ?, ?, ?, ?)'
  )
  const addBulletin = db.prepare('INSERT INTO bulletin (period, revision, frozen_ms, body) VALUES (?, ?, ?, ?)')
  const addSubmission = db.prepare(
    'INSERT OR REPLACE INTO submission (period, area, at_ms, action, by, note) VALUES (?, ?, ?, ?, ?, ?)'
  )
  const addObjection = db.prepare(
    'INSERT OR REPLACE INTO objection (id, period, school, target, raised_ms, body) VALUES (?, ?, ?, ?, ?, ?)'
  )
  return {
    putRankings: one((period, revision, rankings) => {
      dropRankings.run(period, revision)
      for (const r of rankings) addRanking.run(period, revision, r.scope, r.target, JSON.stringify(r))
    }),
    putRevisionPart: one(part => {
      for (const v of part.verdicts)
        addVerdict.run(part.period, part.revision, v.school, v.target, v.verdict, v.asOfMs, JSON.stringify(v))
      for (const s of part.shares) addShare.run(part.period, part.revision, s.area, s.target, JSON.stringify(s))
      for (const r of part.rankings) addRanking.run(part.period, part.revision, r.scope, r.target, JSON.stringify(r))
      for (const e of part.evidence) addEvidence.run(part.period, part.revision, e.school, e.sha256, e.body)
    }),
    putBulletin: one(row => void addBulletin.run(row.period, row.revision, row.frozenMs, JSON.stringify(row))),
    putSubmission: one(row => void addSubmission.run(row.period, row.area, row.atMs, row.action, row.by, row.note)),
    putObjection: one(
      row => void addObjection.run(row.id, row.period, row.school, row.target, row.raisedMs, JSON.stringify(row))
    )
  }
}

export const bulletinReads = (db: DatabaseSync): Sync<BulletinReads> => {
  const bulletins = db.prepare('SELECT body FROM bulletin ORDER BY period, revision')
  const rankings = db.prepare('SELECT body FROM ranking WHERE period = ? AND revision = ? ORDER BY scope, target')
  const evidence = db.prepare(
    `SELECT school, sha256, body FROM evidence e WHERE period = ?1 AND revision =
       (SELECT max(revision) FROM evidence WHERE period = ?1 AND school = e.school AND revision <= ?2)
     AND (?3 IS NULL OR school IN (SELECT value FROM json_each(?3))) ORDER BY school`
  )
  const submissions = db.prepare(
    'SELECT period, area, at_ms AS atMs, action, by, note FROM submission WHERE period = ? ORDER BY area, at_ms'
  )
  const objections = db.prepare('SELECT body FROM objection WHERE period = ? ORDER BY raised_ms, id')
  const bodies = <Row>(rows: readonly unknown[]): Row[] =>
    rowsOf<{ body: string }>(rows).map(row => JSON.parse(row.body) as Row)
  return {
    bulletins: () => bodies<BulletinRow>(bulletins.all()),
    rankings: (period, revision) => bodies<Ranking>(rankings.all(period, revision)),
    evidence: (period, revision, schools) =>
      rowsOf<EvidenceRow>(evidence.all(period, revision, schools === undefined ? null : JSON.stringify(schools))),
    submissions: period => rowsOf<SubmissionRow>(submissions.all(period)),
    objections: period => bodies<ObjectionRow>(objections.all(period))
  }
}
