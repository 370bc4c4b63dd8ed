/**
 * What was given of a running day's hours. With each change of a day all its hours are made anew, and all but the last stand still: sent again
 * each quarter of an hour they would be as many points as all raw readings.
 */
export interface GivenHours {
  /** Whether these figures of an hour (0 to 23) are other than those given last; remembers them. Days before `sinceDay` are always new. */
  isNew(day: string, series: string, hour: number, fields: Readonly<Record<string, number>>): boolean
  /** Drops what is remembered of days before, and treats them as new from now on. */
  since(day: string): void
  forget(): void
}

export const openGivenHours = (): GivenHours => {
  let sinceDay = ''
  const days = new Map<string, Map<string, Float64Array>>()
  return {
    isNew: (day, series, hour, fields) => {
      if (day < sinceDay) return true
      const ofDay = days.get(day) ?? new Map<string, Float64Array>()
      days.set(day, ofDay)
      const hours = ofDay.get(series) ?? new Float64Array(24)
      ofDay.set(series, hours)
      const print = printOf(Object.values(fields).join(' '))
      if (hours[hour] === print) return false
      hours[hour] = print
      return true
    },
    since: day => {
      sinceDay = day
      for (const known of days.keys()) if (known < day) days.delete(known)
    },
    forget: () => days.clear()
  }
}

/** 52 bits of a text, never 0: two FNV-1a hashes, of which it takes both to be alike. */
const printOf = (text: string): number => {
  let [a, b] = [0x811c9dc5, 0x01000193]
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i)
    a = Math.imul(a ^ code, 0x01000193)
    b = Math.imul(b ^ code, 0x85ebca6b)
  }
  return 1 + (a >>> 0) * 0x10_0000 + (b >>> 12)
}
