/** Migration 3: leases, spent bytes, wishes for a test now, and on which days agents were awake at night. */
export const leaseSchema = `
  CREATE TABLE lease (
    id TEXT PRIMARY KEY, uplink TEXT NOT NULL, line TEXT NOT NULL, agent TEXT NOT NULL, server TEXT NOT NULL, ip TEXT, direction TEXT NOT NULL,
    tier_mbps INTEGER NOT NULL, kind TEXT NOT NULL, slot TEXT NOT NULL, cap_mbps REAL NOT NULL, max_bytes INTEGER NOT NULL, max_ms INTEGER NOT NULL,
    issued_ms INTEGER NOT NULL, not_before_ms INTEGER NOT NULL, expires_ms INTEGER NOT NULL, until_ms INTEGER NOT NULL, remote INTEGER NOT NULL,
    opened_ms INTEGER, closed_ms INTEGER, lapsed INTEGER NOT NULL DEFAULT 0, record TEXT
  ) STRICT;
  CREATE INDEX lease_uplink ON lease (uplink, issued_ms);
  CREATE INDEX lease_issued ON lease (issued_ms);
  CREATE INDEX lease_live ON lease (until_ms) WHERE closed_ms IS NULL;
  -- A lease that lapsed has no row here.
  CREATE TABLE budget_use (lease TEXT PRIMARY KEY REFERENCES lease, uplink TEXT NOT NULL, at_ms INTEGER NOT NULL, kind TEXT NOT NULL,
    bytes INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE INDEX budget_use_uplink ON budget_use (uplink, at_ms, kind, bytes);
  CREATE INDEX budget_use_at ON budget_use (at_ms);
  CREATE TABLE on_demand (uplink TEXT PRIMARY KEY, asked_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE presence (agent TEXT NOT NULL, day TEXT NOT NULL, night INTEGER NOT NULL, daytime INTEGER NOT NULL,
    PRIMARY KEY (agent, day)) STRICT, WITHOUT ROWID;
`
