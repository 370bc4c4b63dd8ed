import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { describeFault } from '../contract/fault.ts'
import { SentenceError } from '../contract/parse.ts'
import { problem, type Problem, type ProblemCode } from '../contract/problem.ts'

/** An error that has a place in the interface's table of problems. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError'
  readonly problem: Problem
  constructor(code: ProblemCode, detail: string, more: Pick<Problem, 'pointer' | 'expect' | 'supported'> = {}) {
    super(detail)
    this.problem = problem(code, detail, more)
  }
}

/** Fastify's own error codes → ours. Everything else is 500, logged whole and answered without its inside. */
const fromFastify: Readonly<Record<string, readonly [ProblemCode, string]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: ['too_large', 'the body is over the cap of this route'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ['media_type', 'content-type must be application/json'],
  FST_ERR_CTP_EMPTY_JSON_BODY: ['bad_request', 'the body must be JSON, got nothing'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ['bad_request', 'content-length must equal the length of the body'],
  FST_ERR_CTP_INVALID_JSON_BODY: ['bad_request', 'the body must be JSON'],
  FST_ERR_BAD_URL: ['bad_request', 'the path must be percent-encoded UTF-8']
}

/** What any thrown thing looks like to the caller. */
export const problemOf = (error: unknown): Problem => {
  if (error instanceof ProblemError) return error.problem
  if (error instanceof SentenceError)
    return problem('schema', error.message, error.pointer === '' ? {} : { pointer: error.pointer })
  if (isFastifyError(error)) {
    if (error.validation !== undefined) {
      const place = error.validationContext ?? 'body'
      const { pointer, sentence } = describeFault(error.validation, undefined)
      return problem('schema', `${place} ${sentence.replace(/, got nothing$/, '')}`, { pointer })
    }
    const known = fromFastify[error.code]
    if (known !== undefined) return problem(known[0], known[1])
    if (error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500)
      return problem('bad_request', error.message)
  }
  return problem('internal', 'the collector failed on this request; its log says how')
}

export const sendProblem = (reply: FastifyReply, value: Problem): FastifyReply =>
  reply.code(value.status).type('application/problem+json; charset=utf-8').send(JSON.stringify(value))

/** How a problem is sent: JSON to programs, a page to browsers. */
export type ProblemSender = (request: FastifyRequest, reply: FastifyReply, value: Problem) => FastifyReply

export const handleErrors = (app: FastifyInstance, send: ProblemSender): void => {
  app.setErrorHandler((error, request, reply) => {
    const value = problemOf(error)
    if (value.status >= 500) request.log.error({ err: error, url: request.url }, 'request failed')
    return send(request, reply, value)
  })
  app.setNotFoundHandler((request, reply) =>
    send(request, reply, problem('not_found', `${request.method} ${request.url.slice(0, 200)} is not a route`))
  )
}

const isFastifyError = (error: unknown): error is FastifyError =>
  error instanceof Error && 'code' in error && typeof error.code === 'string'
