import type { DatabaseSync } from 'node:sqlite'
import { rollupMigration } from './schema-rollups.ts'
import { migrations } from './schema.ts'

/** Brings a store up to this version's schema, step by step. Throws when a newer version wrote it. */
export const migrate = (db: DatabaseSync, file: string): void => {
  const { user_version: done } = db.prepare('PRAGMA user_version').get() as { user_version: number }
  if (done > migrations.length)
    throw new Error(
      `store ${file} was written by a newer version (schema ${done}, this one knows ${migrations.length}): start that version, or restore a backup`
    )
  for (const [name, convert] of Object.entries(rollupMigration))
    db.function(name, { deterministic: true }, bodies => convert(String(bodies)))
  for (const [i, step] of migrations.entries()) {
    if (i < done) continue
    db.exec(`BEGIN IMMEDIATE; ${step}; PRAGMA user_version = ${i + 1}; COMMIT`)
  }
}
