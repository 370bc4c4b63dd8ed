import type { Share } from '../verdicts/verdict.ts'

/** Figures of several periods for a trend: a page of one area does not read a province's shares six times. */
export interface HistoryReads {
  /** Shares of some areas (or `group:<id>`), in the order of the figures asked for. */
  shareHistory(areas: readonly string[], figures: readonly FiguresRef[]): Promise<readonly (Share & InPeriod)[]>
  /** Up to which moment the newest verdict of a period looked; undefined when there is none. */
  judgedAt(period: string, revision: number): Promise<number | undefined>
}

/** A period's figures of one revision; 0 are the current, moving ones. */
export interface FiguresRef {
  readonly period: string
  readonly revision: number
}
export interface InPeriod {
  readonly period: string
}
