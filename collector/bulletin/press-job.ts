import { periodNamed, type Period } from '../calendar/period.ts'
import type { BulletinRow } from '../store/bulletin-store.ts'
import type { StoreReads } from '../store/store.ts'
import { contentsOf } from './contents.ts'
import { readEdition } from './edition.ts'
import { bulletinJson } from './json.ts'
import { bulletinHtml, type SheetStyle } from './print.ts'
import { remindersCsv, remindersSheet, readReminders } from './reminders.ts'
import { makeRevision, type PressStore, type Progress } from './revision.ts'
import { SentenceError } from '../../contract/parse.ts'
import { verifyRevision, type Verification } from './verify.ts'

/** Everything that takes seconds to minutes for a city: it never runs where batches are taken in. */
export type Job =
  | {
      readonly kind: 'revision'
      readonly period: string
      readonly cause: 'freeze' | 'request'
      readonly by: string
      readonly note?: string | undefined
    }
  | { readonly kind: 'verify'; readonly period: string; readonly revision?: number | undefined }
  | {
      readonly kind: 'print'
      readonly period: string
      readonly revision?: number | undefined
      readonly form: 'json' | 'xlsx' | 'html'
      /** Of HTML. */
      readonly style: SheetStyle
    }
  | {
      readonly kind: 'reminders'
      readonly period: string
      readonly area?: string | undefined
      readonly form: 'csv' | 'xlsx'
    }

export type JobResult<Kind extends Job['kind']> = {
  readonly revision: BulletinRow
  readonly verify: Verification
  readonly print: Uint8Array
  readonly reminders: Uint8Array
}[Kind]

/** Does a job. Rejects with the SentenceErrors of what it does. */
export const runJob = async (
  store: PressStore & StoreReads,
  job: Job,
  nowMs: number,
  progress?: Progress
): Promise<JobResult<Job['kind']>> => {
  const period = periodNamed(job.period)
  switch (job.kind) {
    case 'revision': {
      const { cause, by, note } = job
      if (cause === 'freeze') await mustBeRolledUp(store, period)
      const row = await makeRevision({ store, period, nowMs, cause, by, note, progress }).catch((error: unknown) => {
        throw isOvertaken(error) ? overtaken(job.period, error) : error
      })
      // Only a revision on the condition that something changed can come to nothing.
      if (row === undefined) throw new Error(`revision of bulletin ${job.period} was not made`)
      return row
    }
    case 'verify':
      return verifyRevision(store, job.period, job.revision, progress)
    case 'print': {
      const edition = await readEdition(store, period, job.revision, nowMs)
      if (job.form === 'json') return utf8(bulletinJson(edition))
      const contents = contentsOf(edition)
      if (job.form === 'html') return utf8(bulletinHtml(contents, job.style))
      const atMs = edition.row?.frozenMs ?? edition.asOfMs
      const { bulletinSheets, workbookOf } = await loadWorkbook()
      return workbookOf(bulletinSheets(contents), { banner: bannerOf(contents.simulated, contents.isPreview), atMs })
    }
    case 'reminders': {
      const reminders = await readReminders(store, period, job.area)
      if (job.form === 'csv') return utf8(remindersCsv(reminders))
      const { workbookOf } = await loadWorkbook()
      const banner = bannerOf(reminders.simulated ? '模拟数据 Simulated data' : '', false)
      return workbookOf([remindersSheet(reminders)], { banner, atMs: nowMs })
    }
  }
}

/** What arrived and is not counted yet would be missing from what is ranked. Not asked of a revision: there can be another one. */
const mustBeRolledUp = async (
  store: Pick<StoreReads, 'dirtyDays'>,
  { name, firstDay, lastDay }: Period
): Promise<void> => {
  const waiting = (await store.dirtyDays()).filter(({ day }) => day >= firstDay && day <= lastDay).length
  if (waiting > 0)
    throw new SentenceError(
      `period ${name} must be rolled up before it is frozen, got ${waiting} days of checks that wait: the collector does both by itself`
    )
}

/** The collector froze or revised the same period at the same time: nothing is wrong, and what it makes stands. As BulletinWrites rejects. */
const isOvertaken = (error: unknown): boolean =>
  error instanceof Error &&
  /was begun anew by somebody else$|must go on with revision \d+, got \d+$/.test(error.message)
const overtaken = (period: string, cause: unknown): SentenceError =>
  new SentenceError(
    `a revision of bulletin ${period} must not be made twice at once, got one that somebody else is making: look at it in a minute`,
    '',
    { cause }
  )

/** Only a spreadsheet pays for loading its library. */
const loadWorkbook = () => import('./workbook.ts')

const bannerOf = (simulated: string, isPreview: boolean): string =>
  [...(simulated === '' ? [] : [simulated]), ...(isPreview ? ['预览 Preview'] : [])].join(' ')

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)
