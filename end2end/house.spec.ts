// What everybody in an organisation has: the restricted home, the banner that goes, the tour, links, FAQs,
// feedback. And the safe ways out.
import type { Page } from '@playwright/test'
import { keep } from './keep'
import { expect, test, type World } from './fixtures'
import { NOW } from './patience'
import {
  alive,
  arrive,
  arriveAtSignUp,
  expectRefusals,
  fill,
  found,
  languages,
  LOCALES,
  newcomer,
  ORG,
  press,
  scripts,
  words,
  type Words,
} from './people'

// Seven days are passed by moving the clock.
test.use({ worldOptions: { clock: true, config: 'organisation_creation = "everyone"\n' } })

/** How far the clock was moved, in days: it never goes back. */
let days = 0

/** Opens the dialog to invite, and invites these. */
async function invite(page: Page, say: Words, slug: string, people: string, role?: string): Promise<void> {
  await page.goto(`/${slug}/users?do=invite`)
  await fill(page, { [say('invite-people')]: people })
  if (role) await page.getByRole('dialog').getByLabel(role).check()
  await press(page, say('users-invite-button'))
  await expect(page.getByRole('dialog', { name: say('invite-results') })).toBeVisible()
}

/** Accepts an invitation, as somebody who is signed in. */
async function accept(page: Page, say: Words, { mail }: World, email: string, number: string): Promise<void> {
  const letter = await mail.letterTo(email, {
    matching: l => l.text.includes('/invitations/') && l.text.includes(number),
  })
  await page.goto(letter.link(/invitations/))
  await press(page, say('invitation-accept'))
  await page.waitForURL(url => !url.pathname.startsWith('/invitations/'))
}

/** An administrator of the world's organisation. */
async function administrator(
  page: Page,
  say: Words,
  world: World,
): Promise<{ email: string; name: string; sub: string }> {
  const admin = newcomer(world)
  await arrive(page, say, world, admin.sub, '/settings')
  await world.anteroom.command('make-admin', ORG.slug, admin.email)
  return admin
}

/** Somebody who created an organisation of their own. */
async function host(page: Page, say: Words, world: World, slug: string, number: string) {
  await arriveAtSignUp(page, say, world, newcomer(world, { org_id: undefined }).sub)
  const organisation = `Org ${number}`
  await fill(page, {
    [say('label-organisation')]: organisation,
    [say('label-slug')]: slug,
    [say('label-customer-number')]: number,
  })
  await press(page, say('setup-button'))
  await expect(page).toHaveURL(`/${slug}`)
  return { slug, organisation, customer_number: number }
}

/** In the waiting list: gives the only role with this name. */
async function giveRole(page: Page, say: Words, email: string, role: string): Promise<void> {
  await page.goto(`/${ORG.slug}/users?waiting=1`)
  const row = page.getByRole('row').filter({ hasText: email })
  await expect(row.locator('.state')).toHaveText(say('users-waits'))
  await alive(page)
  await row.locator('summary').click()
  await row.getByLabel(role).check()
  await row.getByRole('button', { name: say('save') }).click()
  await expect(page).toHaveURL(/done=roles/)
}

async function createRole(page: Page, say: Words, name: string, permissions: string[]): Promise<void> {
  await page.goto(`/${ORG.slug}/roles?do=create`)
  const dialog = page.getByRole('dialog', { name: say('roles-create') })
  await alive(page)
  await dialog.getByLabel(say('label-role'), { exact: true }).fill(name)
  for (const permission of permissions) await dialog.getByLabel(say(`permission-${permission}`)).check()
  await dialog.getByRole('button', { name: say('roles-create') }).click()
  await expect(page).toHaveURL(`/${ORG.slug}/roles?done=saved`)
}

for (const language of languages) {
  test.describe(language, () => {
    test.use({ locale: LOCALES[language] })
    const say = words(language)
    test.beforeEach(({ world }) => found(world))

    test('restricted at first: home, FAQs, feedback; rights are given in another browser: the banner goes, the tour begins', async ({
      page,
      world,
      watch,
      someoneElse,
    }) => {
      expectRefusals(watch, 403, 422)
      const mark = `${language} ${test.info().project.name}`
      await administrator(page, say, world)
      const role = `Helpers ${mark}`
      await createRole(page, say, role, ['requests-view', 'groups-manage'])
      const guest = await someoneElse()
      const person = newcomer(world, { org_id: undefined })
      await invite(page, say, ORG.slug, person.email)
      await arrive(guest, say, world, person.sub, '/settings')
      await accept(guest, say, world, person.email, ORG.customer_number)
      await expect(guest).toHaveURL(`/${ORG.slug}`)

      await test.step('the administrator puts up links and a page of questions', async () => {
        await page.goto(`/${ORG.slug}/settings`)
        const links = page.locator('#links')
        await alive(page)
        const form = links.locator('form[enctype]')
        await form.getByLabel(say('label-link-title')).fill(`Manual ${mark}`)
        await form.getByLabel(say('label-link-url')).fill('javascript:alert(1)')
        await form.getByRole('button', { name: say('settings-link-add') }).click()
        await expect(links.getByText(say('why-not-a-web-address'))).toBeVisible()
        await alive(page)
        await form.getByLabel(say('label-link-url')).fill('https://example.org/manual')
        await form.getByRole('button', { name: say('settings-link-add') }).click()
        await expect(page).toHaveURL(`/${ORG.slug}/settings?done=saved#links`)
        await alive(page)
        await form.getByLabel(say('label-link-title')).fill(`Sheet ${mark}`)
        await form
          .getByLabel(say('label-link-file'))
          .setInputFiles({ name: 'sheet.pdf', mimeType: 'application/pdf', buffer: Buffer.from('not a pdf') })
        await form.getByRole('button', { name: say('settings-link-add') }).click()
        await expect(links.getByText(say('why-not-a-pdf'))).toBeVisible()
        await alive(page)
        await form
          .getByLabel(say('label-link-file'))
          .setInputFiles({
            name: 'sheet.pdf',
            mimeType: 'application/pdf',
            buffer: Buffer.from('%PDF-1.7\n%%EOF\n'),
          })
        await form.getByRole('button', { name: say('settings-link-add') }).click()
        await expect(links.getByText(`Sheet ${mark}`, { exact: true })).toBeVisible()
        const faq = page.locator('#faq')
        await alive(page)
        const page_ = faq.locator(`details:has(summary[lang=${language}])`)
        if (!(await page_.getByRole('textbox').isVisible())) await page_.locator('summary').click()
        await page_.getByRole('textbox').fill(`## Who?\n\n**${mark}**`)
        await page_.getByRole('button').click()
        await expect(page).toHaveURL(`/${ORG.slug}/settings?done=saved#faq`)
        await keep(page, `organisation-settings-${language}`)
      })

      await test.step('the guest finds them, and nothing more', async () => {
        await guest.goto(`/${ORG.slug}`)
        const banner = guest.getByRole('status').filter({ hasText: say('home-restricted') })
        await expect(banner).toBeVisible()
        await expect(guest.getByRole('link', { name: `Manual ${mark}` })).toHaveAttribute(
          'href',
          'https://example.org/manual',
        )
        const sheet = await guest.request.get(
          (await guest.getByRole('link', { name: `Sheet ${mark}` }).getAttribute('href'))!,
        )
        expect([sheet.status(), sheet.headers()['content-type'], await sheet.text()]).toEqual([
          200,
          'application/pdf',
          '%PDF-1.7\n%%EOF\n',
        ])
        await keep(guest, `home-restricted-${language}`)
        await guest.goto(`/${ORG.slug}/faq`)
        await expect(guest.locator('article strong')).toHaveText(mark)
        await keep(guest, `faq-${language}`)
        await guest.goto(`/${ORG.slug}/feedback`)
        await fill(guest, { [say('feedback-message')]: `It works, ${mark}` })
        await keep(guest, `feedback-${language}`)
        await press(guest, say('feedback-button'))
        await expect(guest).toHaveURL(`/${ORG.slug}/feedback?done=feedback`)
        await world.mail.letterTo('ivo@northlight.test', {
          matching: l => l.text.includes(`It works, ${mark}`),
        })
        await guest.goto(`/${ORG.slug}/roles`)
        await expect(guest.getByRole('heading', { level: 1 })).toHaveText(say('restricted-title'))
        await guest.goto(`/${ORG.slug}`)
        await alive(guest)
      })

      await test.step('rights are given: the banner goes, the tour begins', async () => {
        await page.goto(`/${ORG.slug}/users?waiting=1`)
        await keep(page, `users-waiting-${language}`)
        await giveRole(page, say, person.email, role)
        if (scripts()) {
          await expect(guest.getByText(say('home-restricted'), { exact: true })).toBeHidden() // by itself
          await keep(guest, `home-unrestricted-${language}`)
          await guest.getByRole('link', { name: say('home-tour') }).click()
        } else {
          await guest.goto(`/${ORG.slug}`)
        }
        const tour = guest.locator('#tour')
        await expect(tour.getByRole('heading')).toHaveText(say('tour-requests'))
        await expect(guest.getByText(say('home-restricted'), { exact: true })).toHaveCount(0)
        await keep(guest, `tour-${language}`)
        await press(guest, say('tour-next'))
        await expect(tour.getByRole('heading')).toHaveText(say('tour-groups'))
        await guest.goto('/settings')
        await guest.goto(`/${ORG.slug}`)
        await expect(tour.getByRole('heading')).toHaveText(say('tour-groups')) // it goes on where it was left
        await press(guest, say('tour-end'))
        await expect(tour).toHaveCount(0)
      })
    })

    test('who may no longer give a role gives none; a role under open invitations; the 51st of a day', async ({
      page,
      world,
      watch,
      someoneElse,
    }) => {
      expectRefusals(watch, 404, 409, 422)
      const mark = `${language}-${test.info().project.name}`
      const admin = await administrator(page, say, world)
      const [inviters, given] = [`Inviters ${mark}`, `Given ${mark}`]
      await createRole(page, say, given, ['portal-use'])
      await createRole(page, say, inviters, ['invitations-send', 'portal-use', 'members-manage'])
      const deputy = newcomer(world, { org_id: undefined })
      await invite(page, say, ORG.slug, deputy.email, inviters)
      const other = await someoneElse()
      await arrive(other, say, world, deputy.sub, '/settings')
      await accept(other, say, world, deputy.email, ORG.customer_number)
      const person = newcomer(world, { org_id: undefined })
      await invite(other, say, ORG.slug, person.email, given)

      await test.step('the inviter loses their role before the invitation is accepted', async () => {
        await page.goto(`/${ORG.slug}/users?q=${encodeURIComponent(deputy.email)}`)
        const row = page.getByRole('row').filter({ hasText: deputy.email })
        await alive(page)
        await row.locator('summary').click()
        await row.getByLabel(inviters).uncheck()
        await row.getByRole('button', { name: say('save') }).click()
        await expect(page).toHaveURL(/done=roles/)
        const guest = await someoneElse()
        await arrive(guest, say, world, person.sub, '/settings')
        await accept(guest, say, world, person.email, ORG.customer_number)
        await expect(guest.getByText(say('home-restricted'), { exact: true })).toBeVisible()
        await world.mail.letterTo(admin.email, {
          matching: l => l.text.includes(person.email) && l.text.includes(given),
        })
      })

      await test.step('a role is changed and deleted while an open invitation carries it', async () => {
        await invite(page, say, ORG.slug, `kept-${mark}@example.org`, given)
        await page.goto(`/${ORG.slug}/roles`)
        await page.getByRole('link', { name: given }).click()
        await fill(page, { [say('label-role')]: `${given} 2` })
        await page.getByLabel(say('permission-insights-view')).check()
        await press(page, say('save'))
        await expect(page.getByText(say('why-choice-needed'))).toBeVisible()
        await alive(page)
        await page.getByLabel(say('label-role'), { exact: true }).fill(`${given} 2`)
        await page.getByLabel(say('permission-insights-view')).check()
        await page.getByLabel(say('roles-then-keep')).check()
        await press(page, say('save'))
        await page.waitForURL(/done=saved/)
        const row = page.getByRole('row').filter({ hasText: `kept-${mark}@example.org` })
        await page.goto(`/${ORG.slug}/invitations`)
        await expect(row).toContainText(`${given} 2`)
        await page.goto(`/${ORG.slug}/roles`)
        await page.getByRole('link', { name: `${given} 2` }).click()
        await page.getByRole('link', { name: say('roles-delete') }).click()
        await alive(page)
        await page.getByRole('dialog').getByLabel(say('roles-then-drop')).check()
        await press(page, say('roles-delete'))
        await page.waitForURL(/\/roles\?done=/)
        await page.goto(`/${ORG.slug}/invitations`)
        await expect(row).toContainText(say('users-no-roles'))
      })

      await test.step('fifty a day, and the 51st is refused by name', async () => {
        // two were sent above
        const many = Array.from({ length: 49 }, (_, n) => `many-${n}-${mark}@example.org`)
        await invite(page, say, ORG.slug, many.join('\n'))
        const results = page.getByRole('dialog', { name: say('invite-results') })
        await expect(results.locator('.state.yes')).toHaveCount(48)
        await expect(
          results
            .getByRole('row')
            .filter({ hasText: `many-48-${mark}` })
            .locator('.state.no'),
        ).toBeVisible()
        await keep(page, `users-invited-full-${language}`)
      })

      await test.step('what happened stands in Insights, and in its export; the seals hold', async () => {
        await page.goto(`/${ORG.slug}`)
        await page.getByRole('link', { name: say('nav-insights'), exact: true }).click()
        await page.getByLabel(say('insights-what'), { exact: true }).selectOption('role.changed')
        await page.getByLabel(say('insights-actor'), { exact: true }).fill(admin.email)
        await page.getByRole('button', { name: say('insights-apply') }).click()
        const row = page.getByRole('row').filter({ hasText: say('event-role-changed') })
        await expect(row).toHaveCount(1)
        await row.locator('summary').click()
        await expect(row).toContainText(`${given} 2`)
        await keep(page, `insights-${language}`)
        const to = await page.getByRole('link', { name: say('insights-json') }).getAttribute('href')
        const exported = (await (await page.request.get(to!)).json()) as {
          actor_email: string
          after: string
        }[]
        expect(exported.map(e => e.actor_email)).toEqual([admin.email])
        expect(exported[0].after).toContain(`${given} 2`)
        expect((await world.anteroom.command('verify')).stdout).toContain('the history is whole')
      })
    })

    test('leaving three customers one by one, goodbye, and deleting the account', async ({
      page,
      world,
      watch,
      someoneElse,
    }) => {
      expectRefusals(watch, 401, 404, 409, 422)
      const mark = `${language}-${test.info().project.name}`
      const person = newcomer(world, { org_id: undefined })
      const first = await someoneElse()
      const second = await someoneElse()
      const customers = [
        await host(first, say, world, `one-${mark}`, `61-${days}1`),
        await host(second, say, world, `two-${mark}`, `61-${days}2`),
        ORG,
      ]
      await invite(first, say, customers[0].slug, person.email)
      await invite(second, say, customers[1].slug, person.email)
      const third = await someoneElse()
      await administrator(third, say, world)
      await invite(third, say, ORG.slug, person.email)
      await arrive(page, say, world, person.sub, '/settings')
      for (const { customer_number } of customers)
        await accept(page, say, world, person.email, customer_number)

      await test.step('leaving one by one', async () => {
        for (const [at, to] of [
          [0, '/customers?done=left'],
          [1, `/${ORG.slug}?done=left`],
          [2, '/goodbye'],
        ] as const) {
          const customer = customers[at]
          await page.goto(`/settings?cancel=${customer.slug}&step=2`)
          const dialog = page.getByRole('dialog')
          await alive(page)
          await dialog.getByLabel(say('customers-type')).fill(customer.customer_number)
          await dialog.getByRole('button', { name: say('customers-cancel-press') }).click()
          await expect(page).toHaveURL(to)
        }
      })

      const leave = page.locator('#leave')
      const remove = async (typed: string) => {
        await alive(page)
        await leave.getByLabel(say('leave-type')).fill(typed)
        await leave.getByRole('button', { name: say('leave-button') }).click()
      }
      await test.step('deleting the account waits a week, and can be taken back', async () => {
        await remove('somebody@example.org')
        await expect(leave.getByText(say('why-not-your-address'))).toBeVisible()
        await remove(person.email)
        await expect(leave.getByText(say('leave-waits'))).toBeVisible()
        await keep(page, `goodbye-leaving-${language}`)
        await world.mail.letterTo(person.email, { subject: say('letter-account-leaves-subject') })
        await press(page, say('leave-keep'))
        await expect(leave.getByRole('button', { name: say('leave-button') })).toBeVisible()
      })
      await test.step('a week later the person is erased', async () => {
        await remove(person.email)
        await expect(leave.getByText(say('leave-waits'))).toBeVisible()
        days += 8
        await world.setClock(days * 86_400)
        const later = await someoneElse()
        await administrator(later, say, world)
        await expect(async () => {
          await later.goto(`/${ORG.slug}/invitations`)
          await expect(later.getByText('@erased.invalid').first()).toBeVisible(NOW)
          await expect(later.getByText(person.email)).toHaveCount(0, NOW)
        }).toPass()
      })
      await test.step('whoever signs in with the same provider is somebody new', async () => {
        // Whoever signs in with the same provider is somebody new.
        await arrive(page, say, world, person.sub, '/settings')
        await expect(leave.getByRole('button', { name: say('leave-button') })).toBeVisible()
      })
    })
  })
}
