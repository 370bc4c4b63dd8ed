import { quoted, twice, type Rules } from './rule.ts'

/** Chinese first, English beside it. A repeated chart is called after its variable. */
const bilingual = (text: string): boolean =>
  (/^.{0,11}\p{Script=Han}/su.test(text) && /[a-zA-Z]{2}[^\p{Script=Han}]*$/u.test(text)) || /^\$\w+$/.test(text)
const needsWords = (what: string, text: string | undefined): string[] =>
  bilingual(text ?? '') ? [] : [`must have a ${what} in Chinese with English beside it, got ${quoted(text)}`]

/** Titles, descriptions, units, and what a dashboard as a whole must say. */
export const textRules: Rules = {
  ofBoard: ({ board }) => [
    ...needsWords('title', board.title),
    ...needsWords('description', board.description),
    ...(board.editable ? ['must not be editable, got editable true'] : []),
    ...(/^\d+[mh]$/.test(board.refresh) ? [] : [`must refresh by itself, got refresh ${quoted(board.refresh)}`]),
    ...(board.timezone === 'Asia/Shanghai' ? [] : [`must be in Asia/Shanghai, got ${quoted(board.timezone)}`]),
    ...(board.schemaVersion === 37 ? [] : [`must have schemaVersion 37 of Grafana 9.1, got ${board.schemaVersion}`]),
    ...(board.tags.includes('campus-gauge') ? [] : [`must have the tag campus-gauge, got ${quoted(board.tags)}`]),
    ...twice(board.panels.map(panel => panel.id)).map(id => `must have one chart of id ${id}, got two`),
    ...board.templating.list.flatMap(variable => needsWords(`label of variable ${variable.name}`, variable.label))
  ],
  ofPanel: panel => [
    ...needsWords('title', panel.title),
    ...needsWords('description', panel.description),
    ...(panel.fieldConfig.defaults.unit === '' ? ['must have a unit, got ""'] : [])
  ]
}
