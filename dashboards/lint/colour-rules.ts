import type { Mapping, Panel, Thresholds } from '../board.ts'
import { propertyOf } from '../board.ts'
import { parseQuery } from '../grammar.ts'
import { colours, goalStates, ipv6Codes, noFigure, outcomes, recordingCodes, verdicts, type Codes } from '../words.ts'
import { quoted, type Rules } from './rule.ts'

/** Fields that hold codes, and the words of each; `state` is another list in each measurement. */
const codesOf = (measurement: string, field: string): Codes | undefined =>
  ({
    verdict: verdicts,
    goal_state: goalStates,
    outcome: outcomes,
    state: measurement.startsWith('ipv6') ? ipv6Codes : recordingCodes
  })[field]

/** Nothing without data is green or red, `missed` and no data never look alike, and every code says its word. */
export const colourRules: Rules = {
  ofPanel: panel => {
    const { defaults, overrides } = panel.fieldConfig
    const all = [defaults.thresholds, ...overrides.flatMap(one => property<Thresholds>(propertyOf(one, 'thresholds')))]
    const mappings = [
      ...defaults.mappings,
      ...overrides.flatMap(one => property<Mapping[]>(propertyOf(one, 'mappings'))).flat()
    ]
    const used = [
      ...all.flatMap(({ steps }) => steps.map(step => step.color)),
      ...mappings.flatMap(({ options }) =>
        Object.values(options).flatMap(({ color }) => (color === undefined ? [] : [color]))
      )
    ]
    return [
      ...(defaults.noValue === noFigure
        ? []
        : [`must say ${noFigure} without a figure, got ${quoted(defaults.noValue)}`]),
      ...all
        .map(({ steps }) => steps[0])
        .filter(first => first?.value !== null || first.color !== colours.apart)
        .map(first => `must be ${colours.apart} below every step, for what has no figure, got ${quoted(first)}`),
      ...[...new Set(used)]
        .filter(colour => !Object.values(colours).some(known => known === colour))
        .map(colour => `must use the colours of dashboards/words.ts, got ${colour}`),
      ...codeFaults(panel),
      ...zeroFaults(panel),
      ...gapFaults(panel)
    ]
  }
}

const codeFaults = (panel: Panel): string[] =>
  panel.targets.flatMap(({ query, resultFormat }) => {
    const parsed = parseQuery(query)
    return (parsed?.fields ?? []).flatMap(field => {
      const codes = codesOf(parsed?.from ?? '', field)
      if (codes === undefined) return []
      const own = panel.fieldConfig.overrides.find(one => one.matcher.options === field)
      const mapping =
        resultFormat === 'table' && own !== undefined
          ? property<Mapping[]>(propertyOf(own, 'mappings'))[0]?.[0]
          : panel.fieldConfig.defaults.mappings[0]
      return Object.entries(codes)
        .filter(
          ([code, { text, colour }]) => mapping?.options[code]?.text !== text || mapping.options[code].color !== colour
        )
        .map(
          ([code, { text }]) =>
            `must show code ${code} of "${field}" as ${text}, got ${quoted(mapping?.options[code]?.text)}`
        )
    })
  })

/** Bad news of which none is no good news: where nothing is known, none is known. */
const blames = [
  'missed',
  'missed_n',
  'failed',
  'failed_n',
  'hours_failed_n',
  'failed_in_hours',
  'below',
  'lost',
  'fail_n'
]
/** Shares of the time in which something was heard: silence has failed at nothing. */
const presences = ['available_pct']

const zeroFaults = (panel: Panel): string[] =>
  panel.targets.flatMap(({ query }) =>
    (parseQuery(query)?.fields ?? []).flatMap(field => {
      const zero = colourOfZero(panel, field)
      return [
        ...(blames.includes(field) && zero === colours.good
          ? [`must not be green where "${field}" is 0: nothing known is 0, too`]
          : []),
        ...(presences.includes(field) && zero === colours.bad
          ? [`must not be red where "${field}" is 0: what was not heard has not failed`]
          : [])
      ]
    })
  )

const colourOfZero = ({ fieldConfig: { defaults, overrides } }: Panel, field: string): string | undefined => {
  const own = overrides.find(one => one.matcher.options === field)
  const [[mapping] = defaults.mappings] = property<Mapping[]>(own && propertyOf(own, 'mappings'))
  const [{ steps } = defaults.thresholds] = property<Thresholds>(own && propertyOf(own, 'thresholds'))
  return mapping?.options['0']?.color ?? steps.findLast(({ value }) => value === null || value <= 0)?.color
}

/** Windows without a figure stay empty: a state or a line that runs on through them would say that it knows. */
const gapFaults = (panel: Panel): string[] => [
  ...(['state-timeline', 'status-history'].includes(panel.type)
    ? panel.targets
        .filter(({ query }) => !query.includes('fill(null)'))
        .map(({ refId }) => `must leave windows without a figure empty by fill(null), got query ${refId} without it`)
    : []),
  ...(spansGaps(panel) ? ['must not draw through gaps, got spanNulls'] : [])
]
const spansGaps = (panel: Panel): boolean => {
  const { custom } = panel.fieldConfig.defaults as { custom?: { spanNulls?: unknown } }
  return custom?.spanNulls !== undefined && custom.spanNulls !== false
}

/** The SDK and Grafana type values of overrides as anything; ours are what chart.ts writes. */
const property = <Value>(value: unknown): Value[] => (value === undefined ? [] : [value as Value])
