// What every page must pass: valid HTML, axe, no scrolling sideways; and pictures for people to look at.
import { join } from 'node:path'
import type { Browser, BrowserContext, Page } from '@playwright/test'
import axe from 'axe-core'
import { FileSystemConfigLoader, HtmlValidate, esmResolver } from 'html-validate'
import type { Kept } from './keep'
import { PATIENCE } from './patience'

const here = import.meta.dirname
const validator = new HtmlValidate(new FileSystemConfigLoader([esmResolver()]))
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa', 'best-practice']
/** The rules that what is dark or light can break. */
const OF_COLOUR = ['color-contrast', 'link-in-text-block']
const VIEWS = [
  { width: 1280, height: 800, colorScheme: 'light' },
  { width: 1280, height: 800, colorScheme: 'dark' },
  { width: 390, height: 844, colorScheme: 'dark' },
  { width: 390, height: 844, colorScheme: 'light' },
] as const
const NAMES = ['HTML', '1280 light', '1280 dark', '390 light', '390 dark']

/** A browser page in which kept pages are shown and looked at, one after the other. */
export class Looker {
  #shown = ''
  private constructor(
    readonly context: BrowserContext,
    readonly page: Page,
  ) {}

  static async open(browser: Browser): Promise<Looker> {
    const context = await browser.newContext({ javaScriptEnabled: true, reducedMotion: 'reduce' })
    context.setDefaultTimeout(PATIENCE)
    await context.addInitScript(axe.source)
    const looker = new Looker(context, await context.newPage())
    await looker.page.route('**', route =>
      route.request().isNavigationRequest()
        ? route.fulfill({ contentType: 'text/html; charset=utf-8', body: looker.#shown })
        : route.continue(),
    )
    return looker
  }

  /**
   * Looks at a kept page, wide and narrow, light and dark, with the stylesheet and the pictures of the server
   * at this address. What is wrong, with the views where it is. Where `pictures` names a folder:
   * NAME-{width}-{scheme}.png, with scripts off NAME-noscript-...
   */
  async look(kept: Kept, at: string, pictures?: string): Promise<string[]> {
    const { page } = this
    const findings = new Map<string, string[]>()
    const show = (view: (typeof VIEWS)[number]) =>
      page.setViewportSize(view).then(() => page.emulateMedia({ colorScheme: view.colorScheme }))
    // axe needs scripts, but the page's own are taken out: it is to stay as it was.
    const still = kept.html
      .replace(/<script\b[\s\S]*?<\/script>/g, '')
      .replace(/<link rel="modulepreload"[^>]*>/g, '')
    this.#shown = kept.mode === 'noscript' ? still.replace(/<(\/?)noscript\b/g, '<$1div') : still
    await show(VIEWS[0])
    const { pathname, search } = new URL(kept.url)
    await page.goto(at + pathname + search)
    if (!(await page.evaluate(stand, kept))) findings.set('its stylesheet did not come', ['HTML'])
    for (const view of VIEWS) {
      await show(view)
      await page.evaluate(finishAnimations)
      if (pictures) {
        const file = `${kept.name}${kept.mode === 'noscript' ? '-noscript' : ''}-${view.width}-${view.colorScheme}.png`
        await page.screenshot({ path: join(pictures, file), fullPage: true, animations: 'disabled' })
      }
      const run =
        view.colorScheme === 'light'
          ? { type: 'tag' as const, values: TAGS }
          : { type: 'rule' as const, values: OF_COLOUR }
      for (const finding of [...(await page.evaluate(sideways)), ...(await page.evaluate(examine, run))]) {
        findings.set(finding, [...(findings.get(finding) ?? []), `${view.width} ${view.colorScheme}`])
      }
    }
    const inOrder = (views: string[]) => NAMES.filter(name => views.includes(name)).join(', ')
    return [...findings].map(([finding, views]) => `(${inOrder(views)}) ${finding}`)
  }
}

/**
 * What is wrong with the HTML that a server sent, before hydration or the browser's own repairs could hide
 * it.
 */
export async function validateHtml(html: string): Promise<string[]> {
  // Leptos marks places in text with `<!>`: a comment to every browser, but not to html-validate.
  const source = html.replaceAll('<!>', '<!---->')
  const report = await validator.validateString(source, join(here, 'page.html'))
  return report.results.flatMap(result =>
    result.messages.map(({ ruleId, message, selector, offset }) => {
      const near = source.slice(Math.max(0, offset - 40), offset + 60).replace(/\s+/g, ' ')
      return `(HTML) ${ruleId}: ${message}${selector ? ` (${selector})` : ''} near «${near}»`
    }),
  )
}

/**
 * In the browser: what HTML does not tell of a page, its modal dialogs and its fields. Whether its
 * stylesheets are there.
 */
function stand({ modal, fields }: Pick<Kept, 'modal' | 'fields'>): boolean {
  document.querySelectorAll('dialog').forEach((dialog, n) => {
    if (!modal[n]) return
    dialog.close()
    dialog.showModal()
  })
  document.querySelectorAll<HTMLInputElement>('input, select, textarea').forEach((field, n) => {
    const value = fields[n]
    if (typeof value === 'boolean') field.checked = value
    else if (field.type !== 'file' && value !== undefined) field.value = value
  })
  return [...document.querySelectorAll<HTMLLinkElement>('link[rel=stylesheet]')].every(
    link => link.sheet?.cssRules.length,
  )
}

/** In the browser: axe. */
async function examine(runOnly: { type: 'tag' | 'rule'; values: string[] }): Promise<string[]> {
  const { axe } = window as unknown as { axe: typeof import('axe-core') }
  const { violations } = await axe.run(document, { runOnly, resultTypes: ['violations'], preload: false })
  return violations.flatMap(violation =>
    violation.nodes.map(node => {
      const why = node.any.map(check => check.message).join('; ')
      return `axe ${violation.id}: ${violation.help} at ${node.target.join(' ')} ${why}`
    }),
  )
}

/** In the browser: what one would have to scroll sideways for. */
function sideways(): string[] {
  const { scrollWidth, clientWidth } = document.documentElement
  // A row's buttons that a clipped table cuts off can be seen and pressed by nobody.
  const cut = [...document.querySelectorAll('main .acts :is(a, button, summary), main .acts-menu > summary')]
    .filter(
      e =>
        e.checkVisibility({ visibilityProperty: true }) && e.getBoundingClientRect().right > clientWidth + 1,
    )
    .map(e => `outside of the page: ${e.outerHTML.slice(0, 120)}`)
  return [...(scrollWidth > clientWidth ? ['the page scrolls sideways'] : []), ...cut]
}

/** In the browser. Colours half way through a transition are no finding. */
function finishAnimations(): void {
  for (const animation of document.getAnimations()) {
    if (animation.effect?.getComputedTiming().endTime === Infinity) animation.cancel()
    else animation.finish()
  }
}
