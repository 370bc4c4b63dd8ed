import type { Board } from '../board.ts'
import { colourRules } from './colour-rules.ts'
import { columnRules } from './column-rules.ts'
import { linkRules } from './link-rules.ts'
import { placeRules } from './place-rules.ts'
import { queryRules } from './query-rules.ts'
import { twice, type Rules } from './rule.ts'
import { textRules } from './text-rules.ts'
import { unitRules } from './unit-rules.ts'

const rules: readonly Rules[] = [textRules, placeRules, queryRules, colourRules, columnRules, unitRules, linkRules]

/** Everything that is wrong with the dashboards, a sentence each, with dashboard and chart; nothing when they are good. */
export const lint = (boards: readonly Board[]): string[] => [
  ...twice(boards.map(board => board.uid)).map(uid => `${uid} must be the uid of one dashboard, got it twice`),
  ...boards.flatMap(board => {
    const ground = { board, boards }
    return rules.flatMap(({ ofBoard, ofPanel }) => [
      ...(ofBoard?.(ground) ?? []).map(says => `${board.uid} ${says}`),
      ...board.panels.flatMap(panel =>
        (ofPanel?.(panel, ground) ?? []).map(says => `${board.uid} chart ${panel.id} "${panel.title}" ${says}`)
      )
    ])
  })
]
