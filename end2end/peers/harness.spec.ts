// Proves that the harness sees what it is there to see, on a stub in place of the server. A check that never
// fails proves nothing.
import { join } from 'node:path'
import type { Browser, Page } from '@playwright/test'
import { expect, test } from '../fixtures'
import { take } from '../keep'
import { Looker, validateHtml } from '../look'
import { Watch } from '../watch'

test.use({ worldOptions: { binary: join(import.meta.dirname, 'stub.mjs'), clock: true } })

/** What the gallery would find. */
async function look(browser: Browser, page: Page): Promise<string> {
  const looker = await Looker.open(browser)
  const kept = { name: 'stub', spec: 'harness', ...(await take(page)) }
  const findings = [
    ...(await validateHtml(kept.served)),
    ...(await looker.look(kept, new URL(page.url()).origin)),
  ]
  await looker.context.close()
  return findings.join('\n')
}

test('a good page passes, and is hydrated where it has islands', async ({
  browser,
  page,
  hydrated,
  javaScriptEnabled,
}) => {
  await page.goto('/plain')
  await hydrated()
  await page.goto('/')
  await hydrated()
  expect(await page.locator('html').getAttribute('data-hydrated')).toBe(
    javaScriptEnabled === false ? null : '',
  )
  await page.getByRole('button', { name: 'Open' }).click()
  await expect(page.getByRole('dialog')).toBeVisible()
  expect(await look(browser, page)).toBe('')
})

for (const [path, finding] of [
  ['/html', 'Duplicate ID "a"'],
  ['/contrast', '(1280 dark, 390 dark) axe color-contrast'],
  ['/wide', '(390 light, 390 dark) the page scrolls sideways'],
  ['/cut', '(390 light, 390 dark) outside of the page: <button'],
  ['/unstyled', 'its stylesheet did not come'],
]) {
  test(`the gallery finds what is wrong with ${path}`, async ({ browser, page, watch }) => {
    watch.allow(/nowhere\.css/)
    await page.goto(path)
    expect(await look(browser, page)).toContain(finding)
  })
}

test(
  'watch notes errors, exceptions, failed requests and answers from 500 on',
  { tag: '@scripts' },
  async ({ browser }) => {
    const watch = new Watch()
    const context = await browser.newContext()
    watch.context(context, true)
    const page = await context.newPage()
    await page.goto('/throws', { waitUntil: 'networkidle' })
    await page.goto('/nope')
    await context.close()
    for (const complaint of [
      'uncaught: Error: thrown',
      'response 500: GET http',
      'request failed: net::ERR_',
      'status of 404 (Not Found) http',
    ]) {
      expect(() => watch.verify()).toThrow(complaint)
    }
    watch.allow(/thrown|Failed to fetch/, /500/, /127.0.0.1:1/, /status of 404 .*\/nope$/)
    watch.verify()
  },
)

test('a complaint fails the test', { tag: '@scripts' }, async ({ page }) => {
  test.fail()
  await page.goto('/throws')
})

test('so does a complaint in the browser of someone else', { tag: '@scripts' }, async ({ someoneElse }) => {
  test.fail()
  await (await someoneElse()).goto('/nope')
})

test('the server can be stopped, started again and moved in time', { tag: '@scripts' }, async ({ world }) => {
  const { anteroom } = world
  expect(await anteroom.setupLink()).toBe(`${anteroom.url}/setup/Ab_c-1`)
  const ahead = async () =>
    Math.round((Number(await (await fetch(`${anteroom.url}/now`)).text()) - Date.now()) / 1000) + 0 // no -0
  expect(await ahead()).toBe(0)
  await world.setClock(90_000)
  expect(await ahead()).toBe(90_000)
  expect(world.oidc.clockOffset).toBe(90_000)
  await world.setClock(0)
  expect(await ahead()).toBe(0)
  await anteroom.stop()
  await expect(fetch(anteroom.url)).rejects.toThrow()
  await anteroom.begin()
  expect(await ahead()).toBe(0)
})

test('the server goes away only under pages at rest', async ({ page, world }) => {
  const { anteroom } = world
  // By a connection of its own each time: one that is kept goes away with the server.
  const ask = (path: string) => fetch(anteroom.url + path, { headers: { connection: 'close' } })
  for (const leave of [
    () => anteroom.stop(),
    () => anteroom.kill(),
    () => anteroom.setClock(60),
    () => world.mail.down(),
  ]) {
    const asked = page.waitForRequest('**/slow.css')
    await page.goto('/slow', { waitUntil: 'commit' })
    await asked
    let gone = false
    const left = leave().then(() => (gone = true))
    expect((await ask('/readyz')).ok).toBe(true)
    expect(gone).toBe(false)
    await ask('/slow.css/go-on')
    await left
    await expect(page.locator('p')).toHaveCSS('color', 'rgb(1, 2, 3)')
    await anteroom.begin()
    await anteroom.setClock(0)
    await world.mail.up()
  }
})

test('people sign in by the form of the provider, with scripts and without', async ({ page, world }) => {
  world.oidc.add({ sub: 'ana', email: 'ana@example.org', name: 'Ana' })
  const query = new URLSearchParams({
    client_id: world.oidc.clientId,
    response_type: 'code',
    scope: 'openid',
    redirect_uri: `${world.anteroom.url}/back`,
    state: 's',
    nonce: 'n',
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
  })
  await page.goto(`${world.oidc.issuer}/auth?${query}`)
  await world.oidc.signIn(page, 'ana')
  await expect(page).toHaveURL(/\/back\?code=.*state=s/)
})
