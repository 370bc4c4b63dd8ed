import t, { type Test } from 'tap'
import type { BulletinRow, EvidenceRow, ObjectionRow, RevisionPart } from '../../collector/store/bulletin-store.ts'
import type { Store } from '../../collector/store/store.ts'
import type { Verdict } from '../../collector/verdicts/verdict.ts'
import { fill, type StoreDoor } from './store.ts'

const period = '2026-10'
const bulletin = (revision: number, over: Partial<BulletinRow> = {}): BulletinRow => ({
  period,
  revision,
  frozenMs: 1000 * revision,
  sha256: `sha-${revision}`,
  cause: 'freeze',
  by: 'x',
  publishedMs: undefined,
  ranked: true,
  changes: [],
  ...over
})
const verdict: Verdict = {
  school: 's-1',
  target: 'p/t',
  indicator: 'room-port',
  verdict: 'met',
  reason: 'x',
  n: 1,
  expectedN: 2,
  facts: {},
  excluded: {},
  evidence: [],
  asOfMs: 500,
  ruleVersion: 'r/1'
}
const row = (school: string, sha256: string): EvidenceRow => ({
  school,
  sha256,
  body: new TextEncoder().encode(sha256)
})
const part = (revision: number, over: Partial<RevisionPart> = {}): RevisionPart => ({
  period,
  revision,
  verdicts: [],
  shares: [],
  rankings: [],
  evidence: [],
  ...over
})
const objection: ObjectionRow = {
  id: 'o-1',
  period,
  school: 's-1',
  target: 'p/t',
  raisedMs: 5,
  by: '张',
  note: 'n',
  state: 'open',
  answer: '',
  answeredMs: undefined,
  answeredBy: ''
}

/** What any store must do with frozen periods and what people say about them. */
export const bulletinSuite = (name: string, door: () => StoreDoor): void => {
  const withStore = (claim: string, work: (t: Test, store: Store, again: () => Promise<Store>) => Promise<void>) =>
    void t.test(`${name}: ${claim}`, async t => {
      const one = door()
      t.teardown(() => one.close())
      const store = await one.open()
      await fill(store)
      await work(t, store, () => one.open())
    })

  withStore(
    'revisions come one after the other, and what they rest on is found through those before',
    async (t, store, again) => {
      t.same(await store.bulletins(), [])
      t.same(await store.judgedPeriods(), [])
      await t.rejects(store.putBulletin(bulletin(2)), { message: 'bulletin 2026-10 must go on with revision 1, got 2' })
      await store.beginRevision(period, 1, 'one')
      await store.putRevisionPart(
        part(1, {
          draft: 'one',
          verdicts: [{ ...verdict, sinceMs: 7 }],
          evidence: [row('', 'shared'), row('s-1', 'a'), row('s-2', 'b')]
        })
      )
      await store.putBulletin(bulletin(1), 'one')
      await store.putRevisionPart(part(2, { evidence: [row('s-2', 'c')] }))
      t.same(
        (await store.evidenceHashes(period, 1)).map(one => one.sha256),
        ['shared', 'a', 'b']
      )
      t.same(
        (await store.evidenceHashes(period, 2)).map(one => one.sha256),
        ['shared', 'a', 'c']
      )
      const [kept] = await store.evidence(period, 2, ['s-2'])
      t.equal(new TextDecoder().decode(kept?.body), 'c')
      t.match(await store.verdicts(period, 1), [{ school: 's-1', sinceMs: 7, asOfMs: 500 }])
      t.same(await store.judgedPeriods(), [], 'only current verdicts count')
      const second = await again()
      t.same(await second.bulletins(), [bulletin(1)])
      t.equal((await second.evidence(period, 1, undefined)).length, 3)
    }
  )

  withStore('whoever began a revision last holds it', async (t, store) => {
    await store.beginRevision(period, 1, 'one')
    await store.putRevisionPart(part(1, { draft: 'one', evidence: [row('s-1', 'a')] }))
    await store.beginRevision(period, 1, 'two')
    t.same(await store.evidence(period, 1, undefined), [], 'what the first left is dropped')
    const refused = { message: 'revision 1 of bulletin 2026-10 was begun anew by somebody else' }
    await t.rejects(store.putRevisionPart(part(1, { draft: 'one' })), refused)
    await t.rejects(store.putRevisionPart(part(1)), refused)
    await t.rejects(store.putBulletin(bulletin(1), 'one'), refused)
    await t.rejects(store.dropRevision(period, 1, 'one'), refused)
    await store.putRevisionPart(part(1, { draft: 'two', evidence: [row('s-1', 'b')] }))
    await store.dropRevision(period, 1, 'two')
    t.same(await store.evidence(period, 1, undefined), [])
    await store.putBulletin(bulletin(1))
    await t.rejects(store.beginRevision(period, 1, 'three'), {
      message: 'bulletin 2026-10 must go on with revision 2, got 1'
    })
    await t.rejects(store.putRevisionPart(part(1)), {
      message: 'revision 1 of bulletin 2026-10 must not be there yet to get rows, got one that is'
    })
  })

  withStore(
    'a bulletin is published once; submissions and objections are kept; a store is simulated for ever',
    async (t, store) => {
      await store.putBulletin(bulletin(1))
      t.equal(await store.publishBulletin(period, 1, 50), true)
      t.equal(await store.publishBulletin(period, 1, 60), true)
      t.match(await store.bulletins(), [{ publishedMs: 50 }])
      t.equal(await store.publishBulletin(period, 2, 60), false)
      const submission = { period, area: 'dingbian', atMs: 1, action: 'submit', by: '王', note: '' } as const
      await store.putSubmission({ ...submission, atMs: 2, action: 'accept' })
      await store.putSubmission(submission)
      t.same(
        (await store.submissions(period)).map(one => one.action),
        ['submit', 'accept']
      )
      await store.putObjection(objection)
      await store.putObjection({ ...objection, state: 'retest' })
      t.match(await store.objections(period), [{ id: 'o-1', state: 'retest' }])
      t.match(await store.objection('o-1'), { state: 'retest' })
      t.equal(await store.objection('o-2'), undefined)
      t.equal(await store.isSimulated(), false)
      await store.markSimulated()
      await store.markSimulated()
      t.equal(await store.isSimulated(), true)
      await store.putVerdicts('2026-09', [verdict], [])
      await store.putVerdicts('2026-11', [verdict], [])
      t.same(await store.judgedPeriods(), ['2026-09', '2026-11'])
    }
  )
}
