import type { CommitAnswer, CommitBatch, StoreWrites } from '../store/store.ts'
import { ProblemError } from '../errors.ts'

/**
 * Many batches, one commit: whatever arrives while a commit is on its way to disk shares the next one. No timer, so an idle collector
 * answers at once. A promise resolves only when its batch is on disk.
 */
export interface Committer {
  commit(batch: CommitBatch): Promise<CommitAnswer>
  /** Batches not yet on disk. */
  waiting(): number
  /** Resolves when all that was handed over is on disk. */
  drained(): Promise<void>
}

interface Pending {
  readonly batch: CommitBatch
  readonly resolve: (answer: CommitAnswer) => void
  readonly reject: (error: unknown) => void
}

export const openCommitter = (
  store: Pick<StoreWrites, 'commitBatches'>,
  bounds = { waiting: 1024, together: 64 }
): Committer => {
  let queue: Pending[] = []
  let inCommit = 0
  let running: Promise<void> | undefined

  const run = async (): Promise<void> => {
    await new Promise(resolve => setImmediate(resolve))
    while (queue.length > 0) {
      const group = queue.slice(0, bounds.together)
      queue = queue.slice(bounds.together)
      inCommit = group.length
      try {
        const answers = await store.commitBatches(group.map(pending => pending.batch))
        for (const [i, pending] of group.entries()) {
          const answer = answers[i]
          if (answer === undefined) pending.reject(new Error('the store gave no answer for a batch'))
          else pending.resolve(answer)
        }
      } catch (error) {
        for (const pending of group) pending.reject(error)
      }
      inCommit = 0
      // Whatever came in meanwhile joins the next group: fewer, larger commits.
      if (queue.length > 0) await new Promise(resolve => setImmediate(resolve))
    }
    running = undefined
  }

  return {
    commit: batch => {
      if (queue.length >= bounds.waiting)
        return Promise.reject(
          new ProblemError('overloaded', `${queue.length} batches wait for the disk: try again later`)
        )
      return new Promise((resolve, reject) => {
        queue.push({ batch, resolve, reject })
        running ??= run()
      })
    },
    waiting: () => queue.length + inCommit,
    drained: async () => {
      while (running !== undefined) await running
    }
  }
}
