import { dayMs } from '../../calendar/day.ts'
import { openHeads, shown } from './head.ts'
import type { Point, Refusal, Written } from './point.ts'
import { placeTags, specFor, type MeasurementSpec } from './schema.ts'

/**
 * The one place that writes line protocol (docs.influxdata.com, "Line protocol reference"). A bad line poisons the batch it is in, and a field's
 * first type is its type for ever, so everything is checked before it is sent. Nothing is ever escaped: what would need it does not pass.
 */
export type WritePoint = (point: Point, nowMs: number) => Written

/** Remembers which device was the first to use which field names: it may bring so many, as long as this lives. */
export const openWriter = (): WritePoint => {
  const headOf = openHeads()
  const kindOf = openKinds()
  return (point, nowMs) => {
    if (point.refused !== undefined) return refusedAs(point, point.refused)
    const spec = specFor(point.measurement)
    if (spec?.database !== point.database)
      return refusedAs(point, {
        fault: 'bad_name',
        says: `measurement must be one of database ${point.database}, got ${shown(point.measurement)}`
      })
    const head = headOf(point, spec)
    if (typeof head !== 'string') return refusedAs(point, head)
    const fields = fieldsOf(point, spec, kindOf)
    if (typeof fields !== 'string') return refusedAs(point, fields)
    const time = timeOf(point, nowMs)
    if (typeof time !== 'string') return refusedAs(point, time)
    return { line: `${head} ${fields} ${time}`, point }
  }
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

const fieldsOf = (point: Point, spec: MeasurementSpec, kindOf: KindOf): string | Refusal => {
  const { measurement, tags, fields, measured } = point
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
      const kind = kindOf(spec, name, tags['device'])
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

/** `foreign`: not in the schema, a float where it may stand at all; `taken`: means something else to the database; `one_more`: one name too many. */
type FieldKind = 'integer' | 'float' | 'foreign' | 'taken' | 'no_word' | 'one_more'

const fieldText = (measurement: string, name: string, value: number, kind: FieldKind): string | Refusal => {
  if (kind === 'taken') return reserved(measurement, name)
  if (kind === 'no_word')
    return {
      fault: 'bad_name',
      says: `${measurement} field must be a word (${word.source}), got ${shown(name)}`
    }
  if (kind === 'one_more')
    return {
      fault: 'bad_name',
      says: `${measurement} field must be one of at most ${mostBrought} names that its device is the first to use, got ${shown(name)}`
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

type KindOf = (spec: MeasurementSpec, name: string, device?: string) => FieldKind

const openKinds = (): KindOf => {
  const kinds = new Map<MeasurementSpec, Map<string, FieldKind>>()
  const broughtBy = new Map<string, number>()
  return (spec, name, device = '') => {
    const known = kinds.get(spec) ?? new Map<string, FieldKind>()
    if (known.size === 0) kinds.set(spec, known)
    const kind = known.get(name)
    if (kind !== undefined) return kind
    const made = makeKind(spec, name)
    if (made === 'foreign' && spec.ofReadings === true) {
      const brought = broughtBy.get(device) ?? 0
      if (brought >= mostBrought) return 'one_more'
      broughtBy.set(device, brought + 1)
    }
    if (made !== 'no_word') known.set(name, made)
    return made
  }
}
/**
 * A new field name is a new column for all schools, for ever, and agents make names up: each device may bring so many that no other has. All probes
 * together have fewer.
 */
const mostBrought = 256

/** A field called as a tag would hide it from InfluxQL, and one called `time` is refused by the server. */
const makeKind = (spec: MeasurementSpec, name: string): FieldKind => {
  if (!word.test(name)) return 'no_word'
  if (Object.hasOwn(spec.fields, name)) return spec.fields[name]?.type ?? 'float'
  if (name === 'time' || spec.tags.includes(name) || placeTags.some(tag => tag === name)) return 'taken'
  return 'foreign'
}

const refusedAs = (point: Point, { fault, says }: Refusal): Written => ({
  fault,
  says: point.arrival === 0 ? says : `batch ${point.arrival}: ${says}`,
  line: readable(point),
  point
})

/** For people, in a letter that says what was refused: JSON, so that nothing in it ends a line. */
const readable = ({ database, measurement, tags, own, fields, measured, atMs, offsetNs }: Point): string =>
  JSON.stringify(
    { database, measurement, tags: { ...tags, ...own }, fields: { ...measured, ...fields }, atMs, offsetNs },
    (_key, value: unknown) => (typeof value === 'number' && !Number.isFinite(value) ? String(value) : value)
  ).slice(0, 2_000)
