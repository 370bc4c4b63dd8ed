/** A sentence for people in both languages. In the store and in logs it is one text: Chinese, a line feed, English. */
export interface Sentence {
  readonly zh: string
  readonly en: string
}

export const sentenceText = (zh: string, en: string): string => `${zh}\n${en}`

/** A text without a line feed (an error of the system, say) is the same in both. */
export const sentenceOf = (text: string): Sentence => {
  const [zh = '', en = zh] = text.split('\n', 2)
  return { zh, en }
}

/** In one line, for a terminal. */
export const inOneLine = (text: string): string => {
  const { zh, en } = sentenceOf(text)
  return zh === en ? zh : `${zh} ${en}`
}
