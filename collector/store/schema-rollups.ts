import type { DayRollup } from '../verdicts/rollup.ts'
import { packFigures, packRollups } from './rollup-block.ts'

/** What the ledger, packs and calendars consist of: whatever changes there may change any verdict. */
const ledgerTables = [
  'area',
  'school',
  'school_area',
  'room',
  'device',
  'fact',
  'pack',
  'pack_scope',
  'uplink',
  '"check"',
  'port_map',
  'school_group',
  'group_school',
  'calendar'
]

const watch = ledgerTables.flatMap(table =>
  ['INSERT', 'UPDATE', 'DELETE'].map(
    verb => `CREATE TRIGGER watch_${table.replaceAll('"', '')}_${verb.toLowerCase()} AFTER ${verb} ON ${table}
      BEGIN UPDATE count SET value = value + 1 WHERE name = 'ledger_changes'; END;`
  )
)

/**
 * Migration 6: rollups in blocks (rollup-block.ts), on which days a subject answered anywhere in the fleet, and a number that moves with
 * every change of the ledger.
 */
export const rollupSchema = `
  CREATE TABLE rollup_block (day TEXT NOT NULL, block INTEGER NOT NULL, numbers BLOB NOT NULL, words TEXT NOT NULL, lasts TEXT NOT NULL,
    PRIMARY KEY (day, block)) STRICT;
  -- Apart, because verdicts hardly look at them and they are larger than all the rest.
  CREATE TABLE rollup_figures (day TEXT NOT NULL, check_id INTEGER NOT NULL, figures TEXT NOT NULL, PRIMARY KEY (day, check_id)) STRICT, WITHOUT ROWID;
  CREATE TABLE answered (day TEXT NOT NULL, subject TEXT NOT NULL, PRIMARY KEY (day, subject)) STRICT, WITHOUT ROWID;

  CREATE TEMP TABLE old_block AS SELECT day, check_id / 64 AS block, json_group_array(body) AS bodies FROM rollup_day GROUP BY day, check_id / 64;
  INSERT INTO rollup_block SELECT day, block, old_rollup_numbers(bodies), old_rollup_words(bodies), old_rollup_lasts(bodies) FROM old_block;
  DROP TABLE old_block;
  -- All rollups of a check's day, also those without fields: a line's place among them says whose figures it holds.
  INSERT INTO rollup_figures SELECT day, check_id, old_rollup_figures(json_group_array(body)) FROM rollup_day
    GROUP BY day, check_id HAVING max(json_extract(body, '$.fields') <> '{}') = 1;
  INSERT OR IGNORE INTO answered SELECT r.day, c.subject FROM rollup_day r JOIN "check" c ON c.id = r.check_id
    WHERE c.probe = 'portal' AND c.subject <> '' AND r.place = 'off_site'
      AND json_extract(r.body, '$.counts.ok') + json_extract(r.body, '$.counts.degraded') > 0;
  DROP TABLE rollup_day;

  CREATE INDEX room_school ON room (school);
  CREATE INDEX device_school ON device (school);
  CREATE INDEX uplink_school ON uplink (school);

  INSERT INTO count (name, value) VALUES ('ledger_changes', 0);
  ${watch.join('\n')}
`

/** Functions that only this migration calls: JSON list of the old rows' JSON → a column of the new row. */
export const rollupMigration: Readonly<Record<string, (bodies: string) => string | Uint8Array>> = {
  old_rollup_numbers: bodies => packRollups(oldRollups(bodies)).numbers,
  old_rollup_words: bodies => packRollups(oldRollups(bodies)).words,
  old_rollup_lasts: bodies => packRollups(oldRollups(bodies)).lasts,
  old_rollup_figures: bodies => packFigures(oldRollups(bodies)) ?? ''
}

/** Rollups of the time before calendars did not say what was in hours: all of it, then. */
const oldRollups = (bodies: string): DayRollup[] =>
  (JSON.parse(bodies) as string[])
    .map(body => JSON.parse(body) as Omit<DayRollup, 'inHours'> & Partial<Pick<DayRollup, 'inHours'>>)
    .map(row => ({ ...row, inHours: row.inHours ?? row.counts }))
