import { hash } from 'node:crypto'

/** A number in [0, 1) that is the same for the same words on every machine and at every start. */
export const spread = (...words: readonly (string | number)[]): number =>
  parseInt(hash('sha256', words.join('\n'), 'hex').slice(0, 12), 16) / 2 ** 48
