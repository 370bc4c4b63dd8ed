import { sentenceOf } from '../../../sinks/sentence.ts'
import type { SinkStanding } from '../../../sinks/standing.ts'
import type { PageContext } from '../context.ts'
import type { When } from '../format.ts'
import type { Mark } from './mark.ts'

/** Where copies go, as a line of the page of agents. */
export interface SinkLine {
  readonly name: string
  readonly mark: Mark
  readonly since: When
  /** Why; '' while it delivers. */
  readonly sentence: string
  readonly behind: string
  readonly history: string
  readonly letters: string
  readonly troubled: boolean
  readonly tooOld: string
  readonly delivered: When | undefined
  readonly points: string
}

/** A lag that is normal: a page's poll and a page's delivery. */
const normalS = 300

export const sinkLine = (context: PageContext, standing: SinkStanding): SinkLine => {
  const { say, formats, language } = context
  const { behindN, behindS, historyN, deadLettersN, tooOldN } = standing
  return {
    name: standing.name === 'influx' ? say('sink_influx') : standing.name,
    mark: sinkMark(context, standing),
    since: formats.when(standing.stateSinceMs),
    sentence: sentenceOf(standing.sentence)[language],
    behind:
      behindN === 0
        ? say('sink_behind_none')
        : say('sink_behind_n', { n: formats.number(behindN), age: formats.span(behindS * 1000) }),
    history: historyN === 0 ? '' : say('sink_history', { n: formats.number(historyN) }),
    letters: formats.number(deadLettersN),
    troubled: deadLettersN > 0,
    tooOld: tooOldN === 0 ? '' : say('sink_too_old', { n: formats.number(tooOldN) }),
    delivered: standing.deliveredAtMs === 0 ? undefined : formats.when(standing.deliveredAtMs),
    points: say('sink_points', { n: formats.number(standing.pointsN) })
  }
}

const sinkMark = ({ say }: PageContext, { state, behindS }: SinkStanding): Mark => {
  switch (state) {
    case 'starting':
      return { style: 'unknown', shape: '?', word: say('sink_starting') }
    case 'delivering':
      return behindS > normalS
        ? { style: 'warn', shape: '!', word: say('sink_catching_up') }
        : { style: 'met', shape: '✓', word: say('sink_delivering') }
    case 'backing_off':
      return { style: 'warn', shape: '!', word: say('sink_backing_off') }
    case 'refused':
      return { style: 'missed', shape: '✕', word: say('sink_refused') }
  }
}
