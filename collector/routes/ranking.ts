import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import Type from 'typebox'
import type { StoreReads } from '../store/store.ts'
import type { Ranking } from '../verdicts/ranking.ts'
import { areasUnder } from './areas.ts'
import { Limit, limitOf, listOf, Next, pageOf, PeriodQuery, periodOf } from './page.ts'

const RankItem = Type.Object({
  area: Type.String(),
  pct: Type.Number(),
  hi_pct: Type.Number(),
  total_n: Type.Integer(),
  unknown_n: Type.Integer(),
  first: Type.Integer({ description: 'Best place that what is known allows; 0 without a place' }),
  last: Type.Integer({ description: 'Worst place that what is known allows; 0 without a place' }),
  tied: Type.Array(Type.String()),
  left_out: Type.Union([Type.Literal('vacation'), Type.Null()]),
  at_back: Type.Boolean(),
  back_periods: Type.Integer(),
  naming: Type.Enum(['named', 'not_rankable', 'none'])
})

const RankingItem = Type.Object({
  period: Type.String(),
  scope: Type.String(),
  target: Type.String({ description: 'pack/id, or composite' }),
  ranked: Type.Boolean(),
  reason: Type.Union([Type.Literal('vacation'), Type.Literal('too_few'), Type.Null()]),
  lines: Type.Array(RankItem)
})

/** GET /v1/ranking: the children of every area, compared by what is known; best first. */
export const rankingRoutes =
  (store: StoreReads, now: () => number): FastifyPluginAsyncTypebox =>
  async app => {
    app.get(
      '/v1/ranking',
      {
        schema: {
          tags: ['verdicts'],
          summary: 'Areas ranked by the interval of their shares, per target and over all targets (composite)',
          querystring: Type.Object(
            {
              area: Type.Optional(
                Type.String({ description: 'Rankings of the children of this area and of areas below it' })
              ),
              target: Type.Optional(Type.String({ description: 'pack/id, or composite' })),
              period: PeriodQuery,
              revision: Type.Optional(
                Type.String({
                  pattern: '^[0-9]{1,6}$',
                  description: '0, the default, is what is known now; from 1 on a frozen bulletin'
                })
              ),
              limit: Limit,
              next: Next
            },
            { additionalProperties: false }
          ),
          response: { 200: listOf(RankingItem) }
        }
      },
      async ({ query }) => {
        const period = periodOf(query.period, now())
        const [areas, rankings] = await Promise.all([
          areasUnder(store, query.area),
          store.rankings(period.name, Number(query.revision ?? 0))
        ])
        const chosen = rankings.filter(
          ranking => areas.has(ranking.scope) && (query.target === undefined || query.target === ranking.target)
        )
        const page = pageOf(chosen, limitOf(query.limit), query.next)
        return { items: page.items.map(itemOf), next: page.next }
      }
    )
    return Promise.resolve()
  }

const itemOf = ({ period, scope, target, ranked, reason, lines }: Ranking) => ({
  period,
  scope,
  target,
  ranked,
  reason: reason ?? null,
  lines: lines.map(line => ({
    area: line.area,
    pct: line.pct,
    hi_pct: line.hiPct,
    total_n: line.totalN,
    unknown_n: line.unknownN,
    first: line.first,
    last: line.last,
    tied: [...line.tied],
    left_out: line.leftOut ?? null,
    at_back: line.atBack,
    back_periods: line.backPeriods,
    naming: line.naming
  }))
})
