/** A ledger that has always been so: the first day rows hold from, until somebody says when a school moved. */
export const always = '0000-01-01'

/** Whether a text is a day that exists, YYYY-MM-DD. */
export const isDay = (text: string): boolean => {
  const ms = Date.parse(`${text}T00:00:00Z`)
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text)
}
