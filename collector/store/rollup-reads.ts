import type { JudgementReads } from './judgement-store.ts'
import {
  blockOf,
  everyPart,
  unpackRollups,
  type FiguresSheet,
  type RollupBlock,
  type RollupParts,
  type RollupWish
} from './rollup-block.ts'

/** Blocks that follow each other, first and last included, from a day on. */
export interface BlockRange {
  readonly first: number
  readonly last: number
  readonly fromDay: string
  /** `lasts` are empty texts on days before; undefined: always. */
  readonly lastsFrom: string | undefined
}

/** How rollups are read where they lie. */
export interface BlockReads {
  rollupBlocks(ranges: readonly BlockRange[], fromDay: string, toDay: string): Promise<readonly RollupBlock[]>
  /** Of the named checks, or of all. */
  rollupFigures(
    checkIds: readonly number[] | undefined,
    fromDay: string,
    toDay: string
  ): Promise<readonly FiguresSheet[]>
}

const everything: BlockRange = { first: 0, last: Number.MAX_SAFE_INTEGER, fromDay: '', lastsFrom: '' }

/** Rollups as the store promises them, from blocks that may come from another thread. */
export const rollupsFrom = ({
  rollupBlocks,
  rollupFigures
}: BlockReads): Pick<JudgementReads, 'rollups' | 'rollupsOf'> => ({
  rollups: async (fromDay, toDay) => {
    const all: RollupWish = { ...everyPart, into: [] }
    const sheets = sheetsOf(await rollupFigures(undefined, fromDay, toDay))
    for (const block of await rollupBlocks([everything], fromDay, toDay))
      unpackRollups(block, () => all, sheets(block.day))
    return all.into
  },
  rollupsOf: async (wanted, toDay) => {
    const wishes = new Map(
      [...wanted].map(([checkId, parts]): [number, RollupWish] => [checkId, { ...parts, into: [] }])
    )
    if (wishes.size === 0) return new Map()
    const fromDay = [...wanted.values()].reduce((first, part) => earlier(first, part.fromDay), toDay)
    const figured = [...wanted].flatMap(([checkId, { figures }]) => (figures ? [checkId] : []))
    const sheets = sheetsOf(figured.length === 0 ? [] : await rollupFigures(figured, fromDay, toDay))
    for (const block of await rollupBlocks(rangesOf(wanted), fromDay, toDay))
      unpackRollups(block, checkId => wishes.get(checkId), sheets(block.day))
    return new Map([...wishes].flatMap(([checkId, { into }]) => (into.length === 0 ? [] : [[checkId, into]])))
  }
})

const sheetsOf = (sheets: readonly FiguresSheet[]): ((day: string) => (checkId: number) => string | undefined) => {
  const known = new Map(sheets.map(sheet => [`${sheet.day} ${sheet.checkId}`, sheet.figures]))
  return day => checkId => known.get(`${day} ${checkId}`)
}

/** Checks of a school mostly follow each other, so a few ranges hold them all. */
const rangesOf = (wanted: ReadonlyMap<number, RollupParts>): BlockRange[] => {
  const needs = new Map<number, Omit<BlockRange, 'first' | 'last'>>()
  for (const [checkId, { fromDay, last }] of wanted) {
    const known = needs.get(blockOf(checkId))
    needs.set(blockOf(checkId), {
      fromDay: known === undefined ? fromDay : earlier(known.fromDay, fromDay),
      lastsFrom: last ? earlier(known?.lastsFrom ?? fromDay, fromDay) : known?.lastsFrom
    })
  }
  const ranges: BlockRange[] = []
  for (const [block, need] of [...needs].sort(([a], [b]) => a - b)) {
    const before = ranges.at(-1)
    const follows = before?.last === block - 1 && before.fromDay === need.fromDay && before.lastsFrom === need.lastsFrom
    if (follows) ranges[ranges.length - 1] = { ...before, last: block }
    else ranges.push({ first: block, last: block, ...need })
  }
  return ranges
}

const earlier = (a: string, b: string): string => (a < b ? a : b)
