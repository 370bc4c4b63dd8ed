import { createHash } from 'node:crypto'
import type { PlaceRow } from '../../store/sink-store.ts'
import type { Refusal } from './point.ts'

/** Tags of parts (ports, directions, tracks). Agents choose these texts, so each is made safe, and a check gets only so many of them. */
export interface Parts {
  /** The tag of a check's part; the refusal when it has too many already. */
  tagOf(checkId: number, part: string): string | Refusal
  /** Keeps what is not kept yet of checks with many parts. */
  save(put: (rows: readonly PlaceRow[]) => Promise<void>): Promise<void>
}

/** Ports of a large switch. */
const mostParts = 64
/** Ordinary checks have a few parts and are not written down; who has more is remembered over a restart. */
const fewParts = 8
const subjectPrefix = 'parts:'

/**
 * The first 64 parts of a check are its parts. A check with up to eight is known in memory only: after a restart it may begin anew, so that at
 * worst eight more are let in by each restart. `rows`: what was saved; other subjects are passed over.
 */
export const openParts = (sink: string, rows: readonly PlaceRow[]): Parts => {
  const known = new Map<number, string[]>()
  const changed = new Set<number>()
  for (const { subject, tags } of rows)
    if (subject.startsWith(subjectPrefix))
      known.set(Number(subject.slice(subjectPrefix.length)), JSON.parse(tags) as string[])
  return {
    tagOf: (checkId, part) => {
      const tag = partTag(part)
      if (part === '') return tag
      const list = known.get(checkId)
      if (list === undefined) {
        known.set(checkId, [part])
        return tag
      }
      if (list.includes(part)) return tag
      if (list.length >= mostParts)
        return {
          fault: 'too_many_parts',
          says: `check ${checkId} must have at most ${mostParts} parts, got one more: ${shown(part)}`
        }
      const other = list.find(one => partTag(one) === tag)
      if (other !== undefined)
        return {
          fault: 'bad_tag',
          says: `check ${checkId} part must be told from its part ${shown(other)} by a hash, got ${shown(part)}`
        }
      list.push(part)
      if (list.length > fewParts) changed.add(checkId)
      return tag
    },
    save: async put => {
      const ids = [...changed]
      if (ids.length === 0) return
      changed.clear()
      try {
        await put(
          ids.map(id => ({
            sink,
            subject: `${subjectPrefix}${id}`,
            fromMs: 0,
            tags: JSON.stringify(known.get(id) ?? [])
          }))
        )
      } catch (error) {
        for (const id of ids) changed.add(id)
        throw error
      }
    }
  }
}

/**
 * A part as a tag: `none` for no part; a lower-case id stays; every other becomes its readable rest and 8 hex digits of its SHA-256. A text that
 * looks as if it were made so is made so again: two different parts are never one tag.
 */
export const partTag = (part: string): string => {
  const known = tags.get(part)
  if (known !== undefined) return known
  if (tags.size > 10_000) tags.clear()
  const tag = makeTag(part)
  tags.set(part, tag)
  return tag
}
const tags = new Map<string, string>()

const plain = /^[a-z0-9][a-z0-9-]{0,63}$/
const hashed = /-[0-9a-f]{8}$/

const makeTag = (part: string): string => {
  if (part === '') return 'none'
  if (plain.test(part) && part !== 'none' && !hashed.test(part)) return part
  const rest = part
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 55)
    .replace(/^-|-$/g, '')
  const hash = createHash('sha256').update(part).digest('hex').slice(0, 8)
  return `${rest === '' ? 'part' : rest}-${hash}`
}

const shown = (part: string): string => JSON.stringify(part.slice(0, 80))
