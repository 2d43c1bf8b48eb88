// Every page of the site has been looked at, in both languages, with scripts and without: here, or where its story is told.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { TOTP } from 'otpauth'
import { look } from './checks'
import { expect, test } from './fixtures'
import { alive, arrive, ask, decide, expectRefusals, fill, found, languages, newcomer, ORG, PASSWORD, press, signIn, signOut, withPassword, words } from './people'

/** The doors of src/web/doors.rs, with the spec that looks at what is behind them. */
const SEEN: Record<string, 'here' | 'thin-path' | 'signup' | 'people' | 'house' | 'access' | 'chat' | 'demo'> = {
  '/': 'thin-path', '/signin': 'thin-path', '/setup/{token}': 'thin-path', '/invitations/{token}': 'thin-path', '/waiting': 'thin-path',
  '/{org}': 'thin-path', '/{org}/access_requests': 'thin-path', '/signup': 'thin-path', '/requests/{token}': 'thin-path',
  '/signup/{token}': 'signup', '/{org}/users': 'people', '/{org}/users/{account}': 'people', '/{org}/invitations': 'people',
  '/{org}/roles': 'people', '/{org}/roles/{role}': 'people', '/{org}/groups': 'people', '/{org}/groups/{group}': 'people',
  '/signin/code': 'here', '/reset': 'here', '/reset/{token}': 'here', '/email/{token}': 'here', '/settings': 'here', '/{org}/settings': 'here',
  '/customers': 'people', '/goodbye': 'people',
  '/{org}/faq': 'house', '/{org}/feedback': 'house', '/{org}/insights': 'house',
  '/{org}/access_requests/bulk/{job}': 'access', '/{org}/applications': 'access', '/{org}/catalog': 'access', '/{org}/my_requests': 'access', '/{org}/approvals': 'access',
  '/{org}/resources': 'access', '/{org}/resources/new': 'access', '/{org}/resources/{resource}': 'access',
  '/{org}/flows': 'access', '/{org}/flows/new': 'access', '/{org}/flows/{flow}': 'access',
  '/{org}/connectors': 'chat', '/{org}/connectors/new': 'chat', '/{org}/connectors/{connector}': 'chat', '/{org}/connectors/{connector}/contacts': 'chat',
  '/dev/mailbox': 'demo',
}

test('no page is forgotten', { tag: '@scripts' }, () => {
  const doors = readFileSync(join(import.meta.dirname, '../src/web/doors.rs'), 'utf8')
  const pages = /static PAGES[^]*?\n};/.exec(doors)![0]
  expect([...pages.matchAll(/^ {4}"([^"]+)"/gm)].map(match => match[1]).sort()).toEqual(Object.keys(SEEN).sort())
})

for (const language of languages) {
  test.describe(language, () => {
    test.use({ locale: { en: 'en-GB', de: 'de-DE' }[language] })
    const say = words(language)
    test.beforeEach(({ world }) => found(world))

    test('a forgotten password, and the settings', async ({ page, world }) => {
      test.setTimeout(120_000)
      const person = newcomer(world)
      await arrive(page, say, world, person.sub, '/settings')
      await look(page, `settings-${language}`)
      await signOut(page, say)
      await page.goto('/reset')
      await fill(page, { [say('label-email')]: person.email })
      await press(page, say('reset-button'))
      await expect(page).toHaveURL('/reset?done=asked')
      await look(page, `reset-${language}`)
      await page.goto((await world.mail.letterTo(person.email, { subject: say('letter-password-reset-subject') })).link(/\/reset\//))
      await look(page, `reset-set-${language}`)
      await fill(page, { [say('label-new-password')]: PASSWORD })
      await press(page, say('reset-set-button'))
      await expect(page).toHaveURL('/signin?done=reset')
      await signIn(page, say, { ...person, password: PASSWORD })
      await page.goto('/settings')
      await alive(page)
      await page.locator('#email').getByLabel(say('label-new-email')).fill(`new-${person.email}`)
      await page.locator('#email').getByLabel(say('label-password')).fill(PASSWORD)
      await page.locator('#email').getByRole('button').click()
      await page.goto((await world.mail.letterTo(`new-${person.email}`)).link(/\/email\//))
      await look(page, `email-${language}`)
    })

    test('the second factor, and an organisation\'s settings', async ({ page, world, watch, someoneElse }) => {
      test.setTimeout(120_000)
      expectRefusals(watch, 403, 404, 422)
      const person = await withPassword(page, say, world)
      await world.anteroom.command('make-admin', ORG.slug, person.email)
      await page.goto(`/${ORG.slug}/settings`)
      await look(page, `org-settings-${language}`)
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
      await look(page, `settings-codes-${language}`)
      await signOut(page, say)
      await page.goto('/signin')
      await signIn(page, say, person)
      await fill(page, { [say('label-code')]: '000000' })
      await press(page, say('code-button'))
      await expect(page.getByText(say('why-wrong-code'))).toBeVisible()
      await look(page, `code-${language}`)

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
      await other.goto(link)
      await expect(other.getByRole('main')).toContainText(say('invitation-known'))
      await look(other, `invitation-known-${language}`)
      await arrive(other, say, world, newcomer(world).sub, '/waiting')
      await look(other, `waiting-none-${language}`)
      await other.goto(link)
      await expect(other.getByRole('button', { name: say('invitation-switch') })).toBeVisible()
      await look(other, `invitation-other-${language}`)
      await press(other, say('invitation-switch'))
      await expect(other).toHaveURL(link)
      expect((await guest.goto('/nowhere/at/all'))?.status()).toBe(404)
      await look(guest, `not-found-${language}`)
    })
  })
}
