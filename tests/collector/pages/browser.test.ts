import { existsSync } from 'node:fs'
import { chromium, type BrowserContextOptions, type Page } from 'playwright-core'
import t from 'tap'
import { afterFreezeMs, fillBanners } from './banner-city.ts'
import { openCity } from './city.ts'

const executablePath = '/usr/bin/chromium'
const args = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync'
]
const every = ['/', '/schools/s-1', '/schools/s-2', '/schools/s-5', '/agents']
const november = 'period=2026-11'
const figures = [
  `/?${november}`,
  `/areas?${november}`,
  `/schools/hangjin-01?${november}`,
  `/ranking?${november}`,
  '/bulletins/2026-11',
  `/reminders?${november}`
]

/** Text of less contrast than WCAG AA wants, against the nearest painted background. Runs in the page. */
const paleTexts = `(() => {
  const parse = text => { const [r, g, b, a = 1] = text.match(/[\\d.]+/g).map(Number); return { r, g, b, a } }
  const light = ({ r, g, b }) => {
    const [x, y, z] = [r, g, b].map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    return 0.2126 * x + 0.7152 * y + 0.0722 * z
  }
  const behind = element => {
    for (let at = element; at !== null; at = at.parentElement) {
      const colour = parse(getComputedStyle(at).backgroundColor)
      if (colour.a === 1) return colour
      if (colour.a !== 0) throw new Error('half transparent background on ' + at.className)
    }
    throw new Error('nothing is painted behind ' + element.outerHTML.slice(0, 80))
  }
  const pale = []
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  let seen = 0
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement
    if (walker.currentNode.data.trim() === '' || !element.checkVisibility({ visibilityProperty: true })) continue
    const [a, b] = [light(parse(getComputedStyle(element).color)), light(behind(element))].sort((x, y) => y - x)
    const ratio = (a + 0.05) / (b + 0.05)
    seen += 1
    if (ratio < 4.5) pale.push(ratio.toFixed(2) + ' ' + element.className + ' ' + walker.currentNode.data.trim().slice(0, 30))
  }
  return { pale: [...new Set(pale)], seen, paper: getComputedStyle(document.documentElement).backgroundColor }
})()`

const sideways = 'document.documentElement.scrollWidth - document.documentElement.clientWidth'

const skip = existsSync(executablePath)
  ? false
  : `SKIPPED: no browser at ${executablePath} (Debian: apt-get install chromium)`
if (skip !== false) t.comment(skip)

void t.test('in a real browser', { skip }, async t => {
  const { app } = await openCity(work => t.teardown(work))
  const origin = await app.listen({ port: 0, host: '127.0.0.1' })
  const banners = await openCity(work => t.teardown(work), fillBanners, { simulated: true, now: () => afterFreezeMs })
  const elsewhere = await banners.app.listen({ port: 0, host: '127.0.0.1' })
  const addresses = [...every.map(path => origin + path), ...figures.map(path => elsewhere + path)]
  const browser = await chromium.launch({ executablePath, args })
  t.teardown(() => browser.close())

  /** Everything the browser complains about: script errors, missing files, refused styles. */
  const complaints: string[] = []
  const open = async (options: BrowserContextOptions, language: string): Promise<Page> => {
    const context = await browser.newContext(options)
    await context.addCookies([origin, elsewhere].map(url => ({ name: 'lang', value: language, url })))
    const page = await context.newPage()
    page.on('console', message => {
      if (['error', 'warning'].includes(message.type())) complaints.push(`${page.url()} ${message.text()}`)
    })
    page.on('pageerror', error => complaints.push(error.message))
    page.on('requestfailed', request => {
      const why = request.failure()?.errorText ?? ''
      // Leaving a page cuts off what was still loading.
      if (why !== 'net::ERR_ABORTED') complaints.push(`failed: ${request.url()} ${why}`)
    })
    page.on('request', request => {
      if (![origin, elsewhere].some(url => request.url().startsWith(url)))
        complaints.push(`asks elsewhere: ${request.url()}`)
    })
    await page.addInitScript(
      "addEventListener('securitypolicyviolation', e => console.error('refused', e.violatedDirective))"
    )
    return page
  }

  for (const colorScheme of ['light', 'dark'] as const)
    await t.test(`text is readable in ${colorScheme}`, async t => {
      const page = await open({ colorScheme, viewport: { width: 1280, height: 900 } }, 'zh')
      for (const path of [...addresses, `${origin}/agents?show=silent&q=host`, `${origin}/?verdict=missed`]) {
        await page.goto(path)
        const { pale, seen, paper } = await page.evaluate<{ pale: string[]; seen: number; paper: string }>(paleTexts)
        t.same(pale, [], path)
        t.ok(seen > 30, `${seen} texts looked at`)
        t.equal(paper, colorScheme === 'light' ? 'rgb(245, 246, 248)' : 'rgb(18, 22, 28)')
      }
    })

  await t.test('a telephone of 360 pixels needs no scrolling sideways, in either language', async t => {
    for (const language of ['zh', 'en']) {
      const page = await open({ viewport: { width: 360, height: 740 } }, language)
      for (const path of addresses) {
        await page.goto(path)
        t.equal(await page.evaluate(sideways), 0, `${path} ${language}`)
      }
    }
  })

  await t.test('the keyboard reaches the content, the navigation and the search, and sees where it is', async t => {
    const page = await open({ viewport: { width: 1280, height: 900 } }, 'zh')
    await page.goto(origin)
    await page.keyboard.press('Tab')
    const skipLink = await page.evaluate<{ text: string; x: number; outline: string }>(
      '(e => ({ text: e.textContent, x: e.getBoundingClientRect().x, outline: getComputedStyle(e).outlineStyle }))(document.activeElement)'
    )
    t.match(skipLink, { text: '跳到正文', x: 8, outline: 'solid' })
    await page.keyboard.press('Enter')
    t.equal(await page.evaluate('document.activeElement.id'), 'main')
    await page.fill('#q', '河滩')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/?q=*')
    t.equal(await page.locator('#schools tbody tr').count(), 1)
    await page.getByRole('link', { name: '河滩教学点' }).click()
    await page.waitForURL('**/schools/s-4')
    t.equal(await page.locator('h1').count(), 1)
    await page.getByRole('link', { name: 'English' }).click()
    await page.waitForURL('**/schools/s-4?lang=en')
    t.equal(await page.locator('html').getAttribute('lang'), 'en')
  })

  await t.test('tables that become blocks on a telephone are still tables to a screen reader', async t => {
    const page = await open({ viewport: { width: 360, height: 740 } }, 'zh')
    await page.goto(origin)
    t.ok((await page.getByRole('row').count()) >= 7)
    t.equal(await page.getByRole('rowheader', { name: /河滩教学点/ }).count(), 1)
  })

  await t.test('print leaves out what is only for the screen', async t => {
    const page = await open({ viewport: { width: 1000, height: 1400 }, colorScheme: 'dark' }, 'zh')
    await page.goto(origin)
    await page.emulateMedia({ media: 'print' })
    t.equal(await page.locator('nav').first().isVisible(), false)
    t.equal(await page.locator('form').first().isVisible(), false)
    t.same((await page.evaluate<{ pale: string[] }>(paleTexts)).pale, [])
  })

  t.same(complaints, [], 'the browser has nothing to complain about')
})
