/** Migration 2: uplinks of the ledger and the results of their tier tests, which are kept for ever. */
export const uplinkSchema = `
  CREATE TABLE uplink (
    id TEXT PRIMARY KEY, school TEXT NOT NULL REFERENCES school, device TEXT NOT NULL REFERENCES device, interface TEXT,
    contract_down_mbps REAL, contract_up_mbps REAL, isp TEXT, shared_group TEXT, server TEXT
  ) STRICT;
  CREATE TABLE tier_test (
    uplink TEXT NOT NULL REFERENCES uplink, at_ms INTEGER NOT NULL, direction TEXT NOT NULL, kind TEXT NOT NULL, tier_mbps REAL NOT NULL,
    lease TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (uplink, at_ms, direction, kind, tier_mbps, lease)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX tier_test_time ON tier_test (at_ms);
`
