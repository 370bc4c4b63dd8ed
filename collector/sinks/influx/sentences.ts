import { sentenceText } from '../sentence.ts'

/** A sentence for people: Chinese, a line feed, English. No other line feed is in it. */
export const both = (zh: string, en: string): string => sentenceText(oneLine(zh), oneLine(en))

/** Words of a server inside a sentence of ours: one line, no control characters, at most `limit` characters. */
export const quote = (words: string, limit = 300): string => {
  const line = oneLine(words.slice(0, limit * 2))
  return line.length <= limit ? line : `${line.slice(0, limit)}…`
}

// eslint-disable-next-line no-control-regex -- what a server says is printed on terminals and pages
const oneLine = (text: string): string => text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ').trim()
