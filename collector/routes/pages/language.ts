import type { Language } from '../../verdicts/explain.ts'

const isLanguage = (text: string | undefined): text is Language => text === 'zh' || text === 'en'

/** Asked for in the query, else remembered in the cookie, else Chinese. */
export const languageOf = (asked: string | undefined, cookies: string | undefined): Language => {
  if (isLanguage(asked)) return asked
  const remembered = /(?:^|;\s*)lang=(zh|en)(?:;|$)/.exec(cookies ?? '')?.[1]
  return isLanguage(remembered) ? remembered : 'zh'
}

/** The cookie to set when the query asks for a language; undefined otherwise. */
export const languageCookie = (asked: string | undefined): string | undefined =>
  isLanguage(asked) ? `lang=${asked}; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly` : undefined
