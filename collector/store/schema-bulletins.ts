/** Migration 7: rankings, frozen periods with their evidence, what counties submitted and objected to. */
export const bulletinSchema = `
  CREATE TABLE ranking (period TEXT NOT NULL, revision INTEGER NOT NULL, scope TEXT NOT NULL, target TEXT NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (period, revision, scope, target)) STRICT, WITHOUT ROWID;
  CREATE TABLE bulletin (period TEXT NOT NULL, revision INTEGER NOT NULL, frozen_ms INTEGER NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (period, revision)) STRICT, WITHOUT ROWID;
  -- One compressed canonical text a school (or '' for what all schools share); a revision holds only what differs from the one before.
  CREATE TABLE evidence (period TEXT NOT NULL, revision INTEGER NOT NULL, school TEXT NOT NULL, sha256 TEXT NOT NULL, body BLOB NOT NULL,
    PRIMARY KEY (period, revision, school)) STRICT;
  CREATE TABLE submission (period TEXT NOT NULL, area TEXT NOT NULL, at_ms INTEGER NOT NULL, action TEXT NOT NULL, by TEXT NOT NULL, note TEXT NOT NULL,
    PRIMARY KEY (period, area, at_ms)) STRICT, WITHOUT ROWID;
  CREATE TABLE objection (id TEXT PRIMARY KEY, period TEXT NOT NULL, school TEXT NOT NULL, target TEXT NOT NULL, raised_ms INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
  CREATE INDEX objection_period ON objection (period);
`
