/**
 * Versions of the wire. Only version 1 exists, so nothing has fallen back yet: an agent told 426 keeps its readings and asks again later. The rule from 2 on: a collector of version N speaks N and N-1 and answers in the version it was asked in;
 * an agent speaks its own N and, told 426 with `supported`, falls back to the highest version both speak. So a collector is
 * upgraded first, its agents any time in the year after. Within one version, answers may gain keys (agents ignore
 * what they do not know), requests may not (a collector keeps what it does not know aside, as rejected).
 */
export const protocolVersion = 1

/** What this build speaks, newest first. There is no version 0. */
export const supportedProtocols: readonly number[] = [protocolVersion, protocolVersion - 1].filter(v => v >= 1)

/** The version to use with a peer that offered `offered`, or undefined when there is none. */
export const agreeOn = (offered: readonly number[], own = supportedProtocols): number | undefined =>
  own.find(version => offered.includes(version))
