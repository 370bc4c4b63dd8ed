import { bulletinSchema } from './schema-bulletins.ts'
import { calendarSchema } from './schema-calendars.ts'
import { ledgerSchema } from './schema-ledger.ts'
import { leaseSchema } from './schema-leases.ts'
import { rollupSchema } from './schema-rollups.ts'
import { sinkSchema } from './schema-sinks.ts'
import { uplinkSchema } from './schema-uplinks.ts'

/**
 * The schema as numbered steps: each runs once, in order, in one transaction with its number. Steps that landed are never edited.
 * Times are ms since 1970 by the collector's clock unless the column says otherwise.
 */
export const migrations: readonly string[] = [
  `
  CREATE TABLE area (id TEXT PRIMARY KEY, parent TEXT REFERENCES area, level TEXT NOT NULL, name TEXT NOT NULL, name_en TEXT) STRICT;
  CREATE TABLE school (
    id TEXT PRIMARY KEY, code TEXT NOT NULL, name TEXT NOT NULL, name_en TEXT, stage TEXT NOT NULL, zone TEXT NOT NULL,
    township_central INTEGER NOT NULL, larger INTEGER NOT NULL, pupils INTEGER, contact TEXT, phone TEXT
  ) STRICT;
  CREATE TABLE school_area (school TEXT NOT NULL REFERENCES school, from_day TEXT NOT NULL, area TEXT NOT NULL REFERENCES area,
    PRIMARY KEY (school, from_day)) STRICT, WITHOUT ROWID;
  CREATE TABLE room (id TEXT PRIMARY KEY, school TEXT NOT NULL REFERENCES school, name TEXT NOT NULL, kind TEXT NOT NULL) STRICT;
  CREATE TABLE device (
    id TEXT PRIMARY KEY, school TEXT NOT NULL REFERENCES school, room TEXT REFERENCES room, kind TEXT NOT NULL, name TEXT NOT NULL,
    serial TEXT, hostname TEXT, macs TEXT NOT NULL, upload_path TEXT NOT NULL
  ) STRICT;
  CREATE TABLE fact (school TEXT NOT NULL REFERENCES school, key TEXT NOT NULL, as_of TEXT NOT NULL, value TEXT NOT NULL,
    source TEXT NOT NULL, by TEXT NOT NULL, PRIMARY KEY (school, key, as_of)) STRICT, WITHOUT ROWID;
  CREATE TABLE pack (id TEXT PRIMARY KEY, sha256 TEXT NOT NULL, text TEXT NOT NULL) STRICT;
  CREATE TABLE pack_scope (area TEXT NOT NULL REFERENCES area, pack TEXT NOT NULL, from_period TEXT NOT NULL, to_period TEXT,
    PRIMARY KEY (area, pack, from_period)) STRICT, WITHOUT ROWID;

  CREATE TABLE token (id TEXT PRIMARY KEY, hash TEXT NOT NULL, school TEXT NOT NULL REFERENCES school, uses_left INTEGER NOT NULL,
    expires_ms INTEGER NOT NULL, revoked_ms INTEGER) STRICT;
  CREATE TABLE agent (
    id TEXT PRIMARY KEY, school TEXT NOT NULL REFERENCES school, public_key TEXT NOT NULL, state TEXT NOT NULL, machine TEXT NOT NULL,
    enrolled_ms INTEGER NOT NULL
  ) STRICT;
  -- Apart from the agent, because every batch writes it: short rows touch few pages.
  CREATE TABLE agent_seen (agent TEXT PRIMARY KEY, seen_ms INTEGER NOT NULL, seen_ip TEXT NOT NULL, skew_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE agent_device (agent TEXT NOT NULL REFERENCES agent, device TEXT NOT NULL REFERENCES device,
    PRIMARY KEY (agent, device)) STRICT, WITHOUT ROWID;
  CREATE TABLE boot (agent TEXT NOT NULL, boot TEXT NOT NULL, offset_ms INTEGER NOT NULL, PRIMARY KEY (agent, boot)) STRICT, WITHOUT ROWID;

  CREATE TABLE "check" (
    id INTEGER PRIMARY KEY, key TEXT NOT NULL, version INTEGER NOT NULL, device TEXT NOT NULL REFERENCES device, probe TEXT NOT NULL,
    every_ms INTEGER NOT NULL, subject TEXT NOT NULL, place TEXT NOT NULL, options TEXT NOT NULL, from_ms INTEGER NOT NULL, to_ms INTEGER,
    UNIQUE (key, version)
  ) STRICT;
  CREATE INDEX check_device ON "check" (device);

  CREATE TABLE stream (id INTEGER PRIMARY KEY, agent TEXT NOT NULL, spool TEXT NOT NULL, high_water INTEGER NOT NULL, UNIQUE (agent, spool)) STRICT;
  CREATE TABLE batch (
    arrival INTEGER PRIMARY KEY AUTOINCREMENT, stream INTEGER NOT NULL REFERENCES stream, seq INTEGER NOT NULL, sha256 TEXT NOT NULL,
    received_ms INTEGER NOT NULL, seen_ip TEXT NOT NULL, body BLOB NOT NULL, UNIQUE (stream, seq)
  ) STRICT;
  -- Time first: rows arrive nearly in time order, so inserts touch few pages. n keeps two readings of one millisecond apart.
  CREATE TABLE reading (
    at_ms INTEGER NOT NULL, check_id INTEGER NOT NULL, n INTEGER NOT NULL, arrival INTEGER NOT NULL, part TEXT NOT NULL,
    outcome TEXT NOT NULL, reason TEXT, took_ms REAL NOT NULL, live INTEGER NOT NULL, fields TEXT NOT NULL, labels TEXT, trace TEXT,
    PRIMARY KEY (at_ms, check_id, n)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE rejected (arrival INTEGER NOT NULL, i INTEGER NOT NULL, reason TEXT NOT NULL, pointer TEXT NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (arrival, i)) STRICT, WITHOUT ROWID;
  -- Times of gaps and markers are the device's own wall clock.
  CREATE TABLE gap (arrival INTEGER NOT NULL, i INTEGER NOT NULL, agent TEXT NOT NULL, from_ms INTEGER NOT NULL, to_ms INTEGER NOT NULL,
    n INTEGER NOT NULL, reason TEXT NOT NULL, PRIMARY KEY (arrival, i)) STRICT, WITHOUT ROWID;
  CREATE TABLE marker (arrival INTEGER NOT NULL, i INTEGER NOT NULL, agent TEXT NOT NULL, kind TEXT NOT NULL, boot TEXT NOT NULL,
    up_ms INTEGER NOT NULL, wall_ms INTEGER NOT NULL, reason TEXT, text TEXT, PRIMARY KEY (arrival, i)) STRICT, WITHOUT ROWID;

  CREATE TABLE dirty (day TEXT NOT NULL, check_id INTEGER NOT NULL, arrival INTEGER NOT NULL, PRIMARY KEY (day, check_id)) STRICT, WITHOUT ROWID;
  CREATE TABLE rollup_day (day TEXT NOT NULL, check_id INTEGER NOT NULL, part TEXT NOT NULL, place TEXT NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (day, check_id, part, place)) STRICT, WITHOUT ROWID;
  CREATE TABLE verdict (period TEXT NOT NULL, revision INTEGER NOT NULL, school TEXT NOT NULL, target TEXT NOT NULL, verdict TEXT NOT NULL,
    since_ms INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (period, revision, school, target)) STRICT, WITHOUT ROWID;
  CREATE TABLE share (period TEXT NOT NULL, revision INTEGER NOT NULL, area TEXT NOT NULL, target TEXT NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (period, revision, area, target)) STRICT, WITHOUT ROWID;
  CREATE TABLE count (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  `,
  uplinkSchema,
  leaseSchema,
  ledgerSchema,
  calendarSchema,
  rollupSchema,
  bulletinSchema,
  sinkSchema
]
