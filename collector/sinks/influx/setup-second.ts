import Type, { type Static, type TSchema } from 'typebox'
import { ExitError } from '../../../contract/exit.ts'
import { parseJson, SentenceError } from '../../../contract/parse.ts'
import type { InfluxSettings } from './config.ts'
import { token } from './secrets.ts'
import { both } from './sentences.ts'
import {
  keptFor,
  keptStep,
  missing,
  type Identity,
  type SecretFile,
  type SetupAsk,
  type SetupStep,
  type SetupWishes
} from './setup.ts'

const Orgs = Type.Object({ orgs: Type.Array(Type.Object({ id: Type.String(), name: Type.String() })) })
const Bucket = Type.Object({
  id: Type.String(),
  name: Type.String(),
  retentionRules: Type.Optional(Type.Array(Type.Object({ everySeconds: Type.Optional(Type.Number()) })))
})
const Buckets = Type.Object({ buckets: Type.Optional(Type.Array(Bucket)) })
const Mappings = Type.Object({
  content: Type.Optional(
    Type.Array(
      Type.Object({ database: Type.String(), bucketID: Type.String(), default: Type.Optional(Type.Boolean()) })
    )
  )
})
const Made = Type.Object({ token: Type.String() })

/**
 * InfluxDB 2.x, by its HTTP API (`/api/v2`): buckets, the DBRP mappings through which InfluxQL finds them, a token that writes and one that reads.
 * Tried on a double of the documented answers only.
 */
export const setUpSecond = async (
  settings: InfluxSettings,
  wishes: SetupWishes,
  ask: SetupAsk
): Promise<readonly SetupStep[]> => {
  const org = settings.org ?? ''
  const api = apiAs(ask, wishes.admin)
  const { orgs } = await api(Orgs, 'GET', `/api/v2/orgs?org=${encodeURIComponent(org)}`)
  const orgID = orgs.find(one => one.name === org)?.id
  if (orgID === undefined)
    throw new SentenceError(
      both(
        `InfluxDB 中没有组织 ${org}，或令牌看不到它。`,
        `The organization ${org} is not there, or the token does not see it.`
      )
    )
  const steps: SetupStep[] = []
  const ids: string[] = []
  for (const kind of ['raw', 'rollup'] as const) {
    const name = settings.databases[kind]
    const seconds = kind === 'raw' ? wishes.rawDays * 86_400 : 0
    const found = await bucketNamed(ask, wishes.admin, orgID, name)
    let id = found?.id
    if (found !== undefined) steps.push(kept(found, seconds))
    else {
      const what = keptFor(bucketCalled(name), seconds)
      steps.push(
        await missing(wishes.dryRun, what, async () => {
          const retentionRules = seconds === 0 ? [] : [{ type: 'expire', everySeconds: seconds }]
          id = (await api(Bucket, 'POST', '/api/v2/buckets', { orgID, name, retentionRules })).id
        })
      )
    }
    if (id !== undefined) ids.push(id)
    steps.push(await mapped(ask, wishes, orgID, name, id))
  }
  for (const [secret, actions, zh, en] of [
    [wishes.writer, ['read', 'write'], '写入令牌', 'token of the sink'],
    [wishes.reader, ['read'], '只读令牌', 'read-only token']
  ] as const) {
    if (secret === undefined) continue
    const permissions = ids.flatMap(id => actions.map(action => ({ action, resource: { type: 'buckets', id, orgID } })))
    const what = { zh: `${zh}（${secret.file}）`, en: `${en} (${secret.file})` }
    const known = secret.read()
    steps.push(
      known === undefined
        ? await missing(wishes.dryRun, what, async () => {
            const body = { orgID, description: `campus-gauge: ${en}`, permissions }
            secret.make((await api(Made, 'POST', '/api/v2/authorizations', body)).token)
          })
        : await accepted(ask, known, secret, orgID, settings.databases.raw, what)
    )
  }
  return steps
}

type Api = <T extends TSchema>(
  schema: T,
  method: 'GET' | 'POST',
  path: string,
  body?: Readonly<Record<string, unknown>>
) => Promise<Static<T>>

const apiAs =
  (ask: SetupAsk, identity: Identity): Api =>
  async (schema, method, path, body) => {
    const answer = await ask(identity, method, path, body)
    const what = `${method} ${path.split('?')[0] ?? path}`
    if (answer.status === 401 || answer.status === 403)
      throw new ExitError(
        'notPermitted',
        both(
          `管理令牌没有被接受（${what}，${answer.status}）：请检查 --admin-token-file。`,
          `The admin token was not accepted (${what}, ${answer.status}): check --admin-token-file.`
        )
      )
    if (answer.status < 200 || answer.status > 299)
      throw new SentenceError(
        both(
          `InfluxDB 拒绝 ${what}：${answer.status} ${answer.body.slice(0, 300)}`,
          `InfluxDB refuses ${what}: ${answer.status} ${answer.body.slice(0, 300)}`
        )
      )
    return parseJson(schema, answer.body, `answer to ${what}`)
  }

/** A bucket that is not there is an empty list or a 404, depending on the version. */
const bucketNamed = async (
  ask: SetupAsk,
  identity: Identity,
  orgID: string,
  name: string
): Promise<Static<typeof Bucket> | undefined> => {
  const path = `/api/v2/buckets?orgID=${encodeURIComponent(orgID)}&name=${encodeURIComponent(name)}`
  const gone: SetupAsk = async (...asked) => {
    const answer = await ask(...asked)
    return answer.status === 404 ? { status: 200, body: '{}' } : answer
  }
  const { buckets = [] } = await apiAs(gone, identity)(Buckets, 'GET', path)
  return buckets.find(bucket => bucket.name === name)
}

const kept = (bucket: Static<typeof Bucket>, wanted: number): SetupStep => {
  const seconds = bucket.retentionRules?.[0]?.everySeconds ?? 0
  return keptStep(
    bucketCalled(bucket.name),
    seconds,
    wanted,
    `influx bucket update --id ${bucket.id} --retention ${wanted === 0 ? '0' : `${wanted}s`}`
  )
}

const bucketCalled = (name: string): SetupStep['what'] => ({ zh: `存储桶 ${name}`, en: `bucket ${name}` })

/** InfluxQL names a database: its mapping to the bucket. Newer servers have one of themselves for a bucket of the same name. */
const mapped = async (
  ask: SetupAsk,
  { admin, dryRun }: SetupWishes,
  orgID: string,
  name: string,
  bucketID: string | undefined
): Promise<SetupStep> => {
  const api = apiAs(ask, admin)
  const query = `orgID=${encodeURIComponent(orgID)}&db=${encodeURIComponent(name)}`
  const { content = [] } = await api(Mappings, 'GET', `/api/v2/dbrps?${query}`)
  const known = content.find(one => one.database === name && one.default !== false)
  const what = { zh: `InfluxQL 映射 ${name}`, en: `InfluxQL mapping ${name}` }
  if (known === undefined)
    return missing(dryRun, what, () =>
      api(Type.Unknown(), 'POST', '/api/v2/dbrps', {
        orgID,
        bucketID,
        database: name,
        retention_policy: 'autogen',
        default: true
      })
    )
  if (known.bucketID === bucketID) return { state: 'there', what }
  return {
    state: 'differs',
    fatal: true,
    what: {
      zh: `${what.zh} 指向另一个存储桶 ${known.bucketID}；没有改动`,
      en: `${what.en} points to another bucket, ${known.bucketID}; nothing was changed`
    }
  }
}

const accepted = async (
  ask: SetupAsk,
  text: string,
  secret: SecretFile,
  orgID: string,
  name: string,
  what: SetupStep['what']
): Promise<SetupStep> => {
  const path = `/api/v2/buckets?orgID=${encodeURIComponent(orgID)}&name=${encodeURIComponent(name)}`
  const { status } = await ask(token(text), 'GET', path)
  if (status === 200 || status === 404) return { state: 'there', what }
  return {
    state: 'differs',
    fatal: true,
    what: {
      zh: `${what.zh} 没有被接受（${status}）；没有改动，请换掉文件里的令牌，或删除文件 ${secret.file} 后重新运行`,
      en: `${what.en} was not accepted (${status}); nothing was changed: replace it, or remove ${secret.file} and run this again`
    }
  }
}
