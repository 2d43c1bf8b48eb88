// Servers stop, go down and move in time only under pages at rest. A page that loses its server in the middle
// of its downloads stands there without style or islands, and the test that meets it fails or not by chance.
import { EventEmitter, once } from 'node:events'
import type { BrowserContext, Page, Request } from '@playwright/test'
import { PATIENCE } from './patience'

interface Open {
  /** Whether islands come alive here. */
  scripts: boolean
  /** What its pages have asked for and not had yet. */
  pending: Set<Request>
  /** Told when servers go away. */
  left: () => void
}

const contexts = new Map<BrowserContext, Open>()
const events = new EventEmitter().setMaxListeners(0)

/**
 * A page whose islands work, or that has none. A selector and not a function: it asks nothing of the page's
 * CSP.
 */
export const ALIVE = 'html[data-hydrated], html:not(:has(leptos-island))'

/** Knows the pages of this context from now on. */
export function follow(context: BrowserContext, scripts: boolean, left: () => void): void {
  const pending = new Set<Request>()
  contexts.set(context, { scripts, pending, left })
  context.on('close', () => contexts.delete(context))
  const over = (request: Request) => {
    pending.delete(request)
    events.emit('over')
  }
  for (const page of context.pages()) followPage(page)
  context.on('page', followPage)

  function followPage(page: Page): void {
    page.on('request', request => void pending.add(request))
    page.on('requestfinished', over)
    page.on('requestfailed', over)
    page.on('response', response => {
      const request = response.request()
      // A stream never ends: it is there when it is answered.
      if (request.resourceType() === 'eventsource') return over(request)
      const moves = response.status() >= 300 && response.status() < 400
      if (moves || !request.isNavigationRequest() || request.frame() !== page.mainFrame()) return
      // Another document takes the place of the one that asked for these.
      for (const other of pending)
        if (!other.isNavigationRequest() && other.frame().page() === page) over(other)
    })
  }
}

/**
 * Waits until every open page, or every one of this context, has all that it asked for, and its islands are
 * alive.
 */
export async function atRest(only?: BrowserContext): Promise<void> {
  const patience = AbortSignal.timeout(PATIENCE)
  if (only && !contexts.has(only)) throw new Error('nobody follows the pages of this context')
  for (let calm = 0; calm < 2; calm++) {
    // Twice: what came last may have made a page ask for more.
    for (const [context, { scripts, pending }] of contexts) {
      if (only && context !== only) continue
      for (const page of context.pages()) {
        await loaded(page, scripts).catch(error => {
          if (!page.isClosed()) throw error
        })
      }
      while (pending.size) {
        calm = 0
        await once(events, 'over', { signal: patience }).catch(() => {
          throw new Error(`Pages still wait for ${[...pending].map(request => request.url()).join(' ')}`)
        })
      }
    }
  }
}

/** Before a server goes away: pages are at rest, and whoever watches them knows why their streams break. */
export async function beforeLeaving(): Promise<void> {
  await atRest()
  for (const { left } of contexts.values()) left()
}

async function loaded(page: Page, scripts: boolean): Promise<void> {
  await page.waitForLoadState('load', { timeout: PATIENCE })
  if (scripts) await page.locator(ALIVE).waitFor({ state: 'attached', timeout: PATIENCE })
}
