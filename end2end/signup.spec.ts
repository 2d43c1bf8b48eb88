// Sign-up by mail, domains, users, and a queue that two administrators have open at once.
import { keep } from './keep'
import { expect, test } from './fixtures'
import {
  alive,
  arrive,
  ask,
  ASKED,
  decide,
  expectRefusals,
  fill,
  found,
  languages,
  LOCALES,
  newcomer,
  ORG,
  PASSWORD,
  press,
  rowOf,
  signIn,
  words,
} from './people'

for (const language of languages) {
  test.describe(language, () => {
    const say = words(language)
    test.use({ locale: LOCALES[language] })
    test.beforeEach(({ world }) => found(world))

    test('a domain is verified by its record; whose address is in it signs up by mail and asks', async ({
      page,
      world,
      watch,
      someoneElse,
      scan,
    }) => {
      expectRefusals(watch, 409, 422)
      const english = words('en')
      const domain = `${test.info().project.name}-${language}.northlight.test`
      const administrator = await someoneElse({ locale: 'en-GB' })
      await administrator.goto(`/${ORG.slug}/settings`)
      await signIn(administrator, english)
      const panel = administrator.locator('#domains')
      await test.step('no domain of a mail provider', async () => {
        await fill(administrator, { [english('label-domain')]: 'gmail.com' })
        await press(administrator, english('settings-add-domain'))
        await expect(panel.getByText(english('why-free-mail-domain'))).toBeVisible()
      })
      const claimed = panel.getByRole('article').filter({ hasText: domain })
      await test.step('a domain waits for its record', async () => {
        await fill(administrator, { [english('label-domain')]: domain })
        await press(administrator, english('settings-add-domain'))
        await expect(claimed).toContainText(english('domain-unverified'))
      })
      await alive(administrator)
      const [name, value] = await claimed.locator('code').allTextContents()
      const check = async () => {
        await alive(administrator)
        await claimed.getByRole('button', { name: english('settings-check') }).click()
      }
      await test.step('checked before the record is there, and after', async () => {
        await check()
        await expect(claimed.getByRole('alert').filter({ visible: true })).toHaveText(
          english('why-record-not-found'),
        )
        await keep(administrator, `org-settings-domain-${language}`)
        world.dns.records.set(name, ['v=spf1 -all', value])
        await check()
        await expect(claimed).toContainText(english('domain-verified'))
        expect(world.dns.asked).toContain(name)
      })

      const email = `nora@${domain}`
      await test.step('somebody with an address in it asks', async () => {
        await page.goto('/signup')
        await fill(page, { [say('label-email')]: email })
        await press(page, say('signup-button'))
        await expect(page).toHaveURL('/signup?done=asked')
        await expect(page.getByRole('status')).toHaveText(say('done-asked'))
      })
      const proof = (await world.mail.letterTo(email, { subject: say('letter-sign-up-subject') })).link(
        /\/signup\//,
      )
      await test.step('a letter proves the address', async () => {
        await scan(proof)
        await page.goto(proof)
        await expect(page.getByRole('main')).toContainText(email)
        await keep(page, `signup-prove-${language}`)
        await fill(page, { [say('label-your-name')]: 'Nora Lind', [say('label-new-password')]: 'password' })
        await press(page, say('signup-prove-button'))
        await expect(page.getByText(say('why-password-too-common'))).toBeVisible()
        await expect(page.getByLabel(say('label-your-name'))).toHaveValue('Nora Lind')
        await fill(page, { [say('label-new-password')]: PASSWORD })
        await press(page, say('signup-prove-button'))
        await expect(page).toHaveURL('/signup')
      })
      await test.step('the request', async () => {
        await expect(page.getByRole('dialog', { name: say('signup-could-not') })).toContainText(
          ORG.organisation,
        )
        await fill(page, { [say('signup-message')]: 'By mail' })
        await press(page, say('signup-request'))
        await expect(page).toHaveURL(ASKED)
        await administrator.goto(`/${ORG.slug}/access_requests?q=nora`)
        await expect(rowOf(administrator, { email })).toBeVisible()
      })
    })

    test('users: invite, send again, set roles', async ({ page, world, watch, someoneElse }) => {
      expectRefusals(watch, 409, 422)
      const english = words('en')
      const person = newcomer(world, { org_id: undefined })
      await test.step('invited', async () => {
        await page.goto(`/${ORG.slug}/users`)
        await signIn(page, say)
        // Ivo's pages speak English: his account was made so.
        await page.getByRole('link', { name: english('users-invite'), exact: true }).click()
        await fill(page, { [english('invite-people')]: person.email })
        await press(page, english('users-invite-button'))
        await expect(page.getByRole('dialog')).toContainText(english('invite-invited'))
        await page
          .getByRole('dialog')
          .getByRole('link', { name: english('close') })
          .click()
      })
      const row = page.locator('tbody tr').filter({ hasText: person.email })
      await expect(row).toContainText(english('users-invited'))
      const first = (await world.mail.letterTo(person.email)).link(/invitations/)
      await row.getByRole('button', { name: english('users-resend') }).click()
      await expect(page).toHaveURL(`/${ORG.slug}/users?done=resent`)
      await keep(page, `users-${language}`)
      const second = (
        await world.mail.letterTo(person.email, { matching: l => !l.text.includes(first) })
      ).link(/invitations/)
      await test.step('who is invited is not invited again', async () => {
        await page.goto(`/${ORG.slug}/users?do=invite`)
        await fill(page, { [english('invite-people')]: person.email })
        await press(page, english('users-invite-button'))
        await expect(page.getByText(english('why-already-invited')).filter({ visible: true })).toBeVisible()
      })
      const guest = await someoneElse()

      await test.step('the second link lets in', async () => {
        await guest.goto(first)
        await expect(guest.getByRole('main')).toContainText(say('why-link-dead'))
        await arrive(guest, say, world, person.sub, '/settings')
        await guest.goto(second)
        await press(guest, say('invitation-accept'))
        await expect(guest).toHaveURL(`/${ORG.slug}`)
        await expect(guest.getByRole('status')).toContainText(say('home-restricted'))
      })

      await test.step('the role of administrator is given', async () => {
        await page.goto(`/${ORG.slug}/users?q=${encodeURIComponent(person.email)}`)
        await row.locator('summary').click()
        await row.getByLabel(english('role-administrator')).check()
        await row.getByRole('button', { name: english('save') }).click()
        await expect(page).toHaveURL(new RegExp(`/${ORG.slug}/users\\?q=.*done=roles$`))
        await guest.reload()
        await expect(guest.getByText(say('home-restricted'))).toHaveCount(0)
        await guest.goto(`/${ORG.slug}/access_requests`)
        await expect(guest.getByRole('heading', { level: 1 })).toHaveText(say('nav-requests'))
      })
    })
  })
}

test.describe('a live queue', { tag: '@scripts' }, () => {
  const say = words('en')
  test.beforeEach(({ world }) => found(world))

  test('two administrators: one sees what the other decides, and new requests announce themselves', async ({
    page,
    world,
    someoneElse,
  }) => {
    const second = await someoneElse()
    const ruth = newcomer(world)
    await arrive(second, say, world, ruth.sub, '/settings')
    await world.anteroom.command('make-admin', ORG.slug, ruth.email)
    const [emil, gita, hugo] = [newcomer(world), newcomer(world), newcomer(world)]
    for (const person of [emil, gita]) await ask(await someoneElse(), say, world, person)
    await page.goto(`/${ORG.slug}/access_requests`)
    await signIn(page, say)
    await second.goto(`/${ORG.slug}/access_requests`)
    for (const each of [page, second]) await alive(each)
    const pending = page.locator('.tabs [aria-current] .count')
    const before = Number(await pending.textContent())
    const order = await page.locator('tbody tr[id]').evaluateAll(rows => rows.map(row => row.id))

    await test.step('what one decides, the other sees', async () => {
      await decide(second, say, emil, 'approve')
      await expect(rowOf(page, emil).locator('.state')).toHaveText(say('status-approved'))
      await expect(rowOf(page, emil)).toContainText(ruth.name)
      await expect(pending).toHaveText(String(before - 1))
    })
    await test.step('a dialog that is open meanwhile stays', async () => {
      // A dialog that is open meanwhile stays, and its question is answered kindly.
      await rowOf(page, gita)
        .getByRole('button', { name: `${say('queue-reject')}: ${gita.email}` })
        .click()
      await decide(second, say, gita, 'approve')
      await expect(rowOf(page, gita).locator('.state')).toHaveText(say('status-approved'))
      await expect(page.getByRole('dialog')).toBeVisible()
    })

    await test.step('a new request announces itself', async () => {
      await ask(await someoneElse(), say, world, hugo)
      await expect(page.getByText(say('queue-fresh'))).toBeVisible()
      expect(await page.locator('tbody tr[id]').evaluateAll(rows => rows.map(row => row.id))).toEqual(order)
      await page.keyboard.press('Escape')
      await page.getByRole('link', { name: say('queue-fresh-show') }).click()
      await expect(rowOf(page, hugo)).toBeVisible()
      await keep(page, 'queue-live')
    })
  })

  test('without a mouse', async ({ page, world, someoneElse }) => {
    const [emil, gita] = [newcomer(world), newcomer(world)]
    for (const person of [emil, gita]) await ask(await someoneElse(), say, world, person)
    await page.goto(`/${ORG.slug}/access_requests`)
    await signIn(page, say)
    await alive(page)
    await test.step('what the keys are', async () => {
      await page.keyboard.press('?')
      await expect(page.getByRole('dialog', { name: say('keys-title') })).toBeVisible()
      await keep(page, 'queue-keys')
      await page.keyboard.press('Escape')
    })
    await test.step('rows, details, dialogs', async () => {
      await page.keyboard.press('j')
      await expect(rowOf(page, gita)).toBeFocused()
      await page.keyboard.press('j')
      await expect(rowOf(page, emil)).toBeFocused()
      await page.keyboard.press('k')
      await page.keyboard.press('Enter')
      await expect(page.getByText(say('queue-no-message'))).toBeVisible()
      await page.keyboard.press('a')
      await expect(page.getByRole('dialog', { name: say('queue-approve-title') })).toContainText(gita.email)
      await page.keyboard.press('Escape')
      await expect(rowOf(page, gita)).toBeFocused()
      await page.keyboard.press('d')
    })
    await test.step('rejecting', async () => {
      await page.getByRole('button', { name: say('queue-reject-press') }).click()
      await expect(rowOf(page, gita).locator('.state')).toHaveText(say('status-denied'))
      await expect(rowOf(page, gita)).toBeFocused()
    })
    await test.step('the search', async () => {
      await page.keyboard.press('/')
      await page.keyboard.type(emil.email)
      await page.keyboard.press('Enter')
      await expect(page).toHaveURL(/[?&]q=/)
      await expect(page.locator('tbody tr[id]')).toHaveCount(1)
    })

    await test.step('switched off in the settings, keys are keys again', async () => {
      // Switched off in the settings, keys are keys again.
      await page.goto('/settings')
      await alive(page)
      await page.getByLabel(say('label-keys')).uncheck()
      await page.locator('#profile').getByRole('button').click()
      await expect(page).toHaveURL('/settings?done=profile#profile')
      await page.goto(`/${ORG.slug}/access_requests`)
      await alive(page)
      await page.keyboard.press('j')
      await expect(page.locator('tbody tr:focus')).toHaveCount(0)
    })
    await test.step('and on again', async () => {
      await page.goto('/settings')
      await alive(page)
      await page.getByLabel(say('label-keys')).check()
      await page.locator('#profile').getByRole('button').click()
      await expect(page).toHaveURL('/settings?done=profile#profile')
    })
  })
})
