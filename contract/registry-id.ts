import Type from 'typebox'

/** Ids of the ledger (areas, schools, rooms, devices) and of agents: safe as a path segment, a file name and an InfluxDB tag. */
export const RegistryId = Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,63}$' })

/** One version of a check: `<key>@<version>`; a changed check gets the next version, an old one is never edited. */
export const CheckId = Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,96}@[1-9][0-9]{0,5}$' })

/** Names of fields, labels, reasons and probes. */
export const Word = Type.String({ pattern: '^[a-z][a-z0-9_]{0,63}$' })

/** Which target: `<pack>/<id>`, for example `yulin-2022/broadband-access`. */
export const TargetKey = Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,63}/[a-z0-9][a-z0-9-]{0,63}$' })
