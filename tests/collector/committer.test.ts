import t from 'tap'
import { ProblemError } from '../../collector/errors.ts'
import { openCommitter } from '../../collector/receive/committer.ts'
import type { CommitAnswer, CommitBatch } from '../../collector/store/store.ts'
import { aBatch } from '../suites/store.ts'

/** A store whose commits end when the test says so. */
const slowStore = () => {
  const calls: { batches: readonly CommitBatch[]; end: (fault?: Error) => void }[] = []
  const commitBatches = (batches: readonly CommitBatch[]) =>
    new Promise<readonly CommitAnswer[]>((resolve, reject) => {
      const stored = batches.map(batch => ({ kind: 'stored' as const, highWater: batch.seq }))
      calls.push({ batches, end: fault => (fault === undefined ? resolve(stored) : reject(fault)) })
    })
  return { calls, commitBatches }
}
/** Long enough for the committer to look at its queue again: it lets one round of I/O in between two commits. */
const turn = async () => {
  for (let i = 0; i < 2; i++) await new Promise(resolve => setImmediate(resolve))
}
const seqs = (call: { batches: readonly CommitBatch[] } | undefined) => call?.batches.map(batch => batch.seq)

void t.test(
  'what arrives while a commit is on its way shares the next one, and nobody is answered before the disk',
  async t => {
    const store = slowStore()
    const committer = openCommitter(store)
    const answered: number[] = []
    const commit = (seq: number) => committer.commit(aBatch(seq)).then(() => answered.push(seq))
    const all = [commit(1)]
    await turn()
    t.same(seqs(store.calls[0]), [1])
    all.push(commit(2), commit(3))
    await turn()
    t.equal(store.calls.length, 1)
    t.equal(committer.waiting(), 3)
    t.same(answered, [])
    store.calls[0]?.end()
    await turn()
    t.same(seqs(store.calls[1]), [2, 3])
    t.same(answered, [1])
    store.calls[1]?.end()
    await Promise.all(all)
    t.same(answered, [1, 2, 3])
    t.equal(committer.waiting(), 0)
  }
)

void t.test('a group is bounded', async t => {
  const store = slowStore()
  const committer = openCommitter(store, { waiting: 10, together: 2 })
  const all = [1, 2, 3, 4, 5].map(seq => committer.commit(aBatch(seq)))
  for (const want of [[1, 2], [3, 4], [5]]) {
    await turn()
    t.same(seqs(store.calls.at(-1)), want)
    store.calls.at(-1)?.end()
  }
  t.same(
    (await Promise.all(all)).map(answer => answer.kind),
    Array(5).fill('stored')
  )
})

void t.test('a full queue refuses at once with 503 and takes again when it has room', async t => {
  const store = slowStore()
  const committer = openCommitter(store, { waiting: 2, together: 1 })
  const first = committer.commit(aBatch(1))
  await turn()
  const queued = [committer.commit(aBatch(2)), committer.commit(aBatch(3))]
  const refused: unknown = await committer.commit(aBatch(4)).catch((error: unknown) => error)
  t.ok(refused instanceof ProblemError)
  t.match(refused, { problem: { status: 503, detail: '2 batches wait for the disk: try again later' } })
  for (let i = 0; i < 3; i++) {
    store.calls.at(-1)?.end()
    await turn()
  }
  await Promise.all([first, ...queued])
  const again = committer.commit(aBatch(4))
  await turn()
  store.calls.at(-1)?.end()
  t.match(await again, { kind: 'stored' })
})

void t.test('a failed commit fails all that shared it, and only those', async t => {
  const store = slowStore()
  const committer = openCommitter(store)
  const group = [1, 2].map(seq =>
    committer.commit(aBatch(seq)).then(
      () => 'stored',
      (error: unknown) => String(error)
    )
  )
  await turn()
  const next = committer.commit(aBatch(3))
  store.calls[0]?.end(new Error('the disk is full'))
  t.same(await Promise.all(group), ['Error: the disk is full', 'Error: the disk is full'])
  await turn()
  store.calls[1]?.end()
  t.match(await next, { kind: 'stored' })
})

void t.test('a batch without an answer is an error, never a success', async t => {
  const committer = openCommitter({ commitBatches: () => Promise.resolve([]) })
  await t.rejects(committer.commit(aBatch(1)), { message: 'the store gave no answer for a batch' })
})

void t.test('drained waits for what was handed over', async t => {
  const store = slowStore()
  const committer = openCommitter(store)
  await committer.drained()
  void committer.commit(aBatch(1))
  let done = false
  const drained = committer.drained().then(() => (done = true))
  await turn()
  await turn()
  t.equal(done, false)
  store.calls[0]?.end()
  await drained
  t.equal(done, true)
})
