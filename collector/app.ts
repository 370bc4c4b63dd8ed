import helmet from '@fastify/helmet'
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import Fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify'
import { openAccess } from './access.ts'
import { openPress } from './bulletin/press.ts'
import { handleErrors, ProblemError, problemOf, sendProblem } from './errors.ts'
import type { CollectorKey } from './keys.ts'
import type { CheckTemplate } from './ledger/checks.ts'
import { openCommitter } from './receive/committer.ts'
import { loadRoster, type Roster } from './receive/roster.ts'
import { openLeases, type Leases } from './leases/open-leases.ts'
import { policyOf } from './leases/policy.ts'
import type { Policy } from './leases/terms.ts'
import { agentRoutes } from './routes/agents.ts'
import { bandwidthRoutes } from './routes/bandwidth.ts'
import { bulletinRoutes } from './routes/bulletins.ts'
import { calendarRoutes } from './routes/calendar.ts'
import { ledgerImportRoutes } from './routes/ledger-import.ts'
import { ledgerRoutes } from './routes/ledger.ts'
import { openMetrics } from './routes/metrics.ts'
import { serveAssets } from './routes/pages/assets.ts'
import { pages, problemPages, wantsPage } from './routes/pages/pages.ts'
import { rankingRoutes } from './routes/ranking.ts'
import { readingRoutes } from './routes/readings.ts'
import { sinkRoutes } from './routes/sinks.ts'
import { standingRoutes } from './routes/standing.ts'
import { wireRoutes } from './routes/wire.ts'
import type { Store } from './store/store.ts'
import { isBandwidthUpgrade } from './testserver/door.ts'

export interface AppDeps {
  readonly store: Store
  readonly key: CollectorKey
  readonly adminSecret: string
  readonly now: () => number
  readonly log: FastifyBaseLogger
  readonly version: string
  /** What is measured, for the checks of devices that an import brings; without it they come at the next start. */
  readonly templates?: () => readonly CheckTemplate[]
}

export interface AppSettings {
  readonly uploadMs: number
  readonly foldMs: number
  readonly maxReadings: number
  /** Servers, windows and budgets of bandwidth tests; the defaults when left out. */
  readonly bandwidth?: Policy
  /** Every page and export says that its data are simulated. */
  readonly simulated?: boolean
}

/** The collector without a socket: every route, wired. `listen` and `inject` both work on it. */
export const buildApp = async (
  settings: AppSettings,
  deps: AppDeps
): Promise<{ app: FastifyInstance; roster: Roster; leases: Leases }> => {
  const { store, now } = deps
  const roster = await loadRoster(store, settings)
  const committer = openCommitter(store)
  const access = openAccess(deps.adminSecret)
  const metrics = openMetrics(store, committer, now)
  const leases = await openLeases({ ...deps, roster, policy: settings.bandwidth ?? policyOf() })

  const app: FastifyInstance = Fastify({
    loggerInstance: deps.log,
    logController: new LogController({ disableRequestLogging: true }),
    // One logger for all: a child for each of a city's requests costs more than it ever told.
    childLoggerFactory: logger => logger,
    // Nothing is coerced and nothing is dropped in silence: what a caller gets wrong, the caller is told.
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, allErrors: false } },
    forceCloseConnections: 'idle',
    requestTimeout: 60_000,
    // For every server that Fastify opens (localhost has two): an Upgrade to anything but a bandwidth test is an ordinary request.
    http: { shouldUpgradeCallback: request => isBandwidthUpgrade(request) && app.server.listenerCount('upgrade') > 0 },
    // Said below, as a problem document: an agent waits, and knows why.
    return503OnClosing: false,
    routerOptions: { maxParamLength: 128 },
    // A path that cannot be decoded never reaches the error handler.
    frameworkErrors: (error, _request, reply) => void sendProblem(reply, problemOf(error))
  })
  const pageDeps = {
    now,
    version: deps.version,
    openOnLoopback: true,
    simulated: settings.simulated === true || (await store.isSimulated())
  }
  const asPage = problemPages(pageDeps)
  handleErrors(app, (request, reply, value) =>
    wantsPage(request) ? asPage(request, reply, value) : sendProblem(reply, value)
  )
  serveAssets(app)
  let closing = false
  app.addHook('preClose', async () => {
    closing = true
    await committer.drained()
    await leases.presence.drained()
  })
  app.addHook('onRequest', async (_request, reply) => {
    if (!closing) return Promise.resolve()
    reply.header('connection', 'close')
    throw new ProblemError('overloaded', 'the collector is stopping')
  })

  await app.register(helmet, {
    // Plain HTTP is normal in schools: no HSTS, no upgrade-insecure-requests.
    strictTransportSecurity: false,
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        scriptSrc: ["'self'"],
        connectSrc: ["'self'"],
        formAction: ["'self'"],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"]
      }
    }
  })

  app.get('/livez', { schema: { hide: true } }, () => ({ status: 'ok' }))
  app.get('/readyz', { schema: { hide: true } }, async () => {
    await store.counts()
    return { status: 'ok' }
  })
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'campus-gauge',
        version: deps.version,
        description:
          '校园网络达标监测: readings, verdicts and shares. Errors are RFC 9457 problem+json; times RFC 3339.'
      }
    }
  })
  await app.register(
    wireRoutes({ ...deps, roster, committer, leases, uploadMs: settings.uploadMs, answered: metrics.answered })
  )
  await app.register(async human => {
    human.addHook('onRequest', async (request, reply) => {
      reply.header('cache-control', 'no-store')
      try {
        access.read(request)
      } catch (error) {
        reply.header('www-authenticate', 'Basic realm="campus-gauge", charset="UTF-8"')
        throw error
      }
      return Promise.resolve()
    })
    await human.register(ledgerRoutes(store))
    await human.register(ledgerImportRoutes({ store, roster, access, now, templates: deps.templates }))
    await human.register(readingRoutes(store, now))
    await human.register(standingRoutes(store, now))
    await human.register(rankingRoutes(store, now))
    await human.register(calendarRoutes(store, now))
    await human.register(agentRoutes({ store, roster, key: deps.key, access, now }))
    await human.register(bandwidthRoutes({ store, leases, key: deps.key, access, now }))
    await human.register(bulletinRoutes({ store, press: openPress(store), access, now }))
    await human.register(sinkRoutes({ store, access, now }))
    await human.register(metrics.routes)
    await human.register(pages({ ...pageDeps, store, uploadMs: settings.uploadMs, bandwidth: settings.bandwidth }))
    await human.register(swaggerUi, { routePrefix: '/docs', staticCSP: true })
  })
  return { app, roster, leases }
}
