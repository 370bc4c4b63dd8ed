import Type from 'typebox'
import { fits } from '../../../contract/parse.ts'
import { answerOf } from './answers.ts'
import type { InfluxSettings } from './config.ts'
import { conflictsOf, type TypeConflict } from './field-types.ts'
import { writePath } from './paths.ts'
import { databases, type DatabaseName } from './schema.ts'
import type { Secrets } from './secrets.ts'
import { both, quote } from './sentences.ts'
import { storedIn } from './stored.ts'
import { openTransport, type Access, type Reply, type Transport } from './transport.ts'

export type CheckResult =
  | {
      readonly ok: true
      /** As the server writes it. */
      readonly version: string
      /** How long each database keeps points; undefined: for ever, or it does not say (then `warnings` does). */
      readonly retentionMs: Readonly<Record<DatabaseName, number | undefined>>
      /** Sentences (zh, line feed, en) about what works, but not well. */
      readonly warnings: readonly string[]
    }
  | { readonly ok: false; readonly kind: 'away'; readonly sentence: string }
  /** `exit`: how a command ends that only asked: credentials and rights, or everything else that the settings or the server must mend. */
  | {
      readonly ok: false
      readonly kind: 'refused'
      readonly exit: 'notPermitted' | 'badConfiguration'
      readonly sentence: string
    }

type Fault = Extract<CheckResult, { ok: false }>

/**
 * Is it there, is it what the settings say, will it take our points? Asked before the first point is sent, and nothing is written: an empty body
 * passes through the same doors as points (account, database, right to write). Rejects only when the signal aborts.
 */
export const checkServer = async (
  settings: InfluxSettings,
  secrets: Secrets,
  signal: AbortSignal,
  transport: Transport = openTransport(settings)
): Promise<CheckResult> => {
  try {
    return await check(settings, secrets, signal, transport)
  } finally {
    transport.close()
  }
}

const check = async (
  settings: InfluxSettings,
  secrets: Secrets,
  signal: AbortSignal,
  transport: Transport
): Promise<CheckResult> => {
  const warnings = [...secrets.warnings]
  const identity = await identify(settings, secrets, signal, transport)
  if ('fault' in identity) return identity.fault

  for (const database of databases) {
    const reply = await transport.ask({ method: 'POST', path: writePath(settings, database) }, secrets, signal)
    const fault = writeFault(reply, settings, database)
    if (fault !== undefined) return fault
  }

  const retentionMs: Record<DatabaseName, number | undefined> = { raw: undefined, rollup: undefined }
  for (const database of databases) {
    const stored = await storedIn(settings, database, { transport, access: secrets, signal })
    if ('kind' in stored) return faultOf(stored)
    const name = settings.databases[database]
    const conflicts = conflictsOf(database, stored.fields ?? [])
    if (conflicts.length > 0) return refusedFor(conflictSentence(name, conflicts))
    if (stored.fields === undefined) warnings.push(unreadSentence(settings, name))
    retentionMs[database] = stored.retentionMs === 0 ? undefined : stored.retentionMs
  }
  return { ok: true, version: identity.version, retentionMs, warnings }
}

const refusedFor = (sentence: string, status?: number): Fault => ({
  ok: false,
  kind: 'refused',
  exit: status === 401 || status === 403 ? 'notPermitted' : 'badConfiguration',
  sentence
})
const awayFor = (sentence: string): Fault => ({ ok: false, kind: 'away', sentence })

const faultOf = ({ answer }: Extract<Reply, { kind: 'lost' }>): Fault =>
  answer.kind === 'refused' ? refusedFor(answer.says) : awayFor(answer.says)

type Identity = { readonly version: string } | { readonly fault: Fault }

/** Who answers there? It comes first: credentials are shown to nobody else. 3 Core does not even say that without them. */
export const identify = async (
  settings: InfluxSettings,
  access: Access,
  signal: AbortSignal,
  transport: Transport
): Promise<Identity> => {
  const stranger: Access = settings.generation === 3 ? access : { ...access, authorization: undefined }
  return identityOf(await transport.ask({ method: 'GET', path: '/ping' }, stranger, signal), settings)
}

const Pong = Type.Object({ version: Type.String() })

/** The version it says, when it is of the generation that the settings say. */
const identityOf = (reply: Reply, settings: InfluxSettings): Identity => {
  if (reply.kind === 'lost') return { fault: faultOf(reply) }
  const { url, generation } = settings
  const refused = (zh: string, en: string): { fault: Fault } => ({
    fault: refusedFor(both(zh, en))
  })
  const version = quote(reply.headers['x-influxdb-version'] ?? versionIn(reply.body) ?? '', 60)
  if (version === '') {
    if (reply.status >= 500 || (reply.status === 401 && generation === 3)) {
      const answer = answerOf(reply, { settings, database: 'raw', nowMs: 0 })
      if (answer.kind === 'away') return { fault: awayFor(answer.says) }
      if (answer.kind === 'refused') return { fault: refusedFor(answer.says, reply.status) }
    }
    return refused(
      `${url} 有应答（${reply.status}），但不是 InfluxDB：请核对 sinks.influx.url。`,
      `${url} answers (${reply.status}), but it is no InfluxDB: check sinks.influx.url.`
    )
  }
  const [, major = ''] = /^v?(\d+)\./.exec(version) ?? []
  if (major === String(generation)) return { version }
  return major === '1' || major === '2' || major === '3'
    ? refused(
        `${url} 是 InfluxDB ${version}，设置却是第 ${generation} 代：请设 generation: ${major}。`,
        `${url} answers as InfluxDB ${version}, the settings say generation ${generation}: set generation: ${major}.`
      )
    : refused(
        `${url} 自称 InfluxDB ${version}，不是第 ${generation} 代：请核对 sinks.influx.generation。`,
        `${url} answers as InfluxDB ${version}, which is not generation ${generation}: check sinks.influx.generation.`
      )
}

const versionIn = (body: string): string | undefined => {
  try {
    const raw: unknown = JSON.parse(body)
    return fits(Pong, raw) ? raw.version : undefined
  } catch {
    return undefined
  }
}

/** An empty body is taken by 1.x; 2.x looks at it last and wants points; of 3 Core it is not documented. */
const writeFault = (reply: Reply, settings: InfluxSettings, database: DatabaseName): Fault | undefined => {
  const answer = answerOf(reply, { settings, database, nowMs: 0 })
  if (answer.kind === 'taken' || (answer.kind === 'bad_lines' && settings.generation !== 1)) return undefined
  if (answer.kind === 'away') return awayFor(answer.says)
  if (answer.kind === 'refused') return refusedFor(answer.says, reply.kind === 'lost' ? undefined : reply.status)
  const { url } = settings
  return refusedFor(both(`${url} 拒绝试写：${answer.says}。`, `${url} refuses an empty write: ${answer.says}.`))
}

const conflictSentence = (name: string, conflicts: readonly TypeConflict[]): string => {
  const shown = conflicts.slice(0, 3)
  const more = conflicts.length - shown.length
  const list = (say: (one: TypeConflict) => string): string => shown.map(say).join(', ')
  return both(
    `“${name}”中已有类型不同的字段：${list(one => `${one.measurement}.${one.field} 是 ${one.type}，应为 ${one.ours}`)}${more > 0 ? `，另有 ${more} 个` : ''}。字段类型不能更改，没有写入任何数据：请删除这些 measurement，或换一个空的库。`,
    `"${name}" already has fields of another type: ${list(one => `${one.measurement}.${one.field} is ${one.type}, must be ${one.ours}`)}${more > 0 ? ` and ${more} more` : ''}. The type of a field cannot be changed, nothing was written: drop these measurements, or use an empty database.`
  )
}

const unreadSentence = ({ generation, username }: InfluxSettings, name: string): string => {
  switch (generation) {
    case 1:
      return both(
        `用户“${username ?? ''}”不能读取“${name}”，没有核对字段类型和保留期：建议执行 GRANT ALL ON "${name}" TO "${username ?? ''}"。`,
        `"${username ?? ''}" may not read "${name}", so field types and retention were not checked: better GRANT ALL ON "${name}" TO "${username ?? ''}".`
      )
    case 2:
      return both(
        `不能用 InfluxQL 读取桶“${name}”（令牌没有读取权限，或没有 DBRP 映射），没有核对字段类型：请执行 campus-gauge sink setup。`,
        `The bucket "${name}" cannot be read with InfluxQL (the token may not read, or there is no DBRP mapping), so field types were not checked: run campus-gauge sink setup.`
      )
    case 3:
      return both(
        `没有读到数据库“${name}”的字段，没有核对字段类型。`,
        `The fields of "${name}" could not be read, so their types were not checked.`
      )
  }
}
