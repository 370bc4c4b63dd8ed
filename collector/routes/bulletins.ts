import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import Type from 'typebox'
import { printCss, printCssAddress } from '../bulletin/print.ts'
import { readReminders } from '../bulletin/reminders.ts'
import { revisionsOf, stageOf } from '../bulletin/stage.ts'
import { periodNamed } from '../calendar/period.ts'
import { ProblemError } from '../errors.ts'
import { areasUnder } from './areas.ts'
import {
  BulletinItem,
  bulletinItem,
  ReminderItem,
  reminderItem,
  VerificationItem,
  verificationItem
} from './bulletin-items.ts'
import { knownPeriod, pressed, type BulletinRouteDeps } from './bulletin-problems.ts'
import { bulletinWriteRoutes } from './bulletin-writes.ts'
import { Limit, limitOf, listOf, Next, pageOf, PeriodQuery, periodOf } from './page.ts'

const forms = {
  json: 'application/json; charset=utf-8',
  html: 'text/html; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  csv: 'text/csv; charset=utf-8'
} as const

const RevisionQuery = Type.Object(
  {
    revision: Type.Optional(
      Type.String({
        pattern: '^(0|[1-9][0-9]{0,5})$',
        description: '0 is the current figures; default the newest frozen one'
      })
    )
  },
  { additionalProperties: false }
)
const File = Type.Object({
  file: Type.String({ maxLength: 20, description: 'YYYY-MM, with .json (default), .xlsx or .html' })
})

/** GET /v1/bulletins, one as JSON, XLSX or HTML, verified, and /v1/reminders; the writes are in bulletin-writes.ts. */
export const bulletinRoutes =
  (deps: BulletinRouteDeps): FastifyPluginAsyncTypebox =>
  async app => {
    const { store, press, now } = deps
    app.addHook('onClose', () => press.close())
    app.get('/assets/bulletin.css', { schema: { hide: true } }, (request, reply) =>
      reply
        .header(
          'cache-control',
          request.url === printCssAddress() ? 'private, max-age=31536000, immutable' : 'no-cache'
        )
        .type('text/css; charset=utf-8')
        .send(printCss())
    )

    app.get(
      '/v1/bulletins',
      {
        schema: {
          tags: ['bulletins'],
          summary: 'Frozen periods and their revisions, newest first',
          querystring: Type.Object(
            { period: Type.Optional(Type.String()), limit: Limit, next: Next },
            { additionalProperties: false }
          ),
          response: { 200: listOf(BulletinItem) }
        }
      },
      async ({ query }) => {
        const rows = await store.bulletins()
        const chosen = rows.filter(row => query.period === undefined || row.period === query.period).toReversed()
        const page = pageOf(chosen, limitOf(query.limit), query.next)
        return {
          next: page.next,
          items: page.items.map(row => bulletinItem(row, stageOf(periodNamed(row.period), now(), rows)))
        }
      }
    )

    app.get(
      '/v1/bulletins/:file',
      {
        schema: {
          tags: ['bulletins'],
          summary: 'A bulletin as JSON, XLSX or HTML; a preview of the current figures while its period is not frozen',
          params: File,
          querystring: RevisionQuery
        }
      },
      async ({ params, query }, reply) => {
        const [, name = '', form = 'json'] = /^(.{7})(?:\.(json|xlsx|html))?$/.exec(params.file) ?? []
        const period = knownPeriod(name === '' ? params.file : name)
        const revision = query.revision === undefined ? undefined : Number(query.revision)
        const job = {
          kind: 'print',
          period: period.name,
          revision,
          form: form === 'xlsx' || form === 'html' ? form : 'json',
          style: { href: printCssAddress() }
        } as const
        const bytes = await pressed(press.run(job, now()), 'not_found')
        if (job.form !== 'html')
          attach(reply, `bulletin-${period.name}${revision === undefined ? '' : `-r${revision}`}.${job.form}`)
        return reply.type(forms[job.form]).send(Buffer.from(bytes))
      }
    )

    app.get(
      '/v1/bulletins/:period/verify',
      {
        schema: {
          tags: ['bulletins'],
          summary: 'Compute a frozen revision anew from its evidence and compare it, bit for bit',
          params: Type.Object({ period: Type.String({ maxLength: 20 }) }),
          querystring: RevisionQuery,
          response: { 200: VerificationItem }
        }
      },
      async ({ params, query }) => {
        const { name } = knownPeriod(params.period)
        const revision = query.revision === undefined ? undefined : Number(query.revision)
        if (revisionsOf(await store.bulletins(), name).length === 0)
          throw new ProblemError('not_found', `period ${name} is not frozen: there is nothing to verify yet`)
        return verificationItem(
          await pressed(press.run({ kind: 'verify', period: name, revision }, now()), 'not_found')
        )
      }
    )

    const reminderQuery = { area: Type.Optional(Type.String({ maxLength: 64 })), period: PeriodQuery }
    app.get(
      '/v1/reminders',
      {
        schema: {
          tags: ['bulletins'],
          summary: 'Unknown verdicts by cause, with whom to call and what would make them known',
          querystring: Type.Object({ ...reminderQuery, limit: Limit, next: Next }, { additionalProperties: false }),
          response: { 200: listOf(ReminderItem) }
        }
      },
      async ({ query }) => {
        await areasUnder(store, query.area)
        const { items } = await readReminders(store, periodOf(query.period, now()), query.area)
        const page = pageOf(items, limitOf(query.limit), query.next)
        return { next: page.next, items: page.items.map(reminderItem) }
      }
    )
    for (const form of ['csv', 'xlsx'] as const)
      app.get(
        `/v1/reminders.${form}`,
        {
          schema: {
            tags: ['bulletins'],
            summary: `The reminder list as ${form.toUpperCase()}`,
            querystring: Type.Object(reminderQuery, { additionalProperties: false })
          }
        },
        async ({ query }, reply) => {
          await areasUnder(store, query.area)
          const period = periodOf(query.period, now()).name
          const bytes = await pressed(
            press.run({ kind: 'reminders', period, area: query.area, form }, now()),
            'not_found'
          )
          attach(reply, `reminders-${period}.${form}`)
          return reply.type(forms[form]).send(Buffer.from(bytes))
        }
      )

    await app.register(bulletinWriteRoutes(deps))
  }

const attach = (reply: { header(name: string, value: string): unknown }, file: string): void =>
  void reply.header('content-disposition', `attachment; filename="${file}"`)
