import type { Point, Refusal } from './point.ts'
import { placeTags, type MeasurementSpec } from './schema.ts'

/** Measurement and tags of a line, tags in order of their keys, as the server keeps them: it then need not sort. Missing ones are `none`. */
export type HeadOf = (point: Point, spec: MeasurementSpec) => string | Refusal

/** Remembers the text of places: a device's is made once for all of its checks. */
export const openHeads = (): HeadOf => {
  const columnsOf = openColumns()
  return (point, spec) => {
    const { measurement, tags, own } = point
    if (needsDevice(measurement, spec) && (tags['device'] ?? 'none') === 'none')
      return { fault: 'unregistered', says: `${measurement} tag device must be a device of the ledger, got none` }
    const columns = columnsOf(spec)
    const text = own === undefined ? undefined : framed(tags, own, columns)
    if (text !== undefined) return measurement + text
    const all = own === undefined ? tags : { ...tags, ...own }
    const whole = frameOf(all, [], columns)
    return whole === undefined ? badTag(measurement, all, columns) : measurement + whole.first
  }
}

/** What nobody registered never becomes a series. */
const needsDevice = (measurement: string, spec: MeasurementSpec): boolean =>
  spec.ofReadings === true || measurement === 'agent'

/** The tags that a measurement has, with what their values must be, and the frames of the places that have points there. */
interface Columns {
  readonly patterns: ReadonlyMap<string, RegExp>
  readonly frames: Map<Point['tags'], Frame | undefined>
}
/** Tags of a place as text, checked, with gaps for the tags of a single point. */
interface Frame {
  readonly first: string
  readonly gaps: readonly { readonly key: string; readonly pattern: RegExp; readonly rest: string }[]
}
/** A city's devices, twice; a few hundred bytes each. */
const mostFrames = 20_000

/** undefined when the point does not fit into the frame of its place: it must be written, or refused, as a whole. */
const framed = (tags: Point['tags'], own: Point['tags'], columns: Columns): string | undefined => {
  const frame = keptFrame(tags, own, columns)
  if (frame?.gaps.length !== Object.keys(own).length) return undefined
  let text = frame.first
  for (const { key, pattern, rest } of frame.gaps) {
    const value = own[key]
    if (value === undefined || !pattern.test(value)) return undefined
    text += `,${key}=${value}${rest}`
  }
  return text
}

/** No WeakMap: a fleet's tags would keep the collector of garbage busy. */
const keptFrame = (tags: Point['tags'], own: Point['tags'], columns: Columns): Frame | undefined => {
  const { frames } = columns
  const known = frames.get(tags)
  if (known !== undefined) return known
  const frame = frameOf(tags, Object.keys(own), columns)
  if (frames.size >= mostFrames) frames.clear()
  frames.set(tags, frame)
  return frame
}

/** undefined when one of the tags must not stand there. */
const frameOf = (tags: Point['tags'], gaps: readonly string[], { patterns }: Columns): Frame | undefined => {
  for (const key of Object.keys(tags)) if (!patterns.has(key) || gaps.includes(key)) return undefined
  const pieces: { key: string; pattern: RegExp; rest: string }[] = []
  let first = ''
  for (const [key, pattern] of patterns) {
    if (gaps.includes(key)) {
      pieces.push({ key, pattern, rest: '' })
      continue
    }
    const value = tags[key] ?? 'none'
    if (!pattern.test(value)) return undefined
    const last = pieces.at(-1)
    if (last === undefined) first += `,${key}=${value}`
    else last.rest += `,${key}=${value}`
  }
  return { first, gaps: pieces }
}

const badTag = (measurement: string, tags: Point['tags'], { patterns }: Columns): Refusal => {
  const foreign = Object.keys(tags).find(key => !patterns.has(key))
  if (foreign !== undefined)
    return {
      fault: 'bad_tag',
      says: `${measurement} tag must be one of ${[...patterns.keys()].join(', ')}, got ${shown(foreign)}`
    }
  const [key, pattern] = [...patterns].find(([tag, good]) => !good.test(tags[tag] ?? 'none')) ?? ['', id]
  return {
    fault: 'bad_tag',
    says: `${measurement} tag ${key} must be an id (${pattern.source}), got ${shown(tags[key] ?? 'none')}`
  }
}

const openColumns = (): ((spec: MeasurementSpec) => Columns) => {
  const bySpec = new Map<MeasurementSpec, Columns>()
  const byKeys = new Map<string, Columns>()
  return spec => {
    const known = bySpec.get(spec)
    if (known !== undefined) return known
    const keys = [...placeTags, ...spec.tags].sort()
    // All probes have the same ones.
    const made = byKeys.get(keys.join(' ')) ?? {
      patterns: new Map(keys.map(key => [key, patterns[key] ?? id])),
      frames: new Map<Point['tags'], Frame | undefined>()
    }
    byKeys.set(keys.join(' '), made)
    bySpec.set(spec, made)
    return made
  }
}

const id = /^[a-z0-9][a-z0-9-]{0,63}$/
const patterns: Readonly<Record<string, RegExp>> = {
  check: /^[a-z0-9][a-z0-9-]{0,96}$/,
  // `pack/id`, or `composite` for the ranking over all.
  target: /^[a-z0-9][a-z0-9-]{0,63}(\/[a-z0-9][a-z0-9-]{0,63})?$/
}

/** What a person may see of a text that an agent chose. */
export const shown = (text: string): string => JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text)
