// What people change about themselves: password and address by mail, the second factor, language, appearance.
import { TOTP, URI } from 'otpauth'
import { keep } from './keep'
import { expect, test } from './fixtures'
import {
  alive,
  arrive,
  expectRefusals,
  fill,
  found,
  newcomer,
  ORG,
  PASSWORD,
  press,
  signIn,
  signOut,
  withPassword,
  words,
} from './people'

const say = words('en')

test.beforeEach(({ world }) => found(world))

test('a lost password is set anew by mail, once, and all sessions end', async ({
  page,
  world,
  watch,
  someoneElse,
  scan,
}) => {
  expectRefusals(watch, 409, 422)
  const other = await someoneElse()
  const person = newcomer(world)
  await arrive(other, say, world, person.sub, '/settings')
  await test.step('both who has an account and who has none are told the same', async () => {
    for (const email of ['nobody@example.org', person.email]) {
      await page.goto('/signin')
      await page.getByRole('link', { name: say('signin-forgotten') }).click()
      await fill(page, { [say('label-email')]: email })
      await press(page, say('reset-button'))
      await expect(page).toHaveURL('/reset?done=asked')
      await expect(page.getByRole('status')).toHaveText(say('done-asked'))
    }
  })
  const letter = await world.mail.letterTo(person.email, { subject: say('letter-password-reset-subject') })
  const link = letter.link(/\/reset\//)
  await test.step('the link sets a password that is good enough', async () => {
    await scan(link)
    await page.goto(link)
    await fill(page, { [say('label-new-password')]: 'password1' })
    await press(page, say('reset-set-button'))
    await expect(page.getByText(say('why-password-too-common'))).toBeVisible()
    await fill(page, { [say('label-new-password')]: PASSWORD })
    await press(page, say('reset-set-button'))
    await expect(page).toHaveURL('/signin?done=reset')
    await expect(page.getByRole('status')).toHaveText(say('done-reset'))
  })
  await test.step('it works once, all sessions ended, and the new password signs in', async () => {
    await other.goto('/settings')
    await expect(other).toHaveURL(/\/signin\?/)
    await page.goto(link)
    await expect(page.getByRole('main')).toContainText(say('why-link-used'))
    await keep(page, 'reset-used')
    await page.goto('/signin')
    await signIn(page, say, { ...person, password: PASSWORD })
    await world.mail.letterTo(person.email, { subject: say('letter-password-changed-subject') })
  })
  expect(world.mail.counts('nobody@example.org', 'any')).toEqual({})
})

test('a new address counts once it is proven; the old one is told', async ({
  page,
  world,
  watch,
  someoneElse,
  scan,
}) => {
  const form = page.locator('#email')
  expectRefusals(watch, 409, 422)
  const person = await withPassword(page, say, world)
  const changed = `new-${person.email}`
  await test.step('a wrong password changes nothing, and what was typed stays', async () => {
    await page.goto('/settings')
    await alive(page)
    await form.getByLabel(say('label-new-email')).fill(changed)
    await form.getByLabel(say('label-password')).fill('wrong')
    await form.getByRole('button').click()
    await expect(form.getByText(say('why-wrong-password'))).toBeVisible()
    await expect(form.getByLabel(say('label-new-email'))).toHaveValue(changed)
  })
  await test.step('the right one sends a letter', async () => {
    await alive(page)
    await form.getByLabel(say('label-password')).fill(PASSWORD)
    await form.getByRole('button').click()
    await expect(page.getByRole('status')).toHaveText(say('done-email'))
  })
  const told = await world.mail.letterTo(person.email, { subject: say('letter-email-change-asked-subject') })
  expect(told.text).toContain(changed)
  const link = (await world.mail.letterTo(changed, { subject: say('letter-email-proof-subject') })).link(
    /\/email\//,
  )
  await test.step('scanners prove nothing', async () => {
    await scan(link)
    await page.goto('/settings')
    await expect(page.getByText(say('settings-email-now', { email: person.email }))).toBeVisible()
  })

  await test.step('nobody else proves it, its owner does', async () => {
    const stranger = await someoneElse()
    await arrive(stranger, say, world, newcomer(world).sub, new URL(link).pathname)
    await expect(stranger.getByRole('main')).toContainText(say('why-other-account'))
    await page.goto(link)
    await expect(page.getByRole('main')).toContainText(changed)
    await press(page, say('email-button'))
    await expect(page).toHaveURL('/settings?done=address#email')
    await expect(page.getByText(say('settings-email-now', { email: changed }))).toBeVisible()
    await world.mail.letterTo(person.email, { subject: say('letter-email-changed-subject') })
  })
  await test.step('the new address signs in, the old one does not', async () => {
    await signOut(page, say)
    await page.goto('/signin')
    await fill(page, { [say('label-email')]: person.email, [say('label-password')]: PASSWORD })
    await press(page, say('signin-button'))
    await expect(page.getByRole('alert').filter({ visible: true })).toHaveText(say('why-sign-in-failed'))
    await signIn(page, say, { email: changed, password: PASSWORD })
    await expect(page).toHaveURL('/signup')
  })
})

test('the second factor: set up, recovery codes shown once, asked for at sign-in, demanded by the organisation', async ({
  page,
  world,
  watch,
  someoneElse,
}) => {
  expectRefusals(watch, 403, 409, 422)
  const { anteroom } = world
  const person = await withPassword(page, say, world)
  await anteroom.command('make-admin', ORG.slug, person.email)
  const panel = page.locator('#factor')
  await test.step('it begins with a code to scan', async () => {
    await page.goto('/settings')
    await alive(page)
    await panel.getByLabel(say('label-password')).fill(PASSWORD)
    await press(page, say('factor-begin'))
    await expect(panel.getByRole('img', { name: say('factor-qr') })).toBeVisible()
    await keep(page, 'settings-factor-begun')
  })
  const totp = new TOTP({ secret: (await panel.locator('code').textContent())! })
  const code = (steps = 0) => totp.generate({ timestamp: Date.now() + steps * 30_000 })

  await test.step('a right code turns it on', async () => {
    await panel.getByLabel(say('label-code')).fill('000000')
    await press(page, say('factor-confirm'))
    await expect(panel.getByText(say('why-wrong-code'))).toBeVisible()
    await alive(page)
    await panel.getByLabel(say('label-code')).fill(code(-1))
    await press(page, say('factor-confirm'))
    await expect(panel.getByText(say('factor-is-on'))).toBeVisible()
    await keep(page, 'settings-factor-on')
  })
  const recovery = await panel.locator('.codes code').allTextContents()
  await test.step('recovery codes are shown once', async () => {
    expect(recovery).toHaveLength(10)
    await world.mail.letterTo(person.email, { subject: say('letter-factor-on-subject') })
    await page.goto('/settings')
    await expect(panel.locator('.codes')).toHaveCount(0)
  })

  await test.step('sign in with a code, each once', async () => {
    for (const [works, wrong] of [
      [() => code(0), 'abcdef'],
      [() => recovery[3], recovery[3] + 'x'],
      [() => recovery[4].toUpperCase(), recovery[3]],
    ] as const) {
      await signOut(page, say)
      await page.goto('/signin?back=%2Fsettings')
      await signIn(page, say, person)
      await expect(page).toHaveURL('/signin/code?back=%2Fsettings')
      await page.goto('/settings')
      await expect(page).toHaveURL('/signin/code?back=%2Fsettings')
      await fill(page, { [say('label-code')]: wrong })
      await press(page, say('code-button'))
      await expect(page.getByText(say('why-wrong-code'))).toBeVisible()
      await fill(page, { [say('label-code')]: works() })
      await press(page, say('code-button'))
      await expect(page).toHaveURL('/settings')
    }
    await expect(panel).toContainText('8 recovery codes left')
  })

  await test.step('the organisation demands it, and another administrator is told what to do', async () => {
    const other = await someoneElse()
    const second = await withPassword(other, say, world)
    await anteroom.command('make-admin', ORG.slug, second.email)
    await other.goto(`/${ORG.slug}/settings`)
    await alive(other)
    await other.getByLabel(say('settings-demand')).check()
    await other.locator('#security').getByRole('button').click()
    await expect(other.getByText(say('error-second-factor-demanded'))).toBeVisible()

    await page.goto(`/${ORG.slug}/settings`)
    await alive(page)
    await page.getByLabel(say('settings-demand')).check()
    await page.locator('#security').getByRole('button').click()
    await expect(page).toHaveURL(`/${ORG.slug}/settings?done=saved`)
    await expect(page.getByLabel(say('settings-demand'))).toBeChecked()

    await other.goto(`/${ORG.slug}/access_requests`)
    await expect(other.getByRole('main')).toContainText(say('error-second-factor-demanded'))
    await keep(other, 'factor-demanded')
    await other.getByRole('link', { name: say('trouble-to-factor') }).click()
    await expect(other).toHaveURL('/settings#factor')
    await other.goto(`/${ORG.slug}`)
    await expect(other.getByRole('status')).toContainText(say('error-second-factor-demanded'))
    await keep(other, 'home-factor-demanded')

    await page.goto('/settings')
    await alive(page)
    await panel.getByLabel(say('label-password')).fill(PASSWORD)
    await panel.getByLabel(say('label-code')).fill(recovery[5])
    await press(page, say('factor-end'))
    await expect(panel.getByText(say('why-factor-demanded'))).toBeVisible()
    await page.goto(`/${ORG.slug}/settings`)
    await alive(page)
    await page.getByLabel(say('settings-demand')).uncheck()
    await page.locator('#security').getByRole('button').click()
    await expect(page).toHaveURL(`/${ORG.slug}/settings?done=saved`)
    await other.goto(`/${ORG.slug}/access_requests`)
    await expect(other.getByRole('heading', { level: 1, name: say('nav-requests') })).toBeVisible()
  })
})

test('the QR code says what an app needs', { tag: '@scripts' }, async ({ page, world }) => {
  const image = page.getByRole('img', { name: say('factor-qr') })
  const person = newcomer(world)
  await test.step('the settings show it', async () => {
    await arrive(page, say, world, person.sub, '/settings')
    await press(page, say('factor-begin'))
    await expect(image).toHaveAttribute('src', /^data:image\/svg\+xml;base64,/)
    expect(await image.evaluate((img: HTMLImageElement) => img.naturalWidth)).toBeGreaterThan(100)
  })
  await test.step('and it says what its secret says', async () => {
    const secret = (await page.locator('#factor code').textContent())!
    expect(() =>
      URI.parse(`otpauth://totp/localhost:${person.email}?secret=${secret}&issuer=localhost`),
    ).not.toThrow()
  })
})

test('the language: chosen signed out, and in the settings, where letters follow', async ({
  page,
  world,
}) => {
  const german = words('de')
  await test.step('by a button, signed out', async () => {
    await page.goto('/reset')
    await page.getByRole('button', { name: 'Deutsch' }).click()
    await expect(page).toHaveURL('/reset')
    await expect(page.locator('html')).toHaveAttribute('lang', 'de')
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(german('reset-title'))
  })
  const person = newcomer(world)
  await test.step('in the settings', async () => {
    await arrive(page, german, world, person.sub, '/settings')
    await alive(page)
    await page.getByLabel(german('label-language')).selectOption('en')
    await press(page, german('save'))
    await expect(page).toHaveURL('/settings?done=profile#profile')
    await expect(page.locator('html')).toHaveAttribute('lang', 'en')
  })
  await test.step('letters follow', async () => {
    await fill(page, { [say('label-new-password')]: PASSWORD })
    await press(page, say('settings-password-button'))
    await world.mail.letterTo(person.email, { subject: say('letter-password-changed-subject') })
  })
})

test('the appearance: light or dark whatever the system says', async ({ page, world }) => {
  const paper = async () => {
    await page.waitForLoadState() // a new page may be read before its stylesheet is there
    return page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)
  }
  await arrive(page, say, world, newcomer(world).sub, '/settings')
  const seen: string[] = []
  for (const theme of ['system', 'dark', 'light']) {
    await alive(page)
    await page.getByLabel(say('label-theme')).selectOption(theme)
    await press(page, say('save'))
    await expect(page.getByRole('status')).toHaveText(say('done-profile'))
    await expect(
      page.locator(theme === 'system' ? 'html:not([data-theme])' : `html[data-theme=${theme}]`),
    ).toBeAttached()
    seen.push(await paper())
    if (theme === 'dark') await keep(page, 'settings-dark-chosen')
  }
  expect(seen[0]).toBe(seen[2]) // Playwright's system is light
  expect(seen[1]).not.toBe(seen[0])
})
