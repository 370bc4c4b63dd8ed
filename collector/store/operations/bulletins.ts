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
import { noteChange } from './sinks.ts'
import { rowOf, rowsOf, transaction, type Sync } from './transaction.ts'

const simulated = 'simulated'

export const bulletinWrites = (db: DatabaseSync): Sync<BulletinWrites> => {
  const one = transaction(db)
  const changed = noteChange(db)
  const revision = revisionWrites(db)
  const dropRankings = db.prepare('DELETE FROM ranking WHERE period = ? AND revision = ?')
  const publish = db.prepare(
    'UPDATE bulletin SET published_ms = coalesce(published_ms, ?) WHERE period = ? AND revision = ?'
  )
  const addSubmission = db.prepare(
    'INSERT OR REPLACE INTO submission (period, area, at_ms, action, by, note) VALUES (?, ?, ?, ?, ?, ?)'
  )
  const addObjection = db.prepare(
    'INSERT OR REPLACE INTO objection (id, period, school, target, raised_ms, body) VALUES (?, ?, ?, ?, ?, ?)'
  )
  const mark = db.prepare('INSERT OR IGNORE INTO mark (name) VALUES (?)')
  return {
    ...revision.writes,
    putRankings: one((period, number, rankings) => {
      dropRankings.run(period, number)
      for (const ranking of rankings) revision.addRanking(period, number, ranking)
      if (number === 0) changed('period', period)
    }),
    publishBulletin: one((period, number, atMs) => {
      const known = publish.run(atMs, period, number).changes > 0
      if (known) changed('period', period)
      return known
    }),
    putSubmission: one(row => void addSubmission.run(row.period, row.area, row.atMs, row.action, row.by, row.note)),
    putObjection: one(
      row => void addObjection.run(row.id, row.period, row.school, row.target, row.raisedMs, JSON.stringify(row))
    ),
    markSimulated: one(() => void mark.run(simulated))
  }
}

const revisionWrites = (db: DatabaseSync) => {
  const one = transaction(db)
  const changed = noteChange(db)
  const newest = db.prepare('SELECT max(revision) AS revision FROM bulletin WHERE period = ?')
  const draftOf = db.prepare('SELECT revision, token FROM draft WHERE period = ?')
  const setDraft = db.prepare('INSERT OR REPLACE INTO draft (period, revision, token) VALUES (?, ?, ?)')
  const dropDraft = db.prepare('DELETE FROM draft WHERE period = ?')
  const drops = ['verdict', 'share', 'ranking', 'evidence'].map(table =>
    db.prepare(`DELETE FROM ${table} WHERE period = ? AND revision = ?`)
  )
  const addVerdict = db.prepare(
    'INSERT OR REPLACE INTO verdict (period, revision, school, target, verdict, since_ms, body) VALUES (?, ?, ?, ?, ?, ?, ?)'
  )
  const addShare = db.prepare(
    'INSERT OR REPLACE INTO share (period, revision, area, target, body) VALUES (?, ?, ?, ?, ?)'
  )
  const addRankingRow = db.prepare(
    'INSERT OR REPLACE INTO ranking (period, revision, scope, target, body) VALUES (?, ?, ?, ?, ?)'
  )
  const addEvidence = db.prepare(
    'INSERT OR REPLACE INTO evidence (period, school, revision, sha256, body) VALUES (?, ?, ?, ?, ?)'
  )
  const addBulletin = db.prepare(
    'INSERT INTO bulletin (period, revision, frozen_ms, published_ms, body) VALUES (?, ?, ?, ?, ?)'
  )
  const addRanking = (period: string, revision: number, r: Ranking): void =>
    void addRankingRow.run(period, revision, r.scope, r.target, JSON.stringify(r))

  const newestOf = (period: string): number => rowOf<{ revision: number | null }>(newest.get(period))?.revision ?? 0
  const mustBeNext = (period: string, revision: number): void => {
    const next = newestOf(period) + 1
    if (revision !== next) throw new Error(`bulletin ${period} must go on with revision ${next}, got ${revision}`)
  }
  /** Rows without a draft (a test's, a restored copy's) are welcome as long as nobody else is writing. */
  const mustHold = (period: string, revision: number, token: string | undefined): void => {
    const held = rowOf<{ revision: number; token: string }>(draftOf.get(period))
    if (held?.revision === revision ? held.token !== token : token !== undefined)
      throw new Error(`revision ${revision} of bulletin ${period} was begun anew by somebody else`)
  }
  const writes: Pick<Sync<BulletinWrites>, 'beginRevision' | 'putRevisionPart' | 'putBulletin' | 'dropRevision'> = {
    beginRevision: one((period, revision, draft) => {
      mustBeNext(period, revision)
      for (const drop of drops) drop.run(period, revision)
      setDraft.run(period, revision, draft)
    }),
    putRevisionPart: one(part => {
      const { period, revision } = part
      if (revision <= newestOf(period))
        throw new Error(`revision ${revision} of bulletin ${period} must not be there yet to get rows, got one that is`)
      mustHold(period, revision, part.draft)
      for (const { sinceMs, ...v } of part.verdicts)
        addVerdict.run(period, revision, v.school, v.target, v.verdict, sinceMs ?? v.asOfMs, JSON.stringify(v))
      for (const s of part.shares) addShare.run(period, revision, s.area, s.target, JSON.stringify(s))
      for (const r of part.rankings) addRanking(period, revision, r)
      for (const e of part.evidence) addEvidence.run(period, e.school, revision, e.sha256, e.body)
    }),
    putBulletin: one((row, draft) => {
      mustBeNext(row.period, row.revision)
      mustHold(row.period, row.revision, draft)
      const { publishedMs, ...body } = row
      addBulletin.run(row.period, row.revision, row.frozenMs, publishedMs ?? null, JSON.stringify(body))
      dropDraft.run(row.period)
      changed('period', row.period)
    }),
    dropRevision: one((period, revision, draft) => {
      mustBeNext(period, revision)
      mustHold(period, revision, draft)
      for (const drop of drops) drop.run(period, revision)
      dropDraft.run(period)
    })
  }
  return { writes, addRanking }
}

export const bulletinReads = (db: DatabaseSync): Sync<BulletinReads> => {
  const bulletins = db.prepare('SELECT body, published_ms FROM bulletin ORDER BY period, revision')
  // One seek a period: the table has a row for each school and target.
  const judged = db.prepare(
    `WITH RECURSIVE p (name) AS (SELECT min(period) FROM verdict UNION ALL
       SELECT (SELECT min(period) FROM verdict WHERE period > p.name) FROM p WHERE p.name IS NOT NULL)
     SELECT name FROM p WHERE EXISTS (SELECT 1 FROM verdict WHERE period = p.name AND revision = 0) ORDER BY name`
  )
  const rankings = db.prepare('SELECT body FROM ranking WHERE period = ? AND revision = ? ORDER BY scope, target')
  const from = `FROM evidence e WHERE period = ?1 AND revision =
       (SELECT max(revision) FROM evidence WHERE period = ?1 AND school = e.school AND revision <= ?2)`
  const evidence = db.prepare(`SELECT school, sha256, body ${from} ORDER BY school`)
  const evidenceOf = db.prepare(
    `SELECT school, sha256, body ${from} AND school IN (SELECT value FROM json_each(?3)) ORDER BY school`
  )
  const hashes = db.prepare(`SELECT school, sha256 ${from} ORDER BY school`)
  const submissions = db.prepare(
    'SELECT period, area, at_ms AS atMs, action, by, note FROM submission WHERE period = ? ORDER BY area, at_ms'
  )
  const objections = db.prepare('SELECT body FROM objection WHERE period = ? ORDER BY raised_ms, id')
  const objection = db.prepare('SELECT body FROM objection WHERE id = ?')
  const mark = db.prepare('SELECT 1 FROM mark WHERE name = ?')
  const bodies = <Row>(rows: readonly unknown[]): Row[] =>
    rowsOf<{ body: string }>(rows).map(row => JSON.parse(row.body) as Row)
  return {
    bulletins: () =>
      rowsOf<{ body: string; published_ms: number | null }>(bulletins.all()).map(row => ({
        ...(JSON.parse(row.body) as BulletinRow),
        publishedMs: row.published_ms ?? undefined
      })),
    judgedPeriods: () => rowsOf<{ name: string }>(judged.all()).map(row => row.name),
    rankings: (period, revision) => bodies<Ranking>(rankings.all(period, revision)),
    evidence: (period, revision, schools) =>
      rowsOf<EvidenceRow>(
        schools === undefined
          ? evidence.all(period, revision)
          : evidenceOf.all(period, revision, JSON.stringify(schools))
      ),
    evidenceHashes: (period, revision) => rowsOf(hashes.all(period, revision)),
    submissions: period => rowsOf<SubmissionRow>(submissions.all(period)),
    objections: period => bodies<ObjectionRow>(objections.all(period)),
    objection: id => bodies<ObjectionRow>(objection.all(id))[0],
    isSimulated: () => mark.get(simulated) !== undefined
  }
}
