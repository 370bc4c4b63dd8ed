import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import Type from 'typebox'
import type { Access } from '../access.ts'
import { dayOf } from '../calendar/day.ts'
import { ProblemError } from '../errors.ts'
import type { CheckTemplate } from '../ledger/checks.ts'
import { answerOf, ImportAnswer } from '../ledger/import/answer.ts'
import { sheets } from '../ledger/import/columns.ts'
import { importLimits } from '../ledger/import/limits.ts'
import { runImport } from '../ledger/import/thread.ts'
import { redraftChecks } from '../ledger/redraft.ts'
import type { Roster } from '../receive/roster.ts'
import type { Store } from '../store/store.ts'

const Switch = Type.Optional(Type.Enum(['true', 'false']))

export interface LedgerImportDeps {
  readonly store: Store
  readonly roster: Roster
  readonly access: Access
  readonly now: () => number
  /** What is measured, for the checks of new devices; undefined leaves them to the next start. */
  readonly templates: (() => readonly CheckTemplate[]) | undefined
}

/** POST /v1/ledger/import: a ledger file as the body, whatever its media type. Needs the admin secret. */
export const ledgerImportRoutes =
  ({ store, roster, access, now, templates }: LedgerImportDeps): FastifyPluginAsyncTypebox =>
  async app => {
    let busy = false
    app.removeAllContentTypeParsers()
    app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
    app.post(
      '/v1/ledger/import',
      {
        bodyLimit: importLimits.fileBytes,
        onRequest: async request => {
          access.write(request)
          return Promise.resolve()
        },
        schema: {
          tags: ['ledger'],
          summary:
            'Import a ledger file (CSV, XLSX, YAML); nothing changes unless every row is good or skip_bad is set',
          querystring: Type.Object(
            {
              name: Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: 'File name' })),
              kind: Type.Optional(Type.Enum(sheets.map(sheet => sheet.kind))),
              dry_run: Switch,
              skip_bad: Switch
            },
            { additionalProperties: false }
          ),
          response: { 200: ImportAnswer }
        }
      },
      async ({ query, body }) => {
        if (!(body instanceof Uint8Array)) throw new ProblemError('bad_request', 'the body must be a ledger file')
        if (busy) throw new ProblemError('overloaded', 'another import is running: try again when it has ended')
        busy = true
        try {
          const report = await runImport(
            store,
            { name: query.name ?? 'body', bytes: body, kind: query.kind },
            {
              dryRun: query.dry_run === 'true',
              skipBad: query.skip_bad === 'true',
              nowMs: now(),
              today: dayOf(now()),
              ...(templates === undefined ? {} : { templates: templates() })
            }
          )
          if (report.applied) {
            if (templates !== undefined) await redraftChecks(store, templates(), now())
            await roster.reload()
          }
          return answerOf(report)
        } finally {
          busy = false
        }
      }
    )
    return Promise.resolve()
  }
