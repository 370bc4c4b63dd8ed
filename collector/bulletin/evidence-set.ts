import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import type { AreaRow, GroupRow } from '../ledger/ledger.ts'
import type { EvidenceRow } from '../store/bulletin-store.ts'
import type { CalendarRow } from '../store/calendar-store.ts'
import type { Ranking } from '../verdicts/ranking.ts'
import type { Jurisdiction } from '../verdicts/resolve.ts'
import { canonical, sha256 } from './canonical.ts'

/** The key of what all schools share, in the set and in the store. */
export const sharedKey = ''

/**
 * What the verdicts, shares and rankings of a period rest on beside each school's own evidence. With it a frozen revision can be computed anew
 * when everything else is gone: it is kept for ever, as canonical JSON.
 */
export interface SharedEvidence {
  /** Of this shape and of the schools' (school-evidence.ts). */
  readonly format: 1
  /** YYYY-MM. */
  readonly period: string
  readonly asOfMs: number
  /** The schools are simulated. */
  readonly simulated: boolean
  readonly areas: readonly AreaRow[]
  /** Every school of the set, in id order, under the name and in the area that it had: the set's list of members. */
  readonly schools: readonly FrozenSchool[]
  readonly groups: readonly GroupRow[]
  readonly packs: readonly { readonly id: string; readonly text: string }[]
  readonly scopes: Jurisdiction['scopes']
  readonly calendars: readonly CalendarRow[]
  /** Subject → days on which it answered anywhere in the fleet. */
  readonly answered: Readonly<Record<string, readonly string[]>>
  /** Rankings of earlier periods, which naming looks at; as they were then. */
  readonly rankingsBefore: readonly Ranking[]
  /** Indicator → version of the rule that judged it. */
  readonly rules: Readonly<Record<string, string>>
}

export interface FrozenSchool {
  readonly id: string
  readonly code: string
  readonly name: string
  readonly area: string
}

/** A text of the set as a row: hashed as it is, kept compressed. */
export const evidenceRow = (school: string, text: string): EvidenceRow => ({
  school,
  sha256: sha256(text),
  body: zstdCompressSync(text)
})

/** The text of a row. Throws an Error when the bytes are not what was frozen: it is corrupt, or its hash differs. */
export const textOf = (row: EvidenceRow): string => {
  const name = row.school === sharedKey ? 'the shared evidence' : `the evidence of school "${row.school}"`
  let text: string
  try {
    text = zstdDecompressSync(row.body).toString('utf8')
  } catch (cause) {
    throw new Error(`${name} must be readable, got bytes that are damaged`, { cause })
  }
  const found = sha256(text)
  if (found !== row.sha256) throw new Error(`${name} must have SHA-256 ${row.sha256}, got ${found}`)
  return text
}

export const sharedText = (shared: SharedEvidence): string => canonical(shared)

/** Only of a text whose hash was checked: it is what `sharedText` wrote. */
export const sharedOf = (text: string): SharedEvidence => {
  const shared = JSON.parse(text) as Omit<SharedEvidence, 'format'> & { format: number }
  // A reader of another shape must not guess.
  if (shared.format !== 1)
    throw new Error(`evidence must have format 1, got ${shared.format}: verify it with the version that froze it`)
  return { ...shared, format: 1 }
}

/** SHA-256 over `school TAB sha256 LF` of every row, in code unit order of the school; the shared row, '', is first. */
export const setHash = (rows: readonly Pick<EvidenceRow, 'school' | 'sha256'>[]): string =>
  sha256(
    rows
      .toSorted((a, b) => (a.school < b.school ? -1 : 1))
      .map(row => `${row.school}\t${row.sha256}\n`)
      .join('')
  )
