import type { DatabaseSync } from 'node:sqlite'
import type { Enrolment, EnrolResult, StoreReads, StoreWrites, AgentRow, AgentState, TokenRow } from '../store.ts'
import { rowOf, rowsOf, transaction, type Sync } from './transaction.ts'

type IdentityWrites = 'createToken' | 'revokeToken' | 'enrol' | 'approveAgent' | 'revokeAgent'
type IdentityReads = 'token' | 'agents' | 'agent' | 'boots'

const tokenById = 'SELECT id, hash, school, uses_left, expires_ms, revoked_ms FROM token WHERE id = ?'

/** Tokens and agents: who may enrol, who may write what. */
export const identityWrites = (db: DatabaseSync): Pick<Sync<StoreWrites>, IdentityWrites> => {
  const one = transaction(db)
  const addToken = db.prepare(
    'INSERT INTO token (id, hash, school, uses_left, expires_ms, revoked_ms) VALUES (?, ?, ?, ?, ?, ?)'
  )
  const stopToken = db.prepare('UPDATE token SET revoked_ms = ? WHERE id = ? AND revoked_ms IS NULL')
  const findToken = db.prepare(tokenById)
  const burn = db.prepare('UPDATE token SET uses_left = uses_left - 1 WHERE id = ?')
  const findAgent = db.prepare('SELECT state, school FROM agent WHERE id = ?')
  const addAgent = db.prepare(
    'INSERT INTO agent (id, school, public_key, state, machine, enrolled_ms) VALUES (?, ?, ?, ?, ?, ?)'
  )
  const setState = db.prepare('UPDATE agent SET state = ? WHERE id = ?')
  const addDevice = db.prepare('INSERT OR IGNORE INTO agent_device (agent, device) VALUES (?, ?)')
  const findDevice = db.prepare(
    'SELECT d.id FROM device d JOIN agent a ON a.school = d.school WHERE a.id = ? AND d.id = ?'
  )
  const findHolder = db.prepare(
    "SELECT 1 FROM agent_device d JOIN agent a ON a.id = d.agent WHERE d.device = ? AND a.state <> 'revoked'"
  )
  const firstDevice = db.prepare('SELECT device FROM agent_device WHERE agent = ? ORDER BY device LIMIT 1')

  const enrol = (e: Enrolment): EnrolResult => {
    const known = rowOf<{ state: AgentState; school: string }>(findAgent.get(e.agent))
    if (known !== undefined) {
      if (known.state === 'revoked') return { kind: 'refused', why: 'revoked' }
      const device = rowOf<{ device: string }>(firstDevice.get(e.agent))?.device
      return { kind: 'enrolled', state: known.state, school: known.school, device }
    }
    const token = rowOf<TokenColumns>(findToken.get(e.token))
    if (token === undefined) return { kind: 'refused', why: 'unknown' }
    if (token.revoked_ms !== null) return { kind: 'refused', why: 'revoked' }
    if (token.expires_ms <= e.nowMs) return { kind: 'refused', why: 'expired' }
    if (token.uses_left < 1) return { kind: 'refused', why: 'used_up' }
    burn.run(e.token)
    // A device that another agent speaks for is not given twice: a person decides (a new disk, a copied image).
    const device = e.device !== undefined && findHolder.get(e.device) === undefined ? e.device : undefined
    const state = device === undefined ? 'pending' : 'approved'
    addAgent.run(e.agent, token.school, e.publicKey, state, JSON.stringify(e.machine), e.nowMs)
    if (device !== undefined) addDevice.run(e.agent, device)
    return { kind: 'enrolled', state, school: token.school, device }
  }

  return {
    createToken: one(t => void addToken.run(t.id, t.hash, t.school, t.usesLeft, t.expiresMs, t.revokedMs ?? null)),
    revokeToken: one((id, nowMs) => stopToken.run(nowMs, id).changes > 0),
    enrol: one(enrol),
    approveAgent: one((agent, device) => {
      if (findDevice.get(agent, device) === undefined) return false
      // A revoked agent stays revoked: its machine enrols again with a new key.
      if (rowOf<{ state: AgentState }>(findAgent.get(agent))?.state === 'revoked') return false
      addDevice.run(agent, device)
      return setState.run('approved', agent).changes > 0
    }),
    revokeAgent: one(agent => setState.run('revoked', agent).changes > 0)
  }
}

export const identityReads = (db: DatabaseSync): Pick<Sync<StoreReads>, IdentityReads> => {
  const findToken = db.prepare(tokenById)
  const columns =
    'SELECT id, school, public_key, state, machine, enrolled_ms, seen_ms, seen_ip, skew_ms FROM agent LEFT JOIN agent_seen ON agent_seen.agent = agent.id'
  const allAgents = db.prepare(`${columns} ORDER BY id`)
  const oneAgent = db.prepare(`${columns} WHERE id = ?`)
  const allDevices = db.prepare('SELECT agent, device FROM agent_device ORDER BY agent, device')
  const devicesOf = db.prepare('SELECT agent, device FROM agent_device WHERE agent = ? ORDER BY device')
  const bootsOf = db.prepare('SELECT boot, offset_ms AS offsetMs FROM boot WHERE agent = ?')

  const agentsOf = (rows: readonly AgentColumns[], links: readonly { agent: string; device: string }[]): AgentRow[] => {
    const devices = Map.groupBy(links, link => link.agent)
    return rows.map(row => ({
      id: row.id,
      school: row.school,
      publicKey: row.public_key,
      state: row.state,
      machine: JSON.parse(row.machine) as AgentRow['machine'],
      enrolledMs: row.enrolled_ms,
      seenMs: row.seen_ms ?? undefined,
      seenIp: row.seen_ip ?? undefined,
      skewMs: row.skew_ms ?? undefined,
      devices: (devices.get(row.id) ?? []).map(link => link.device)
    }))
  }

  return {
    token: id => {
      const row = rowOf<TokenColumns>(findToken.get(id))
      return row === undefined ? undefined : tokenOf(row)
    },
    agents: () => agentsOf(rowsOf(allAgents.all()), rowsOf(allDevices.all())),
    agent: id => agentsOf(rowsOf(oneAgent.all(id)), rowsOf(devicesOf.all(id)))[0],
    boots: agent => rowsOf(bootsOf.all(agent))
  }
}

interface TokenColumns {
  id: string
  hash: string
  school: string
  uses_left: number
  expires_ms: number
  revoked_ms: number | null
}
interface AgentColumns {
  id: string
  school: string
  public_key: string
  state: AgentState
  machine: string
  enrolled_ms: number
  seen_ms: number | null
  seen_ip: string | null
  skew_ms: number | null
}

const tokenOf = (row: TokenColumns): TokenRow => ({
  id: row.id,
  hash: row.hash,
  school: row.school,
  usesLeft: row.uses_left,
  expiresMs: row.expires_ms,
  revokedMs: row.revoked_ms ?? undefined
})
