import type { Ledger } from './ledger.ts'

export type LedgerKind = keyof Ledger
/** A row of any kind, field by field. */
export type Row = Readonly<Record<string, unknown>>

/** What is wrong with one row of a ledger: `/<kind>/<index>/<field> <expectation>, got <got>`. */
export interface LedgerFault {
  readonly kind: LedgerKind
  readonly index: number
  /** '' for the row as a whole. */
  readonly field: string
  readonly expectation: string
  readonly got: string
  /** The rows that are referred to: one of them may be the one that is wrong. */
  readonly about?: readonly { readonly kind: LedgerKind; readonly id: string }[]
  /** Key of a row of the same kind that this one clashes with: nobody can tell which of the two is right. */
  readonly twin?: string
}

export const quoted = (text: string): string => JSON.stringify(text)

export function* unique(kind: LedgerKind, rows: readonly { readonly id: string }[]): Generator<LedgerFault> {
  const seen = new Set<string>()
  for (const [index, { id }] of rows.entries()) {
    if (seen.has(id))
      yield { kind, index, field: 'id', expectation: 'must be unique', got: `${quoted(id)} again`, twin: id }
    seen.add(id)
  }
}

export function* known(
  ids: ReadonlyMap<string, unknown>,
  id: string,
  at: Pick<LedgerFault, 'kind' | 'index' | 'field'>,
  kind: LedgerKind,
  noun: string
): Generator<LedgerFault> {
  if (!ids.has(id))
    yield { ...at, expectation: `must be the id of a known ${noun}`, got: quoted(id), about: [{ kind, id }] }
}
