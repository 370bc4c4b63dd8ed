import { createHash, type KeyObject } from 'node:crypto'
import type { Configuration } from '../../contract/configuration.ts'
import { publicKeyFromRaw } from '../../contract/signature.ts'
import { openTurns } from '../in-turn.ts'
import { wireIdOf, type CheckRow } from '../ledger/checks.ts'
import type { AgentRow, AgentState, StoreReads } from '../store/store.ts'

/** Who may write what, in memory: read at start and again after every change that goes through this collector, so a revocation holds on the next request. */
export interface Roster {
  agent(id: string): RosterAgent | undefined
  check(wireId: string): CheckRow | undefined
  /** The current check that measures an uplink. */
  uplinkCheck(uplink: string): CheckRow | undefined
  /** Text and ETag of the configuration of an agent. */
  configuration(agent: RosterAgent): { readonly text: string; readonly etag: string }
  /** Offsets of the agent's boots; read from the store once. */
  boots(agent: RosterAgent): Promise<Map<string, number>>
  /** Reads everything again: after the ledger or the checks changed. */
  reload(): Promise<void>
  /** Reads one agent again: after it enrolled, was approved or revoked. */
  reloadAgent(id: string): Promise<void>
}

export interface RosterAgent {
  readonly id: string
  readonly key: KeyObject
  readonly state: AgentState
  readonly school: string
  readonly devices: ReadonlySet<string>
}

export interface RosterOptions {
  readonly uploadMs: number
  readonly foldMs: number
  readonly maxReadings: number
}

export const loadRoster = async (store: StoreReads, options: RosterOptions): Promise<Roster> => {
  let agents = new Map<string, RosterAgent>()
  let checks = new Map<string, CheckRow>()
  let current = new Map<string, CheckRow[]>()
  let ofUplinks = new Map<string, CheckRow>()
  let configurations = new Map<string, { text: string; etag: string }>()
  let boots = new Map<string, Promise<Map<string, number>>>()

  // One after the other: what was read before an agent enrolled or was revoked must not be put in place after it.
  const inTurn = openTurns()

  const readAll = async (): Promise<void> => {
    const [agentRows, checkRows] = await Promise.all([store.agents(), store.checks()])
    agents = new Map(agentRows.map(row => [row.id, rosterAgent(row)]))
    checks = new Map(checkRows.map(check => [wireIdOf(check), check]))
    const inForce = checkRows.filter(check => check.toMs === undefined)
    current = Map.groupBy(inForce, check => check.device)
    ofUplinks = new Map(inForce.filter(check => check.probe === 'bandwidth').map(check => [check.subject, check]))
    configurations = new Map()
    boots = new Map()
  }

  const readAgent = async (id: string): Promise<void> => {
    const row = await store.agent(id)
    if (row === undefined) agents.delete(id)
    else agents.set(id, rosterAgent(row))
    configurations.delete(id)
  }

  const configuration = (agent: RosterAgent): { text: string; etag: string } => {
    const known = configurations.get(agent.id)
    if (known !== undefined) return known
    const value: Configuration = {
      agent: agent.id,
      school: agent.school,
      upload: { period_ms: options.uploadMs, max_readings: options.maxReadings },
      fold_ms: options.foldMs,
      checks: [...agent.devices]
        .flatMap(device => current.get(device) ?? [])
        .map(check => ({
          check: wireIdOf(check),
          probe: check.probe,
          device: check.device,
          every_ms: check.everyMs,
          options: JSON.parse(check.options) as Record<string, unknown>
        }))
    }
    const text = JSON.stringify(value)
    const made = { text, etag: `"${createHash('sha256').update(text).digest('hex').slice(0, 32)}"` }
    configurations.set(agent.id, made)
    return made
  }

  const bootsOf = (agent: RosterAgent): Promise<Map<string, number>> => {
    const known = boots.get(agent.id)
    if (known !== undefined) return known
    const read = store.boots(agent.id).then(rows => new Map(rows.map(row => [row.boot, row.offsetMs])))
    boots.set(agent.id, read)
    // A failed read must not be remembered: the next batch tries again.
    read.catch(() => boots.delete(agent.id))
    return read
  }

  await readAll()
  return {
    agent: id => agents.get(id),
    check: id => checks.get(id),
    uplinkCheck: uplink => ofUplinks.get(uplink),
    configuration,
    boots: bootsOf,
    reload: () => inTurn(readAll),
    reloadAgent: id => inTurn(() => readAgent(id))
  }
}

const rosterAgent = (row: AgentRow): RosterAgent => ({
  id: row.id,
  key: publicKeyFromRaw(Buffer.from(row.publicKey, 'base64')),
  state: row.state,
  school: row.school,
  devices: new Set(row.devices)
})
