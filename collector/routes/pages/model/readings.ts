import { wireIdOf, type CheckRow } from '../../../ledger/checks.ts'
import type { DeviceRow } from '../../../ledger/ledger.ts'
import type { ReadingRow } from '../../../store/store.ts'
import { reasonText } from '../../../views/reason-words.ts'
import type { PageContext } from '../context.ts'
import type { When } from '../format.ts'
import { outcomeMark, type Mark } from './mark.ts'
import { sparkOf, type Spark } from './spark.ts'

/** The latest readings of one device. */
export interface DeviceReadings {
  readonly device: string
  /** Said instead of the lines when not one of its checks has a reading. */
  readonly silent: string | undefined
  readonly lines: readonly ReadingLine[]
}
export interface ReadingLine {
  readonly probe: string
  readonly check: string
  readonly subject: string
  readonly part: string
  /** Where the subject is, as measured; of a tier test, its kind. */
  readonly place: string
  /** Why its answers prove nothing, '' when they do. */
  readonly caution: string
  readonly mark: Mark | undefined
  readonly reason: { readonly text: string; readonly code: string } | undefined
  readonly figures: readonly { readonly name: string; readonly value: string }[]
  readonly when: When | undefined
  readonly spark: Spark | undefined
}

export interface ReadingReads {
  readonly devices: readonly DeviceRow[]
  /** Every version of the checks of these devices. */
  readonly checks: readonly CheckRow[]
  readonly latest: readonly ReadingRow[]
  /** Newest first; of the probes in `trendFields`. */
  readonly recent: readonly ReadingRow[]
  /** The span that `recent` covers. */
  readonly recentFromMs: number
}

/** The field whose trend is worth a picture. */
export const trendFields: Readonly<Record<string, string>> = { portal: 'ttfb_ms', ping: 'rtt_ms', clock: 'offset_ms' }

/** The fields that say most, in order. Other probes show their first few. */
const keyFields: Readonly<Record<string, readonly string[]>> = {
  host: ['uptime_s', 'cpu_pct', 'mem_available_bytes', 'disk_free_bytes'],
  port: ['speed_mbps', 'capable_mbps', 'rssi_dbm'],
  ping: ['rtt_ms', 'loss_pct', 'lost_n', 'sent_n'],
  portal: ['ttfb_ms', 'dns_ms', 'status_code', 'cert_days'],
  clock: ['offset_ms', 'delay_ms', 'stratum'],
  bandwidth: ['ip_mbps', 'line_mbps', 'goodput_mbps', 'duration_ms']
}
const fewFields = 4

/** One line for every part of every current check, with its newest reading whichever version of the check made it. */
export const latestReadings = (context: PageContext, reads: ReadingReads): DeviceReadings[] => {
  const keyOf = new Map(reads.checks.map(check => [check.id, check.key]))
  const latestOf = newestByPart(reads.latest, keyOf)
  const recentOf = Map.groupBy(reads.recent, reading => partKey(keyOf.get(reading.checkId), reading.part))
  const current = Map.groupBy(
    reads.checks.filter(check => check.toMs === undefined),
    check => check.device
  )
  return reads.devices.flatMap(device => {
    const lines = (current.get(device.id) ?? []).flatMap(check => {
      const readings = latestOf.get(check.key) ?? []
      // An uplink is tested every second day or so, and has a section of its own: a day without a test is no silence.
      if (readings.length === 0)
        return check.probe === 'bandwidth' ? [] : [lineOf(context, check, undefined, undefined)]
      return readings
        .toSorted((a, b) => (a.part < b.part ? -1 : 1))
        .map(reading => {
          const points = recentOf.get(partKey(check.key, reading.part)) ?? []
          return lineOf(context, check, reading, sparkFor(context, check, points, reads.recentFromMs))
        })
    })
    const silent = lines.every(line => line.when === undefined)
    return lines.length === 0
      ? []
      : [{ device: device.name, silent: silent ? context.say('device_silent', { n: lines.length }) : undefined, lines }]
  })
}

const partKey = (key: string | undefined, part: string): string => `${key ?? ''}\n${part}`

const newestByPart = (rows: readonly ReadingRow[], keyOf: ReadonlyMap<number, string>): Map<string, ReadingRow[]> => {
  const newest = new Map<string, ReadingRow>()
  for (const row of rows) {
    const key = partKey(keyOf.get(row.checkId), row.part)
    const known = newest.get(key)
    if (known === undefined || known.atMs < row.atMs) newest.set(key, row)
  }
  return Map.groupBy(newest.values(), row => keyOf.get(row.checkId) ?? '')
}

const sparkFor = (
  context: PageContext,
  check: CheckRow,
  points: readonly ReadingRow[],
  fromMs: number
): Spark | undefined => {
  const field = trendFields[check.probe]
  if (field === undefined) return undefined
  const values = points.map(({ atMs, outcome, fields }) => ({ atMs, outcome, value: fields[field] }))
  return sparkOf(context, values, { field, fromMs, toMs: context.nowMs, everyMs: check.everyMs })
}

const lineOf = (
  context: PageContext,
  check: CheckRow,
  reading: ReadingRow | undefined,
  spark: Spark | undefined
): ReadingLine => {
  const place = reading?.labels['place'] ?? (check.place === 'none' ? '' : check.place)
  const base = {
    probe: context.term('probe', check.probe),
    check: wireIdOf(check),
    subject: subjectOf(context, check, reading),
    part: partOf(context, check, reading),
    place: tagOf(context, check, reading, place),
    caution: check.probe === 'portal' ? cautionFor(context, place) : '',
    spark
  }
  if (reading === undefined) return { ...base, mark: undefined, reason: undefined, figures: [], when: undefined }
  return {
    ...base,
    mark: markOf(context, check, reading),
    reason:
      reading.reason === undefined
        ? undefined
        : { code: reading.reason, text: reasonText(check.probe, reading.reason, context.language) ?? '' },
    figures: figuresOf(context, check.probe, reading),
    when: context.formats.when(reading.atMs)
  }
}

/** What was really asked: the clock probe falls back to the collector when no time server answers. */
const subjectOf = ({ say }: PageContext, check: CheckRow, reading: ReadingRow | undefined): string =>
  check.probe === 'clock' && reading?.labels['source'] === 'collector'
    ? say('clock_by_collector')
    : (reading?.labels['subject'] ?? check.subject)

/** A tier test passes or not, or stays undecided; another run of its probe could not test at all. */
const markOf = (context: PageContext, check: CheckRow, { outcome, labels }: ReadingRow): Mark => {
  const mark = outcomeMark(context, outcome)
  if (check.probe !== 'bandwidth') return mark
  const result = outcome === 'ok' ? 'pass' : outcome === 'failed' ? 'fail' : 'inconclusive'
  return labels['result'] === result ? { ...mark, word: context.term('test_result', result) } : mark
}

/** The parts of a tier test are its directions. */
const partOf = ({ term }: PageContext, check: CheckRow, reading: ReadingRow | undefined): string =>
  reading === undefined ? '' : check.probe === 'bandwidth' ? term('direction', reading.part) : reading.part

/** Where the subject is; of a tier test, which kind it was. */
const tagOf = ({ term }: PageContext, check: CheckRow, reading: ReadingRow | undefined, place: string): string => {
  const kind = check.probe === 'bandwidth' ? (reading?.labels['kind'] ?? '') : ''
  if (kind !== '') return term('test_kind', kind)
  return place === '' ? '' : term('place', place)
}

/** Only what was measured to be off site is evidence of access. */
const cautionFor = ({ say }: PageContext, place: string): string => {
  if (place === 'self') return say('self_no_evidence')
  return place === 'on_site' || place === 'private' ? say('site_no_evidence') : ''
}

const figuresOf = ({ term, formats }: PageContext, probe: string, { fields }: ReadingRow): ReadingLine['figures'] => {
  const names = (keyFields[probe] ?? Object.keys(fields).toSorted()).filter(name => fields[name] !== undefined)
  return names
    .slice(0, fewFields)
    .map(name => ({ name: term('field', name), value: formats.figure(name, fields[name] ?? 0) }))
}
