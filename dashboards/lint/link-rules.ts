import type { Board, Link, Panel } from '../board.ts'
import { propertyOf } from '../board.ts'
import { quoted, type Rules } from './rule.ts'

/** Links lead to a dashboard of ours and set variables that it has from what there is here. */
export const linkRules: Rules = {
  ofBoard: ({ board }) =>
    board.links.some(link => link.type === 'dashboards' && link.tags.includes('campus-gauge'))
      ? []
      : [`must link to the other dashboards by the tag campus-gauge, got ${quoted(board.links)}`],
  ofPanel: (panel, { board, boards }) => linksOf(panel).flatMap(link => linkFaults(link, board, boards))
}

const linksOf = (panel: Panel): Link[] => [
  ...(panel.fieldConfig.defaults.links ?? []),
  ...panel.fieldConfig.overrides.flatMap(one => (propertyOf(one, 'links') as Link[] | undefined) ?? [])
]

const linkFaults = ({ url }: Link, from: Board, boards: readonly Board[]): string[] => {
  const [, uid = '', query = ''] = /^\/d\/([^?/]+)\?(.*)$/.exec(url) ?? []
  const to = boards.find(board => board.uid === uid)
  if (to === undefined) return [`must link to a dashboard of ours, got ${quoted(url)}`]
  const has = (board: Board, name: string): boolean => board.templating.list.some(variable => variable.name === name)
  return query.split('&').flatMap(part => {
    if (part === '${__url_time_range}') return []
    const [, set] = /^var-(\w+)=\$\{__value\.raw:percentencode\}$/.exec(part) ?? []
    const [, carried] = /^\$\{(\w+):queryparam\}$/.exec(part) ?? []
    if (set !== undefined) return has(to, set) ? [] : [`must set a variable that ${uid} has, got ${set}`]
    if (carried === undefined) return [`must link with variables and time only, got ${quoted(part)}`]
    return [
      ...(has(from, carried) ? [] : [`must carry a variable of its own dashboard, got ${carried}`]),
      ...(has(to, carried) ? [] : [`must carry a variable that ${uid} has, got ${carried}`])
    ]
  })
}
