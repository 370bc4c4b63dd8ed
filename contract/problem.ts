import Type, { type Static } from 'typebox'

/** Every error of the HTTP interface: RFC 9457, with a JSON pointer where one place is to blame. */
export const Problem = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    /** One sentence: place, expectation, value. */
    detail: Type.String(),
    code: Type.String(),
    pointer: Type.Optional(Type.String()),
    /** With code out_of_order: the sequence number that the collector expects next. */
    expect: Type.Optional(Type.Integer({ minimum: 1 })),
    /** With code protocol_unsupported: what this collector speaks. */
    supported: Type.Optional(Type.Array(Type.Integer()))
  },
  { $id: 'Problem' }
)
export type Problem = Static<typeof Problem>

/** code → status and title. The one table of errors of the interface. */
export const problems = {
  bad_request: [400, 'The request is not understood'],
  schema: [422, 'The body does not fit the schema'],
  unauthorised: [401, 'The signature or the secret is missing or wrong'],
  revoked: [403, 'This agent was revoked'],
  pending: [403, 'This agent waits for approval'],
  forbidden: [403, 'Not allowed from here'],
  token_refused: [403, 'The enrolment token is unknown, used up, expired or revoked'],
  not_found: [404, 'There is no such thing'],
  conflict: [409, 'Not in this state'],
  out_of_order: [409, 'A batch is missing before this one'],
  rolled_back: [409, 'This sequence number was stored with other bytes'],
  too_large: [413, 'The body is too large'],
  media_type: [415, 'The body must be JSON'],
  protocol_unsupported: [426, 'This protocol version is not spoken here'],
  too_many_requests: [429, 'Too many failed attempts'],
  internal: [500, 'The collector failed'],
  overloaded: [503, 'The collector is busy']
} as const satisfies Record<string, readonly [number, string]>
export type ProblemCode = keyof typeof problems

export const problem = (
  code: ProblemCode,
  detail: string,
  more: Pick<Problem, 'pointer' | 'expect' | 'supported'> = {}
): Problem => ({
  type: `urn:campus-gauge:problem:${code}`,
  title: problems[code][1],
  status: problems[code][0],
  detail,
  code,
  ...more
})
