/** Migration 4: what the ledger lacked. */
export const ledgerSchema = `
  ALTER TABLE school ADD COLUMN teachers INTEGER;
  ALTER TABLE room ADD COLUMN recording INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE room ADD COLUMN sync INTEGER NOT NULL DEFAULT 0;
  CREATE TABLE port_map (switch TEXT NOT NULL REFERENCES device, port TEXT NOT NULL, room TEXT NOT NULL REFERENCES room,
    PRIMARY KEY (switch, port)) STRICT, WITHOUT ROWID;
  CREATE TABLE school_group (id TEXT PRIMARY KEY, name TEXT NOT NULL, name_en TEXT) STRICT, WITHOUT ROWID;
  CREATE TABLE group_school (grp TEXT NOT NULL REFERENCES school_group, school TEXT NOT NULL REFERENCES school,
    PRIMARY KEY (grp, school)) STRICT, WITHOUT ROWID;
`
