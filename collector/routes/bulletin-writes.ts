import { randomBytes } from 'node:crypto'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { onRequestAsyncHookHandler } from 'fastify'
import Type from 'typebox'
import { answerObjection, raiseObjection } from '../bulletin/objection.ts'
import { mustBeDue } from '../bulletin/revision.ts'
import { revisionsOf, stageOf } from '../bulletin/stage.ts'
import { nextSubmission } from '../bulletin/submission.ts'
import { periodNamed, type Period } from '../calendar/period.ts'
import { packOf } from '../ledger/load.ts'
import { ProblemError } from '../errors.ts'
import { openTurns } from '../in-turn.ts'
import { targetsOf } from '../verdicts/pack.ts'
import {
  AnswerBody,
  BulletinItem,
  bulletinItem,
  FreezeBody,
  ObjectionBody,
  ObjectionItem,
  objectionItem,
  ReviseBody,
  Running,
  SubmissionBody,
  SubmissionItem,
  submissionItem
} from './bulletin-items.ts'
import { inState, knownPeriod, pressed, type BulletinRouteDeps, type RevisionJob } from './bulletin-problems.ts'
import { openClaims } from './claim.ts'
import { listOf } from './page.ts'

const InPeriod = Type.Object({ period: Type.String({ maxLength: 20 }) })
/** A city takes minutes: whoever asks gets an answer sooner, and asks again how far it is. */
const patienceMs = 20_000

/** What people do about a month: freeze, revise, submit, accept, object, answer. All of it needs the admin secret, and carries a name. */
export const bulletinWriteRoutes =
  ({ store, press, access, now }: BulletinRouteDeps): FastifyPluginAsyncTypebox =>
  async app => {
    const guarded: onRequestAsyncHookHandler = async request => {
      access.write(request)
      return Promise.resolve()
    }
    const tags = ['bulletins']
    const monthOf = async (period: Period) => {
      const nowMs = now()
      return { period, nowMs, stage: stageOf(period, nowMs, await store.bulletins()) }
    }

    /** Steps one after the other: each is judged by what the one before it left, and none is written over another. */
    const inTurn = openTurns()

    /** The same request again while it runs says how far it is, and after it what came of it; it is not begun twice. */
    const claim = openClaims<unknown>(now, patienceMs)
    const make = async (job: RevisionJob) => {
      const row = await claim(`${job.period} ${job.cause}`, async () => {
        const bulletins = await store.bulletins()
        inState(() => mustBeDue(periodNamed(job.period), now(), job.cause, bulletins))
        return pressed(press.run(job, now()), 'conflict')
      })
      if (row === undefined) return { running: press.progress() ?? { period: job.period, done: 0, of: 0 } }
      const rows = await store.bulletins()
      const newest = revisionsOf(rows, job.period).at(-1)
      if (newest === undefined) throw new ProblemError('conflict', `period ${job.period} was not frozen`)
      return bulletinItem(newest, stageOf(periodNamed(job.period), now(), rows))
    }
    const response = { 201: BulletinItem, 202: Running }

    app.post(
      '/v1/bulletins/:period/freeze',
      {
        onRequest: guarded,
        schema: {
          tags,
          summary: 'Freeze a period that has ended, before the collector does',
          params: InPeriod,
          body: FreezeBody,
          response
        }
      },
      async ({ params, body }, reply) => {
        const made = await make({ kind: 'revision', period: knownPeriod(params.period).name, cause: 'freeze', ...body })
        return 'running' in made ? reply.code(202).send(made) : reply.code(201).send(made)
      }
    )
    app.post(
      '/v1/bulletins/:period/revise',
      {
        onRequest: guarded,
        schema: {
          tags,
          summary: 'Make the next revision from the evidence as it is now',
          params: InPeriod,
          body: ReviseBody,
          response
        }
      },
      async ({ params, body }, reply) => {
        const made = await make({
          kind: 'revision',
          period: knownPeriod(params.period).name,
          cause: 'request',
          ...body
        })
        return 'running' in made ? reply.code(202).send(made) : reply.code(201).send(made)
      }
    )

    app.get(
      '/v1/bulletins/:period/submissions',
      {
        schema: {
          tags,
          summary: '报送, 审核, 退回 of the counties, oldest first',
          params: InPeriod,
          response: { 200: listOf(SubmissionItem) }
        }
      },
      async ({ params }) => ({
        items: (await store.submissions(knownPeriod(params.period).name)).map(submissionItem),
        next: null
      })
    )
    app.post(
      '/v1/bulletins/:period/submissions',
      {
        onRequest: guarded,
        schema: {
          tags,
          summary: 'A county submits its figures, or the city accepts or returns them',
          params: InPeriod,
          body: SubmissionBody,
          response: { 201: SubmissionItem }
        }
      },
      async ({ params, body }, reply) => {
        const period = knownPeriod(params.period)
        const area = (await store.areas()).find(one => one.id === body.area)
        if (area?.level !== 'county')
          throw new ProblemError('schema', `body /area must be the id of a county, got ${JSON.stringify(body.area)}`, {
            pointer: '/area'
          })
        const row = await inTurn(async () => {
          const rows = (await store.submissions(period.name)).filter(one => one.area === body.area)
          const month = await monthOf(period)
          const next = inState(() => nextSubmission({ ...body, note: body.note ?? '' }, rows, month))
          await store.putSubmission(next)
          return next
        })
        return reply.code(201).send(submissionItem(row))
      }
    )

    app.get(
      '/v1/bulletins/:period/objections',
      {
        schema: {
          tags,
          summary: 'Objections, oldest first',
          params: InPeriod,
          response: { 200: listOf(ObjectionItem) }
        }
      },
      async ({ params }) => ({
        items: (await store.objections(knownPeriod(params.period).name)).map(objectionItem),
        next: null
      })
    )
    app.post(
      '/v1/bulletins/:period/objections',
      {
        onRequest: guarded,
        schema: {
          tags,
          summary: 'Object to a verdict, from the 15th until the bulletin is published',
          params: InPeriod,
          body: ObjectionBody,
          response: { 201: ObjectionItem }
        }
      },
      async ({ params, body }, reply) => {
        const period = knownPeriod(params.period)
        const [schools, packs] = await Promise.all([store.schools(period.lastDay), store.packs()])
        if (!schools.some(school => school.id === body.school))
          throw new ProblemError(
            'schema',
            `body /school must be the id of a known school, got ${JSON.stringify(body.school)}`,
            { pointer: '/school' }
          )
        if (!targetsOf(packs.map(packOf)).some(target => target.key === body.target))
          throw new ProblemError('schema', `body /target must be a known pack/id, got ${JSON.stringify(body.target)}`, {
            pointer: '/target'
          })
        const month = await monthOf(period)
        const id = `o-${randomBytes(6).toString('hex')}`
        const row = inState(() => raiseObjection(id, body, month))
        await store.putObjection(row)
        return reply.code(201).send(objectionItem(row))
      }
    )
    app.patch(
      '/v1/objections/:id',
      {
        onRequest: guarded,
        schema: {
          tags,
          summary:
            'Order a re-test, uphold or reject; what is upheld has the next revision made from the evidence then',
          params: Type.Object({ id: Type.String({ maxLength: 64 }) }),
          body: AnswerBody,
          response: { 200: ObjectionItem }
        }
      },
      ({ params, body }) =>
        inTurn(async () => {
          const known = await store.objection(params.id)
          if (known === undefined) throw new ProblemError('not_found', `there is no objection "${params.id}"`)
          const answer = { ...body, answer: body.answer ?? '' }
          // Not before the newest revision, whatever the clock says now: an upheld one asks for the next.
          const newest = revisionsOf(await store.bulletins(), known.period).at(-1)
          const row = inState(() => answerObjection(known, answer, Math.max(now(), newest?.frozenMs ?? 0)))
          await store.putObjection(row)
          return objectionItem(row)
        })
    )
    return Promise.resolve()
  }
