// Notes everything a browser complains about, so that a test which looks fine but was not fails.
import type { BrowserContext, Page, Response } from '@playwright/test'
import { follow } from './rest'

/** What the server answered when a page was opened. */
export interface Served {
  status: number
  html: Promise<string>
}

const documents = new WeakMap<Page, Served>()
const watches = new WeakMap<BrowserContext, Watch>()

/**
 * Where a server goes away, the browser says so of the streams of open pages, which try again by themselves;
 * and of the icon, which it asks for when it likes.
 */
const BROKEN_BY_LEAVING = /net::ERR_(CONNECTION|EMPTY|SOCKET|INCOMPLETE)_\w+.*\/(live|favicon\.svg)\b/

export class Watch {
  /** Each complaint in one line, with its address. */
  readonly findings: string[] = []
  #allowed: RegExp[] = []

  /** Watches all pages of a context, those that open later too. */
  context(context: BrowserContext, scripts: boolean): void {
    watches.set(context, this)
    follow(context, scripts, () => this.allow(BROKEN_BY_LEAVING))
    context.on('console', message => {
      // An island whose code is missing is only a warning, but it is dead all the same.
      const dead = message.type() === 'warning' && /hydrat|WASM/i.test(message.text())
      if (message.type() === 'error' || dead)
        this.#note(`console ${message.type()}: ${message.text()}`, message.location().url)
    })
    context.on('weberror', error =>
      this.#note(`uncaught: ${error.error().stack ?? error.error()}`, error.page()?.url()),
    )
    context.on('requestfailed', request => {
      const reason = request.failure()?.errorText ?? 'failed'
      // The browser's own doing: what was under way when the page was left (streams of changes above all),
      // and downloads.
      if (reason !== 'net::ERR_ABORTED')
        this.#note(`request failed: ${reason} ${request.method()}`, request.url())
    })
    context.on('response', response => {
      if (response.status() >= 500)
        this.#note(`response ${response.status()}: ${response.request().method()}`, response.url())
      remember(response)
    })
  }

  /**
   * This test provokes complaints that fit the pattern: Chromium logs every 4xx as a console error like
   * `console error: Failed to load resource: the server responded with a status of 404 (Not Found)
   * http://localhost:1/nope`.
   */
  allow(...patterns: RegExp[]): void {
    this.#allowed.push(...patterns)
  }

  /** Throws if there was anything that the test did not allow. */
  verify(): void {
    const left = this.findings.filter(finding => !this.#allowed.some(pattern => pattern.test(finding)))
    if (left.length)
      throw new Error(`The browser complained:\n${left.map(finding => `  ${finding}`).join('\n')}`)
  }

  #note(what: string, where = ''): void {
    this.findings.push(`${what} ${where}`.trim())
  }
}

/** What watches this page's context. */
export function watchOf(page: Page): Watch | undefined {
  return watches.get(page.context())
}

/**
 * The HTML of the page as the server sent it, before any script changed it; undefined for a page that nobody
 * watched.
 */
export function served(page: Page): Served | undefined {
  return documents.get(page)
}

/** Taken from the answer itself: asking again would not show a form's errors, which are shown once. */
function remember(response: Response): void {
  const request = response.request()
  if (
    !request.isNavigationRequest() ||
    response.status() < 200 ||
    (response.status() >= 300 && response.status() < 400)
  )
    return
  const frame = request.frame()
  if (frame.parentFrame()) return
  const page = frame.page()
  const html = response.text()
  documents.set(page, { status: response.status(), html })
  // a download, or the page was closed
  html.catch(() => documents.get(page)?.html === html && documents.delete(page))
}
