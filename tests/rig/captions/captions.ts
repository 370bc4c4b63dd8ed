import type { Board } from '../../../dashboards/board.ts'
import type { Answer, Held } from '../influxql/evaluate.ts'
import type { Visit } from '../influxql/visit.ts'
import { wanted, type Caption } from './caption.ts'
import { overviewCaptions } from './overview.ts'
import { pipelineCaptions, rankingCaptions } from './pipeline.ts'
import { placeCaptions } from './places.ts'
import { schoolCaptions } from './school.ts'
import { panelOf, shownOf, type Cell, type Shown } from './shown.ts'

/** Every query of every chart. */
export const captions: readonly Caption[] = [
  ...overviewCaptions,
  ...schoolCaptions,
  ...placeCaptions,
  ...rankingCaptions,
  ...pipelineCaptions
]

/**
 * What charts show otherwise than they say, a sentence each: on every visit each chart must have exactly the rows, titles and cells of its caption;
 * and over all visits a figure under each title.
 */
export const captionFaults = (points: readonly Held[], visits: readonly Visit[], nowMs: number): string[] => {
  const byMeasurement = Map.groupBy(points, ({ measurement }) => measurement)
  const unused = new Set(captions.map(({ at }) => at))
  const faults = visits.flatMap(visit =>
    visit.answers.flatMap(({ dashboard, chart, refId, got, choices }) => {
      if (chart.startsWith('annotation '))
        return annotationFaults(points, chart, got).map(says => `${dashboard} ${says}`)
      const [id = ''] = chart.split(' ')
      const caption = captions.find(({ at }) => at === `${dashboard} ${id} ${refId}`)
      if (caption === undefined) return [`${dashboard} ${chart} ${refId} must have a caption`]
      const want = wanted(caption, byMeasurement.get(caption.points) ?? [], choices, nowMs)
      if (want.size > 0 && titlesOf(want).every(title => hasFigure(want, title))) unused.delete(caption.at)
      const panel = panelOf(visit.board as unknown as Board, Number(id))
      return differ(shownOf(panel, refId, got), want)
        .slice(0, 2)
        .map(says => `${dashboard} / ${chart} ${refId}: ${says}`)
    })
  )
  return [...new Set(faults), ...[...unused].map(at => `${at} must show a figure under each title on one visit`)]
}

const steps: Readonly<Record<string, string>> = {
  'annotation 冻结 Freeze': 'freeze',
  'annotation 发布 Publication': 'publish'
}
/** Marks stand on the day of their step, with the period that it is of. */
const annotationFaults = (points: readonly Held[], chart: string, got: readonly Answer[]): string[] => {
  const marks = got.flatMap(({ rows }) => rows.map(([atMs, period]) => `${String(atMs)} ${String(period)}`))
  const own = points.filter(({ measurement, tags }) => measurement === 'milestone' && tags['stage'] === steps[chart])
  const days = new Set(own.map(({ atMs, fields }) => `${atMs} ${fields['period'] ?? ''}`))
  return marks.length > 0 && marks.every(mark => days.has(mark))
    ? []
    : [`${chart} must mark its days, got ${marks.join()}`]
}

const titlesOf = (shown: Shown): string[] => [...new Set([...shown.values()].flatMap(Object.keys))]
const hasFigure = (shown: Shown, title: string): boolean => [...shown.values()].some(cells => cells[title] !== null)

const differ = (shown: Shown, want: Shown): string[] => [
  ...[...want].flatMap(([row, cells]) => {
    const other = shown.get(row)
    if (other === undefined) return [`must show ${row}, got nothing`]
    const titles = new Set([...Object.keys(cells), ...Object.keys(other)])
    return [...titles]
      .filter(title => !same(cells[title], other[title]))
      .map(title => `${row} "${title}" must be ${String(cells[title])}, got ${String(other[title])}`)
  }),
  ...[...shown.keys()]
    .filter(row => !want.has(row) && Object.values(shown.get(row) ?? {}).some(cell => cell !== null))
    .map(row => `must not show ${row}`)
]

const same = (a: Cell | undefined, b: Cell | undefined): boolean =>
  typeof a === 'number' && typeof b === 'number'
    ? Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b))
    : a === b
