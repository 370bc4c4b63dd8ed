import type { Problem } from '../../../../contract/problem.ts'
import { linkTo, type PageContext } from '../context.ts'
import { frameOf, type Frame, type Site } from './frame.ts'

/** What went wrong, for a person. */
export interface ProblemPage extends Frame {
  readonly heading: string
  readonly status: number
  readonly detail: string
  readonly retry: boolean
  readonly requestId: string
  readonly overview: string
  readonly at: string
}

export const problemPage = (context: PageContext, site: Site, problem: Problem, requestId: string): ProblemPage => {
  const heading = context.say(headingKey(problem.status))
  return {
    // Whoever meets a problem may be a stranger: how this collector is set up is not for them.
    ...frameOf(context, { ...site, version: '', openOnLoopback: false }, { title: heading }),
    heading,
    status: problem.status,
    detail: problem.detail,
    retry: problem.status >= 500,
    requestId,
    overview: linkTo(context, '/'),
    at: context.formats.at(context.nowMs)
  }
}

const headingKey = (status: number) => {
  switch (status) {
    case 401:
      return 'problem_401'
    case 403:
      return 'problem_403'
    case 404:
      return 'problem_404'
    case 429:
      return 'problem_429'
    case 503:
      return 'problem_503'
    default:
      return status >= 500 ? 'problem_500' : 'problem_400'
  }
}
