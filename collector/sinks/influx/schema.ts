/**
 * What lies in InfluxDB: databases, measurements, tags, fields with type and unit. The dashboards, the type check at start and the tests read this one
 * table. Types are fixed for ever: a field that must change gets a new name. Numbers only; names of people and places live in the ledger.
 */
export const databases = ['raw', 'rollup'] as const
/** `raw`: readings as they came and states of the moment. `rollup`: figures of days and months, dated with the start of the local day or month. */
export type DatabaseName = (typeof databases)[number]

/** On every point, `none` when absent. Values are ids of the ledger, never names. */
export const placeTags = [
  'province',
  'city',
  'county',
  'school',
  'stage',
  'zone',
  'building',
  'room',
  'device',
  'kind',
  'check'
] as const

export interface FieldSpec {
  /** `integer` is written with the suffix i; everything else is a float, also when it is whole. */
  readonly type: 'integer' | 'float'
  /** A Grafana unit id. */
  readonly unit: string
  readonly says: string
}
export interface MeasurementSpec {
  readonly database: DatabaseName
  /** Tags beside `placeTags`. */
  readonly tags: readonly string[]
  /** Fields of ours. A measurement of readings carries the agent's own fields too, always as floats. */
  readonly fields: Readonly<Record<string, FieldSpec>>
  readonly ofReadings?: true
  readonly says: string
}

const integer = (unit: string, says: string): FieldSpec => ({ type: 'integer', unit, says })
const float = (unit: string, says: string): FieldSpec => ({ type: 'float', unit, says })
const count = (says: string): FieldSpec => integer('short', says)
const flag = (says: string): FieldSpec => integer('short', `1 when ${says}, else 0`)

/** On every reading. */
const ofReading = {
  outcome: integer('short', '0 ok, 1 degraded, 2 failed, 3 unavailable'),
  answered: flag('ok or degraded'),
  failed: flag('failed: a fact about the school; unavailable is not'),
  in_hours: flag('measured in the hours of a school day'),
  failed_in_hours: flag('failed, and in the hours of a school day'),
  took_ms: float('ms', 'duration of the measurement')
}
const readingOf = (says: string, own: Readonly<Record<string, FieldSpec>> = {}): MeasurementSpec => ({
  database: 'raw',
  tags: ['part'],
  fields: { ...ofReading, ...own },
  ofReadings: true,
  says
})

/** Measurements (a folded reading counts for all it folds) of a day by outcome, and what they say of the school's hours. */
const ofDay = {
  ok_n: count('measurements that were ok'),
  degraded_n: count('measurements that were degraded'),
  failed_n: count('measurements that failed'),
  unavailable_n: count('measurements that say nothing'),
  hours_answered_n: count('measurements in the hours of a school day that were ok or degraded'),
  hours_failed_n: count('measurements in the hours of a school day that failed'),
  answered_pct: float('percent', '(ok + degraded) / (ok + degraded + failed); absent when that is nothing')
}

export const measurements = {
  host: readingOf('the machine itself'),
  port: readingOf('a network port: negotiated speed'),
  ping: readingOf('round trip and loss'),
  portal: readingOf('does a site open'),
  clock: readingOf('clock offset'),
  ipv6: readingOf('IPv6 of users', {
    state: integer('short', 'index of contract/indicator-readings.ts ipv6States; absent when unknown')
  }),
  snmp_port: readingOf('a switch port by SNMP (no probe writes it yet)'),
  recording: readingOf('a recorder’s stream', {
    state: integer('short', 'index of contract/indicator-readings.ts recordingStates; absent when unknown')
  }),
  bandwidth: readingOf('a tier test of an uplink'),
  agent: {
    database: 'raw',
    tags: [],
    fields: {
      lag_s: float('s', 'batch received minus its newest reading'),
      oldest_s: float('s', 'batch received minus its oldest reading: how far back the spool reached'),
      skew_ms: float('ms', 'collector wall minus agent wall'),
      readings_n: count('readings of the batch'),
      late_n: count('of those, arrived more than 15 minutes after they were measured'),
      refused_n: count('readings kept aside with a reason'),
      gaps_n: count('gaps that the batch declares'),
      lost_n: count('readings that those gaps say are gone')
    },
    says: 'one batch of an agent, dated with its arrival'
  },
  school: {
    database: 'raw',
    tags: [],
    fields: {
      agents_n: count('agents that count: approved, not revoked'),
      silent_n: count('of those, silent'),
      silent_s: float('s', 'since any of them was heard; absent when none ever was'),
      silent_hours_s: float('s', 'of that, time in the school’s hours; absent when none ever was'),
      skew_ms: float('ms', 'largest clock skew of them, without sign; absent without one')
    },
    says: 'every registered school every five minutes, also a silent one'
  },
  pipeline: {
    database: 'raw',
    tags: [],
    fields: {
      behind_n: count('batches that are not in InfluxDB yet'),
      behind_s: float('s', 'age of the oldest of them; 0 without any'),
      history_n: count('older batches still to be filled in'),
      points_n: count('points delivered since the sink first ran'),
      refused_n: count('dead letters that lie there'),
      too_old_n: count('points older than the database keeps'),
      dirty_n: count('days of checks that wait for their rollup'),
      gaps_n: count('gaps that agents ever declared'),
      lost_n: count('readings that agents ever declared lost'),
      refused_readings_n: count('readings that the collector ever kept aside'),
      simulated: flag('the schools are simulated (模拟数据)')
    },
    says: 'the collector and this sink, every minute'
  },
  host_1d: {
    database: 'rollup',
    tags: [],
    fields: {
      ...ofDay,
      hours_expected_n: count('measurements that the hours of the day (so far) allow'),
      available_pct: float('percent', 'hours_answered_n / hours_expected_n, at most 100; absent on days without hours')
    },
    says: 'a machine’s day: did it run in the hours of a school day'
  },
  port_1h: {
    database: 'rollup',
    tags: ['part'],
    fields: {
      ok_n: count('measurements that were ok'),
      degraded_n: count('measurements that were degraded'),
      failed_n: count('measurements that failed'),
      unavailable_n: count('measurements that say nothing'),
      speed_mbps_min: float('Mbits', 'lowest negotiated speed'),
      speed_mbps_max: float('Mbits', 'highest negotiated speed')
    },
    says: 'a port’s hour'
  },
  bandwidth_1d: {
    database: 'rollup',
    tags: ['direction'],
    fields: {
      tier_mbps: float('Mbits', 'tier of the day’s tests: the highest that was asked'),
      pass_n: count('tests of that tier passed'),
      fail_n: count('tests of that tier failed'),
      inconclusive_n: count('tests of that tier that say nothing, and those of a panel, which never decide'),
      ip_mbps: float('Mbits', 'best rate of the IP layer that a test of the day saw; absent without one'),
      goodput_mbps: float('Mbits', 'what a speed-test site would show of it; absent without one'),
      bytes_n: integer('bytes', 'bytes that the tests cost'),
      below: flag('every test of that tier that decided failed, and one did')
    },
    says: 'tier tests of an uplink’s day and direction'
  },
  ipv6_1d: {
    database: 'rollup',
    tags: [],
    fields: {
      ...ofDay,
      state: integer('short', 'index of the last state that was measured; absent when unknown'),
      lost: flag(
        'it answered on one of the seven days before, and on this day failed at least three times and never answered'
      )
    },
    says: 'IPv6 of users at a check, by day'
  },
  recording_1d: {
    database: 'rollup',
    tags: [],
    fields: {
      ...ofDay,
      state: integer('short', 'index of the last state that was measured; absent when unknown'),
      hours_ready_pct: float(
        'percent',
        'hours_answered_n of hours_answered_n + hours_failed_n; absent when that is nothing'
      )
    },
    says: 'a recorder’s day'
  },
  school_1d: {
    database: 'rollup',
    tags: ['target', 'indicator'],
    fields: {
      verdict: integer('short', '0 met, 1 missed, 2 unknown, 3 not applicable'),
      met: flag('met'),
      missed: flag('missed'),
      known: flag('met or missed'),
      applies: flag('not not_applicable'),
      value: float('short', 'evidence that decided: days, rooms… (n)'),
      goal: float('short', 'how much the rule wants (expected_n)')
    },
    says: 'a school’s verdict about a target: of the running period on each day, of a past one on its last day'
  },
  target_1d: {
    database: 'rollup',
    tags: ['area', 'group', 'target', 'indicator'],
    fields: {
      met_n: count('schools that meet it'),
      missed_n: count('schools that miss it'),
      unknown_n: count('schools of which it is not known'),
      not_applicable_n: count('schools to which it does not apply'),
      total_n: count('all schools it applies to, silent ones included'),
      pct: float('percent', 'met / total; absent when it applies to no school'),
      hi_pct: float('percent', '(met + unknown) / total'),
      goal_pct: float('percent', 'goal of the document; 0 where it sets none'),
      goal_state: integer(
        'short',
        '0 reached: pct is at the goal; 1 not reached: not even hi_pct is; 2 open: unknown schools decide; 3 no goal, or no school'
      )
    },
    says: 'a share, as GET /v1/shares gives it: of the running period on each day, of a past one on its last day'
  },
  standing_1d: {
    database: 'rollup',
    tags: [],
    fields: {
      met_n: count('targets that the school meets'),
      missed_n: count('targets that it misses'),
      unknown_n: count('targets of which it is not known'),
      not_applicable_n: count('targets that do not apply to it')
    },
    says: 'a school’s verdicts counted: school_1d over all targets, dated alike'
  },
  milestone: {
    database: 'rollup',
    // The place tag `stage` says which.
    tags: [],
    fields: { period: count('the period as a number, 202612 for 2026-12') },
    says: 'days of the reporting calendar that are over: stage freeze (the 20th) and publish (the 25th), dated with the start of that day; every other place tag none'
  },
  rank_1m: {
    database: 'rollup',
    tags: ['area', 'scope', 'target'],
    fields: {
      score: float('percent', 'share met, or the composite'),
      hi_score: float('percent', 'what it could be at most'),
      rank: count('best possible place; absent when it is not ranked'),
      rank_last: count('worst possible place; absent when it is not ranked'),
      total_n: count('schools'),
      unknown_n: count('schools of which it is not known'),
      at_back: flag('among the last for certain'),
      bottom_periods: count('periods in a row at the back'),
      named: flag('named in the bulletin')
    },
    says: 'a ranking’s line, as GET /v1/ranking gives it, dated with the first of the month that the period is named after'
  }
} as const satisfies Readonly<Record<string, MeasurementSpec>>
export type MeasurementName = keyof typeof measurements

/** Codes of `outcome` and `verdict`. */
export const outcomeCodes = { ok: 0, degraded: 1, failed: 2, unavailable: 3 } as const
export const verdictCodes = { met: 0, missed: 1, unknown: 2, not_applicable: 3 } as const
export const goalStateCodes = { reached: 0, not_reached: 1, open: 2, no_goal: 3 } as const

export const specOf = (measurement: string): MeasurementSpec | undefined =>
  Object.hasOwn(measurements, measurement) ? measurements[measurement as MeasurementName] : undefined

/** What a probe that has no entry above writes. */
const ofUnknownProbe = readingOf('readings of a probe that this table does not know')
const word = /^[a-z][a-z0-9_]{0,63}$/
/** Endings of figures made here, also of later ones: no probe writes into them. */
const figureName = /_1[a-z]$/

/**
 * Where readings of a probe go: a new probe is kept without an entry here, under its own name with the fields that all readings have. Undefined
 * when that name is none, or is taken by something that is no reading.
 */
export const readingSpecOf = (probe: string): MeasurementSpec | undefined => {
  const known = specOf(probe)
  if (known !== undefined) return known.ofReadings === true ? known : undefined
  return word.test(probe) && !figureName.test(probe) ? ofUnknownProbe : undefined
}

/** The entry of a measurement, or what a probe of that name writes; undefined when there can be no such measurement. */
export const specFor = (measurement: string): MeasurementSpec | undefined =>
  specOf(measurement) ?? readingSpecOf(measurement)
