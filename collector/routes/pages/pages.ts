import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { SentenceError } from '../../../contract/parse.ts'
import { problem, type Problem } from '../../../contract/problem.ts'
import { problemOf } from '../../errors.ts'
import { policyOf } from '../../leases/policy.ts'
import type { Policy } from '../../leases/terms.ts'
import type { StoreReads } from '../../store/store.ts'
import { render } from '../../views/render.ts'
import { stylesheetAddress, unlisted } from './assets.ts'
import { contextOf, plainContext, type PageContext } from './context.ts'
import { languageCookie } from './language.ts'
import { openLoader } from './load.ts'
import { agentsPage } from './model/agents.ts'
import { areasPage } from './model/areas.ts'
import { newestRecords } from './model/attention.ts'
import { bulletinPage } from './model/bulletin.ts'
import { bulletinsPage } from './model/bulletins.ts'
import type { Site } from './model/frame.ts'
import { patienceFor } from './model/liveness.ts'
import { overviewPage } from './model/overview.ts'
import type { PlacePath } from './model/place.ts'
import { problemPage } from './model/problem.ts'
import { rankingPage } from './model/ranking.ts'
import { chooseReminders, remindersPage } from './model/reminders.ts'
import { schoolPage } from './model/school.ts'

export interface PageDeps {
  readonly store: StoreReads
  readonly now: () => number
  readonly version: string
  /** Shown as a notice. */
  readonly openOnLoopback: boolean
  /** Every page says that its data are simulated. */
  readonly simulated?: boolean
  /** How often agents upload when nothing changes, ms; how long silence is normal follows from it. A minute unless said. */
  readonly uploadMs?: number
  /** Windows and budgets of bandwidth tests; the defaults unless said. */
  readonly bandwidth?: Policy | undefined
}

/** The pages for people: overview, areas, schools, ranking, bulletins, reminders, agents. Rendered here, complete without any script. */
export const pages =
  (deps: PageDeps): FastifyPluginAsync =>
  app => {
    const policy = deps.bandwidth ?? policyOf()
    const load = openLoader(deps.store)
    const site = siteOf(deps)
    const patience = patienceFor(deps.uploadMs ?? 60_000)
    const sendError = problemPages(deps)

    app.setErrorHandler((error, request, reply) => {
      const value = error instanceof SentenceError ? problem('bad_request', error.message) : problemOf(error)
      if (value.status >= 500) request.log.error({ err: error, url: request.url }, 'page failed')
      return sendError(request, reply, value)
    })

    const notFound = (request: FastifyRequest, reply: FastifyReply, sentence: string): FastifyReply =>
      sendError(request, reply, problem('not_found', sentence))

    const sendPlace = async (request: FastifyRequest, reply: FastifyReply, path: PlacePath): Promise<FastifyReply> => {
      const context = contextOf(request, deps.now())
      const found = await load.overview(context, path)
      if (found !== undefined)
        return sendPage(
          context,
          reply,
          render('overview', overviewPage(context, site, found.reads, patience, found.place))
        )
      const id = path.kind === 'all' ? '' : path.id
      return notFound(
        request,
        reply,
        context.say(path.kind === 'group' ? 'unknown_group' : 'unknown_area', { id: JSON.stringify(id.slice(0, 80)) })
      )
    }

    app.get('/', unlisted, (request, reply) => sendPlace(request, reply, { kind: 'all' }))
    app.get<{ Params: { id: string } }>('/areas/:id', unlisted, (request, reply) =>
      sendPlace(request, reply, { kind: 'area', id: request.params.id })
    )
    app.get<{ Params: { id: string } }>('/groups/:id', unlisted, (request, reply) =>
      sendPlace(request, reply, { kind: 'group', id: request.params.id })
    )

    app.get('/areas', unlisted, async (request, reply) => {
      const context = contextOf(request, deps.now())
      return sendPage(context, reply, render('areas', areasPage(context, site, await load.areas(context))))
    })

    app.get('/ranking', unlisted, async (request, reply) => {
      const context = contextOf(request, deps.now())
      return sendPage(context, reply, render('ranking', rankingPage(context, site, await load.ranking(context))))
    })

    app.get('/bulletins', unlisted, async (request, reply) => {
      const context = contextOf(request, deps.now())
      return sendPage(context, reply, render('bulletins', bulletinsPage(context, site, await load.bulletins())))
    })
    app.get<{ Params: { period: string } }>('/bulletins/:period', unlisted, async (request, reply) => {
      const context = contextOf(request, deps.now(), request.params.period)
      return sendPage(context, reply, render('bulletin', bulletinPage(context, site, await load.bulletin(context))))
    })

    app.get('/reminders', unlisted, async (request, reply) => {
      const context = contextOf(request, deps.now())
      const reads = await load.reminders(context)
      const chosen = chooseReminders(context, reads)
      const verdicts = await load.verdictsOf(
        context,
        chosen.page.items.map(school => school.id)
      )
      return sendPage(context, reply, render('reminders', remindersPage(context, site, reads, chosen, verdicts)))
    })

    app.get<{ Params: { id: string } }>('/schools/:id', unlisted, async (request, reply) => {
      const context = contextOf(request, deps.now())
      const reads = await load.school(context, request.params.id)
      if (reads === undefined)
        return notFound(
          request,
          reply,
          context.say('unknown_school', { id: JSON.stringify(request.params.id.slice(0, 80)) })
        )
      return sendPage(context, reply, render('school', schoolPage(context, site, reads, patience, policy)))
    })

    app.get('/agents', unlisted, async (request, reply) => {
      const context = contextOf(request, deps.now())
      return sendPage(
        context,
        reply,
        render('agents', agentsPage(context, site, await load.agents(context.nowMs), patience, newestRecords))
      )
    })

    return Promise.resolve()
  }

/** Answers any request with a problem as a page: for the pages themselves, and for whoever answers browsers elsewhere. */
export const problemPages = (deps: Pick<PageDeps, 'now' | 'version' | 'openOnLoopback' | 'simulated'>) => {
  const site = siteOf(deps)
  return (request: FastifyRequest, reply: FastifyReply, value: Problem): FastifyReply => {
    const context = plainContext(request, deps.now())
    return sendPage(context, reply.code(value.status), render('problem', problemPage(context, site, value, request.id)))
  }
}

/** Whether the caller would rather read a page than JSON. */
export const wantsPage = (request: FastifyRequest): boolean => (request.headers.accept ?? '').includes('text/html')

const siteOf = ({
  version,
  openOnLoopback,
  simulated = false
}: Pick<PageDeps, 'version' | 'openOnLoopback' | 'simulated'>): Site => ({
  stylesheet: stylesheetAddress(),
  version,
  openOnLoopback,
  simulated
})

const sendPage = (context: PageContext, reply: FastifyReply, html: string): FastifyReply => {
  const cookie = languageCookie(context.query.get('lang') ?? undefined)
  if (cookie !== undefined) reply.header('set-cookie', cookie)
  // Pages hold names and telephone numbers: no shared cache keeps them.
  return reply
    .header('cache-control', 'private, no-cache')
    .header('vary', 'Cookie')
    .type('text/html; charset=utf-8')
    .send(html)
}
