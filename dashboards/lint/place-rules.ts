import type { Panel } from '../board.ts'
import type { Rules } from './rule.ts'

/** Charts stand inside the 24 columns and on nobody else. */
export const placeRules: Rules = {
  ofPanel: (panel, { board }) => {
    const { x, y, w, h } = panel.gridPos
    return [
      ...(x >= 0 && y >= 0 && w >= 1 && h >= 1 && x + w <= 24
        ? []
        : [`must stand inside 24 columns, got x ${x} y ${y} w ${w} h ${h}`]),
      ...board.panels
        .filter(other => other.id < panel.id && overlap(other, panel))
        .map(other => `must not stand on chart ${other.id} "${other.title}", got x ${x} y ${y} w ${w} h ${h}`)
    ]
  }
}

/** A repeated chart fills its rows from left to right. */
const area = ({ gridPos, repeat }: Panel) => (repeat === undefined ? gridPos : { ...gridPos, x: 0, w: 24 })
const overlap = (one: Panel, other: Panel): boolean => {
  const [a, b] = [area(one), area(other)]
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h
}
