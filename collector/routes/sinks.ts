import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { onRequestAsyncHookHandler } from 'fastify'
import Type from 'typebox'
import type { Access } from '../access.ts'
import { ProblemError } from '../errors.ts'
import { LetterItem, letterItem, SinkItem, sinkItem } from '../sinks/items.ts'
import { standings } from '../sinks/standing.ts'
import type { Store } from '../store/store.ts'
import { badNext, Limit, limitOf, listOf, Next } from './page.ts'

export interface SinkRouteDeps {
  readonly store: Store
  readonly access: Access
  readonly now: () => number
}

const OfSink = Type.Object({ sink: Type.String({ maxLength: 64 }) })
const Ids = Type.Object(
  {
    ids: Type.Optional(
      Type.Array(Type.Integer({ minimum: 1 }), { minItems: 1, maxItems: 10_000, description: 'All when left out' })
    )
  },
  { additionalProperties: false }
)
const HowMany = Type.Object({ letters_n: Type.Integer() })

/** GET /v1/sinks: where copies go and how far they are; dead letters, and what is done about them. Writes need the admin secret. */
export const sinkRoutes =
  ({ store, access, now }: SinkRouteDeps): FastifyPluginAsyncTypebox =>
  async app => {
    const tags = ['sinks']
    const guarded: onRequestAsyncHookHandler = async request => {
      access.write(request)
      return Promise.resolve()
    }
    const known = async (name: string): Promise<string> => {
      if ((await store.sinks()).some(row => row.name === name)) return name
      throw new ProblemError('not_found', `there is no sink ${JSON.stringify(name)} that ever ran`)
    }

    app.get(
      '/v1/sinks',
      { schema: { tags, summary: 'Where copies go, and how far they are', response: { 200: listOf(SinkItem) } } },
      async () => ({ items: (await standings(store, now())).map(sinkItem), next: null })
    )
    app.get(
      '/v1/sinks/:sink/dead-letters',
      {
        schema: {
          tags,
          summary: 'Points that were refused, oldest first',
          params: OfSink,
          querystring: Type.Object({ limit: Limit, next: Next }, { additionalProperties: false }),
          response: { 200: listOf(LetterItem) }
        }
      },
      async ({ params, query }) => {
        const limit = limitOf(query.limit)
        const rows = await store.deadLetters(await known(params.sink), afterOf(query.next), limit + 1)
        const page = rows.slice(0, limit)
        const last = rows.length > limit ? page.at(-1) : undefined
        return {
          items: page.map(letterItem),
          next: last === undefined ? null : Buffer.from(`d${last.id}`).toString('base64url')
        }
      }
    )
    app.post(
      '/v1/sinks/:sink/replay',
      {
        onRequest: guarded,
        schema: {
          tags,
          summary: 'Send dead letters again: some, or all',
          params: OfSink,
          body: Ids,
          response: { 202: HowMany }
        }
      },
      async ({ params, body }, reply) => {
        const sink = await known(params.sink)
        return reply.code(202).send({ letters_n: await store.replayDeadLetters(sink, body.ids, now()) })
      }
    )
    app.post(
      '/v1/sinks/:sink/drop',
      {
        onRequest: guarded,
        schema: {
          tags,
          summary: 'Give dead letters up for good: some, or all',
          params: OfSink,
          body: Ids,
          response: { 200: HowMany }
        }
      },
      async ({ params, body }) => ({ letters_n: await store.dropDeadLetters(await known(params.sink), body.ids) })
    )
    return Promise.resolve()
  }

const afterOf = (next: string | undefined): number => {
  if (next === undefined) return 0
  const match = /^d(\d{1,15})$/.exec(Buffer.from(next, 'base64url').toString('utf8'))
  if (match?.[1] === undefined) throw badNext(next)
  return Number(match[1])
}
