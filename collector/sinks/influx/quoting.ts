/** Names and texts inside a statement of InfluxQL (docs.influxdata.com/influxdb/v1, "Identifiers", "Literals"). */
const escaped = (text: string, quote: string): string =>
  `${quote}${text.replaceAll('\\', '\\\\').replaceAll(quote, `\\${quote}`).replaceAll('\n', '\\n')}${quote}`

export const identifier = (name: string): string => escaped(name, '"')
export const literal = (text: string): string => escaped(text, "'")
