/** What the server thinks of some lines, once it had an opinion. */
export type Opinion =
  | { readonly kind: 'taken' }
  | { readonly kind: 'bad_lines' | 'too_large'; readonly says: string }
  /** It has none: the exchange broke off again and again, perhaps because there are too many of them. */
  | { readonly kind: 'too_heavy' }

export interface Search {
  /** Sends the lines from ≤ i < to. */
  readonly send: (from: number, to: number) => Promise<Opinion>
  /** Is a line taken that was taken before? undefined when none ever was. */
  readonly known: () => Promise<boolean | undefined>
  /** Lines refused alone since one was taken, over all searches: the server may be refusing everything. */
  readonly streak: { length: number }
  /** Lines to begin with at once. */
  readonly most: number
}

export type Found =
  | {
      readonly kind: 'told_apart'
      readonly refused: readonly { readonly index: number; readonly answer: string }[]
      /** The largest piece that was too large for the server; undefined when none was. */
      readonly tooLarge: number | undefined
    }
  /** Nothing is taken, not even what was taken before: this is no poison. */
  | { readonly kind: 'all_refused'; readonly says: string }

/** So many lines refused alone in a row, and none taken: is it the lines, or the server? */
const suspicious = 32

/**
 * Finds the lines that are refused alone, by halves: one among n costs about 2·log2(n) requests. Lines may be sent many times, which changes
 * nothing: a point that is there is overwritten with itself. 1.x takes the good lines of a bad batch, 2.x may take none: neither is relied on.
 */
export const bisect = async (count: number, { send, known, streak, most }: Search): Promise<Found> => {
  const refused: { index: number; answer: string }[] = []
  /** The next one at the end. `half`: the first half of what was refused; `bad`: the second one, when the first was taken: it holds what is bad. */
  const pieces: { from: number; to: number; half: boolean; bad: boolean }[] = []
  let tooLarge: number | undefined
  const size = Math.max(1, Math.min(most, count))
  for (let from = Math.floor(Math.max(0, count - 1) / size) * size; from >= 0 && count > 0; from -= size)
    pieces.push({ from, to: Math.min(count, from + size), half: false, bad: false })

  const divide = (from: number, to: number, bad: boolean): void => {
    const middle = Math.ceil((from + to) / 2)
    pieces.push({ from: middle, to, half: false, bad: false }, { from, to: middle, half: bad, bad: false })
  }
  /** All of a sample over the whole is refused too. */
  const allRefused = async (): Promise<boolean> => {
    if ((await known()) === true) return false
    const step = Math.max(1, Math.floor(count / suspicious))
    for (let i = step - 1; i < count; i += step)
      if (refused.at(-1)?.index !== i && (await send(i, i + 1)).kind === 'taken') return false
    return true
  }

  for (let piece = pieces.pop(); piece !== undefined; piece = pieces.pop()) {
    const { from, to, bad } = piece
    const n = to - from
    if (bad && n > 1) {
      divide(from, to, true)
      continue
    }
    const opinion = await send(from, to)
    switch (opinion.kind) {
      case 'taken': {
        streak.length = 0
        const other = pieces.at(-1)
        if (piece.half && other !== undefined) other.bad = true
        break
      }
      case 'too_heavy':
        divide(from, to, false)
        break
      case 'too_large':
      case 'bad_lines': {
        const large = opinion.kind === 'too_large'
        if (large) tooLarge = Math.max(tooLarge ?? 0, n)
        if (n > 1) {
          divide(from, to, !large)
          break
        }
        refused.push({ index: from, answer: opinion.says })
        // Also of what is too large: a proxy in between may let nothing through.
        streak.length += 1
        if (streak.length >= suspicious) {
          if (await allRefused()) return { kind: 'all_refused', says: opinion.says }
          streak.length = 0
        }
        break
      }
    }
  }
  return { kind: 'told_apart', refused, tooLarge }
}
