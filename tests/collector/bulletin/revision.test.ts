import { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { evidenceRow, setHash, sharedOf, sharedText, textOf } from '../../../collector/bulletin/evidence-set.ts'
import { makeRevision } from '../../../collector/bulletin/revision.ts'
import { verifyRevision } from '../../../collector/bulletin/verify.ts'
import type { Store } from '../../../collector/store/store.ts'
import { access, at, ledgerOf, november, openCity, type City } from './city.ts'

const frozenAt = at('2026-11-20T00:05:00')

/** A city where a-1, a-2 and b-1 have access, c-1 has not, and nothing is known of the others. */
const openMonth = async (after: (work: () => unknown) => void): Promise<City> => {
  const city = await openCity(after)
  for (const school of ['a-1', 'a-2', 'b-1']) await city.answers(school, 3)
  await city.answers('c-1', 20, false)
  await city.judge(frozenAt)
  return city
}
const freeze = (store: Store, nowMs = frozenAt) =>
  makeRevision({ store, period: november, nowMs, cause: 'freeze', by: 'campus-gauge' })
const revise = (store: Store, nowMs: number, note?: string) =>
  makeRevision({ store, period: november, nowMs, cause: 'request', by: '李主任', note })

const query = (directory: string, sql: string): Record<string, unknown>[] => {
  const db = new DatabaseSync(join(directory, 'store.sqlite'), { readOnly: true })
  const rows = db.prepare(sql).all()
  db.close()
  return rows
}
const change = (directory: string, sql: string): void => {
  const db = new DatabaseSync(join(directory, 'store.sqlite'), { timeout: 5000 })
  db.exec(sql)
  db.close()
}
/** All that is kept of a revision, as bytes. */
const bytesOf = (directory: string, revision: number): string =>
  JSON.stringify(
    ['verdict', 'share', 'ranking', 'evidence', 'bulletin'].map(table =>
      query(directory, `SELECT * FROM ${table} WHERE period = '2026-11' AND revision = ${revision}`)
    )
  )

void t.test('the month of a city', async t => {
  const city = await openMonth(work => t.teardown(work))
  await refusals(t, city)
  await crash(t, city)
  await lateData(t, city)
  await tampering(t, city)
  await withoutRaw(t, city)
})

const refusals = (t: Test, { store }: City) =>
  t.test('a period that runs cannot be frozen, nor one revised that is not frozen', async t => {
    await t.rejects(freeze(store, at('2026-11-19T23:59:59')), {
      message:
        'period 2026-11 must have ended before it is frozen (it ends on 2026-11-20 at 00:00), got now 2026-11-19T23:59:59.000+08:00'
    })
    await t.rejects(revise(store, frozenAt), {
      message: 'period 2026-11 must be frozen before it can be revised, got no revision of it'
    })
  })

const crash = (t: Test, { store }: City) =>
  t.test(
    'a freeze that dies half-way leaves nothing to see; of two at once one wins, and what stands is its own',
    async t => {
      let parts = 0
      const dying: Store = {
        ...store,
        putRevisionPart: async part => {
          parts += 1
          if (parts > 2) throw new Error('power cut')
          const ghost = {
            area: 'ghost',
            target: access,
            metN: 1,
            missedN: 0,
            unknownN: 0,
            notApplicableN: 0,
            totalN: 1,
            pct: 100,
            hiPct: 100,
            goalPct: 100
          }
          await store.putRevisionPart({ ...part, shares: [ghost] })
        }
      }
      await t.rejects(freeze(dying), { message: 'power cut' })
      t.same(await store.bulletins(), [])
      t.equal((await store.shares('2026-11', 1)).length, 1, 'but its draft is still there')
      const results = await Promise.allSettled([freeze(store), freeze(store)])
      t.equal(results.filter(one => one.status === 'fulfilled').length, 1)
      t.match(await store.bulletins(), [
        { revision: 1, cause: 'freeze', frozenMs: frozenAt, changes: [], ranked: true }
      ])
      t.equal((await store.shares('2026-11', 1)).filter(share => share.area === 'ghost').length, 0)
      const other = await openMonth(work => t.teardown(work))
      t.equal(
        (await freeze(other.store, frozenAt + 86_400_000))?.sha256,
        (await store.bulletins())[0]?.sha256,
        'the same evidence has one hash, in any store and at any time'
      )
      t.match(await verifyRevision(store, '2026-11'), { equal: true })
      await t.rejects(freeze(store), {
        message: 'period 2026-11 must not be frozen twice, got revision 1 already: make a revision of it'
      })
      await t.rejects(
        store.putRevisionPart({ period: '2026-11', revision: 1, verdicts: [], shares: [], rankings: [], evidence: [] }),
        { message: 'revision 1 of bulletin 2026-11 must not be there yet to get rows, got one that is' }
      )
    }
  )

const lateData = (t: Test, { store, directory, answers, judge }: City) =>
  t.test('a frozen period does not change when late data arrive; the revision does and says what changed', async t => {
    const before = bytesOf(directory, 1)
    t.same(
      (await store.verdicts('2026-11', 1)).filter(v => v.target === access).map(v => `${v.school} ${v.verdict}`),
      ['a-1 met', 'a-2 met', 'b-1 met', 'b-2 unknown', 'c-1 missed', 'c-2 unknown']
    )
    await answers('b-2', 4)
    await judge(frozenAt + 1000)
    t.equal(bytesOf(directory, 1), before, 'late data leave the frozen rows alone')
    t.match(
      (await store.verdicts('2026-11')).find(v => v.school === 'b-2' && v.target === access),
      { verdict: 'met' },
      'but not the moving ones'
    )
    const second = await revise(store, frozenAt + 2000, '补传数据')
    t.equal(bytesOf(directory, 1), before)
    t.match(second, {
      revision: 2,
      cause: 'request',
      by: '李主任',
      note: '补传数据',
      why: { readings: 4, answered: 1 }
    })
    t.same(second?.changes, [
      {
        school: 'b-2',
        target: access,
        before: 'unknown',
        after: 'met',
        reasonBefore: 'no_readings',
        reasonAfter: 'off_site_answers',
        why: ['readings']
      }
    ])
    t.equal((await store.evidence('2026-11', 2, undefined)).length, 7, 'the shared evidence and six schools')
    t.same(
      query(directory, 'SELECT school FROM evidence WHERE revision = 2').map(row => row['school']),
      ['', 'b-2'],
      'of which only what differs is kept: the school, and which sites answered'
    )
    t.equal(
      await makeRevision({
        store,
        period: november,
        nowMs: frozenAt + 3000,
        cause: 'publication',
        by: 'x',
        onlyIfChanged: true
      }),
      undefined
    )
    t.equal((await store.bulletins()).length, 2, 'nothing new makes no revision')
    t.same(query(directory, 'SELECT * FROM verdict WHERE revision = 3'), [])
  })

const tampering = (t: Test, { store, directory }: City) =>
  t.test('verify finds what was changed', async t => {
    const row = `WHERE period = '2026-11' AND revision = 1`
    const swap = (table: string, from: string, to: string, more = ''): [string, string] => [
      `UPDATE ${table} SET body = replace(body, '${from}', '${to}') ${row} ${more}`,
      `UPDATE ${table} SET body = replace(body, '${to}', '${from}') ${row} ${more}`
    ]
    const damage = (sql: string): [string, string] => [
      `CREATE TABLE kept AS SELECT * FROM evidence; ${sql}`,
      'DELETE FROM evidence; INSERT INTO evidence SELECT * FROM kept; DROP TABLE kept'
    ]
    const cases: [name: string, sql: [string, string], sentence: RegExp][] = [
      [
        'a verdict',
        swap('verdict', '"missed"', '"met"', "AND school = 'c-1'"),
        /^the verdict of school "c-1" for yulin-2022\/broadband-access must be \{.*"missed"\}, got \{.*"met"\}$/
      ],
      [
        'a share',
        swap('share', '"metN":2', '"metN":1', `AND area = 'a' AND target = '${access}'`),
        /^the share of a in yulin-2022\/broadband-access must be /
      ],
      [
        'a ranking',
        swap('ranking', '"first":1', '"first":9', `AND target = '${access}'`),
        /^the ranking of yulin by yulin-2022\/broadband-access must be /
      ],
      [
        'being ranked',
        swap('bulletin', '"ranked":true', '"ranked":false'),
        /^bulletin 2026-11 must say that it is ranked, got the contrary$/
      ],
      [
        'a byte of evidence',
        damage(
          `UPDATE evidence SET body = CAST(substr(body, 1, 40) || X'5A' || substr(body, 42) AS BLOB) ${row} AND school = 'a-2'`
        ),
        /^the evidence of school "a-2" must /
      ],
      [
        'a hash',
        damage(`UPDATE evidence SET sha256 = 'ab' ${row} AND school = 'b-1'`),
        /^the evidence set of bulletin 2026-11 must have SHA-256 /
      ],
      [
        'a school taken away',
        damage(`DELETE FROM evidence ${row} AND school = 'c-2'`),
        /^the evidence set of bulletin 2026-11 must have SHA-256 /
      ],
      [
        'the shared evidence',
        damage(`UPDATE evidence SET body = X'00' ${row} AND school = ''`),
        /^the shared evidence must be readable, got bytes that are damaged$/
      ]
    ]
    for (const [name, [sql, undo], sentence] of cases) {
      change(directory, sql)
      const report = await verifyRevision(store, '2026-11', 1)
      t.notOk(report.equal, name)
      t.match(report.differences[0], sentence, name)
      change(directory, undo)
    }
    t.match(await verifyRevision(store, '2026-11', 1), { equal: true, differencesN: 0 }, 'all put back')
    const putBack = await judgedByOlderRule(store, directory)
    t.match(
      await verifyRevision(store, '2026-11', 1),
      {
        equal: true,
        rulesChanged: [
          { indicator: 'broadband-access', was: 'broadband-access/0', now: /^broadband-access/, verdictsN: 6 }
        ]
      },
      'another version of a rule is no difference, and is said'
    )
    putBack()
    await t.rejects(verifyRevision(store, '2026-11', 7), {
      message: 'bulletin 2026-11 must have the revision that is to be verified, got 7 of 2'
    })
  })

/** As if revision 1 had been judged by an older rule: evidence and hashes agree. */
const judgedByOlderRule = async (store: Store, directory: string): Promise<() => void> => {
  const [kept] = await store.evidence('2026-11', 1, [''])
  const [bulletin] = await store.bulletins()
  if (kept === undefined || bulletin === undefined) throw new Error('nothing is frozen')
  const shared = sharedOf(textOf(kept))
  const older = evidenceRow(
    '',
    sharedText({ ...shared, rules: { ...shared.rules, 'broadband-access': 'broadband-access/0' } })
  )
  const hashes = await store.evidenceHashes('2026-11', 1)
  const hash = setHash([older, ...hashes.filter(row => row.school !== '')])
  const put = (row: typeof kept, from: string, to: string): void => {
    const db = new DatabaseSync(join(directory, 'store.sqlite'), { timeout: 5000 })
    db.prepare(`UPDATE evidence SET sha256 = ?, body = ? WHERE revision = 1 AND school = ''`).run(row.sha256, row.body)
    db.prepare('UPDATE bulletin SET body = replace(body, ?, ?) WHERE revision = 1').run(from, to)
    db.close()
  }
  put(older, bulletin.sha256, hash)
  return () => put(kept, hash, bulletin.sha256)
}

const withoutRaw = (t: Test, { store, directory }: City) =>
  t.test('verify is equal after readings, rollups, tests and the ledger are gone', async t => {
    change(
      directory,
      'PRAGMA foreign_keys = OFF; DELETE FROM reading; DELETE FROM rollup_block; DELETE FROM rollup_figures; DELETE FROM batch; DELETE FROM tier_test; DELETE FROM fact; DELETE FROM pack; DELETE FROM school'
    )
    for (const revision of [1, 2]) {
      const report = await verifyRevision(store, '2026-11', revision)
      t.same(report.differences, [])
      t.match(report, { equal: true, revision, schoolsN: 6, rulesChanged: [] })
      t.equal(report.foundSha256, report.sha256)
      t.ok(report.verdictsN >= 6 && report.sharesN >= 4 && report.rankingsN >= 1)
    }
    t.match(await verifyRevision(store, '2026-11'), { revision: 2 }, 'the newest unless said')
  })

void t.test('an empty ledger freezes to a bulletin without schools', async t => {
  const { store } = await openCity(work => t.teardown(work), { ...ledgerOf(), schools: [], devices: [] })
  t.match(await freeze(store), { revision: 1, changes: [] })
  t.match(await verifyRevision(store, '2026-11'), { equal: true, schoolsN: 0, verdictsN: 0 })
})
