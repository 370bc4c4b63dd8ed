import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Fastify from 'fastify'
import t from 'tap'
import { handleErrors, sendProblem } from '../../../collector/errors.ts'
import { rankingRoutes } from '../../../collector/routes/ranking.ts'
import { openStore } from '../../../collector/store/sqlite.ts'
import { rankAreas, type Score } from '../../../collector/verdicts/ranking.ts'
import { ledger, nowMs } from '../../rig/ledger.ts'

const score = (area: string, pct: number, hiPct: number): Score => ({
  area,
  pct,
  hiPct,
  totalN: 10,
  unknownN: Math.round((hiPct - pct) / 10),
  leftOut: undefined
})

void t.test('GET /v1/ranking gives a period’s rankings under an area, revision by revision', async t => {
  const directory = mkdtempSync(join(tmpdir(), 'cg-test-'))
  const store = await openStore(directory)
  t.teardown(async () => {
    await store.close()
    rmSync(directory, { recursive: true, force: true })
  })
  await store.putLedger(ledger)
  const app = Fastify()
  handleErrors(app, (_request, reply, value) => sendProblem(reply, value))
  await app.register(rankingRoutes(store, () => nowMs))
  const [root] = await store.areas()
  const scope = root?.id ?? ''
  const ranking = (target: string, pct: number) =>
    rankAreas({
      period: '2026-11',
      scope,
      target,
      shares: [score('a', pct, pct), score('b', 90, 100)],
      back: 1,
      before: []
    })
  await store.putRankings('2026-11', 0, [ranking('p/x', 10), ranking('composite', 20)])
  await store.putRankings('2026-11', 2, [ranking('p/x', 30)])

  const get = async (query: string) => {
    const answer = await app.inject({ url: `/v1/ranking?period=2026-11${query}` })
    return { status: answer.statusCode, body: answer.json<{ items: unknown[]; next: unknown; detail?: string }>() }
  }
  const all = await get('')
  t.equal(all.status, 200)
  t.match(all.body.items, [{ target: 'composite' }, { target: 'p/x' }])
  const one = await get(`&target=p/x&area=${scope}`)
  t.same(one.body.items, [
    {
      period: '2026-11',
      scope,
      target: 'p/x',
      ranked: true,
      reason: null,
      lines: [
        {
          area: 'b',
          pct: 90,
          hi_pct: 100,
          total_n: 10,
          unknown_n: 1,
          first: 1,
          last: 1,
          tied: [],
          left_out: null,
          at_back: false,
          back_periods: 0,
          naming: 'none'
        },
        {
          area: 'a',
          pct: 10,
          hi_pct: 10,
          total_n: 10,
          unknown_n: 0,
          first: 2,
          last: 2,
          tied: [],
          left_out: null,
          at_back: true,
          back_periods: 1,
          naming: 'none'
        }
      ]
    }
  ])
  t.match((await get('&revision=2')).body.items, [{ target: 'p/x', lines: [{ area: 'b' }, { area: 'a', pct: 30 }] }])
  t.match((await get('&limit=1')).body, { items: [{ target: 'composite' }], next: String })
  t.same((await get('&revision=1')).body.items, [])
  t.equal((await get('&revision=x')).status, 422)
  const nowhere = await get('&area=nowhere')
  t.equal(nowhere.status, 404)
  t.match(nowhere.body.detail, 'query area must be the id of a known area, got "nowhere"')
})
