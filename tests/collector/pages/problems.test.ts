import Fastify from 'fastify'
import t from 'tap'
import { problem } from '../../../contract/problem.ts'
import { ProblemError } from '../../../collector/errors.ts'
import { pages, problemPages, wantsPage } from '../../../collector/routes/pages/pages.ts'
import { nowMs } from './city-ledger.ts'
import { fillLedger, openCity } from './city.ts'
import { plain } from './plain.ts'

const { store } = await openCity(work => t.teardown(work), fillLedger)
const deps = { store, now: () => nowMs, version: '1', openOnLoopback: true }

void t.test('a failing store is a page without its inside, with a number to quote', async t => {
  const app = Fastify()
  t.teardown(() => app.close())
  const broken = { ...store, agents: () => Promise.reject(new Error('secret inside')) }
  await app.register(pages({ ...deps, store: broken }))
  for (const url of ['/', '/agents', '/schools/s-1']) {
    const answer = await app.inject(url)
    t.equal(answer.statusCode, 500)
    t.match(plain(answer.body), /采集端出错 .*请求编号 req-/)
    t.notMatch(answer.body, 'secret inside')
  }
})

void t.test('a refusal by the access control in front of the pages is a page too', async t => {
  const app = Fastify()
  t.teardown(() => app.close())
  app.addHook('onRequest', (_request, reply, done) => {
    reply.header('www-authenticate', 'Basic realm="x"')
    done(new ProblemError('unauthorised', 'this address is not this machine'))
  })
  await app.register(pages(deps))
  const answer = await app.inject('/?lang=en')
  t.equal(answer.statusCode, 401)
  t.equal(answer.headers['www-authenticate'], 'Basic realm="x"')
  t.match(plain(answer.body), 'The admin secret is needed this address is not this machine')
})

void t.test('any other route can answer a browser with the same page', async t => {
  const app = Fastify()
  t.teardown(() => app.close())
  const sendPage = problemPages(deps)
  app.setNotFoundHandler((request, reply) => {
    const value = problem('not_found', `${request.url} is not a route`)
    return wantsPage(request) ? sendPage(request, reply, value) : reply.code(404).send(value)
  })
  const page = await app.inject({ url: '//evil.example/<b>?period=x', headers: { accept: 'text/html,*/*' } })
  t.equal(page.statusCode, 404)
  t.match(plain(page.body), '没有这个页面')
  t.notMatch(page.body, /<b>|href="\/\//)
  t.match((await app.inject('/nope')).headers['content-type'], 'application/json')
})
