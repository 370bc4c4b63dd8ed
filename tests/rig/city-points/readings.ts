import { ipv6States, recordingStates } from '../../../contract/indicator-readings.ts'
import type { ReadingRow } from '../../../collector/store/store.ts'
import type { Held } from '../influxql/evaluate.ts'
import type { City } from './city.ts'
import { partTag, tagsOfCheck, tagsOfDevice } from './place.ts'

export const outcomeCode = { ok: 0, degraded: 1, failed: 2, unavailable: 3 } as const

/** One point a reading. */
export const readingPoints = (city: City, isRefused: (reading: ReadingRow) => boolean): Held[] => {
  const twins = new Map<string, number>()
  return city.readings
    .toSorted((a, b) => a.atMs - b.atMs || a.checkId - b.checkId || a.n - b.n)
    .flatMap(reading => {
      const check = city.checks.get(reading.checkId)
      const school = city.devices.get(check?.device ?? '')?.school
      if (check === undefined || school === undefined) throw new Error(`check ${reading.checkId} is in no ledger`)
      const same = `${reading.atMs} ${reading.checkId} ${reading.part}`
      const twin = twins.get(same) ?? 0
      twins.set(same, twin + 1)
      if (isRefused(reading)) return []
      const failed = reading.outcome === 'failed'
      const inHours = city.calendarOf(school).isInHours(reading.atMs)
      const state = stateOf(check.probe, reading)
      return [
        {
          measurement: check.probe,
          tags: { ...tagsOfCheck(city, check.id), part: partTag(reading.part) },
          fields: {
            ...reading.fields,
            outcome: outcomeCode[reading.outcome],
            answered: Number(reading.outcome === 'ok' || reading.outcome === 'degraded'),
            failed: Number(failed),
            in_hours: Number(inHours),
            failed_in_hours: Number(failed && inHours),
            took_ms: reading.tookMs,
            ...(state === undefined ? {} : { state })
          },
          atMs: reading.atMs,
          offsetNs: twin
        }
      ]
    })
}

/** The state's place in its list: the reason says it, or the label, or that all is well. */
export const stateOf = (
  probe: string,
  { outcome, reason, labels }: Pick<ReadingRow, 'outcome' | 'reason' | 'labels'>
): number | undefined => {
  const states: readonly string[] = probe === 'ipv6' ? ipv6States : probe === 'recording' ? recordingStates : []
  const said = [reason, labels['state'], outcome === 'ok' ? 'ready' : undefined]
  const state = said.find(one => one !== undefined && states.includes(one))
  return state === undefined ? undefined : states.indexOf(state)
}

/** One point a batch. */
export const agentPoints = (city: City): Held[] =>
  city.batches.map(batch => {
    const device = city.agents.get(batch.agent)?.devices[0]
    if (device === undefined) throw new Error(`agent ${batch.agent} has no device`)
    const times = batch.readings.map(reading => reading.atMs)
    return {
      measurement: 'agent',
      tags: tagsOfDevice(city, device),
      fields: {
        ...(times.length === 0
          ? {}
          : {
              lag_s: (batch.receivedMs - Math.max(...times)) / 1_000,
              oldest_s: (batch.receivedMs - Math.min(...times)) / 1_000
            }),
        skew_ms: batch.skewMs,
        readings_n: batch.readings.length,
        late_n: batch.readings.filter(reading => !reading.live).length,
        refused_n: batch.rejectedN,
        gaps_n: batch.gaps.length,
        lost_n: batch.gaps.reduce((sum, gap) => sum + gap.n, 0)
      },
      atMs: batch.receivedMs,
      offsetNs: batch.arrival % 1_000_000
    }
  })
