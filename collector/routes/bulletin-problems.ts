import type { Access } from '../access.ts'
import type { Job } from '../bulletin/press-job.ts'
import { PressBusyError, type Press } from '../bulletin/press.ts'
import { isPeriodName, periodNamed, type Period } from '../calendar/period.ts'
import { SentenceError } from '../../contract/parse.ts'
import { ProblemError } from '../errors.ts'
import type { Store } from '../store/store.ts'

export interface BulletinRouteDeps {
  readonly store: Store
  readonly press: Press
  readonly access: Access
  readonly now: () => number
}

/** Throws a ProblemError 400. */
export const knownPeriod = (text: string): Period => {
  if (isPeriodName(text)) return periodNamed(text)
  throw new ProblemError('bad_request', `path period must be YYYY-MM, got ${JSON.stringify(text.slice(0, 40))}`)
}

/** What the press says in a sentence becomes a problem of that kind. */
export const pressed = async <Result>(work: Promise<Result>, code: 'not_found' | 'conflict'): Promise<Result> => {
  try {
    return await work
  } catch (error) {
    if (error instanceof SentenceError) throw new ProblemError(code, error.message)
    if (error instanceof PressBusyError)
      throw new ProblemError('overloaded', 'too many bulletins are being made: try again in a minute')
    throw error
  }
}

/** The same for what answers at once. Throws a ProblemError 409. */
export const inState = <Result>(work: () => Result): Result => {
  try {
    return work()
  } catch (error) {
    throw error instanceof SentenceError ? new ProblemError('conflict', error.message) : error
  }
}

/** Of a job that makes a revision. */
export type RevisionJob = Extract<Job, { kind: 'revision' }>
