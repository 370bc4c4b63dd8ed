import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import Type from 'typebox'
import { Outcome } from '../../contract/reading.ts'
import { localTime } from '../calendar/day.ts'
import { ProblemError } from '../errors.ts'
import { wireIdOf } from '../ledger/checks.ts'
import type { ReadingCursor, StoreReads } from '../store/store.ts'
import { badNext, Limit, limitOf, listOf, Next } from './page.ts'

const Instant = Type.Optional(Type.String({ description: 'RFC 3339, for example 2026-11-20T00:00:00+08:00' }))

const ReadingItem = Type.Object({
  school: Type.String(),
  device: Type.String(),
  check: Type.String(),
  probe: Type.String(),
  part: Type.String(),
  at: Type.String(),
  outcome: Outcome,
  reason: Type.Union([Type.String(), Type.Null()]),
  took_ms: Type.Number(),
  fields: Type.Record(Type.String(), Type.Number()),
  labels: Type.Record(Type.String(), Type.String())
})

/** GET /v1/readings: the evidence, newest first. */
export const readingRoutes =
  (store: StoreReads, now: () => number): FastifyPluginAsyncTypebox =>
  async app => {
    app.get(
      '/v1/readings',
      {
        schema: {
          tags: ['evidence'],
          summary: 'Readings, newest first; the last 24 hours unless from says otherwise',
          querystring: Type.Object(
            {
              school: Type.Optional(Type.String()),
              device: Type.Optional(Type.String()),
              probe: Type.Optional(Type.String()),
              from: Instant,
              to: Instant,
              limit: Limit,
              next: Next
            },
            { additionalProperties: false }
          ),
          response: { 200: listOf(ReadingItem) }
        }
      },
      async ({ query }) => {
        const toMs = instantOf(query.to, 'to') ?? now() + 86_400_000
        const fromMs = instantOf(query.from, 'from') ?? now() - 86_400_000
        const devices = await store.devices()
        const schoolOf = new Map(devices.map(device => [device.id, device.school]))
        const wanted = devices.filter(
          device =>
            (query.device === undefined || device.id === query.device) &&
            (query.school === undefined || device.school === query.school)
        )
        const checks = await store.checksOf(wanted.map(device => device.id))
        const known = new Map(
          checks
            .filter(check => query.probe === undefined || check.probe === query.probe)
            .map(check => [check.id, check])
        )
        const page = await store.readings({
          checkIds: [...known.keys()],
          fromMs,
          toMs,
          limit: limitOf(query.limit),
          after: cursorOf(query.next)
        })
        const items = page.items.flatMap(row => {
          const check = known.get(row.checkId)
          if (check === undefined) return []
          return [
            {
              school: schoolOf.get(check.device) ?? '',
              device: check.device,
              check: wireIdOf(check),
              probe: check.probe,
              part: row.part,
              at: localTime(row.atMs),
              outcome: row.outcome,
              reason: row.reason ?? null,
              took_ms: row.tookMs,
              fields: { ...row.fields },
              labels: { ...row.labels }
            }
          ]
        })
        return { items, next: page.next === undefined ? null : formatCursor(page.next) }
      }
    )
    return Promise.resolve()
  }

/** An instant of a query. Throws a ProblemError. */
export const instantOf = (text: string | undefined, name: string): number | undefined => {
  if (text === undefined) return undefined
  // Without an offset a time would mean whatever zone this machine happens to be in.
  const ms = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/i.test(text) ? Date.parse(text) : NaN
  if (Number.isNaN(ms))
    throw new ProblemError(
      'bad_request',
      `query ${name} must be an RFC 3339 time such as 2026-11-20T00:00:00+08:00 (write + as %2B), got ${JSON.stringify(text.slice(0, 40))}`,
      { pointer: `/${name}` }
    )
  return ms
}

const formatCursor = (cursor: ReadingCursor): string =>
  Buffer.from(`r${cursor.atMs}.${cursor.checkId}.${cursor.n}`).toString('base64url')

const cursorOf = (next: string | undefined): ReadingCursor | undefined => {
  if (next === undefined) return undefined
  const [, at, check, n] =
    /^r(\d{1,15})\.(\d{1,10})\.(\d{1,6})$/.exec(Buffer.from(next, 'base64url').toString('utf8')) ?? []
  if (at === undefined || check === undefined || n === undefined) throw badNext(next)
  return { atMs: Number(at), checkId: Number(check), n: Number(n) }
}
