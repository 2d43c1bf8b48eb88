// Signing in with a provider of another make: what it leaves out and how it says things is its own.
import { test as base, expect } from './fixtures'
import { expectRefusals, found, signOut, words } from './people'
import { Canaille } from './peers/canaille'

const say = words('de')
const NOA = {
  user_name: 'noa.lindqvist',
  password: 'ein langes Passwort der Tests',
  given_name: 'Noa',
  family_name: 'Lindqvist',
  email: 'noa.lindqvist@example.org',
  language: 'de',
}

const test = base.extend<object, { canaille: Canaille }>({
  canaille: [
    async ({}, use) => {
      const canaille = await Canaille.at()
      await use(canaille)
      await canaille.down()
    },
    { scope: 'worker' },
  ],
  worldOptions: [
    async ({ canaille }, use) => use({ config: canaille.toml('canaille') }),
    { scope: 'worker' },
  ],
})

test.use({ locale: 'de-DE' })

test('Canaille signs in, its name and language are taken, and once signed in it is known', async ({
  page,
  world,
  canaille,
  watch,
}) => {
  // Its own pages, and its own policy.
  watch.allow(new RegExp(`^console error: Applying inline style .*:${canaille.port}/static/`))
  await found(world)
  await canaille.up(`${world.anteroom.url}/signin/canaille/callback`, NOA)
  const way = page.getByRole('link', { name: say('signin-with', { provider: 'Canaille' }) })
  await test.step('the first time', async () => {
    await page.goto('/signin?back=%2Fsettings')
    await way.click()
    await canaille.signIn(page, NOA)
    await expect(page).toHaveURL('/settings')
    await expect(page.getByLabel(say('label-your-name'))).toHaveValue('Noa Lindqvist')
    await expect(page.locator('html')).toHaveAttribute('lang', 'de')
    await expect(page.getByText(NOA.email).first()).toBeVisible()
  })
  await test.step('again', async () => {
    await signOut(page, say)
    await page.goto('/signin?back=%2Fsettings')
    await way.click()
    await expect(page).toHaveURL('/settings')
    await expect(page.getByLabel(say('label-your-name'))).toHaveValue('Noa Lindqvist')
  })
  await test.step('declined, one is told so', async () => {
    expectRefusals(watch, 409)
    await signOut(page, say)
    await page.goto(`/signin/canaille/callback?error=access_denied&state=x`)
    await expect(page.getByRole('alert').filter({ visible: true })).toBeVisible()
  })
})
