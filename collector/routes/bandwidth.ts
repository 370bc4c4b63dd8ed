import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { onRequestAsyncHookHandler } from 'fastify'
import Type from 'typebox'
import { tiers } from '../../contract/bandwidth.ts'
import type { Access } from '../access.ts'
import { dayMs, localTime } from '../calendar/day.ts'
import { ProblemError } from '../errors.ts'
import type { KnownUplink } from '../leases/atlas.ts'
import { budgetOf, bytesOf, monthDays } from '../leases/budget.ts'
import type { Leases } from '../leases/open-leases.ts'
import { outlookOf } from '../leases/outlook.ts'
import { capOn, portShare } from '../leases/servers.ts'
import { darkAtNight, presenceFrom } from '../leases/windows.ts'
import type { CollectorKey } from '../keys.ts'
import type { Store } from '../store/store.ts'
import { historyFromMs } from '../verdicts/uplink/history.ts'
import { ServerItem, TestItem, testItem, UplinkItem, uplinkItem } from './bandwidth-items.ts'
import { Limit, limitOf, listOf, Next, pageOf } from './page.ts'
import { instantOf } from './readings.ts'

const Id = Type.Object({ id: Type.String({ maxLength: 64 }) })
const Instant = Type.Optional(Type.String({ description: 'RFC 3339, for example 2026-11-20T00:00:00+08:00' }))

export interface BandwidthRouteDeps {
  readonly store: Store
  readonly leases: Leases
  readonly key: CollectorKey
  readonly access: Access
  readonly now: () => number
}

/** GET /v1/uplinks, their tests, "test now" and the test servers. Writes need the admin secret. */
export const bandwidthRoutes =
  ({ store, leases, key, access, now }: BandwidthRouteDeps): FastifyPluginAsyncTypebox =>
  async app => {
    const { atlas, wishes, policy } = leases
    const guarded: onRequestAsyncHookHandler = async request => {
      access.write(request)
      return Promise.resolve()
    }
    const known = async (id: string): Promise<KnownUplink> => {
      const found = (await atlas.get()).get(id)
      if (found === undefined) throw new ProblemError('not_found', `there is no uplink "${id}"`)
      return found
    }

    app.get(
      '/v1/uplinks',
      {
        schema: {
          tags: ['bandwidth'],
          summary: 'Uplinks with the state of every tier to prove, what comes next and what it costs',
          querystring: Type.Object(
            { school: Type.Optional(Type.String()), limit: Limit, next: Next },
            { additionalProperties: false }
          ),
          response: { 200: listOf(UplinkItem) }
        }
      },
      async ({ query }) => {
        const all = [...(await atlas.get()).values()].filter(
          one => query.school === undefined || one.uplink.school === query.school
        )
        const page = pageOf(all, limitOf(query.limit), query.next)
        return { items: await itemsOf(page.items), next: page.next }
      }
    )

    const itemsOf = async (some: readonly KnownUplink[]) => {
      const nowMs = now()
      const ids = some.map(one => one.uplink.id)
      const agents = new Map(
        (await store.agents())
          .filter(agent => agent.state === 'approved')
          .flatMap(agent => agent.devices.map(device => [device, agent.id] as const))
      )
      const [tests, rows, presence] = await Promise.all([
        store.tierTests(ids, historyFromMs(nowMs), nowMs + dayMs),
        store.leasesOf(ids, nowMs - monthDays * dayMs),
        store.presence([...new Set(some.flatMap(one => agents.get(one.uplink.device) ?? []))], presenceFrom(nowMs))
      ])
      const testsOf = Map.groupBy(tests, test => test.uplink)
      const leasesOf = Map.groupBy(rows, lease => lease.uplink)
      const presenceOf = Map.groupBy(presence, row => row.agent)
      return some.map(one => {
        const own = testsOf.get(one.uplink.id) ?? []
        const agent = agents.get(one.uplink.device) ?? ''
        const outlook = outlookOf({
          known: one,
          tests: own,
          leases: leasesOf.get(one.uplink.id) ?? [],
          dark: darkAtNight(presenceOf.get(agent) ?? [], nowMs),
          policy,
          nowMs
        })
        return uplinkItem(one, outlook, wishes.untilMs(one.uplink.id), own.at(-1))
      })
    }

    app.get(
      '/v1/uplinks/:id/tests',
      {
        schema: {
          tags: ['bandwidth'],
          summary: 'Results of an uplink’s tests, newest first; the last 31 days unless from says otherwise',
          params: Id,
          querystring: Type.Object(
            { from: Instant, to: Instant, limit: Limit, next: Next },
            { additionalProperties: false }
          ),
          response: { 200: listOf(TestItem) }
        }
      },
      async ({ params, query }) => {
        const { uplink } = await known(params.id)
        const fromMs = instantOf(query.from, 'from') ?? now() - monthDays * dayMs
        const toMs = instantOf(query.to, 'to') ?? now() + dayMs
        const tests = (await store.tierTests([uplink.id], fromMs, toMs)).toReversed()
        const page = pageOf(tests, limitOf(query.limit), query.next)
        return { items: page.items.map(testItem), next: page.next }
      }
    )

    app.post(
      '/v1/uplinks/:id/test-now',
      {
        onRequest: guarded,
        schema: {
          tags: ['bandwidth'],
          summary:
            'Test an uplink as soon as its agent is heard of, within 30 minutes, whatever the hour: capped, 3 s at most',
          params: Id,
          response: {
            202: Type.Object({ uplink: Type.String(), until: Type.String(), most_bytes: Type.Number() })
          }
        }
      },
      async ({ params }, reply) => {
        const { uplink, tiers: wanted } = await known(params.id)
        const [highest] = wanted
        if (highest === undefined)
          throw new ProblemError(
            'bad_request',
            `uplink "${uplink.id}" has no tier to prove: give it contract_down_mbps in the ledger, or its school a target`
          )
        const speaks = (await store.agents()).some(
          agent => agent.state === 'approved' && agent.devices.includes(uplink.device)
        )
        if (!speaks)
          throw new ProblemError(
            'not_found',
            `no approved agent speaks for device "${uplink.device}" of uplink "${uplink.id}"`
          )
        const { untilMs } = await wishes.add(uplink.id)
        reply.code(202)
        return {
          uplink: uplink.id,
          until: localTime(untilMs),
          most_bytes: Math.floor(Math.min(bytesOf(1.1 * highest, 3_000), budgetOf(highest, policy.budget).dayBytes))
        }
      }
    )
    app.delete(
      '/v1/uplinks/:id/test-now',
      {
        onRequest: guarded,
        schema: { tags: ['bandwidth'], summary: 'Withdraw a "test now" that has not begun', params: Id }
      },
      async ({ params }, reply) => {
        const { uplink } = await known(params.id)
        if (!(await wishes.remove(uplink.id)))
          throw new ProblemError(
            'not_found',
            `no test of uplink "${uplink.id}" is asked for: it has begun, or its time is over`
          )
        return reply.code(204).send()
      }
    )

    app.get(
      '/v1/test-servers',
      {
        schema: {
          tags: ['bandwidth'],
          summary: 'Test servers, and the public key by which a stand-alone one knows this collector’s leases',
          response: {
            200: Type.Object({ public_key: Type.String(), ...listOf(ServerItem).properties })
          }
        }
      },
      async () => {
        const live = await store.liveLeases(now())
        const items = policy.servers.map(server => {
          const own = live.filter(lease => lease.server === server.id)
          return {
            id: server.id,
            host: server.host ?? null,
            port: server.port ?? null,
            port_mbps: server.portMbps,
            usable_mbps: portShare * server.portMbps,
            leased_mbps: own.reduce((sum, lease) => sum + lease.capMbps, 0),
            live_n: own.length,
            place: server.place,
            tiers: tiers.filter(tier => capOn(server, tier, Infinity, policy.passRatio).kind === 'cap')
          }
        })
        return { public_key: key.publicKey, items, next: null }
      }
    )
    return Promise.resolve()
  }
