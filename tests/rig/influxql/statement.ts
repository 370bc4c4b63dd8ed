/** A statement of the grammar that dashboards and alert rules may use, read by a reader of its own: nothing of the product is asked. */
export type Statement = Select | ShowTagValues

export interface Select {
  readonly kind: 'select'
  readonly items: readonly Item[]
  readonly measurement: string
  readonly where: Where
  /** ms; undefined without GROUP BY time. */
  readonly intervalMs: number | undefined
  readonly groupTags: readonly string[]
  readonly fill: 'none' | 'null'
  readonly descending: boolean
  readonly limit: number | undefined
  readonly zone: string | undefined
}

export interface ShowTagValues {
  readonly kind: 'tag values'
  readonly measurement: string
  readonly key: string
  readonly where: Where
}

export interface Item {
  /** undefined: the field, or the tag, itself. */
  readonly call: Call | undefined
  readonly name: string
  /** Second argument of percentile. */
  readonly rank: number | undefined
  readonly alias: string | undefined
}
export const calls = ['last', 'first', 'mean', 'max', 'min', 'sum', 'count', 'percentile'] as const
export type Call = (typeof calls)[number]

/** Conditions that all hold. Times are ms, both inclusive. */
export interface Where {
  readonly fromMs: number
  readonly toMs: number
  readonly tags: readonly TagTest[]
}
export interface TagTest {
  readonly key: string
  holds(value: string): boolean
}

/** Reads one statement. Throws an Error that says at which word it stopped. */
export const readStatement = (text: string): Statement => {
  const words = wordsOf(text)
  const next = (): Word => words.shift() ?? end
  const ahead = (...wanted: string[]): boolean =>
    wanted.every((word, i) => words[i]?.kind === 'word' && words[i].text.toUpperCase() === word)
  const fail = (wanted: string, got: Word): never => {
    throw new Error(`the statement must have ${wanted} at "${got.text}": ${text}`)
  }
  const sign = (wanted: string): void => {
    const got = next()
    if (got.kind !== 'sign' || got.text !== wanted) fail(wanted, got)
  }
  const skip = (...wanted: string[]): void => {
    for (const word of wanted) {
      const got = next()
      if (got.text.toUpperCase() !== word) fail(word, got)
    }
  }
  const optionally = (...wanted: string[]): boolean => {
    const there = ahead(...wanted)
    if (there) skip(...wanted)
    return there
  }
  const name = (): string => {
    const got = next()
    return got.kind === 'word' || got.kind === 'name' ? got.text : fail('a name', got)
  }
  const isSign = (wanted: string): boolean => words[0]?.kind === 'sign' && words[0].text === wanted
  const number = (): number => {
    const got = next()
    const value = Number(got.text)
    return got.kind === 'word' && !Number.isNaN(value) ? value : fail('a number', got)
  }

  const listOf = <Entry>(entry: () => Entry): Entry[] => {
    const list = [entry()]
    while (isSign(',')) {
      sign(',')
      list.push(entry())
    }
    return list
  }
  const item = (): Item => {
    const word = name()
    const called = calls.find(call => call === word.toLowerCase())
    if (called === undefined || !isSign('('))
      return { call: undefined, name: word, rank: undefined, alias: optionally('AS') ? name() : undefined }
    sign('(')
    const field = name()
    let rank: number | undefined
    if (called === 'percentile') {
      sign(',')
      rank = number()
    }
    sign(')')
    return { call: called, name: field, rank, alias: optionally('AS') ? name() : undefined }
  }

  const where = (): Where => {
    const tags: TagTest[] = []
    let [fromMs, toMs] = [-Infinity, Infinity]
    if (!optionally('WHERE')) return { fromMs, toMs, tags }
    const condition = (): void => {
      if (isSign('(')) {
        sign('(')
        all()
        sign(')')
        return
      }
      const key = name()
      const operator = next().text
      if (key === 'time') {
        const ms = durationOf(next().text)
        if (operator === '>=') fromMs = Math.max(fromMs, ms)
        else if (operator === '>') fromMs = Math.max(fromMs, ms + 1)
        else if (operator === '<=') toMs = Math.min(toMs, ms)
        else if (operator === '<') toMs = Math.min(toMs, ms - 1)
        else throw new Error(`time must be compared by order: ${text}`)
      } else tags.push({ key, holds: testOf(operator, next(), text) })
    }
    const all = (): void => {
      condition()
      while (optionally('AND')) condition()
    }
    all()
    return { fromMs, toMs, tags }
  }

  if (optionally('SHOW', 'TAG', 'VALUES')) {
    skip('FROM')
    const measurement = name()
    skip('WITH', 'KEY')
    sign('=')
    const key = name()
    const rest = where()
    if (words.length > 0) fail('its end', next())
    return { kind: 'tag values', measurement, key, where: rest }
  }

  skip('SELECT')
  const items = listOf(item)
  skip('FROM')
  const measurement = name()
  const conditions = where()
  let intervalMs: number | undefined
  const groupTags: string[] = []
  if (optionally('GROUP', 'BY'))
    listOf(() => {
      const word = name()
      if (word === 'time' && isSign('(')) {
        sign('(')
        intervalMs = durationOf(next().text)
        sign(')')
      } else groupTags.push(word)
    })
  const inBrackets = <Inside>(word: string, inside: () => Inside): Inside | undefined => {
    if (!optionally(word)) return undefined
    sign('(')
    const found = inside()
    sign(')')
    return found
  }
  const fill = inBrackets('FILL', () => next().text)
  if (fill !== undefined && fill !== 'none' && fill !== 'null') throw new Error(`fill must be none or null: ${text}`)
  const descending = optionally('ORDER', 'BY', 'TIME', 'DESC')
  const limit = optionally('LIMIT') ? number() : undefined
  const zone = inBrackets('TZ', () => next().text)
  if (words.length > 0) fail('its end', next())
  return {
    kind: 'select',
    items,
    measurement,
    where: conditions,
    intervalMs,
    groupTags,
    fill: fill ?? 'null',
    descending,
    limit,
    zone
  }
}

const testOf = (operator: string, operand: Word, text: string): TagTest['holds'] => {
  if (operand.kind === 'text' && operator === '=') return value => value === operand.text
  if (operand.kind === 'text' && (operator === '!=' || operator === '<>')) return value => value !== operand.text
  if (operand.kind === 'regex' && (operator === '=~' || operator === '!~')) {
    const regex = new RegExp(operand.text)
    return value => regex.test(value) === (operator === '=~')
  }
  throw new Error(`a tag must be compared by =, !=, =~ or !~ with a text or a regular expression: ${text}`)
}

/** ms of `1234ms`, `5m`, `1d`… */
const durationOf = (text: string): number => {
  const [, digits, unit] = /^(\d+)(ms|s|m|h|d|w)$/.exec(text) ?? []
  if (digits === undefined || unit === undefined)
    throw new Error(`a time must be a whole number with a unit, got "${text}"`)
  return Number(digits) * { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 }[unit as 'ms']
}

interface Word {
  readonly kind: 'word' | 'name' | 'text' | 'regex' | 'sign'
  readonly text: string
}
const end: Word = { kind: 'sign', text: '' }

const wordsOf = (text: string): Word[] => {
  const pattern =
    /\s+|"((?:\\.|[^"\\])*)"|'((?:\\.|[^'\\])*)'|(=~|!~)\s*\/((?:\\.|[^/\\])*)\/|(>=|<=|!=|<>|[=<>(),])|([\w.]+)/gy
  const words: Word[] = []
  while (pattern.lastIndex < text.length) {
    const at = pattern.lastIndex
    const found = pattern.exec(text)
    if (found === null)
      throw new Error(`the statement must be in the grammar, at "${text.slice(at, at + 20)}": ${text}`)
    const [, quoted, single, match, regex, sign, word] = found
    if (quoted !== undefined) words.push({ kind: 'name', text: plain(quoted) })
    else if (single !== undefined) words.push({ kind: 'text', text: plain(single) })
    else if (match !== undefined)
      // Only the slash is escaped for the language's own sake: the rest belongs to the expression.
      words.push({ kind: 'sign', text: match }, { kind: 'regex', text: (regex ?? '').replaceAll('\\/', '/') })
    else if (sign !== undefined) words.push({ kind: 'sign', text: sign })
    else if (word !== undefined) words.push({ kind: 'word', text: word })
  }
  return words
}

const plain = (text: string): string => text.replace(/\\(.)/g, (_, one: string) => (one === 'n' ? '\n' : one))
