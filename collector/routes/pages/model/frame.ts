import type { Language } from '../../../verdicts/explain.ts'
import type { Say, WordKey } from '../../../views/words.ts'
import { linkTo, sameWith, type PageContext } from '../context.ts'

const places = {
  overview: { word: 'nav_overview', path: '/' },
  areas: { word: 'nav_areas', path: '/areas' },
  ranking: { word: 'nav_ranking', path: '/ranking' },
  bulletins: { word: 'nav_bulletins', path: '/bulletins' },
  reminders: { word: 'nav_reminders', path: '/reminders' },
  agents: { word: 'nav_agents', path: '/agents' }
} as const satisfies Readonly<Record<string, { readonly word: WordKey; readonly path: string }>>

/** What stands around every page. */
export interface Frame {
  readonly htmlLang: string
  readonly say: Say
  readonly title: string
  /** Seconds until the page fetches itself again; undefined: never. */
  readonly refreshS: number | undefined
  readonly stylesheet: string
  readonly home: string
  readonly nav: readonly { readonly text: string; readonly href: string; readonly current: boolean }[]
  readonly otherLanguage: { readonly text: string; readonly href: string; readonly lang: string }
  readonly notice: string | undefined
  /** 模拟数据: stands on every page, on screen and on paper. */
  readonly simulated: string | undefined
  readonly footer: string
}

/** The same for all requests of one collector. */
export interface Site {
  readonly stylesheet: string
  readonly version: string
  readonly openOnLoopback: boolean
  readonly simulated: boolean
}

export interface FrameOptions {
  readonly title: string
  readonly place?: keyof typeof places
  readonly refreshS?: number | undefined
}

export const frameOf = (context: PageContext, site: Site, options: FrameOptions): Frame => {
  const { say, language } = context
  const other: Language = language === 'zh' ? 'en' : 'zh'
  return {
    htmlLang: htmlLangs[language],
    say,
    title: `${options.title} · ${say('site')}`,
    refreshS: options.refreshS,
    stylesheet: site.stylesheet,
    home: linkTo(context, '/'),
    nav: Object.entries(places).map(([place, { word, path }]) => ({
      text: say(word),
      href: linkTo(context, path),
      current: options.place === place
    })),
    otherLanguage: { text: say('other_language'), href: sameWith(context, { lang: other }), lang: htmlLangs[other] },
    notice: site.openOnLoopback ? say('open_on_loopback') : undefined,
    simulated: site.simulated ? say('simulated') : undefined,
    footer: say('footer', { version: site.version }).trimEnd()
  }
}

const htmlLangs: Readonly<Record<Language, string>> = { zh: 'zh-CN', en: 'en' }
