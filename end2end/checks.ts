// What every page must pass: valid HTML, axe, and screenshots for people to look at.
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import { test, type Page } from '@playwright/test'
import { FileSystemConfigLoader, HtmlValidate, esmResolver } from 'html-validate'
import { servedHtml } from './watch'

const here = import.meta.dirname
const validator = new HtmlValidate(new FileSystemConfigLoader([esmResolver()]))
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa', 'best-practice']
const SIZES = [{ width: 1280, height: 800 }, { width: 390, height: 844 }]
const SCHEMES = ['light', 'dark'] as const

/**
 * Checks the page as it is now (with a dialog open, say): the server's HTML once, axe and a screenshot wide and narrow, light and dark.
 * Throws with everything that was found. Screenshots: screenshots/NAME-{width}-{scheme}.png, with scripts off NAME-noscript-...
 */
export async function look(page: Page, name: string): Promise<void> {
  const scripts = test.info().project.use.javaScriptEnabled !== false
  await test.step(`look at ${name}`, async () => {
    await page.waitForLoadState() // without its stylesheet a page passes what it would not pass with it
    const findings = new Map((await validate(page)).map(finding => [finding, ['HTML']]))
    const sizeBefore = page.viewportSize()
    const subject = scripts ? page : await copyWithScripts(page)
    for (const size of SIZES) {
      for (const colorScheme of SCHEMES) {
        const view = `${size.width} ${colorScheme}`
        for (const each of new Set([page, subject])) {
          await each.setViewportSize(size)
          await each.emulateMedia({ colorScheme })
          await each.evaluate(finishAnimations)
        }
        const path = join(here, 'screenshots', `${name}${scripts ? '' : '-noscript'}-${size.width}-${colorScheme}.png`)
        await page.screenshot({ path, fullPage: true, animations: 'disabled' })
        for (const finding of [...(await sideways(page)), ...(await axe(subject))]) {
          findings.set(finding, [...(findings.get(finding) ?? []), view])
        }
      }
    }
    if (subject !== page) await subject.context().close()
    await page.emulateMedia({ colorScheme: null })
    if (sizeBefore) await page.setViewportSize(sizeBefore)
    const lines = [...findings].map(([finding, views]) => `  (${views.join(', ')}) ${finding}`)
    if (lines.length) throw new Error(`${name}, ${page.url()}:\n${lines.join('\n')}`)
  })
}

/** What is wrong with the HTML that the server sent, before hydration or the browser's own repairs could hide it. */
export async function validate(page: Page): Promise<string[]> {
  const html = (await servedHtml(page)) ?? (await (await page.request.get(page.url())).text())
  return validateHtml(html)
}

export async function validateHtml(html: string): Promise<string[]> {
  // Leptos marks places in text with `<!>`: a comment to every browser, but not to html-validate.
  const source = html.replaceAll('<!>', '<!---->')
  const report = await validator.validateString(source, join(here, 'page.html'))
  return report.results.flatMap(result =>
    result.messages.map(({ ruleId, message, selector, offset }) => {
      const near = source.slice(Math.max(0, offset - 40), offset + 60).replace(/\s+/g, ' ')
      return `${ruleId}: ${message}${selector ? ` (${selector})` : ''} near «${near}»`
    }),
  )
}

/** Legacy mode: no extra page in the test's browser; it only matters for frames, of which there are none. */
async function axe(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).withTags(TAGS).setLegacyMode().analyze()
  return violations.flatMap(violation =>
    violation.nodes.map(node => `axe ${violation.id}: ${violation.help} at ${node.target.join(' ')} ${node.any.map(a => a.message).join('; ')}`),
  )
}

async function sideways(page: Page): Promise<string[]> {
  const extra = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  // A row's buttons that a clipped table cuts off can be seen and pressed by nobody.
  const cut = await page.evaluate(() =>
    [...document.querySelectorAll('main .acts :is(a, button, summary), main .acts-menu > summary')]
      .filter(e => e.checkVisibility({ visibilityProperty: true }) && e.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
      .map(e => `outside of the page: ${e.outerHTML.slice(0, 120)}`),
  )
  return [...(extra > 0 ? ['the page scrolls sideways'] : []), ...cut]
}

/** Colours half way through a transition are no finding. */
function finishAnimations(): void {
  for (const animation of document.getAnimations()) {
    if (animation.effect?.getComputedTiming().endTime === Infinity) animation.cancel()
    else animation.finish()
  }
}

/** With scripts off axe cannot run (its timers never fire): it gets a copy of what the page holds now, with the server's styles. */
async function copyWithScripts(page: Page): Promise<Page> {
  const context = await page.context().browser()!.newContext({ javaScriptEnabled: true })
  const copy = await context.newPage()
  const html = await page.content()
  const body = html.replace(/<script\b[\s\S]*?<\/script>/g, '').replace(/<(\/?)noscript\b/g, '<$1div')
  await copy.route('**', route =>
    route.request().isNavigationRequest() ? route.fulfill({ contentType: 'text/html; charset=utf-8', body }) : route.continue(),
  )
  await copy.goto(page.url())
  await copy.evaluate(() => {
    for (const dialog of document.querySelectorAll<HTMLDialogElement>('dialog[open]')) {
      dialog.close()
      dialog.showModal()
    }
  })
  return copy
}
