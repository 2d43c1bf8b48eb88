// When things go wrong: pages that are not there or not allowed, forms that fail, two who decide at once.
import { keep } from './keep'
import { expect, test } from './fixtures'
import {
  alive,
  arrive,
  arriveAtSignUp,
  ask,
  ASKED,
  decide,
  expectRefusals,
  fill,
  found,
  IVO,
  newcomer,
  ORG,
  press,
  rowOf,
  signIn,
  words,
} from './people'

const say = words('en')

test.beforeEach(({ world }) => found(world))

test('what is not there and what is not for you look alike', async ({ page, world, watch }) => {
  expectRefusals(watch, 404, 403)
  await test.step('signed out', async () => {
    for (const path of [`/${ORG.slug}`, '/no-such-organisation']) {
      await page.goto(path)
      await expect(page).toHaveURL(`/signin?back=${encodeURIComponent(path)}`)
    }
  })
  await arrive(page, say, world, newcomer(world).sub, '/settings')
  await test.step('signed in', async () => {
    for (const path of [
      `/${ORG.slug}`,
      '/no-such-organisation',
      `/${ORG.slug}/access_requests`,
      `/${ORG.slug}/nowhere`,
      '/signin/nobody',
      '/A',
      '/%F0%9F%9A%AA',
      '/reset/x/y',
    ]) {
      expect((await page.goto(path))?.status()).toBe(404)
      await expect(page.getByRole('main')).toContainText(say('error-not-found'))
    }
    await keep(page, 'not-found')
  })
  await test.step('the way on', async () => {
    await page.getByRole('link', { name: say('trouble-home') }).click()
    await expect(page).toHaveURL('/signup')
  })
})

test('a member without rights hears who can help', async ({ page, world, watch, someoneElse }) => {
  expectRefusals(watch, 403)
  const guest = await someoneElse()
  const dana = newcomer(world)
  const request = await ask(guest, say, world, dana)
  await test.step('somebody becomes a member', async () => {
    await page.goto(`/${ORG.slug}/access_requests?request=${request}`)
    await signIn(page, say)
    await decide(page, say, dana, 'approve')
    await guest.goto((await world.mail.letterTo(dana.email)).link(/invitations/))
    await press(guest, say('invitation-accept'))
    await expect(guest).toHaveURL(`/${ORG.slug}`)
  })
  await test.step('and hears who can help', async () => {
    for (const path of [`/${ORG.slug}/access_requests`, `/${ORG.slug}/settings`]) {
      expect((await guest.goto(path))?.status()).toBe(403)
      await expect(guest.getByRole('main')).toContainText(
        say('restricted-ask', { ...ORG, contact: IVO.email }),
      )
    }
    await keep(guest, 'forbidden')
  })
})

test('the set-up link works once', async ({ page, world, watch }) => {
  expectRefusals(watch, 409)
  await page.goto(await world.anteroom.setupLink())
  await expect(page.getByRole('main')).toContainText(say('why-link-used'))
  await expect(page.getByRole('textbox')).toHaveCount(0)
  await keep(page, 'setup-used')
})

test('a message that is too long stays, and one that just fits is taken', async ({ page, world, watch }) => {
  expectRefusals(watch, 409, 422)
  const bela = newcomer(world)
  await arriveAtSignUp(page, say, world, bela.sub)
  const lines = 'ä line\n'.repeat(10)
  const fits = lines + 'x'.repeat(500 - lines.length)
  const message = page.getByLabel(say('signup-message'))
  await test.step('one letter too many', async () => {
    await alive(page)
    await message.fill(`${fits}y`)
    await press(page, say('signup-request'))
    await expect(page.getByText(say('why-too-long', { max: 500 }))).toBeVisible()
    await expect(message).toHaveValue(`${fits}y`)
    await keep(page, 'signup-failed')
  })
  await test.step('as long as may be', async () => {
    await alive(page)
    await message.fill(fits)
    await press(page, say('signup-request'))
    await expect(page).toHaveURL(ASKED)
    await expect(page.getByRole('main')).toContainText('ä line')
  })
  const status = page.url().split('?')[0]
  await test.step('a second try shows the first', async () => {
    // A second try shows the first.
    await page.goto('/signup')
    await expect(page.getByRole('dialog')).toContainText(say('why-already-asked'))
    await keep(page, 'signup-asked')
    await page.getByRole('link', { name: say('signup-see') }).click()
    await expect(page).toHaveURL(status)
  })
})

test('the slower of two administrators hears who was quicker', async ({
  page,
  world,
  watch,
  someoneElse,
}) => {
  expectRefusals(watch, 409)
  const second = await someoneElse()
  const ruth = newcomer(world)
  await arrive(second, say, world, ruth.sub, '/settings')
  await world.anteroom.command('make-admin', ORG.slug, ruth.email)
  const emil = newcomer(world)
  const request = await ask(await someoneElse(), say, world, emil)
  const path = `/${ORG.slug}/access_requests?request=${request}`
  await test.step('one opens the dialog', async () => {
    await second.goto(path)
    await page.goto(path)
    await signIn(page, say)
    await alive(second)
    await rowOf(second, emil)
      .getByRole('button', { name: `${say('queue-reject')}: ${emil.email}` })
      .click()
    await expect(second.getByRole('dialog')).toBeVisible()
  })
  await test.step('the other decides', async () => {
    await decide(page, say, emil, 'approve')
    await expect(rowOf(page, emil).locator('.state')).toHaveText(say('status-approved'))
  })
  await test.step('the first hears so', async () => {
    await press(second, say('queue-reject-press'))
    await expect(second.getByRole('alert').filter({ visible: true })).toHaveText(
      say('error-already-approve', { by: IVO.your_name, when: say('time-now') }),
    )
    await keep(second, 'queue-too-late')
    await second.goto(path)
    await expect(rowOf(second, emil).locator('.state')).toHaveText(say('status-approved'))
    await expect(rowOf(second, emil)).toContainText(IVO.your_name)
    await world.mail.letterTo(emil.email)
    expect(Object.values(world.mail.counts(emil.email))).toEqual([1])
  })
})

test("one's own request is decided by somebody else", async ({ page, world, someoneElse }) => {
  const guest = await someoneElse()
  const gita = newcomer(world)
  const request = await ask(guest, say, world, gita)
  await test.step('who asked cannot decide', async () => {
    await world.anteroom.command('make-admin', ORG.slug, gita.email)
    await guest.goto(`/${ORG.slug}/access_requests?request=${request}`)
    await expect(rowOf(guest, gita)).toBeVisible()
    await expect(rowOf(guest, gita).locator('[name=do]')).toHaveCount(0)
  })
  await page.goto('/signin')
  await signIn(page, say)
})

test('a withdrawn request is gone from the pending ones', async ({ page, world, someoneElse }) => {
  const guest = await someoneElse()
  const finn = newcomer(world)
  const request = await ask(guest, say, world, finn)
  await test.step('withdrawn', async () => {
    await press(guest, say('waiting-withdraw'))
    await expect(guest).toHaveURL(/\/requests\/[\w.-]+\?done=withdrawn$/)
    await expect(guest.getByRole('main')).toContainText(say('status-canceled'))
  })
  await test.step('gone', async () => {
    await page.goto(`/${ORG.slug}/access_requests?request=${request}`)
    await signIn(page, say)
    await expect(rowOf(page, finn).locator('.state')).toHaveText(say('status-canceled'))
    await expect(rowOf(page, finn).locator('[name=do]')).toHaveCount(0)
  })
})

test(
  'a form that meets no server keeps what was typed',
  { tag: '@scripts' },
  async ({ page, context, world, watch }) => {
    watch.allow(/ERR_INTERNET_DISCONNECTED/)
    await arriveAtSignUp(page, say, world, newcomer(world).sub)
    await fill(page, { [say('signup-message')]: 'From the train' })
    await test.step('offline', async () => {
      await context.setOffline(true)
      await press(page, say('signup-request'))
      await expect(page.getByRole('alert')).toHaveText(say('form-offline'))
      await expect(page.getByLabel(say('signup-message'))).toHaveValue('From the train')
    })
    await test.step('online again', async () => {
      await context.setOffline(false)
      await press(page, say('signup-request'))
      await expect(page).toHaveURL(ASKED)
    })
  },
)

test('a form that was open across a restart is taken', async ({ page, world }) => {
  const leon = newcomer(world)
  await test.step('it is filled in', async () => {
    await arriveAtSignUp(page, say, world, leon.sub)
    await fill(page, { [say('signup-message')]: 'Before and after' })
  })
  await test.step('the server stops and starts', async () => {
    await world.anteroom.stop()
    await world.anteroom.begin()
  })
  await test.step('it is sent', async () => {
    await press(page, say('signup-request'))
    await expect(page).toHaveURL(ASKED)
    await expect(page.getByRole('main')).toContainText('Before and after')
  })
})
