import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { limits } from '../../contract/limits.ts'
import { problem } from '../../contract/problem.ts'
import { problemOf } from '../errors.ts'
import type { CollectorKey } from '../keys.ts'
import { authenticAgent, receiveBatch, type ReceiveDeps } from '../receive/batches.ts'
import type { Leases } from '../leases/open-leases.ts'
import type { Committer } from '../receive/committer.ts'
import { receiveEnrolment } from '../receive/enrol.ts'
import type { Roster } from '../receive/roster.ts'
import { signedHeaders, type RawAnswer, type RawRequest } from '../receive/signed-request.ts'
import type { Store } from '../store/store.ts'
import { openLeaseRequests } from './leases.ts'

export interface WireDeps {
  readonly store: Store
  readonly roster: Roster
  readonly committer: Committer
  readonly key: CollectorKey
  readonly leases: Leases
  readonly now: () => number
  readonly uploadMs: number
  /** Counts answers for /metrics. */
  readonly answered: (route: string, status: number) => void
}

/** The routes of agents: open on any address, guarded by signatures; bodies are taken as bytes, every answer is signed. */
export const wireRoutes =
  (deps: WireDeps): FastifyPluginAsync =>
  async (app: FastifyInstance) => {
    app.removeAllContentTypeParsers()
    app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: limits.bodyBytes }, (_request, body, done) => {
      done(null, body)
    })
    const { wishes, presence } = deps.leases
    const receiving: ReceiveDeps = {
      ...deps,
      due: agent => wishes.dueOf(agent.devices),
      measured: presence.note
    }
    const receiveLeaseRequest = openLeaseRequests({ ...deps, desk: deps.leases.desk })
    const refusal = (error: unknown, request: FastifyRequest): RawAnswer => {
      const value = problemOf(error)
      if (value.status >= 500) request.log.error({ err: error, url: request.url }, 'agent request failed')
      const headers = value.status === 503 ? { 'retry-after': '10' } : {}
      return { status: value.status, contentType: 'application/problem+json', body: JSON.stringify(value), headers }
    }
    const send = (name: string, raw: RawRequest, result: RawAnswer, reply: FastifyReply): FastifyReply => {
      deps.answered(name, result.status)
      reply.code(result.status).headers({
        'content-type': result.contentType,
        // The one header of helmet that means something to a stranger's browser here; the others would cost a third of a signature check.
        'x-content-type-options': 'nosniff',
        ...result.headers,
        ...signedHeaders(raw, result, deps.key.privateKey)
      })
      return reply.send(Buffer.from(result.body))
    }
    const answer = async (
      name: string,
      request: FastifyRequest,
      reply: FastifyReply,
      work: (raw: RawRequest) => RawAnswer | Promise<RawAnswer>
    ) => {
      const raw = rawRequest(request)
      const result = await Promise.resolve(raw)
        .then(work)
        .catch((error: unknown) => refusal(error, request))
      return send(name, raw, result, reply)
    }
    // What is refused before its route runs (a body over the cap) is signed as well: an agent obeys no other answer.
    app.setErrorHandler((error, request, reply) => send('unread', rawRequest(request), refusal(error, request), reply))

    app.post(
      '/v1/enroll',
      { helmet: false, schema: { tags: ['agent'], summary: 'Enrol an agent with a token (docs/protocol.md)' } },
      (request, reply) => answer('enroll', request, reply, raw => receiveEnrolment(raw, deps))
    )
    app.post(
      '/v1/batches',
      { helmet: false, schema: { tags: ['agent'], summary: 'Store one signed batch (docs/protocol.md)' } },
      (request, reply) => answer('batches', request, reply, raw => receiveBatch(raw, receiving))
    )
    app.post(
      '/v1/leases',
      { helmet: false, schema: { tags: ['agent'], summary: 'Ask for a bandwidth test (docs/protocol.md)' } },
      (request, reply) => answer('leases', request, reply, receiveLeaseRequest)
    )
    app.get(
      '/v1/agent/config',
      {
        helmet: false,
        schema: { tags: ['agent'], summary: 'Configuration of the calling agent; If-None-Match answers 304' }
      },
      (request, reply) =>
        answer('config', request, reply, raw => {
          const { record } = authenticAgent(raw, deps.roster)
          if (record.state === 'pending') {
            const value = problem('pending', `agent "${record.id}" waits until the bureau says which device it is`)
            return { status: value.status, contentType: 'application/problem+json', body: JSON.stringify(value) }
          }
          const { text, etag } = deps.roster.configuration(record)
          const fresh = raw.headers['if-none-match'] === etag
          return {
            status: fresh ? 304 : 200,
            contentType: 'application/json',
            body: fresh ? '' : text,
            headers: { etag }
          }
        })
    )
    return Promise.resolve()
  }

const rawRequest = (request: FastifyRequest): RawRequest => ({
  method: request.method,
  path: request.url.split('?', 1)[0] ?? '',
  headers: request.headers,
  body: request.body instanceof Buffer ? request.body : Buffer.alloc(0),
  ip: request.ip
})
