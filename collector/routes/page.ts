import Type from 'typebox'
import { isPeriodName, periodAt, periodNamed, type Period } from '../calendar/period.ts'
import { ProblemError } from '../errors.ts'

/** Query words that many lists share. Query strings are text: nothing is coerced behind the caller's back. */
export const Limit = Type.Optional(
  Type.String({ pattern: '^[1-9][0-9]{0,3}$', description: 'How many items, at most 1000; default 100' })
)
export const Next = Type.Optional(Type.String({ maxLength: 256, description: 'The `next` of the page before' }))
export const PeriodQuery = Type.Optional(Type.String({ description: 'YYYY-MM; default the current one' }))

export const RevisionQuery = Type.Optional(
  Type.String({
    pattern: '^(0|[1-9][0-9]{0,5})$',
    description: '0, the default, is what is known now; from 1 on a frozen bulletin'
  })
)

export const listOf = <T extends Type.TSchema>(item: T) =>
  Type.Object({ items: Type.Array(item), next: Type.Union([Type.String(), Type.Null()]) })

export const limitOf = (text: string | undefined): number => Math.min(1000, Number(text ?? 100))

export const periodOf = (text: string | undefined, nowMs: number): Period => {
  if (text === undefined) return periodAt(nowMs)
  if (!isPeriodName(text))
    throw new ProblemError('bad_request', `query period must be YYYY-MM, got ${JSON.stringify(text.slice(0, 40))}`, {
      pointer: '/period'
    })
  return periodNamed(text)
}

/** One page of a list that is in memory, and the opaque place of the next. */
export const pageOf = <Item>(
  items: readonly Item[],
  limit: number,
  next: string | undefined
): { items: Item[]; next: string | null } => {
  const from = next === undefined ? 0 : offsetOf(next)
  const page = items.slice(from, from + limit)
  return {
    items: page,
    next: from + limit < items.length ? Buffer.from(`o${from + limit}`).toString('base64url') : null
  }
}

const offsetOf = (next: string): number => {
  const match = /^o(\d{1,9})$/.exec(Buffer.from(next, 'base64url').toString('utf8'))
  if (match?.[1] === undefined) throw badNext(next)
  return Number(match[1])
}

export const badNext = (next: string): ProblemError =>
  new ProblemError(
    'bad_request',
    `query next must be the next of a page before, got ${JSON.stringify(next.slice(0, 40))}`,
    { pointer: '/next' }
  )
