import type { DatabaseSync } from 'node:sqlite'

/** The synchronous side of the store's interface: what a thread runs. */
export type Sync<Operations> = {
  [Name in keyof Operations]: Operations[Name] extends (...args: infer Args) => Promise<infer Result>
    ? (...args: Args) => Result
    : never
}

/** Makes a function one transaction: all of it or nothing. */
export const transaction =
  (db: DatabaseSync) =>
  <Args extends readonly unknown[], Result>(work: (...args: Args) => Result) =>
  (...args: Args): Result => {
    db.exec('BEGIN IMMEDIATE')
    try {
      const result = work(...args)
      db.exec('COMMIT')
      return result
    } catch (error) {
      db.exec('ROLLBACK')
      throw error
    }
  }

/** A row of a STRICT table, typed by the columns that the statement names. */
export const rowsOf = <Row>(rows: readonly unknown[]): readonly Row[] => rows as readonly Row[]
export const rowOf = <Row>(row: unknown): Row | undefined => row as Row | undefined
