// Ways in, and what is said where there is none.
import { keep } from './keep'
import { expect, test } from './fixtures'
import {
  arrive,
  expectRefusals,
  fill,
  found,
  IVO,
  newcomer,
  ORG,
  press,
  scripts,
  signIn,
  signOut,
  words,
  withPassword,
} from './people'

// A world of its own: nobody asked its providers anything yet.
test.use({ worldOptions: { database: 'sqlite' } })

const say = words('en')
const REGION = say('signin-with', { provider: 'Region' })
const EXAMPLE = say('signin-with', { provider: 'Example' })

test.beforeEach(({ world }) => found(world))
test.afterEach(({ world }) => {
  world.oidc.forge = world.region.forge = undefined
})

test('a provider that is down is named so, and works again when it is up', async ({ page, world, watch }) => {
  expectRefusals(watch, 409)
  const { region } = world
  region.add({ sub: 'ruth', email: 'ruth@example.org', email_verified: true, name: 'Ruth', orgId: 'T1' })
  await test.step('it is down', async () => {
    await region.down()
    await page.goto('/signin?back=%2Fsettings')
    await page.getByRole('link', { name: REGION }).click()
    await expect(page.getByRole('alert').filter({ visible: true })).toHaveText(
      say('why-provider-unreachable'),
    )
    await keep(page, 'signin-provider-down')
  })
  await test.step('it is up, and asked again: a failure is remembered for seconds, to spare a provider that is down', async () => {
    await region.up()
    // A failure is remembered for seconds, to spare a provider that is down.
    await expect(async () => {
      await Promise.all([page.waitForEvent('load'), page.getByRole('link', { name: REGION }).click()])
      expect(new URL(page.url()).origin).toBe(new URL(region.discoveryUrl).origin)
    }).toPass()
    await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible()
  })
  let gone = Promise.resolve()
  await test.step("it goes away once more, while it answers with the person's token", async () => {
    // It goes away once more, while it answers with the person's token.
    region.forge = () => void (gone = region.down('midway'))
    await region.signIn(page, 'ruth')
    await expect(page.getByRole('alert').filter({ visible: true })).toHaveText(
      say('why-provider-unreachable'),
    )
    await gone
  })
  await test.step('it is up, and lets in', async () => {
    await region.up()
    region.forge = undefined
    await page.getByRole('link', { name: REGION }).click()
    await region.signIn(page, 'ruth')
    await expect(page).toHaveURL('/settings')
  })
})

test('a region whose tokens carry another issuer than its discovery signs in', async ({ page, world }) => {
  world.region.add({
    sub: 'gita',
    email: 'gita@example.org',
    email_verified: true,
    name: 'Gita',
    orgId: 'T1',
  })
  await page.goto('/signin?back=%2Fsettings')
  await page.getByRole('link', { name: REGION }).click()
  await world.region.signIn(page, 'gita')
  await expect(page).toHaveURL('/settings')
  await expect(page.getByText(say('settings-email-now', { email: 'gita@example.org' }))).toBeVisible()
})

for (const [what, forge] of [
  [
    'an issuer that is not allowed',
    (w: any) => (w.oidc.forge = (t: any) => (t.claims.iss = 'https://elsewhere.test')),
  ],
  ['an ID token for another client', (w: any) => (w.oidc.forge = (t: any) => (t.claims.aud = 'another'))],
] as const) {
  test(`${what} is refused kindly`, async ({ page, world, watch }) => {
    expectRefusals(watch, 409)
    const { sub } = newcomer(world)
    forge(world)
    await page.goto('/signin')
    await page.getByRole('link', { name: EXAMPLE }).click()
    await world.oidc.signIn(page, sub)
    await expect(page.getByRole('alert').filter({ visible: true })).toHaveText(say('why-provider-failed'))
    await page.goto('/settings')
    await expect(page).toHaveURL('/signin?back=%2Fsettings')
  })
}

test('an organisation endpoint that fails lets nobody in by half', async ({ page, world, watch }) => {
  expectRefusals(watch, 409)
  const { region } = world
  const emil = { sub: 'emil', email: 'emil@example.org', email_verified: true, name: 'Emil', orgId: 'T1' }
  region.add(emil)
  await test.step('it fails', async () => {
    region.forge = () => void region.people.delete('emil') // from now on /people/me answers 403
    await page.goto('/signin?back=%2Fsettings')
    await page.getByRole('link', { name: REGION }).click()
    await region.signIn(page, 'emil')
    await expect(page.getByRole('alert').filter({ visible: true })).toHaveText(/provider/)
    await page.goto('/settings')
    await expect(page).toHaveURL('/signin?back=%2Fsettings')
  })
  await test.step('it works', async () => {
    region.forge = undefined
    region.add(emil)
    await page.getByRole('link', { name: REGION }).click()
    await region.signIn(page, 'emil')
    await expect(page).toHaveURL('/settings')
  })
})

test('who cancels at the provider hears so, and still gets where they wanted', async ({ page, watch }) => {
  expectRefusals(watch, 409)
  await test.step('canceled', async () => {
    await page.goto(`/${ORG.slug}/access_requests`)
    await page.getByRole('link', { name: EXAMPLE }).click()
    await page.getByRole('button', { name: 'Cancel' }).click()
    await expect(page.getByRole('alert').filter({ visible: true })).toHaveText(say('why-provider-denied'))
    await keep(page, 'signin-canceled')
  })
  await test.step('signed in with a password instead', async () => {
    await signIn(page, say)
    await expect(page).toHaveURL(`/${ORG.slug}/access_requests`)
  })
})

test('a wrong password says so and keeps the address', async ({ page, watch }) => {
  expectRefusals(watch, 409)
  await page.goto(`/signin?back=%2F${ORG.slug}`)
  await test.step('wrong, for who has an account and who has none', async () => {
    for (const email of [IVO.email, 'nobody@northlight.test']) {
      await fill(page, { [say('label-email')]: email, [say('label-password')]: 'not this one' })
      await press(page, say('signin-button'))
      await expect(page.getByRole('alert').filter({ visible: true })).toHaveText(say('why-sign-in-failed'))
      await expect(page.getByLabel(say('label-email'))).toHaveValue(email)
      expect(new URL(page.url()).search).toContain(`back=%2F${ORG.slug}`)
      if (email === IVO.email) await keep(page, 'signin-failed')
      await page.reload()
    }
  })
  await test.step('right', async () => {
    await signIn(page, say)
    await expect(page).toHaveURL(`/${ORG.slug}`)
  })
})

test('a hostile way back never leaves the site', async ({ page, world }) => {
  const { sub } = newcomer(world)
  const origin = world.anteroom.url
  const hostile = [
    'https://evil.test/',
    '//evil.test',
    '/\\evil.test',
    '/%2e%2e//evil.test',
    'javascript:alert(1)',
    '/\t/evil.test',
  ]
  for (const back of hostile.slice(0, 3)) {
    await test.step(`by password to ${back}`, async () => {
      await page.goto(`/signin?back=${encodeURIComponent(back)}`)
      await signIn(page, say)
      await expect(page).toHaveURL(`/${ORG.slug}`)
      expect(new URL(page.url()).origin).toBe(origin)
      await signOut(page, say)
    })
  }
  await test.step('by the provider', async () => {
    await page.goto(`/signin?back=${encodeURIComponent(hostile[1])}`)
    await page.getByRole('link', { name: EXAMPLE }).click()
    await world.oidc.signIn(page, sub)
    await expect(page).toHaveURL('/signup')
  })
  await test.step('signed in already', async () => {
    for (const back of hostile) {
      await page.goto(`/signin?back=${encodeURIComponent(back)}`)
      await expect(page).toHaveURL('/signup')
    }
  })
})

test('signing out ends the session on the server too', async ({ page, context }) => {
  await page.goto('/signin')
  await signIn(page, say)
  await expect(page).toHaveURL(`/${ORG.slug}`)
  const kept = (await context.cookies()).filter(cookie => cookie.name === 'anteroom')
  expect(kept).toMatchObject([{ httpOnly: true, sameSite: 'Lax' }])
  await signOut(page, say)
  await context.addCookies(kept)
  await page.goto(`/${ORG.slug}`)
  await expect(page).toHaveURL(`/signin?back=%2F${ORG.slug}`)
  await page.goBack()
  await expect(page.getByRole('heading', { name: say('home-welcome', { name: IVO.your_name }) })).toHaveCount(
    0,
  )
})

test('an ended session ends at its next request', async ({ page, world, someoneElse, watch }) => {
  const person = await withPassword(page, say, world)
  if (scripts()) expectRefusals(watch, 401)
  const other = await someoneElse()
  await test.step('signed in a second time', async () => {
    await other.goto('/signin?back=%2Fsettings')
    await signIn(other, say, person)
    await expect(other).toHaveURL('/settings')
  })
  const sessions = page.locator('#sessions')
  await test.step('the second session is ended', async () => {
    await page.goto('/settings')
    await expect(sessions.getByRole('listitem')).toHaveCount(2)
  })
  await sessions.scrollIntoViewIfNeeded()
  await press(page, say('settings-session-end'))
  await expect(page).toHaveURL('/settings?done=session#sessions')
  await expect(sessions.getByRole('listitem')).toHaveCount(1)
  // In the other browser the page still stands; what is pressed there leads to sign-in.
  await fill(other, { [say('label-your-name')]: 'Somebody' })
  await press(other, say('save'))
  await expect(other).toHaveURL(/\/signin(\?|$)/)
  await arrive(page, say, world, person.sub, '/settings')
  await expect(page.getByLabel(say('label-your-name'))).toHaveValue(person.name)
})
