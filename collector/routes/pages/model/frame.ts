import type { Language } from '../../../verdicts/explain.ts'
import type { Say } from '../../../views/words.ts'
import { linkTo, sameWith, type PageContext } from '../context.ts'

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
  readonly footer: string
}

/** The same for all requests of one collector. */
export interface Site {
  readonly stylesheet: string
  readonly version: string
  readonly openOnLoopback: boolean
}

export interface FrameOptions {
  readonly title: string
  readonly place?: 'overview' | 'agents'
  readonly refreshS?: number
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
    nav: [
      { text: say('nav_overview'), href: linkTo(context, '/'), current: options.place === 'overview' },
      { text: say('nav_agents'), href: linkTo(context, '/agents'), current: options.place === 'agents' },
      { text: say('nav_docs'), href: '/docs', current: false }
    ],
    otherLanguage: { text: say('other_language'), href: sameWith(context, { lang: other }), lang: htmlLangs[other] },
    notice: site.openOnLoopback ? say('open_on_loopback') : undefined,
    footer: say('footer', { version: site.version }).trimEnd()
  }
}

const htmlLangs: Readonly<Record<Language, string>> = { zh: 'zh-CN', en: 'en' }
