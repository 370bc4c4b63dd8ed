import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ExitError } from '../../contract/exit.ts'
import { isPeriodName } from '../calendar/period.ts'
import { mustHoldStore } from '../store/directory.ts'
import { enterStore, openStore } from '../store/sqlite.ts'
import type { Store } from '../store/store.ts'
import { runJob, type Job } from './press-job.ts'
import type { Progress } from './revision.ts'
import { revisionsOf } from './stage.ts'
import { verifyRevision, type Verification } from './verify.ts'

export interface BulletinOptions {
  /** Directory for the files; made when it is not there. */
  readonly out?: string
  readonly verify?: boolean
  readonly freeze?: boolean
  readonly revise?: boolean
  readonly by?: string
  readonly note?: string
  readonly revision?: string
  /** The collector's directory, where store.sqlite is. */
  readonly data?: string
  readonly json?: boolean
}

/**
 * `campus-gauge bulletin 2026-11`: freezes, revises, verifies, prints; beside a collector that runs or without one. Files and figures on stdout,
 * progress on stderr. Rejects with exit code 1 when a revision differs from its evidence, or when the month does not allow what is asked.
 */
export const runBulletin = async (
  period: string,
  options: BulletinOptions,
  nowMs = Date.now(),
  print: (text: string) => unknown = text => process.stdout.write(text)
): Promise<void> => {
  if (!isPeriodName(period))
    throw new ExitError('usage', `argument period must be YYYY-MM, got "${period.slice(0, 40)}"`)
  const { out, verify = false, freeze = false, revise = false, by, note, json = false } = options
  const revision = revisionOf(options.revision)
  if (!verify && !freeze && !revise && out === undefined)
    throw new ExitError('usage', 'one of the options --out, --verify, --freeze and --revise must be given')
  if (freeze && revise) throw new ExitError('usage', 'options --freeze and --revise must not be given together')
  if ((freeze || revise) && (by === undefined || by.trim() === ''))
    throw new ExitError(
      'usage',
      'option --by must be given: the name of whoever asks for the revision stands on the bulletin'
    )
  const directory = options.data ?? './var/collector'
  mustHoldStore(directory)
  const opened = await openStore(directory)
  // Long reads in this thread: nothing else waits for it.
  const store = enterStore(opened.share())
  try {
    const said: Said = { period, files: [], verified: [] }
    if (freeze || revise) {
      const cause = freeze ? 'freeze' : 'request'
      await inWords(runJob(store, { kind: 'revision', period, cause, by: by ?? '', note }, nowMs, progressOn(cause)))
    }
    if (out !== undefined) said.files.push(...(await write(store, period, revision, out, nowMs)))
    if (verify) said.verified.push(...(await verifyAll(store, period, revision)))
    print(json ? `${JSON.stringify(await jsonOf(store, said))}\n` : textOf(said))
    const bad = said.verified.filter(one => !one.equal)
    if (bad.length > 0)
      throw new ExitError(
        'failure',
        `bulletin ${period} differs from its evidence in ${bad.map(one => `revision ${one.revision} (${one.differencesN})`).join(', ')}: ${cut(bad[0]?.differences[0] ?? '')}`
      )
  } finally {
    await store.close()
    await opened.close()
  }
}

interface Said {
  readonly period: string
  readonly files: string[]
  readonly verified: Verification[]
}

const jsonOf = async (store: Pick<Store, 'bulletins'>, said: Said): Promise<object> => ({
  period: said.period,
  revisions: revisionsOf(await store.bulletins(), said.period).map(({ revision, sha256, cause, by, changes }) => ({
    revision,
    sha256,
    cause,
    by,
    changes_n: changes.length
  })),
  files: said.files,
  verified: said.verified.map(one => ({
    revision: one.revision,
    equal: one.equal,
    sha256: one.sha256,
    found_sha256: one.foundSha256,
    schools_n: one.schoolsN,
    verdicts_n: one.verdictsN,
    shares_n: one.sharesN,
    rankings_n: one.rankingsN,
    rules_changed: one.rulesChanged.map(({ indicator, was, now, verdictsN }) => ({
      indicator,
      was,
      now,
      verdicts_n: verdictsN
    })),
    differences_n: one.differencesN,
    differences: one.differences
  }))
})

/** What a person reads of what differs; a whole verdict is kilobytes. */
const shownDifferences = 10
const cut = (sentence: string): string => (sentence.length > 300 ? `${sentence.slice(0, 299)}…` : sentence)

const textOf = ({ period, files, verified }: Said): string =>
  [
    ...files,
    ...verified.flatMap(one => [
      `${period} 第 ${one.revision} 版 revision ${one.revision}: ${one.equal ? '一致 equal' : `不一致 differs (${one.differencesN})`}, ${one.schoolsN} 所学校 schools, ${one.verdictsN} 项判定 verdicts, ${one.sharesN} shares, ${one.rankingsN} rankings`,
      `  SHA-256 ${one.sha256}`,
      ...one.rulesChanged.map(
        rule =>
          `  判定规则已更新，未逐项比对 rule ${rule.indicator} is ${rule.now} now, was ${rule.was}: its ${rule.verdictsN} verdicts were not compared; use the version that froze them`
      ),
      ...one.differences.slice(0, shownDifferences).map(sentence => `  ${cut(sentence)}`),
      ...(one.differencesN > shownDifferences
        ? [`  …等 ${one.differencesN} 处，--json 有更多 and ${one.differencesN - shownDifferences} more, see --json`]
        : [])
    ])
  ]
    .map(line => `${line}\n`)
    .join('')

const write = async (
  store: Omit<Store, 'share'>,
  period: string,
  revision: number | undefined,
  out: string,
  nowMs: number
): Promise<string[]> => {
  const shown = revision ?? revisionsOf(await store.bulletins(), period).at(-1)?.revision ?? 0
  mkdirSync(out, { recursive: true })
  const files: string[] = []
  for (const form of ['json', 'xlsx', 'html'] as const) {
    const job: Job = { kind: 'print', period, revision: shown, form, style: 'inline' }
    const bytes = await inWords(runJob(store, job, nowMs))
    const file = join(out, `bulletin-${period}-${shown === 0 ? 'preview' : `r${shown}`}.${form}`)
    if (!(bytes instanceof Uint8Array)) throw new Error(`${file} was not made`)
    writeFileSync(file, bytes)
    files.push(file)
  }
  return files
}

/** Every revision unless one is said: the frozen ones must all still stand. */
const verifyAll = async (
  store: Omit<Store, 'share'>,
  period: string,
  revision: number | undefined
): Promise<Verification[]> => {
  const made = revisionsOf(await store.bulletins(), period).map(row => row.revision)
  if (made.length === 0)
    throw new ExitError('failure', `period ${period} is not frozen: there is nothing to verify yet`)
  const verified: Verification[] = []
  for (const one of revision === undefined ? made : [revision])
    verified.push(await inWords(verifyRevision(store, period, one, progressOn(`verify r${one}`))))
  return verified
}

/** A sentence about the month is no bad configuration: nothing in a file would mend it. */
const inWords = async <Result>(work: Promise<Result>): Promise<Result> => {
  try {
    return await work
  } catch (error) {
    throw error instanceof Error ? new ExitError('failure', error.message, { cause: error }) : error
  }
}

const sayEveryMs = 2_000

/** A line on stderr now and then, and the last one; short runs say nothing. */
const progressOn = (what: string): Progress => {
  let saidMs = performance.now()
  return ({ done, of }) => {
    if (performance.now() - saidMs < sayEveryMs) return
    saidMs = performance.now()
    process.stderr.write(`${what}: ${done} / ${of} 所学校 schools\n`)
  }
}

const revisionOf = (text: string | undefined): number | undefined => {
  if (text === undefined) return undefined
  if (!/^\d{1,6}$/.test(text))
    throw new ExitError(
      'usage',
      `option --revision must be a whole number, 0 for the current figures, got "${text.slice(0, 40)}"`
    )
  return Number(text)
}
