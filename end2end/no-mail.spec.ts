// Without an SMTP server nothing is lost: administrators are told, and hand the invitation link over
// themselves.
import { keep } from './keep'
import { expect, test } from './fixtures'
import { decide, expectRefusals, found, newcomer, ORG, press, rowOf, signIn, submit, words } from './people'

test.use({ worldOptions: { noMail: true } })

const say = words('en')

test('an invitation link is copied, shown once, and works', async ({ page, world, watch, someoneElse }) => {
  expectRefusals(watch, 409)
  await found(world)
  const guest = await someoneElse()
  const dana = newcomer(world)
  await test.step('somebody asks, and an administrator approves', async () => {
    await submit(guest, say, world, dana)
    await page.goto(`/${ORG.slug}/access_requests`)
    await signIn(page, say)
    await expect(page.getByRole('status')).toContainText(say('queue-no-mail'))
    await decide(page, say, dana, 'approve')
    await expect(rowOf(page, dana).locator('.state')).toHaveText(say('status-approved'))
  })

  const request = (await rowOf(page, dana).getAttribute('id'))!.slice('r-'.length)
  await page.goto(`/${ORG.slug}/access_requests?request=${request}`)
  await expect(
    page.getByText(say('mail-waits', { letter: say('letter-invitation-name'), to: dana.email })),
  ).toBeVisible()
  const links: string[] = []
  await test.step('each link is shown once', async () => {
    for (const _ of [1, 2]) {
      await press(page, say('queue-copy'))
      await expect(page).toHaveURL(/shown=\w+/)
      links.push((await page.locator('.link-once').textContent())!)
      await expect(page.locator('.link-once')).toHaveText(/\/invitations\/[\w-]{40,}$/)
    }
    await keep(page, 'queue-link')
    expect(links[0]).not.toBe(links[1])
    await page.goto(`/${ORG.slug}/access_requests?request=${request}`)
    await expect(page.locator('.link-once')).toHaveCount(0)
  })

  await test.step('the first is dead', async () => {
    await guest.goto(links[0])
    await expect(guest.getByRole('main')).toContainText(say('why-link-dead'))
    await keep(guest, 'invitation-dead')
  })
  await test.step('the second lets in', async () => {
    await guest.goto(links[1])
    await press(guest, say('invitation-accept'))
    await expect(guest).toHaveURL(`/${ORG.slug}`)
    await expect(guest.getByRole('status')).toContainText(say('home-restricted'))
    await page.reload()
    await expect(page.getByRole('button', { name: say('queue-copy') })).toHaveCount(0)
    expect(world.mail.letters).toEqual([])
  })
})
