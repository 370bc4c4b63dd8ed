/** Migration 4: what the ledger lacked. Days are YYYY-MM-DD. */
export const ledgerSchema = `
  ALTER TABLE school ADD COLUMN teachers INTEGER;
  ALTER TABLE school ADD COLUMN closed_on TEXT;
  ALTER TABLE room ADD COLUMN recording INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE room ADD COLUMN sync INTEGER NOT NULL DEFAULT 0;
  CREATE TABLE port_map (switch TEXT NOT NULL REFERENCES device, port TEXT NOT NULL, room TEXT NOT NULL REFERENCES room,
    PRIMARY KEY (switch, port)) STRICT, WITHOUT ROWID;
  CREATE TABLE school_group (id TEXT PRIMARY KEY, name TEXT NOT NULL, name_en TEXT) STRICT, WITHOUT ROWID;
  CREATE TABLE group_school (grp TEXT NOT NULL REFERENCES school_group, school TEXT NOT NULL REFERENCES school,
    PRIMARY KEY (grp, school)) STRICT, WITHOUT ROWID;
  CREATE TABLE ledger_import (n INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, name TEXT NOT NULL, sha256 TEXT NOT NULL,
    added INTEGER NOT NULL, changed INTEGER NOT NULL) STRICT;
`
