import { dayMs } from '../../calendar/day.ts'
import type { Point, Refusal, Written } from './point.ts'
import { placeTags, specFor, type MeasurementSpec } from './schema.ts'

/**
 * The one place that writes line protocol (docs.influxdata.com, "Line protocol reference"). A bad line poisons the batch it is in, and a field's
 * first type is its type for ever, so everything is checked before it is sent. Nothing is ever escaped: what would need it does not pass.
 */
export const writePoint = (point: Point, nowMs: number): Written => {
  if (point.refused !== undefined) return refusedAs(point, point.refused)
  const spec = specFor(point.measurement)
  if (spec?.database !== point.database)
    return refusedAs(point, {
      fault: 'bad_name',
      says: `measurement must be one of database ${point.database}, got ${shown(point.measurement)}`
    })
  const head = headOf(point, spec)
  if (typeof head !== 'string') return refusedAs(point, head)
  const fields = fieldsOf(point, spec)
  if (typeof fields !== 'string') return refusedAs(point, fields)
  const time = timeOf(point, nowMs)
  if (typeof time !== 'string') return refusedAs(point, time)
  return { line: `${head} ${fields} ${time}`, point }
}

const earliestMs = Date.UTC(2020, 0, 1)
/** Rankings are dated with the first of the month that their period is named after, which may still be to come. */
const aheadMs = { raw: dayMs, rollup: 40 * dayMs }

const timeOf = ({ atMs, offsetNs, database }: Point, nowMs: number): string | Refusal => {
  const bad = (says: string): Refusal => ({ fault: 'time_out_of_range', says })
  if (!Number.isInteger(atMs) || atMs < earliestMs || atMs > nowMs + aheadMs[database])
    return bad(
      `time must be between 2020-01-01 and ${aheadMs[database] / dayMs} days from now (${isoOf(nowMs)}), got ${isoOf(atMs)}`
    )
  if (!Number.isInteger(offsetNs) || offsetNs < 0 || offsetNs > 999_999)
    return bad(`offset must be 0 to 999999 ns, because a millisecond has no more, got ${offsetNs}`)
  return offsetNs === 0 ? `${atMs}000000` : `${atMs}${String(offsetNs).padStart(6, '0')}`
}

const isoOf = (atMs: number): string =>
  Number.isFinite(atMs) && Math.abs(atMs) <= 8.64e15 ? new Date(atMs).toISOString() : String(atMs)

/** Points of one check share their tags object, so the text of it is made once. No WeakMap: a fleet's tags keep the collector of garbage busy. */
const headOf = (point: Point, spec: MeasurementSpec): string | Refusal => {
  const known = heads.get(point.tags)
  if (known?.measurement === point.measurement) return known.head
  const head = makeHead(point, spec)
  if (heads.size >= keptHeads) heads.clear()
  heads.set(point.tags, { measurement: point.measurement, head })
  return head
}
const keptHeads = 4_000
const heads = new Map<Point['tags'], { readonly measurement: string; readonly head: string | Refusal }>()

/** In order of their keys, as the server keeps them: it then need not sort. */
const makeHead = ({ measurement, tags }: Point, spec: MeasurementSpec): string | Refusal => {
  const columns = columnsOf(spec)
  const foreign = Object.keys(tags).find(key => !columns.has(key))
  if (foreign !== undefined)
    return {
      fault: 'bad_tag',
      says: `${measurement} tag must be one of ${[...columns.keys()].join(', ')}, got ${shown(foreign)}`
    }
  if (needsDevice(measurement, spec) && (tags['device'] ?? 'none') === 'none')
    return { fault: 'unregistered', says: `${measurement} tag device must be a device of the ledger, got none` }
  let head = measurement
  for (const [key, pattern] of columns) {
    const value = tags[key]
    if (value === undefined) head += `,${key}=none`
    else if (pattern.test(value)) head += `,${key}=${value}`
    else
      return {
        fault: 'bad_tag',
        says: `${measurement} tag ${key} must be an id (${pattern.source}), got ${shown(value)}`
      }
  }
  return head
}

/** The tags of a measurement in order, with what their values must be. */
const columnsOf = (spec: MeasurementSpec): ReadonlyMap<string, RegExp> => {
  const known = columns.get(spec)
  if (known !== undefined) return known
  const made = new Map([...placeTags, ...spec.tags].sort().map(key => [key, patterns[key] ?? id] as const))
  columns.set(spec, made)
  return made
}
const columns = new WeakMap<MeasurementSpec, ReadonlyMap<string, RegExp>>()

/** What nobody registered never becomes a series. */
const needsDevice = (measurement: string, spec: MeasurementSpec): boolean =>
  spec.ofReadings === true || measurement === 'agent'

const id = /^[a-z0-9][a-z0-9-]{0,63}$/
const patterns: Readonly<Record<string, RegExp>> = {
  check: /^[a-z0-9][a-z0-9-]{0,96}$/,
  // `pack/id`, or `composite` for the ranking over all.
  target: /^[a-z0-9][a-z0-9-]{0,63}(\/[a-z0-9][a-z0-9-]{0,63})?$/
}

const fieldsOf = (point: Point, spec: MeasurementSpec): string | Refusal => {
  const { measurement, fields, measured } = point
  let text = ''
  for (const name of Object.keys(fields)) {
    const kind = kindOf(spec, name)
    if (kind === 'foreign' && spec.ofReadings !== true)
      return { fault: 'bad_name', says: `${measurement} field must be one of its own, got ${shown(name)}` }
    const one = fieldText(measurement, name, fields[name] ?? 0, kind)
    if (typeof one !== 'string') return one
    text += text === '' ? one : `,${one}`
  }
  if (measured !== undefined)
    for (const name of Object.keys(measured)) {
      const kind = kindOf(spec, name)
      if (spec.ofReadings !== true || kind === 'integer' || kind === 'float' || Object.hasOwn(fields, name))
        return reserved(measurement, name)
      const one = fieldText(measurement, name, measured[name] ?? 0, kind)
      if (typeof one !== 'string') return one
      text += text === '' ? one : `,${one}`
    }
  return text === '' ? { fault: 'no_field', says: `${measurement} must have at least one field, got none` } : text
}

const reserved = (measurement: string, name: string): Refusal => ({
  fault: 'reserved_field',
  says: `${measurement} field of an agent must not have a name that is used otherwise, got ${shown(name)}`
})

/** `foreign`: not in the schema, a float where it may stand at all; `taken`: means something else to the database. */
type FieldKind = 'integer' | 'float' | 'foreign' | 'taken' | 'no_word'

const fieldText = (measurement: string, name: string, value: number, kind: FieldKind): string | Refusal => {
  if (kind === 'taken') return reserved(measurement, name)
  if (kind === 'no_word')
    return {
      fault: 'bad_name',
      says: `${measurement} field must be a word (${word.source}), got ${shown(name)}`
    }
  if (!Number.isFinite(value))
    return { fault: 'not_finite', says: `${measurement} field ${name} must be a finite number, got ${String(value)}` }
  // Exponents are as JavaScript writes them, which every version reads back to the same bits; -0 it writes as 0.
  if (kind !== 'integer') return `${name}=${value}`
  return Number.isSafeInteger(value)
    ? `${name}=${value}i`
    : { fault: 'field_type', says: `${measurement} field ${name} must be a whole number, got ${value}` }
}

const word = /^[a-z][a-z0-9_]{0,63}$/

const kindOf = (spec: MeasurementSpec, name: string): FieldKind => {
  const known = kinds.get(spec) ?? new Map<string, FieldKind>()
  if (known.size === 0) kinds.set(spec, known)
  const kind = known.get(name)
  if (kind !== undefined) return kind
  // Agents make up names: what they ever said is not kept for ever.
  if (known.size > 2_000) known.clear()
  const made = makeKind(spec, name)
  known.set(name, made)
  return made
}
const kinds = new WeakMap<MeasurementSpec, Map<string, FieldKind>>()

/** A field called as a tag would hide it from InfluxQL, and one called `time` is refused by the server. */
const makeKind = (spec: MeasurementSpec, name: string): FieldKind => {
  if (!word.test(name)) return 'no_word'
  if (Object.hasOwn(spec.fields, name)) return spec.fields[name]?.type ?? 'float'
  if (name === 'time' || spec.tags.includes(name) || placeTags.some(tag => tag === name)) return 'taken'
  return 'foreign'
}

/** What a person may see of a text that an agent chose. */
const shown = (text: string): string => JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text)

const refusedAs = (point: Point, { fault, says }: Refusal): Written => ({
  fault,
  says: point.arrival === 0 ? says : `batch ${point.arrival}: ${says}`,
  line: readable(point),
  point
})

/** For people, in a letter that says what was refused: JSON, so that nothing in it ends a line. */
const readable = ({ database, measurement, tags, fields, measured, atMs, offsetNs }: Point): string =>
  JSON.stringify(
    { database, measurement, tags, fields: { ...measured, ...fields }, atMs, offsetNs },
    (_key, value: unknown) => (typeof value === 'number' && !Number.isFinite(value) ? String(value) : value)
  ).slice(0, 2_000)
