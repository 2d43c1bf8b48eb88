// What every spec starts from: `import { test, expect } from './fixtures'`.
import {
  expect,
  test as base,
  type BrowserContext,
  type BrowserContextOptions,
  type Page,
} from '@playwright/test'
import { Anteroom, tail, type AnteroomOptions } from './peers/anteroom'
import { PATIENCE, PATIENCE_FOR_A_TEST } from './patience'
import { DnsPeer } from './peers/dns'
import { OidcPeer } from './peers/oidc'
import { Mailbox } from './peers/smtp'
import { ALIVE } from './rest'
import { Watch } from './watch'

export { expect }
export { databases } from './peers/anteroom'

/**
 * One Anteroom and everything it talks to. One for each worker: specs make their own organisations and
 * addresses.
 */
export interface World {
  anteroom: Anteroom
  mail: Mailbox
  /** Provider `example`: an ordinary one; the organisation is the claim org_id. */
  oidc: OidcPeer
  /**
   * Provider `region`: as Webex; issuer unlike the discovery document's, the organisation from /people/me.
   */
  region: OidcPeer
  /** The resolver that Anteroom asks for the records of domains. */
  dns: DnsPeer
  /**
   * Moves the clocks of Anteroom and of both providers, in seconds ahead.
   * Wants `worldOptions: { clock: true }`.
   */
  setClock(seconds: number): Promise<void>
}

type WorldOptions = Omit<AnteroomOptions, 'mail' | 'providers'> & {
  /** Anteroom is told of no SMTP server. */
  noMail?: boolean
  /** The mail server takes the access tokens of provider `example` alone. */
  mailByOauth?: boolean
}

interface WorkerFixtures {
  /**
   * `test.use({ worldOptions: { database: 'postgres' } })` at the head of a file or describe gives it a world
   * of its own.
   */
  worldOptions: WorldOptions
  world: World
}

interface TestFixtures {
  /** Always on: the test fails over whatever the browser or the server complained about. */
  watch: Watch
  /** Waits until a click does what it will do: until the islands of the page (if any) are alive. */
  hydrated: (page?: Page) => Promise<void>
  /** A page for another person: a browser context of its own, watched like the first. */
  someoneElse: (options?: BrowserContextOptions) => Promise<Page>
  /**
   * What mail scanners do with a mailed link before its reader does: ask for it in all ways, and open it in a
   * browser with scripts.
   */
  scan: (link: string) => Promise<void>
  /** Prints what the server said during a test that failed. */
  serverLog: void
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  worldOptions: [{}, { scope: 'worker', option: true }],

  world: [
    async ({ worldOptions: { noMail, mailByOauth, ...options } }, use) => {
      const [dns, oidc, region] = await Promise.all([
        DnsPeer.start(),
        OidcPeer.start(),
        OidcPeer.start({ issuerDiffers: true }),
      ])
      const mail = await Mailbox.start(mailByOauth ? token => oidc.isGoodForMail(token) : undefined)
      const oauth = `smtp_user = "access@site.test"
smtp_token_url = "${oidc.tokenUrl}"
smtp_client_id = "${oidc.mailClientId}"
smtp_client_secret = "${oidc.clientSecret}"
smtp_scope = "mail.send"
`
      const anteroom = await Anteroom.start({
        mail: noMail ? undefined : mail,
        providers: [
          { id: 'example', label: 'Example', peer: oidc, organisation: 'claim' },
          { id: 'region', label: 'Region', peer: region, organisation: 'endpoint' },
        ],
        ...options,
        config: `dns_resolver = "${dns.address}"\n${mailByOauth ? oauth : ''}${options.config ?? ''}`,
      })
      const setClock = async (seconds: number) => {
        await anteroom.setClock(seconds)
        oidc.clockOffset = region.clockOffset = seconds
      }
      await use({ anteroom, mail, dns, oidc, region, setClock })
      await anteroom.dispose()
      await Promise.all([mail.down(), dns.down(), oidc.down(), region.down()])
    },
    { scope: 'worker', timeout: PATIENCE_FOR_A_TEST },
  ],

  baseURL: async ({ world }, use) => use(world.anteroom.url),

  watch: [
    async ({ context, javaScriptEnabled }, use) => {
      const watch = new Watch()
      watch.context(context, javaScriptEnabled !== false)
      // With scripts off Chromium still reads the page's preloads: it refuses the script, and wonders about
      // the wasm.
      if (javaScriptEnabled === false) {
        watch.allow(
          /^request failed: csp GET \S+\/pkg\/anteroom\.js$/,
          /^console warning: The resource \S+\/pkg\/anteroom\.wasm was preloaded using link preload but not used/,
        )
      }
      await use(watch)
      watch.verify()
    },
    { auto: true },
  ],

  hydrated: async ({ page, javaScriptEnabled }, use) => {
    await use((which = page) => (javaScriptEnabled === false ? Promise.resolve() : hydrated(which)))
  },

  someoneElse: async ({ browser, javaScriptEnabled, watch }, use) => {
    const contexts: BrowserContext[] = []
    await use(async options => {
      // Playwright adds the project's options: scripts, locale, baseURL.
      const context = await browser.newContext(options)
      contexts.push(context)
      watch.context(context, (options?.javaScriptEnabled ?? javaScriptEnabled) !== false)
      return context.newPage()
    })
    for (const context of contexts) await context.close()
  },

  scan: async ({ browser, watch }, use) => {
    await use(async link => {
      for (const options of [
        { method: 'HEAD' },
        {},
        { headers: { 'sec-purpose': 'prefetch;prerender' } },
        { method: 'HEAD' },
        {},
      ]) {
        expect((await fetch(link, options)).status).toBe(200)
      }
      const context = await browser.newContext({ javaScriptEnabled: true })
      watch.context(context, true)
      const page = await context.newPage()
      expect((await page.goto(link))!.status()).toBe(200)
      await hydrated(page)
      await page.waitForLoadState('networkidle')
      await context.close()
    })
  },

  serverLog: [
    async ({ world }, use, info) => {
      const before = world.anteroom.output.length
      await use()
      const said = world.anteroom.output.slice(before)
      if (info.status !== info.expectedStatus && said) console.log(`The server said:\n${tail(said)}`)
      if (said.includes('panicked at')) throw new Error(`The server panicked:\n${tail(said)}`)
    },
    { auto: true },
  ],
})

/** Pages without islands have nothing to wait for. */
export async function hydrated(page: Page): Promise<void> {
  await page.waitForLoadState('domcontentloaded')
  await page.locator(ALIVE).waitFor({ state: 'attached', timeout: PATIENCE })
}
