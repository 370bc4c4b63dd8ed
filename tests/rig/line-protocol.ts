/** A line as a strict reader of the documentation sees it: docs.influxdata.com, "Line protocol reference". Shares no code with the writer. */
export interface ReadLine {
  readonly measurement: string
  readonly tags: Readonly<Record<string, string>>
  readonly fields: Readonly<Record<string, { readonly type: 'integer' | 'float'; readonly value: number }>>
  readonly atNs: bigint
}

/** Throws for what is no line of ours: also for what is legal elsewhere (strings, booleans, no timestamp). */
export const readLine = (line: string): ReadLine => {
  let at = 0
  /** Up to one of the stops; a backslash takes the next character as it is. */
  const text = (stops: string): string => {
    let said = ''
    while (at < line.length && !stops.includes(line.charAt(at))) {
      const char = line.charAt(at)
      if (char === '\n' || char === '\r' || char === '\0' || char === '"')
        throw new Error(`bare ${JSON.stringify(char)}`)
      if (char === '\\') throw new Error('nothing of ours is escaped')
      said += char
      at += 1
    }
    if (said === '') throw new Error(`nothing at ${at} of ${line}`)
    return said
  }
  const next = (char: string): void => {
    if (line.charAt(at) !== char) throw new Error(`no ${JSON.stringify(char)} at ${at} of ${line}`)
    at += 1
  }
  const pairs = <Value>(stop: string, of: (text: string) => Value): Record<string, Value> => {
    const found: [string, Value][] = []
    for (;;) {
      const key = text(`= ,`)
      next('=')
      found.push([key, of(text(', ='))])
      if (line.charAt(at) === stop) break
      next(',')
    }
    if (new Set(found.map(([key]) => key)).size < found.length) throw new Error(`a key twice in ${line}`)
    return Object.fromEntries(found)
  }
  const measurement = text(', ')
  next(',')
  const tags = pairs(' ', value => value)
  next(' ')
  const fields = pairs(' ', readNumber)
  next(' ')
  const time = line.slice(at)
  if (!/^[1-9][0-9]{0,18}$/.test(time)) throw new Error(`no timestamp: ${time}`)
  return { measurement, tags, fields, atNs: BigInt(time) }
}

const readNumber = (text: string): { type: 'integer' | 'float'; value: number } => {
  if (/^-?(0|[1-9][0-9]*)i$/.test(text)) {
    const whole = BigInt(text.slice(0, -1))
    if (whole > 2n ** 63n - 1n || whole < -(2n ** 63n)) throw new Error(`no 64-bit integer: ${text}`)
    return { type: 'integer', value: Number(whole) }
  }
  if (!/^-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?$/.test(text)) throw new Error(`no float: ${text}`)
  return { type: 'float', value: Number(text) }
}
