import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import Type from 'typebox'
import { shareItem } from '../bulletin/json.ts'
import { localTime } from '../calendar/day.ts'
import { ProblemError } from '../errors.ts'
import { packOf } from '../ledger/load.ts'
import type { StoreReads } from '../store/store.ts'
import { explain } from '../verdicts/explain.ts'
import { targetsOf } from '../verdicts/pack.ts'
import { verdictWords } from '../verdicts/verdict.ts'
import { areasUnder } from './areas.ts'
import { Limit, limitOf, listOf, Next, pageOf, PeriodQuery, periodOf, RevisionQuery } from './page.ts'

const Percent = Type.Union([Type.Number(), Type.Null()])

const StandingItem = Type.Object({
  school: Type.String(),
  target: Type.String(),
  verdict: Type.Enum(verdictWords),
  reason: Type.String(),
  n: Type.Number(),
  expected_n: Type.Number(),
  as_of: Type.String(),
  since: Type.String(),
  rule_version: Type.String(),
  explanation: Type.Object({ zh: Type.String(), en: Type.String() }),
  excluded: Type.Record(Type.String(), Type.Number()),
  evidence: Type.Array(Type.String())
})

const ShareItem = Type.Object({
  area: Type.String(),
  target: Type.String(),
  met_n: Type.Integer(),
  missed_n: Type.Integer(),
  unknown_n: Type.Integer(),
  not_applicable_n: Type.Integer(),
  total_n: Type.Integer(),
  pct: Percent,
  hi_pct: Percent,
  goal_pct: Type.Number()
})

/** GET /v1/standing, /v1/shares, /v1/targets: what the evidence says. */
export const standingRoutes =
  (store: StoreReads, now: () => number): FastifyPluginAsyncTypebox =>
  async app => {
    const known = async (target: string | undefined): Promise<void> => {
      if (target === undefined) return
      const targets = targetsOf((await store.packs()).map(packOf))
      if (!targets.some(t => t.key === target))
        throw new ProblemError(
          'not_found',
          `query target must be a known pack/id, got ${JSON.stringify(target.slice(0, 130))}`,
          { pointer: '/target' }
        )
    }

    app.get(
      '/v1/standing',
      {
        schema: {
          tags: ['verdicts'],
          summary: 'Verdicts of schools in a period',
          querystring: Type.Object(
            {
              target: Type.Optional(Type.String()),
              area: Type.Optional(Type.String()),
              school: Type.Optional(Type.String()),
              period: PeriodQuery,
              revision: RevisionQuery,
              limit: Limit,
              next: Next
            },
            { additionalProperties: false }
          ),
          response: { 200: listOf(StandingItem) }
        }
      },
      async ({ query }) => {
        const period = periodOf(query.period, now())
        const [areas, schools, verdicts] = await Promise.all([
          areasUnder(store, query.area),
          store.schools(period.lastDay),
          store.verdicts(
            period.name,
            Number(query.revision ?? 0),
            query.school === undefined ? undefined : [query.school]
          ),
          known(query.target)
        ])
        const inside = new Set(schools.filter(school => areas.has(school.area)).map(school => school.id))
        const chosen = verdicts.filter(
          v =>
            inside.has(v.school) &&
            (query.target === undefined || v.target === query.target) &&
            (query.school === undefined || v.school === query.school)
        )
        const page = pageOf(chosen, limitOf(query.limit), query.next)
        return {
          next: page.next,
          items: page.items.map(v => ({
            school: v.school,
            target: v.target,
            verdict: v.verdict,
            reason: v.reason,
            n: v.n,
            expected_n: v.expectedN,
            as_of: localTime(v.asOfMs),
            since: localTime(v.sinceMs),
            rule_version: v.ruleVersion,
            explanation: { zh: explain(v, 'zh'), en: explain(v, 'en') },
            excluded: { ...v.excluded },
            evidence: [...v.evidence]
          }))
        }
      }
    )

    app.get(
      '/v1/shares',
      {
        schema: {
          tags: ['verdicts'],
          summary: 'Shares of areas in a period: met, missed and unknown of all schools the target applies to',
          querystring: Type.Object(
            {
              area: Type.Optional(
                Type.String({ description: 'This area and all below it; with groups (area "group:ID") when left out' })
              ),
              period: PeriodQuery,
              revision: RevisionQuery,
              limit: Limit,
              next: Next
            },
            { additionalProperties: false }
          ),
          response: { 200: listOf(ShareItem) }
        }
      },
      async ({ query }) => {
        const period = periodOf(query.period, now())
        const areas = await areasUnder(store, query.area)
        const shares = (await store.shares(period.name, Number(query.revision ?? 0))).filter(
          share => query.area === undefined || areas.has(share.area)
        )
        const page = pageOf(shares, limitOf(query.limit), query.next)
        return {
          next: page.next,
          items: page.items.map(shareItem)
        }
      }
    )
    return Promise.resolve()
  }
