// Pages that have no story elsewhere. gallery.spec.ts insists that each page of the site is kept somewhere.
import { TOTP } from 'otpauth'
import { keep } from './keep'
import { expect, test } from './fixtures'
import {
  alive,
  arrive,
  asIvo,
  ask,
  decide,
  expectRefusals,
  fill,
  found,
  languages,
  LOCALES,
  member,
  newcomer,
  ORG,
  PASSWORD,
  press,
  signIn,
  signOut,
  withPassword,
  words,
} from './people'

for (const language of languages) {
  test.describe(language, () => {
    test.use({ locale: LOCALES[language] })
    const say = words(language)
    test.beforeEach(({ world }) => found(world))

    test('a forgotten password, and the settings', async ({ page, world }) => {
      const person = newcomer(world)
      await test.step('the settings', async () => {
        await arrive(page, say, world, person.sub, '/settings')
        await keep(page, `settings-${language}`)
        await signOut(page, say)
      })
      await test.step('a forgotten password', async () => {
        await page.goto('/reset')
        await fill(page, { [say('label-email')]: person.email })
        await press(page, say('reset-button'))
        await expect(page).toHaveURL('/reset?done=asked')
        await keep(page, `reset-${language}`)
        await page.goto(
          (await world.mail.letterTo(person.email, { subject: say('letter-password-reset-subject') })).link(
            /\/reset\//,
          ),
        )
        await keep(page, `reset-set-${language}`)
        await fill(page, { [say('label-new-password')]: PASSWORD })
        await press(page, say('reset-set-button'))
        await expect(page).toHaveURL('/signin?done=reset')
        await signIn(page, say, { ...person, password: PASSWORD })
      })
      await test.step('a new address', async () => {
        await page.goto('/settings')
        await alive(page)
        await page.locator('#email').getByLabel(say('label-new-email')).fill(`new-${person.email}`)
        await page.locator('#email').getByLabel(say('label-password')).fill(PASSWORD)
        await page.locator('#email').getByRole('button').click()
        await expect(page).toHaveURL('/settings?done=email#email')
        await page.goto((await world.mail.letterTo(`new-${person.email}`)).link(/\/email\//))
        await keep(page, `email-${language}`)
      })
    })

    test("the second factor, and an organisation's settings", async ({ page, world, watch, someoneElse }) => {
      expectRefusals(watch, 403, 404, 422)
      const person = await withPassword(page, say, world)
      await world.anteroom.command('make-admin', ORG.slug, person.email)
      await test.step("an organisation's settings", async () => {
        await page.goto(`/${ORG.slug}/settings`)
        await keep(page, `org-settings-${language}`)
        await page.goto(`/${ORG.slug}/deliveries`)
        await keep(page, `deliveries-${language}`)
      })
      await test.step('the second factor is set up, and asked for', async () => {
        await page.goto('/settings')
        await alive(page)
        const panel = page.locator('#factor')
        await panel.getByLabel(say('label-password')).fill(PASSWORD)
        await press(page, say('factor-begin'))
        await expect(panel.getByRole('img')).toBeVisible()
        const code = new TOTP({ secret: (await panel.locator('code').textContent())! }).generate()
        await alive(page)
        await panel.getByLabel(say('label-code')).fill(code)
        await press(page, say('factor-confirm'))
        await expect(panel.locator('.codes')).toBeVisible()
        await keep(page, `settings-codes-${language}`)
        await signOut(page, say)
        await page.goto('/signin')
        await signIn(page, say, person)
        await fill(page, { [say('label-code')]: '000000' })
        await press(page, say('code-button'))
        await expect(page.getByText(say('why-wrong-code'))).toBeVisible()
        await keep(page, `code-${language}`)
      })

      const guest = await someoneElse()
      const mira = newcomer(world)
      const request = await ask(guest, say, world, mira)
      const administrator = await someoneElse({ locale: 'en-GB' })
      const english = words('en')
      await administrator.goto(`/${ORG.slug}/access_requests?request=${request}`)
      await signIn(administrator, english)
      await decide(administrator, english, mira, 'approve')
      const link = (await world.mail.letterTo(mira.email)).link(/invitations/)
      const other = await someoneElse()
      await test.step('an invitation of somebody who has an account', async () => {
        await other.goto(link)
        await expect(other.getByRole('main')).toContainText(say('invitation-known'))
        await keep(other, `invitation-known-${language}`)
        await arrive(other, say, world, newcomer(world).sub, '/waiting')
        await keep(other, `waiting-none-${language}`)
        await other.goto(link)
        await expect(other.getByRole('button', { name: say('invitation-switch') })).toBeVisible()
        await keep(other, `invitation-other-${language}`)
        await press(other, say('invitation-switch'))
        await expect(other).toHaveURL(link)
      })
      await test.step('a provider with the address of an account', async () => {
        const admin = await asIvo(world)
        const nia = await member(world, admin, 'Nia Verne', '', language)
        const there = newcomer(world, { email: nia.email })
        const browser = await someoneElse()
        await browser.goto('/signin')
        await browser.getByRole('link', { name: say('signin-with', { provider: 'Example' }) }).click()
        await world.oidc.signIn(browser, there.sub)
        await expect(browser).toHaveURL('/signin/link')
        await keep(browser, `signin-link-${language}`)
        await press(browser, say('link-mail'))
        await expect(browser).toHaveURL(/done=asked/)
        const letter = await world.mail.letterTo(nia.email, {
          matching: l => l.text.includes('/signin/link/'),
        })
        await browser.goto(letter.link(/signin\/link/))
        await keep(browser, `signin-link-mailed-${language}`)
      })
      await test.step('a page that is not there', async () => {
        expect((await guest.goto('/nowhere/at/all'))?.status()).toBe(404)
        await keep(guest, `not-found-${language}`)
      })
    })
  })
}
