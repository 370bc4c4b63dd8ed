/** Migration 6: on which days a subject answered anywhere in the fleet. */
export const rollupSchema = `
  CREATE TABLE answered (day TEXT NOT NULL, subject TEXT NOT NULL, PRIMARY KEY (day, subject)) STRICT, WITHOUT ROWID;
`
