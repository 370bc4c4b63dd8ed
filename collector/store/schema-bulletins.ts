/** Migration 7: rankings, frozen periods with their evidence, what counties submitted and objected to. */
export const bulletinSchema = `
  CREATE TABLE ranking (period TEXT NOT NULL, revision INTEGER NOT NULL, scope TEXT NOT NULL, target TEXT NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (period, revision, scope, target)) STRICT, WITHOUT ROWID;
  -- published_ms apart from the body: the row of a frozen revision never changes, only that it was published is added, once.
  CREATE TABLE bulletin (period TEXT NOT NULL, revision INTEGER NOT NULL, frozen_ms INTEGER NOT NULL, published_ms INTEGER, body TEXT NOT NULL,
    PRIMARY KEY (period, revision)) STRICT, WITHOUT ROWID;
  -- Who is writing which revision: whoever began last. Rows of a revision without a bulletin are a draft, and nobody reads them.
  CREATE TABLE draft (period TEXT PRIMARY KEY, revision INTEGER NOT NULL, token TEXT NOT NULL) STRICT, WITHOUT ROWID;
  -- One compressed canonical text a school (or '' for what all schools share); a revision holds only what differs from the one before.
  -- The school before the revision: the newest text of each school is one seek away.
  CREATE TABLE evidence (period TEXT NOT NULL, school TEXT NOT NULL, revision INTEGER NOT NULL, sha256 TEXT NOT NULL, body BLOB NOT NULL,
    PRIMARY KEY (period, school, revision)) STRICT;
  CREATE TABLE submission (period TEXT NOT NULL, area TEXT NOT NULL, at_ms INTEGER NOT NULL, action TEXT NOT NULL, by TEXT NOT NULL, note TEXT NOT NULL,
    PRIMARY KEY (period, area, at_ms)) STRICT, WITHOUT ROWID;
  CREATE TABLE objection (id TEXT PRIMARY KEY, period TEXT NOT NULL, school TEXT NOT NULL, target TEXT NOT NULL, raised_ms INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
  CREATE INDEX objection_period ON objection (period);
  -- What is true of the store as a whole, for ever: that its schools are simulated.
  CREATE TABLE mark (name TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
`
