import type { Board, Panel } from '../board.ts'

/** What a rule may look at: one dashboard, with all of them for links between. */
export interface Ground {
  readonly board: Board
  readonly boards: readonly Board[]
}
/** Says what is wrong, as `must …, got …`; the place is put before it. */
export interface Rules {
  readonly ofBoard?: (ground: Ground) => readonly string[]
  readonly ofPanel?: (panel: Panel, ground: Ground) => readonly string[]
}

export const twice = <Value>(values: readonly Value[]): Value[] => [
  ...new Set(values.filter((value, i) => values.indexOf(value) !== i))
]
export const quoted = (value: unknown): string => (value === undefined ? 'nothing' : JSON.stringify(value))
