/** Migration 8: what sinks follow (the batch log by arrival, figures by a number that moves with every change), where they are, what was refused. */
export const sinkSchema = `
  CREATE INDEX reading_arrival ON reading (arrival);
  ALTER TABLE batch ADD COLUMN skew_ms INTEGER NOT NULL DEFAULT 0;

  -- Each thing once, with the number of its last change.
  CREATE TABLE change (kind TEXT NOT NULL, key TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (kind, key)) STRICT, WITHOUT ROWID;
  CREATE INDEX change_seq ON change (kind, seq);
  INSERT INTO change SELECT 'rollup', day || ' ' || block, row_number() OVER (ORDER BY day, block) FROM rollup_block;
  INSERT INTO change SELECT 'period', period, (SELECT count(*) FROM change) + row_number() OVER (ORDER BY period)
    FROM (SELECT DISTINCT period FROM share WHERE revision = 0);
  INSERT INTO count (name, value) SELECT 'changes', coalesce(max(seq), 0) FROM change;

  -- rewind_to: somebody asked to have everything after this arrival, and every figure, sent again.
  CREATE TABLE sink (name TEXT PRIMARY KEY, body TEXT NOT NULL, rewind_to INTEGER) STRICT, WITHOUT ROWID;
  CREATE TABLE sink_place (sink TEXT NOT NULL, subject TEXT NOT NULL, from_ms INTEGER NOT NULL, tags TEXT NOT NULL,
    PRIMARY KEY (sink, subject, from_ms)) STRICT, WITHOUT ROWID;
  CREATE TABLE dead_letter (id INTEGER PRIMARY KEY AUTOINCREMENT, sink TEXT NOT NULL, at_ms INTEGER NOT NULL, database TEXT NOT NULL,
    arrival INTEGER NOT NULL, line TEXT NOT NULL, reason TEXT NOT NULL, answer TEXT NOT NULL, due_ms INTEGER, tries INTEGER NOT NULL DEFAULT 0) STRICT;
  CREATE INDEX dead_letter_sink ON dead_letter (sink, id);
  CREATE INDEX dead_letter_due ON dead_letter (sink, id) WHERE due_ms IS NOT NULL;
`
