import type { WireReading } from '../contract/reading.ts'
import { fold, foldKey, unsent, type FoldState } from './fold.ts'
import type { Probe } from './probe.ts'
import type { Spool } from './spool.ts'

export interface Recorder {
  /** Folds the readings of one run and writes them in one transaction. Returns whether an outcome changed. */
  record(readings: readonly WireReading[], probe: Probe, windowMs: number): boolean
  /** Checks that are no longer configured will not run again: what they had measured is sent now. */
  keepOnly(checks: readonly string[]): void
}

/** Between the probes and the spool. The first measurement of every start is sent as it is: people watch the page then. */
export const openRecorder = (spool: Spool, onRecorded: (n: number) => void): Recorder => {
  const folds = spool.folds()
  const fresh = new Set(folds.keys())

  const stateOf = (key: string): FoldState | undefined => {
    const state = folds.get(key)
    return state !== undefined && fresh.delete(key) ? { ...state, sign: '' } : state
  }
  const write = (readings: readonly WireReading[], changed: ReadonlyMap<string, FoldState | undefined>): void => {
    spool.record(readings, changed)
    for (const [key, state] of changed) {
      if (state === undefined) folds.delete(key)
      else folds.set(key, state)
    }
    onRecorded(readings.length)
  }

  return {
    record: (readings, probe, windowMs) => {
      const changed = new Map<string, FoldState>()
      const steps = readings.map(reading => {
        const key = foldKey(reading)
        const step = fold(changed.get(key) ?? stateOf(key), reading, probe.fold ?? {}, windowMs)
        changed.set(key, step.state)
        return step
      })
      write(
        steps.flatMap(step => step.emit),
        changed
      )
      return steps.some(step => step.urgent)
    },
    keepOnly: checks => {
      const kept = new Set(checks)
      const gone = [...folds].filter(([key]) => !kept.has(key.slice(0, key.indexOf('\n'))))
      if (gone.length === 0) return
      write(
        gone.flatMap(([, state]) => unsent(state) ?? []),
        new Map(gone.map(([key]) => [key, undefined]))
      )
    }
  }
}
