import type { Answer } from './evaluate.ts'

/** What differs between two answers, a sentence each; none when they say the same. Numbers are equal when they differ by less than 1e-9 of their size. */
export const differences = (got: readonly Answer[], want: readonly Answer[]): string[] => {
  const [gotByTags, wantByTags] = [byTags(got), byTags(want)]
  const found: string[] = []
  for (const [key, answer] of wantByTags) {
    const other = gotByTags.get(key)
    if (other === undefined) found.push(`series ${key} must be there with ${answer.rows.length} rows, got none`)
    else found.push(...inSeries(key, other, answer))
  }
  for (const [key, { rows }] of gotByTags)
    if (!wantByTags.has(key))
      found.push(`series ${key} must not be there, got ${rows.length} rows: ${JSON.stringify(rows[0])}`)
  return found
}

const byTags = (answers: readonly Answer[]): Map<string, Answer> =>
  new Map(
    answers.map(answer => [
      Object.entries(answer.tags)
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, value]) => `${key}=${value}`)
        .join(','),
      answer
    ])
  )

const inSeries = (key: string, got: Answer, want: Answer): string[] => {
  if (got.columns.join() !== want.columns.join())
    return [`series ${key} must have the columns ${want.columns.join()}, got ${got.columns.join()}`]
  if (got.rows.length !== want.rows.length)
    return [`series ${key} must have ${want.rows.length} rows, got ${got.rows.length}; ${firstOther(got, want)}`]
  const [mine, theirs] = [sorted(want.rows), sorted(got.rows)]
  return mine.flatMap((row, i) => {
    const other = theirs[i] ?? []
    return row.every((cell, j) => (j === 0 && want.anyTime) || same(cell, other[j]))
      ? []
      : [`series ${key} row ${i} must be ${JSON.stringify(row)}, got ${JSON.stringify(other)}`]
  })
}

type Row = Answer['rows'][number]
/** Rows of one moment come from several series in an order that nobody promises. */
const sorted = (rows: readonly Row[]): readonly Row[] =>
  rows.toSorted((a, b) => Number(a[0]) - Number(b[0]) || compare(JSON.stringify(a), JSON.stringify(b)))
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

const firstOther = (got: Answer, want: Answer): string => {
  const times = (answer: Answer) => answer.rows.map(row => String(row[0]))
  const [a, b] = [times(got), times(want)]
  const i = Math.max(
    0,
    b.findIndex((time, n) => a[n] !== time)
  )
  return `from row ${i} on ${JSON.stringify(want.rows[i])} wanted, ${JSON.stringify(got.rows[i])} there`
}

const same = (a: number | string | null | undefined, b: number | string | null | undefined): boolean =>
  typeof a === 'number' && typeof b === 'number'
    ? Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b))
    : a === b
