import { randomBytes } from 'node:crypto'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { onRequestAsyncHookHandler } from 'fastify'
import Type from 'typebox'
import { formatToken, tokenHash } from '../../contract/enrolment.ts'
import { RegistryId } from '../../contract/registry-id.ts'
import type { Access } from '../access.ts'
import { localTime } from '../calendar/day.ts'
import { ProblemError } from '../errors.ts'
import type { CollectorKey } from '../keys.ts'
import type { Roster } from '../receive/roster.ts'
import type { Store } from '../store/store.ts'
import { Limit, limitOf, listOf, Next, pageOf } from './page.ts'

const Nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const AgentItem = Type.Object({
  id: Type.String(),
  school: Type.String(),
  state: Type.Enum(['approved', 'pending', 'revoked']),
  devices: Type.Array(Type.String()),
  hostname: Type.String(),
  platform: Type.String(),
  version: Type.String(),
  enrolled_at: Type.String(),
  seen_at: Nullable(Type.String()),
  seen_ip: Nullable(Type.String()),
  skew_ms: Nullable(Type.Number())
})
const Id = Type.Object({ id: Type.String({ maxLength: 64 }) })

export interface AgentRouteDeps {
  readonly store: Store
  readonly roster: Roster
  readonly key: CollectorKey
  readonly access: Access
  readonly now: () => number
}

/** GET /v1/agents, and what the bureau does about them: tokens, approval, revocation. Writes need the admin secret. */
export const agentRoutes =
  ({ store, roster, key, access, now }: AgentRouteDeps): FastifyPluginAsyncTypebox =>
  async app => {
    const guarded: onRequestAsyncHookHandler = async request => {
      access.write(request)
      return Promise.resolve()
    }
    app.get(
      '/v1/agents',
      {
        schema: {
          tags: ['agents'],
          summary: 'Enrolled agents',
          querystring: Type.Object(
            { school: Type.Optional(Type.String()), limit: Limit, next: Next },
            { additionalProperties: false }
          ),
          response: { 200: listOf(AgentItem) }
        }
      },
      async ({ query }) => {
        const agents = (await store.agents()).filter(
          agent => query.school === undefined || agent.school === query.school
        )
        const items = agents.map(agent => ({
          id: agent.id,
          school: agent.school,
          state: agent.state,
          devices: [...agent.devices],
          hostname: agent.machine.hostname,
          platform: agent.machine.platform,
          version: agent.machine.version,
          enrolled_at: localTime(agent.enrolledMs),
          seen_at: agent.seenMs === undefined ? null : localTime(agent.seenMs),
          seen_ip: agent.seenIp ?? null,
          skew_ms: agent.skewMs ?? null
        }))
        return pageOf(items, limitOf(query.limit), query.next)
      }
    )

    app.post(
      '/v1/tokens',
      {
        onRequest: guarded,
        schema: {
          tags: ['agents'],
          summary: 'Make an enrolment token for a school; it is shown this once',
          body: Type.Object(
            {
              school: RegistryId,
              uses: Type.Optional(
                Type.Integer({
                  minimum: 1,
                  maximum: 100_000,
                  description: 'Default: the devices of the school in the ledger'
                })
              ),
              days: Type.Optional(Type.Integer({ minimum: 1, maximum: 365 }))
            },
            { additionalProperties: false }
          ),
          response: {
            201: Type.Object({
              id: Type.String(),
              token: Type.String(),
              uses: Type.Integer(),
              expires_at: Type.String()
            })
          }
        }
      },
      async ({ body }, reply) => {
        const [schools, devices] = await Promise.all([
          store.schools(undefined, body.school),
          store.devices([body.school])
        ])
        if (schools.length === 0)
          throw new ProblemError(
            'schema',
            `body /school must be the id of a known school, got ${JSON.stringify(body.school)}`,
            { pointer: '/school' }
          )
        const token = {
          id: randomBytes(8).toString('hex'),
          secret: randomBytes(20).toString('hex'),
          collectorFingerprint: key.fingerprint
        }
        const uses = body.uses ?? Math.max(1, devices.length)
        const expiresMs = now() + (body.days ?? 30) * 86_400_000
        await store.createToken({
          id: token.id,
          hash: tokenHash(token.secret),
          school: body.school,
          usesLeft: uses,
          expiresMs,
          revokedMs: undefined
        })
        reply.code(201)
        return { id: token.id, token: formatToken(token), uses, expires_at: localTime(expiresMs) }
      }
    )
    app.delete(
      '/v1/tokens/:id',
      {
        onRequest: guarded,
        schema: { tags: ['agents'], summary: 'Revoke an enrolment token', params: Id }
      },
      async ({ params }, reply) => {
        if (!(await store.revokeToken(params.id, now())))
          throw new ProblemError('not_found', `there is no token "${params.id}" in force`)
        return reply.code(204).send()
      }
    )
    app.post(
      '/v1/agents/:id/approve',
      {
        onRequest: guarded,
        schema: {
          tags: ['agents'],
          summary: 'Say which device a pending agent is',
          params: Id,
          body: Type.Object({ device: RegistryId }, { additionalProperties: false })
        }
      },
      async ({ params, body }, reply) => {
        if (!(await store.approveAgent(params.id, body.device)))
          throw new ProblemError(
            'not_found',
            `there is no agent "${params.id}" with a device "${body.device}" in its school`
          )
        await roster.reloadAgent(params.id)
        return reply.code(204).send()
      }
    )
    app.post(
      '/v1/agents/:id/revoke',
      {
        onRequest: guarded,
        schema: { tags: ['agents'], summary: 'Revoke an agent; it holds on the next request', params: Id }
      },
      async ({ params }, reply) => {
        if (!(await store.revokeAgent(params.id)))
          throw new ProblemError('not_found', `there is no agent "${params.id}"`)
        await roster.reloadAgent(params.id)
        return reply.code(204).send()
      }
    )
    return Promise.resolve()
  }
