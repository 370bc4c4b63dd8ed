import { unitOf } from '../../../contract/units.ts'
import { percentText } from '../../bulletin/words.ts'
import { localTime } from '../../calendar/day.ts'
import type { Language } from '../../verdicts/explain.ts'

/** A moment for people: how long ago, when exactly, and for machines. */
export interface When {
  readonly iso: string
  readonly ago: string
  readonly at: string
}

export type Formats = ReturnType<typeof formatsFor>

/** Numbers, times and units as a language writes them. Times are Beijing time whatever the server's zone is. */
export const formatsFor = (language: Language, nowMs: number) => {
  const texts = languages[language]
  const number = (value: number): string => texts.numbers[digitsFor(value)].format(value)
  const at = (ms: number): string => {
    const local = localTime(ms)
    const day = local.slice(0, 10)
    const year = day.slice(0, 4) === localTime(nowMs).slice(0, 4) ? '' : day.slice(0, 4)
    return `${texts.day(day, year)} ${local.slice(11, 16)}`
  }
  return {
    number,
    /** A figure that must show its fractions. */
    decimals: (value: number, digits: 1 | 2): string => texts.numbers[digits].format(value),
    /** What went over a line, as providers and budgets count it: 1 GB = 10^9 bytes. */
    data: (bytes: number): string => dataText(bytes, number),
    /** As the bulletin prints it: a goal of 96.86 % must not read 96.9 %, nor 69.97 % like a goal of 70 %. */
    percent: (value: number | undefined): string => (value === undefined ? '—' : `${percentText(value)}%`),
    /** 10月20日, with the year only where it is asked for. */
    day: (day: string): string => texts.day(day, ''),
    month: (name: string): string => texts.month(name.slice(0, 4), Number(name.slice(5, 7))),
    at,
    when: (ms: number): When => ({ iso: localTime(ms), ago: agoText(nowMs - ms, texts), at: at(ms) }),
    span: (ms: number): string => spanText(ms, texts),
    /** A field's value with its unit, which is the last word of its name. */
    figure: (name: string, value: number): string => {
      switch (unitOf(name)) {
        case 'ms':
          return Math.abs(value) >= 10_000
            ? `${value < 0 ? '−' : ''}${spanText(Math.abs(value), texts)}`
            : `${number(value)} ms`
        case 's':
          return spanText(value * 1000, texts)
        case 'days':
          return `${number(Math.floor(value))} ${texts.units.d}`
        case 'mbps':
          return `${number(value)} Mbit/s`
        case 'kbps':
          return `${number(value)} kbit/s`
        case 'bytes':
          return bytesText(value, number)
        case 'pct':
          return `${number(value)}%`
        case 'dbm':
          return `${number(value)} dBm`
        case 'code':
          return String(value)
        case 'n':
        case undefined:
          return number(value)
      }
    }
  }
}

const digitsFor = (value: number): 0 | 1 | 2 => {
  const size = Math.abs(value)
  if (size >= 100 || Number.isInteger(value)) return 0
  return size >= 10 ? 1 : 2
}

const bytesText = (value: number, number: (value: number) => string): string => {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const
  const step = value < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(value) / 10))
  return `${number(value / 1024 ** step)} ${units[step] ?? 'B'}`
}

const dataText = (bytes: number, number: (value: number) => string): string => {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const
  const step = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3))
  return `${number(bytes / 1000 ** step)} ${units[step] ?? 'B'}`
}

type Step = 'd' | 'h' | 'm' | 's'
const steps: readonly (readonly [Step, number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000]
]

interface LanguageTexts {
  readonly numbers: readonly [Intl.NumberFormat, Intl.NumberFormat, Intl.NumberFormat]
  readonly units: Readonly<Record<Step, string>>
  readonly justNow: string
  ago(span: string): string
  day(day: string, year: string): string
  month(year: string, month: number): string
}

/** The two largest steps: 3 天 4 小时. */
const spanText = (ms: number, texts: LanguageTexts): string => {
  if (ms < 10_000) return `${texts.numbers[1].format(ms / 1000)} ${texts.units.s}`
  const first = steps.findIndex(([, size]) => ms >= size)
  let rest = ms
  const parts = steps.slice(first, first + 2).flatMap(([step, size]) => {
    const n = Math.floor(rest / size)
    rest -= n * size
    return n === 0 ? [] : [`${texts.numbers[0].format(n)} ${texts.units[step]}`]
  })
  return parts.join(' ')
}

const agoText = (ms: number, texts: LanguageTexts): string => {
  if (ms < 10_000) return texts.justNow
  const [step, size] = steps.find(([, one]) => ms >= one) ?? ['s', 1000]
  return texts.ago(`${texts.numbers[0].format(Math.floor(ms / size))} ${texts.units[step]}`)
}

const numbersOf = (locale: string): LanguageTexts['numbers'] => {
  const of = (digits: number) => new Intl.NumberFormat(locale, { maximumFractionDigits: digits })
  return [of(0), of(1), of(2)]
}
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

const languages: Readonly<Record<Language, LanguageTexts>> = {
  zh: {
    numbers: numbersOf('zh-CN'),
    units: { d: '天', h: '小时', m: '分钟', s: '秒' },
    justNow: '刚刚',
    ago: span => `${span}前`,
    day: (day, year) => `${year === '' ? '' : `${year}年`}${Number(day.slice(5, 7))}月${Number(day.slice(8, 10))}日`,
    month: (year, month) => `${year} 年 ${month} 月`
  },
  en: {
    numbers: numbersOf('en-GB'),
    units: { d: 'd', h: 'h', m: 'min', s: 's' },
    justNow: 'just now',
    ago: span => `${span} ago`,
    day: (day, year) =>
      `${Number(day.slice(8, 10))} ${months[Number(day.slice(5, 7)) - 1] ?? ''}${year === '' ? '' : ` ${year}`}`,
    month: (year, month) => `${months[month - 1] ?? ''} ${year}`
  }
}
