import { join } from 'node:path'
import Type from 'typebox'
import { openSpool } from '../agent/spool.ts'
import { defaultTemplates, draftChecks } from '../collector/ledger/checks.ts'
import { parse } from '../contract/parse.ts'
import type { CollectorProcess } from './collector.ts'

const Readings = Type.Object({
  items: Type.Array(
    Type.Object({ check: Type.String(), part: Type.String(), fields: Type.Record(Type.String(), Type.Number()) })
  )
})

/**
 * How often a stopped agent measured: what the collector has, folded readings counted for all they fold, and what was folded but not
 * yet due. A check with several parts counts once a run.
 */
export const measuredTimes = async (collector: CollectorProcess, agentData: string): Promise<number> => {
  const { items } = parse(Readings, await collector.get('/v1/readings?limit=1000'), 'answer of /v1/readings')
  const spool = openSpool({ directory: agentData, maxBytes: 64 * 1_048_576, wallMs: Date.now })
  const pending = [...spool.folds()].map(([key, state]) => [key, state.pending?.n ?? 0] as const)
  spool.close()
  const runs = new Map<string, number>()
  const add = (key: string, n: number) => runs.set(key, (runs.get(key) ?? 0) + n)
  for (const { check, part, fields } of items) add(`${check}\n${part}`, fields['folded_n'] ?? 1)
  for (const [key, n] of pending) add(key, n)
  const most = new Map<string, number>()
  for (const [key, n] of runs) {
    const check = key.split('\n', 1)[0] ?? ''
    most.set(check, Math.max(most.get(check) ?? 0, n))
  }
  return [...most.values()].reduce((sum, n) => sum + n, 0)
}

/** How often the default checks of one panel are due in that time, at least: the first run is spread, the last may be under way. */
export const dueTimes = (seconds: number, publicUrl: string): number =>
  draftChecks([{ id: 'this-machine', kind: 'panel' }], defaultTemplates(publicUrl)).reduce(
    (sum, check) => sum + Math.max(0, Math.floor((seconds * 1000) / check.everyMs) - 1),
    0
  )

export const agentData = (directory: string): string => join(directory, 'agent')
