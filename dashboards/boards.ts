import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard'
import { bandwidth } from './bandwidth.ts'
import { overview } from './overview.ts'
import { pipeline } from './pipeline.ts'
import { ranking } from './ranking.ts'
import { rooms } from './rooms.ts'
import { schoolBoard } from './school.ts'

/** Every dashboard, in the order a person meets them. */
export const boards: readonly Dashboard[] = [overview, schoolBoard, bandwidth, rooms, ranking, pipeline]

/** A dashboard as the file that is committed: keys in one order, so that a change shows as what it is. */
export const boardFile = (board: Dashboard): { readonly path: string; readonly text: string } => ({
  path: `json/${board.uid ?? ''}.json`,
  text: `${JSON.stringify(sorted(board), undefined, 2)}\n`
})

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)])
  )
}
