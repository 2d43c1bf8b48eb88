// What people change about themselves: password and address by mail, the second factor, language, appearance.
import { URI } from 'otpauth'
import { look } from './checks'
import { expect, test } from './fixtures'
import { alive, arrive, expectRefusals, fill, found, newcomer, PASSWORD, press, signIn, signOut, withPassword, words } from './people'

const say = words('en')

test.beforeEach(({ world }) => found(world))

test('a lost password is set anew by mail, once, and all sessions end', async ({ page, world, watch, someoneElse }) => {
  expectRefusals(watch, 409, 422)
  const other = await someoneElse()
  const person = newcomer(world)
  await arrive(other, say, world, person.sub, '/settings')
  for (const email of ['nobody@example.org', person.email]) {
    await page.goto('/signin')
    await page.getByRole('link', { name: say('signin-forgotten') }).click()
    await fill(page, { [say('label-email')]: email })
    await press(page, say('reset-button'))
    await expect(page).toHaveURL('/reset?done=asked')
    await expect(page.getByRole('status')).toHaveText(say('done-asked'))
  }
  const letter = await world.mail.letterTo(person.email, { subject: say('letter-password-reset-subject') })
  const link = letter.link(/\/reset\//)
  expect((await fetch(link, { method: 'HEAD' })).status).toBe(200)
  await page.goto(link)
  await fill(page, { [say('label-new-password')]: 'password1' })
  await press(page, say('reset-set-button'))
  await expect(page.getByText(say('why-password-too-common'))).toBeVisible()
  await fill(page, { [say('label-new-password')]: PASSWORD })
  await press(page, say('reset-set-button'))
  await expect(page).toHaveURL('/signin?done=reset')
  await expect(page.getByRole('status')).toHaveText(say('done-reset'))
  await other.goto('/settings')
  await expect(other).toHaveURL(/\/signin\?/)
  await page.goto(link)
  await expect(page.getByRole('main')).toContainText(say('why-link-used'))
  await look(page, 'reset-used')
  await page.goto('/signin')
  await signIn(page, say, { ...person, password: PASSWORD })
  await world.mail.letterTo(person.email, { subject: say('letter-password-changed-subject') })
  expect(world.mail.counts('nobody@example.org', 'any')).toEqual({})
})

test('a new address counts once it is proven; the old one is told', async ({ page, world, watch, someoneElse }) => {
  expectRefusals(watch, 409, 422)
  const person = await withPassword(page, say, world)
  const changed = `new-${person.email}`
  await page.goto('/settings')
  const form = page.locator('#email')
  await alive(page)
  await form.getByLabel(say('label-new-email')).fill(changed)
  await form.getByLabel(say('label-password')).fill('wrong')
  await form.getByRole('button').click()
  await expect(form.getByText(say('why-wrong-password'))).toBeVisible()
  await expect(form.getByLabel(say('label-new-email'))).toHaveValue(changed)
  await alive(page)
  await form.getByLabel(say('label-password')).fill(PASSWORD)
  await form.getByRole('button').click()
  await expect(page.getByRole('status')).toHaveText(say('done-email'))
  const told = await world.mail.letterTo(person.email, { subject: say('letter-email-change-asked-subject') })
  expect(told.text).toContain(changed)
  const link = (await world.mail.letterTo(changed, { subject: say('letter-email-proof-subject') })).link(/\/email\//)
  await page.goto('/settings')
  await expect(page.getByText(say('settings-email-now', { email: person.email }))).toBeVisible()

  const stranger = await someoneElse()
  await arrive(stranger, say, world, newcomer(world).sub, new URL(link).pathname)
  await expect(stranger.getByRole('main')).toContainText(say('why-other-account'))
  await page.goto(link)
  await expect(page.getByRole('main')).toContainText(changed)
  await press(page, say('email-button'))
  await expect(page).toHaveURL('/settings?done=address#email')
  await expect(page.getByText(say('settings-email-now', { email: changed }))).toBeVisible()
  await world.mail.letterTo(person.email, { subject: say('letter-email-changed-subject') })
  await signOut(page, say)
  await page.goto('/signin')
  await fill(page, { [say('label-email')]: person.email, [say('label-password')]: PASSWORD })
  await press(page, say('signin-button'))
  await expect(page.getByRole('alert').filter({ visible: true })).toHaveText(say('why-sign-in-failed'))
  await signIn(page, say, { email: changed, password: PASSWORD })
  await expect(page).toHaveURL('/waiting')
})

test('the QR code says what an app needs', { tag: '@scripts' }, async ({ page, world }) => {
  const person = newcomer(world)
  await arrive(page, say, world, person.sub, '/settings')
  await press(page, say('factor-begin'))
  const image = page.getByRole('img', { name: say('factor-qr') })
  await expect(image).toHaveAttribute('src', /^data:image\/svg\+xml;base64,/)
  expect(await image.evaluate((img: HTMLImageElement) => img.naturalWidth)).toBeGreaterThan(100)
  const secret = (await page.locator('#factor code').textContent())!
  expect(() => URI.parse(`otpauth://totp/Anteroom:${person.email}?secret=${secret}&issuer=Anteroom`)).not.toThrow()
})

test('the language: chosen signed out, and in the settings, where letters follow', async ({ page, world }) => {
  const german = words('de')
  await page.goto('/reset')
  await page.getByRole('button', { name: 'Deutsch' }).click()
  await expect(page).toHaveURL('/reset')
  await expect(page.locator('html')).toHaveAttribute('lang', 'de')
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(german('reset-title'))
  const person = newcomer(world)
  await arrive(page, german, world, person.sub, '/settings')
  await alive(page)
  await page.getByLabel(german('label-language')).selectOption('en')
  await press(page, german('save'))
  await expect(page).toHaveURL('/settings?done=profile#profile')
  await expect(page.locator('html')).toHaveAttribute('lang', 'en')
  await fill(page, { [say('label-new-password')]: PASSWORD })
  await press(page, say('settings-password-button'))
  await world.mail.letterTo(person.email, { subject: say('letter-password-changed-subject') })
})

test('the appearance: light or dark whatever the system says', async ({ page, world }) => {
  const paper = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)
  await arrive(page, say, world, newcomer(world).sub, '/settings')
  const seen: string[] = []
  for (const theme of ['system', 'dark', 'light']) {
    await alive(page)
    await page.getByLabel(say('label-theme')).selectOption(theme)
    await press(page, say('save'))
    await expect(page.getByRole('status')).toHaveText(say('done-profile'))
    await expect(page.locator(theme === 'system' ? 'html:not([data-theme])' : `html[data-theme=${theme}]`)).toBeAttached()
    seen.push(await paper())
    if (theme === 'dark') await look(page, 'settings-dark-chosen')
  }
  expect(seen[0]).toBe(seen[2]) // Playwright's system is light
  expect(seen[1]).not.toBe(seen[0])
})
