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
      ...strayFaults(panel, mappings),
      ...codeFaults(panel),
      ...zeroFaults(panel),
      ...endFaults(panel),
      ...gapFaults(panel),
      ...newestFaults(panel)
    ]
  }
}

/** Ways past the steps and codes above: a colour for everything, words or colours for nothing, another text for no figure. */
const strayFaults = ({ fieldConfig: { defaults, overrides } }: Panel, mappings: readonly Mapping[]): string[] => {
  const { color } = defaults as { color?: { mode?: string } }
  return [
    ...(['thresholds', 'palette-classic'].includes(color?.mode ?? '')
      ? []
      : [`must be coloured by steps or series, got ${quoted(color?.mode)}`]),
    ...overrides
      .filter(one => propertyOf(one, 'color') !== undefined)
      .map(({ matcher }) => `must be coloured by steps or series, got a colour of its own for ${matcher.options}`),
    ...mappings
      .filter(({ type }) => type !== 'value')
      .map(({ type }) => `must map codes only, got a mapping of ${quoted(type)}`),
    ...overrides
      .map(one => propertyOf(one, 'noValue'))
      .filter(text => text !== undefined && text !== noFigure)
      .map(text => `must say ${noFigure} without a figure, got ${quoted(text)}`)
  ]
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

const colourOfZero = (panel: Panel, field: string): string | undefined => {
  const { defaults, overrides } = panel.fieldConfig
  const own = overrides.find(one => one.matcher.options === field)
  const [[mapping] = defaults.mappings] = property<Mapping[]>(own && propertyOf(own, 'mappings'))
  return (
    mapping?.options['0']?.color ?? stepsOf(panel, field).findLast(({ value }) => value === null || value <= 0)?.color
  )
}
const stepsOf = ({ fieldConfig: { defaults, overrides } }: Panel, field: string): Thresholds['steps'] => {
  const own = overrides.find(one => one.matcher.options === field)
  const [{ steps } = defaults.thresholds] = property<Thresholds>(own && propertyOf(own, 'thresholds'))
  return steps
}

/** Of these the most is the best; of the others that have steps the most is the worst. */
const merits = [...presences, 'answered', 'answered_pct', 'hours_ready_pct', 'pct', 'hi_pct', 'score']

/** Colours must run the right way: from bad to good where more is better, from good to bad where more is worse. */
const endFaults = (panel: Panel): string[] =>
  panel.targets.flatMap(({ query }) =>
    (parseQuery(query)?.fields ?? []).flatMap(field => {
      const steps = stepsOf(panel, field).filter(({ value }) => value !== null)
      const wrong = merits.includes(field)
        ? { first: colours.good, last: colours.bad }
        : { first: colours.bad, last: colours.good }
      const [first, last] = [steps[0], steps.at(-1)]
      return [
        ...(steps.length > 1 && first?.color === wrong.first
          ? [`must not be ${wrong.first} where "${field}" is least, got it from ${quoted(first.value)} on`]
          : []),
        ...(last?.color === wrong.last
          ? [`must not be ${wrong.last} where "${field}" is most, got it from ${quoted(last.value)} on`]
          : [])
      ]
    })
  )

/** Windows without a figure stay empty: a state or a line that runs on through them would say that it knows. */
const gapFaults = (panel: Panel): string[] => [
  ...(['state-timeline', 'status-history'].includes(panel.type)
    ? panel.targets
        .filter(({ query }) => !query.includes('fill(null)'))
        .map(({ refId }) => `must leave windows without a figure empty by fill(null), got query ${refId} without it`)
    : []),
  ...(panel.type === 'timeseries' && !isBars(panel)
    ? panel.targets
        .filter(({ query, alias = '' }) => / time\(.*fill\(none\)/.test(query) && !isDashed(panel, alias))
        .map(({ refId }) => `must not draw through windows without a figure, got query ${refId} without fill(null)`)
    : []),
  ...(spansGaps(panel) ? ['must not draw through gaps, got spanNulls'] : [])
]
interface Drawn {
  readonly spanNulls?: unknown
  readonly drawStyle?: string
}
const drawnOf = ({ fieldConfig }: Panel): Drawn => (fieldConfig.defaults as { custom?: Drawn }).custom ?? {}
const spansGaps = (panel: Panel): boolean => ![undefined, false].includes(drawnOf(panel).spanNulls as undefined)
const isBars = (panel: Panel): boolean => drawnOf(panel).drawStyle === 'bars'
/** Goals and tiers, which hold until they change. */
const isDashed = ({ fieldConfig }: Panel, alias: string): boolean =>
  fieldConfig.overrides.some(
    one =>
      one.matcher.id === 'byRegexp' &&
      new RegExp(one.matcher.options.slice(1, -1)).test(alias) &&
      propertyOf(one, 'custom.lineStyle') !== undefined
  )

/** A tile shows the newest row, also when that holds nothing: an older figure would pass for today's. */
const newestFaults = ({ type, options }: Panel): string[] => {
  const { calcs, values } = (options['reduceOptions'] ?? {}) as { calcs?: string[]; values?: boolean }
  return type !== 'stat' || (quoted(calcs) === '["last"]' && values === false)
    ? []
    : [`must show the last row and no other, got ${quoted(calcs)}`]
}

/** The SDK and Grafana type values of overrides as anything; ours are what chart.ts writes. */
const property = <Value>(value: unknown): Value[] => (value === undefined ? [] : [value as Value])
