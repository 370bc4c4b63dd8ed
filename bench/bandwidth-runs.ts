import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import Type, { type Static } from 'typebox'
import { parseJson } from '../contract/parse.ts'

/** One live test of a scenario, as a line of the soak's file. */
const Run = Type.Object({
  scenario: Type.String(),
  set: Type.String(),
  number: Type.Integer(),
  at: Type.String(),
  /** `error`: the command did not answer; `reason` is its message. */
  result: Type.String(),
  reason: Type.String(),
  wrong: Type.Boolean(),
  ip_mbps: Type.Optional(Type.Number()),
  bytes: Type.Number(),
  duration_ms: Type.Number(),
  /** Of the whole command with its start and end. */
  took_ms: Type.Number(),
  /** How much of the machine was at work meanwhile, and how much it was denied, %. */
  busy_pct: Type.Number(),
  steal_pct: Type.Number(),
  /** Everything the command printed, where it was not a plain pass or fail that is right. */
  printed: Type.Optional(Type.Unknown())
})
export type Run = Static<typeof Run>

/** The runs in a file, one JSON object a line: what a soak that was cut has done already. */
export const openRuns = (file: string): { readonly runs: Run[]; add(run: Run): void } => {
  mkdirSync(dirname(file), { recursive: true })
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : []
  const runs = lines.flatMap((line, i) => (line === '' ? [] : [parseJson(Run, line, `${file} line ${i + 1}`)]))
  return {
    runs,
    add: run => {
      runs.push(run)
      appendFileSync(file, `${JSON.stringify(run)}\n`)
    }
  }
}

export interface Jiffies {
  readonly total: number
  readonly idle: number
  readonly steal: number
}

/** Source: proc(5), the first line of /proc/stat. */
export const jiffies = (): Jiffies => {
  const fields = readFileSync('/proc/stat', 'utf8').split('\n')[0]?.split(/ +/).slice(1, 9).map(Number) ?? []
  const [, , , idle = 0, iowait = 0, , , steal = 0] = fields
  return { total: fields.reduce((sum, value) => sum + value, 0), idle: idle + iowait, steal }
}

/** How busy the machine was since then. */
export const busySince = (before: Jiffies): { readonly busy_pct: number; readonly steal_pct: number } => {
  const after = jiffies()
  const total = Math.max(1, after.total - before.total)
  const pct = (part: number): number => Math.round((1000 * part) / total) / 10
  return { busy_pct: pct(total - (after.idle - before.idle)), steal_pct: pct(after.steal - before.steal) }
}
