// User Management: inviting several people at once, what becomes of invitations, roles, groups, a member's
// page, and removing somebody.
import type { Page } from '@playwright/test'
import { keep } from './keep'
import { expect, test } from './fixtures'
import {
  alive,
  arrive,
  arriveAtSignUp,
  expectRefusals,
  fill,
  found,
  languages,
  LOCALES,
  IVO,
  newcomer,
  ORG,
  PASSWORD,
  press,
  signIn,
  words,
} from './people'

// A link's day is passed by moving the clock.
test.use({ worldOptions: { clock: true, config: 'organisation_creation = "everyone"' } })

/** The founder's pages speak English: his account was made so. */
async function signInAsIvo(page: Page, invites: string): Promise<void> {
  const english = words('en')
  await page.goto(`/${ORG.slug}/users?do=invite`)
  const shown = await page.locator('html').getAttribute('lang')
  const to = words((page.url().includes('/signin') && languages.find(l => l === shown)) || 'en')
  await signIn(page, to)
  await fill(page, { [english('invite-people')]: invites })
  await press(page, english('users-invite-button'))
  await expect(page.getByRole('dialog')).toContainText(english('invite-invited'))
}

for (const language of languages) {
  test.describe(language, () => {
    test.use({ locale: LOCALES[language] })
    const say = words(language)
    test.beforeEach(({ world }) => found(world))

    test('people are invited, given roles, put into groups, and removed', async ({
      page,
      world,
      watch,
      someoneElse,
    }) => {
      expectRefusals(watch, 404, 409, 422)
      const { mail } = world
      const admin = newcomer(world)
      await arrive(page, say, world, admin.sub, '/settings')
      await world.anteroom.command('make-admin', ORG.slug, admin.email)
      const role = `Readers ${language} ${test.info().project.name}`
      const fresh = `fresh-${language}-${test.info().project.name}@example.org`
      const known = newcomer(world, { org_id: undefined })
      const guest = await someoneElse()
      await arrive(guest, say, world, known.sub, '/settings')

      await test.step('a role is created', async () => {
        await page.goto(`/${ORG.slug}/roles`)
        await page.getByRole('link', { name: say('roles-create') }).click()
        const dialog = page.getByRole('dialog', { name: say('roles-create') })
        await alive(page)
        await dialog.getByLabel(say('label-role'), { exact: true }).fill('Administrator')
        await dialog.getByRole('button', { name: say('roles-create') }).click()
        await expect(dialog.getByText(say('why-name-taken'))).toBeVisible()
        await keep(page, `roles-create-${language}`)
        await alive(page)
        await dialog.getByLabel(say('label-role'), { exact: true }).fill(role)
        await dialog.getByLabel(say('permission-portal-use')).check()
        await dialog.getByRole('button', { name: say('roles-create') }).click()
        await expect(page).toHaveURL(`/${ORG.slug}/roles?done=saved`)
        await expect(page.getByRole('row').filter({ hasText: role })).toContainText(
          say('permission-portal-use'),
        )
        await keep(page, `roles-${language}`)
      })

      await test.step('three are invited by paste: one new, one with an account under another letter case, one a member already', async () => {
        await page.goto(`/${ORG.slug}/users`)
        await page.getByRole('link', { name: say('users-invite'), exact: true }).click()
        const dialog = page.getByRole('dialog', { name: say('users-invite') })
        await alive(page)
        await dialog
          .getByLabel(say('invite-people'))
          .fill(`${fresh}\tNew Person\n${known.email.toUpperCase()}\n${admin.email}\nnobody`)
        await dialog.getByLabel(role).check()
        await keep(page, `users-invite-${language}`)
        await alive(page)
        await dialog.getByRole('button', { name: say('users-invite-button') }).click()
        const results = page.getByRole('dialog', { name: say('invite-results') })
        await expect(results.getByRole('row').filter({ hasText: fresh })).toContainText(say('invite-invited'))
        await expect(results.getByRole('row').filter({ hasText: admin.email })).toContainText(
          say('why-is-member'),
        )
        await expect(results.getByRole('row').filter({ hasText: 'nobody' })).toContainText(
          say('why-not-an-email'),
        )
        await expect(results.getByRole('link', { name: say('invite-another') })).toBeVisible()
        await keep(page, `users-invited-${language}`)
        await results.getByRole('link', { name: say('invite-to-list') }).click()
        await expect(page).toHaveURL(`/${ORG.slug}/invitations`)
      })

      const row = page.getByRole('row').filter({ hasText: fresh })
      const first = (await mail.letterTo(fresh)).link(/invitations/)
      await test.step('an invitation is sent again, and deleted after a question; its links explain themselves', async () => {
        await expect(row).toContainText(role)
        await row.getByRole('button', { name: say('invitations-resend') }).click()
        await expect(page).toHaveURL(`/${ORG.slug}/invitations?done=resent`)
        const second = (await mail.letterTo(fresh, { matching: l => !l.text.includes(first) })).link(
          /invitations/,
        )
        await keep(page, `invitations-${language}`)
        await row.getByRole('link', { name: say('invitations-delete') }).click()
        const dialog = page.getByRole('dialog', { name: say('invitations-delete-title') })
        await expect(dialog).toContainText(fresh)
        await keep(page, `invitations-delete-${language}`)
        await dialog.getByRole('link', { name: say('cancel') }).click()
        await expect(dialog).toBeHidden()
        await row.getByRole('link', { name: say('invitations-delete') }).click()
        await alive(page)
        await dialog.getByRole('button', { name: say('invitations-delete-press') }).click()
        await expect(page).toHaveURL(`/${ORG.slug}/invitations?done=deleted`)
        await expect(row.locator('.state')).toHaveText(say('invitation-status-deleted'))
        for (const link of [first, second]) {
          await guest.goto(link)
          await expect(guest.getByRole('main')).toContainText(say('why-link-dead'))
        }
      })

      await test.step('a role that an open invitation carries is deleted only with a choice', async () => {
        await page.goto(`/${ORG.slug}/roles`)
        await page.getByRole('link', { name: role }).click()
        await keep(page, `role-${language}`)
        await page.getByRole('link', { name: say('roles-delete') }).click()
        const dialog = page.getByRole('dialog', { name: say('roles-delete-title') })
        await expect(dialog).toContainText(known.email, { ignoreCase: true })
        await alive(page)
        await dialog.getByRole('button', { name: say('roles-delete') }).click()
        await expect(dialog.getByText(say('why-choice-needed'))).toBeVisible()
        await keep(page, `role-delete-${language}`)
        await dialog.getByRole('link', { name: say('cancel') }).click()
      })

      await test.step('whoever accepts has the role', async () => {
        const letter = await mail.letterTo(known.email.toUpperCase())
        expect(letter.text).toContain(ORG.customer_number)
        await guest.goto(letter.link(/invitations/))
        await press(guest, say('invitation-accept'))
        await expect(guest).toHaveURL(`/${ORG.slug}`)
        await expect(guest.getByText(say('home-restricted'))).toHaveCount(0)
      })

      await test.step('a group is made, and filled', async () => {
        const group = `Lab ${language} ${test.info().project.name}`
        await page.goto(`/${ORG.slug}/groups`)
        await fill(page, { [say('label-group')]: group })
        await press(page, say('groups-create'))
        await expect(page.getByRole('heading', { level: 1 })).toHaveText(group)
        await fill(page, { [say('groups-person')]: `${known.name} <${known.email}>` })
        await press(page, say('groups-add'))
        await expect(page.getByRole('listitem').filter({ hasText: known.email })).toBeVisible()
        await keep(page, `group-${language}`)
        await page.goto(`/${ORG.slug}/groups`)
        await expect(page.getByRole('row').filter({ hasText: group })).toBeVisible()
        await keep(page, `groups-${language}`)
      })

      await test.step("a member's page: their manager is chosen by typing, never themselves", async () => {
        await page.goto(`/${ORG.slug}/users?q=${encodeURIComponent(known.email)}`)
        await page.getByRole('link', { name: known.name }).click()
        const work = page.locator('#employment')
        await alive(page)
        await work.getByLabel(say('label-manager')).fill(known.email)
        await work.getByRole('button').click()
        await expect(work.getByText(say('why-own-manager'))).toBeVisible()
        await alive(page)
        await work.getByLabel(say('label-manager')).fill(admin.email)
        await work.getByLabel(say('label-job-title')).fill('Lead')
        await work.getByRole('button').click()
        await expect(page).toHaveURL(/\?done=saved#employment$/)
        await expect(work.getByLabel(say('label-manager'))).toHaveValue(admin.name)
        await keep(page, `user-${language}`)
      })

      await test.step('removing says what ends, and ends it at once', async () => {
        await page.getByRole('link', { name: say('user-remove') }).click()
        const dialog = page.getByRole('dialog', { name: say('user-remove-title', ORG) })
        await expect(dialog).toContainText(say('user-remove-access', ORG))
        await keep(page, `user-remove-${language}`)
        await alive(page)
        await dialog.getByRole('button', { name: say('user-remove') }).click()
        await expect(page).toHaveURL(`/${ORG.slug}/users?done=removed`)
        await guest.goto(`/${ORG.slug}`)
        await expect(guest).toHaveURL('/goodbye')
        await mail.letterTo(known.email, { subject: say('letter-removed-subject', ORG) })
      })
    })

    test('customer numbers: changing, cancelling access in two windows, and goodbye', async ({
      page,
      world,
      watch,
      someoneElse,
    }) => {
      expectRefusals(watch, 403, 404, 422)
      const person = newcomer(world, { org_id: undefined })
      const other = {
        slug: `south-${language}-${test.info().project.name}`,
        organisation: 'Southmoor',
        customer_number: '51-20',
      }
      const host = await someoneElse()
      await arriveAtSignUp(host, say, world, newcomer(world, { org_id: undefined }).sub)
      await fill(host, {
        [say('label-organisation')]: other.organisation,
        [say('label-slug')]: other.slug,
        [say('label-customer-number')]: other.customer_number,
      })
      await press(host, say('setup-button'))
      await expect(host).toHaveURL(`/${other.slug}`)
      await host.goto(`/${other.slug}/users?do=invite`)
      await fill(host, { [say('invite-people')]: person.email })
      await press(host, say('users-invite-button'))
      await expect(host.getByRole('dialog')).toContainText(say('invite-invited'))
      const theirs = (
        await world.mail.letterTo(person.email, { matching: l => l.text.includes(other.customer_number) })
      ).link(/invitations/)
      await signInAsIvo(await someoneElse(), person.email)
      const ours = (
        await world.mail.letterTo(person.email, { matching: l => l.text.includes(ORG.customer_number) })
      ).link(/invitations/)
      await test.step('both invitations are accepted', async () => {
        await arrive(page, say, world, person.sub, '/settings')
        for (const link of [theirs, ours]) {
          await page.goto(link)
          await press(page, say('invitation-accept'))
          await page.waitForURL(url => !url.pathname.startsWith('/invitations/'))
        }
      })
      await test.step('what is not for them is said to be so', async () => {
        await page.goto(`/${ORG.slug}/access_requests`)
        await expect(page.getByRole('heading', { level: 1 })).toHaveText(say('restricted-title'))
        await keep(page, `restricted-${language}`)
      })
      await test.step('changing the customer number', async () => {
        await page.goto('/customers')
        await keep(page, `customers-${language}`)
        await press(page, new RegExp(`: ${other.organisation}`))
        await expect(page).toHaveURL(`/${other.slug}`)
        await page.goto('/')
      })
      await expect(page).toHaveURL(`/${other.slug}`)

      await test.step('leaving one, then the other', async () => {
        for (const [leaving, to] of [
          [other, `/${ORG.slug}?done=left`],
          [ORG, '/goodbye'],
        ] as const) {
          await page.goto('/settings')
          await page
            .getByRole('link', { name: `${say('customers-cancel')}: ${leaving.organisation}` })
            .click()
          const dialog = page.getByRole('dialog', {
            name: say('customers-cancel-title', { number: leaving.customer_number }),
          })
          await expect(dialog).toContainText(say('leave-access', leaving))
          if (leaving === ORG) await keep(page, `cancel-access-${language}`)
          await dialog.getByRole('link', { name: say('customers-go-on') }).click()
          await alive(page)
          await dialog.getByLabel(say('customers-type')).fill('wrong')
          await dialog.getByRole('button', { name: say('customers-cancel-press') }).click()
          await expect(dialog.getByText(say('why-not-the-number'))).toBeVisible()
          if (leaving === ORG) await keep(page, `cancel-access-sure-${language}`)
          await alive(page)
          await dialog.getByLabel(say('customers-type')).fill(leaving.customer_number)
          await dialog.getByRole('button', { name: say('customers-cancel-press') }).click()
          await expect(page).toHaveURL(to)
        }
      })
      await test.step('and then there is nothing left', async () => {
        await keep(page, `goodbye-${language}`)
        await page.goto(`/${ORG.slug}`)
        await expect(page).toHaveURL('/goodbye')
      })
    })
  })
}

test.describe('time passes', () => {
  const say = words('en')

  test('an expired link asks for a new one, which lands in the queue', async ({
    page,
    world,
    watch,
    someoneElse,
  }) => {
    expectRefusals(watch, 409)
    await test.step('somebody is invited', async () => {
      await found(world)
      await page.goto(`/${ORG.slug}/users?do=invite`)
      await signIn(page, say)
      await expect(page).toHaveURL(`/${ORG.slug}/users?do=invite`)
      await fill(page, { [say('invite-people')]: 'late@example.org' })
      await press(page, say('users-invite-button'))
      await expect(page.getByRole('dialog')).toContainText(say('invite-invited'))
    })
    const letter = await world.mail.letterTo('late@example.org')
    await world.setClock(86_500)
    const guest = await someoneElse()
    await test.step('a day later the link explains itself, and asks for a new one', async () => {
      await guest.goto(letter.link(/invitations/))
      await expect(guest.getByRole('main')).toContainText(say('why-link-expired'))
      await keep(guest, 'invitation-expired')
      await press(guest, say('invitation-new-link'))
      await expect(guest).toHaveURL(/\/requests\/.*done=requested/)
      await expect(guest.getByRole('main')).toContainText(say('status-pending'))
    })
    const row = page.locator('tbody tr.picked').first()
    await test.step('an administrator approves', async () => {
      const told = await world.mail.letterTo(IVO.email, {
        matching: l => l.text.includes('late@example.org'),
      })
      await page.goto(told.link(/\?request=/))
      await expect(page.getByText(say('queue-origin-invitation'))).toBeVisible()
      await alive(page)
      await row.getByRole('button', { name: /^Approve/ }).click()
      await press(page, say('queue-approve-press'))
      await expect(row.locator('.state')).toHaveText(say('status-approved'))
    })
    await test.step('the new link lets in', async () => {
      const second = await world.mail.letterTo('late@example.org', {
        matching: l => l.messageId !== letter.messageId,
      })
      await guest.goto(second.link(/invitations/))
      await fill(guest, { [say('label-your-name')]: 'Late Comer', [say('label-new-password')]: PASSWORD })
      await press(guest, say('invitation-accept-new'))
      await expect(guest).toHaveURL(`/${ORG.slug}`)
    })
  })
})
