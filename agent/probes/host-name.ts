const label = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/i

/**
 * Whether a text is the name of a host as DNS writes it: letters, digits, dashes inside, dots between. Names that end in a
 * number are refused: `127.1` and `2130706433` are addresses to some resolvers and names to others.
 */
export const isHostName = (text: string): boolean => {
  const name = text.endsWith('.') ? text.slice(0, -1) : text
  const labels = name.split('.')
  return (
    name.length <= 253 && labels.every(one => label.test(one)) && !/^(?:\d+|0x[0-9a-f]*)$/i.test(labels.at(-1) ?? '')
  )
}
