// Letters when the mail server is in trouble: each arrives in the end, once, or is said to have failed.
import { expect, test } from './fixtures'
import { NOW } from './patience'
import { ask, asIvo, decide, found, IVO, newcomer, ORG, rowOf, signIn, submit, words } from './people'

// Retries come after half a minute and more: the clock is moved instead of waiting.
test.use({ worldOptions: { clock: true } })

const say = words('en')
const toAdministrator = (person: { name: string }) => ({
  subject: say('letter-request-submitted-subject', { ...person, ...ORG }),
})
let ahead = 0

test.beforeEach(({ world }) => found(world))
test.afterEach(async ({ world }) => {
  await world.mail.up()
  world.mail.release()
})

test('a mail server that was down gets each letter once', async ({ page, world, someoneElse }) => {
  const { mail } = world
  const ines = newcomer(world)
  await test.step('the page says that it was not delivered yet', async () => {
    await mail.down()
    await submit(await someoneElse(), say, world, ines)
    await page.goto(`/${ORG.slug}/access_requests`)
    await signIn(page, say)
    await page.goto(
      `/${ORG.slug}/access_requests?request=${(await rowOf(page, ines).getAttribute('id'))!.slice(2)}`,
    )
    await expect(async () => {
      await page.reload()
      await expect(page.getByText(`to ${IVO.email}: not delivered yet, next try in`)).toBeVisible(NOW)
    }).toPass()
  })
  await test.step('the server is up: the letter comes, once', async () => {
    await mail.up()
    await world.setClock((ahead += 60))
    const letter = await mail.letterTo(IVO.email, toAdministrator(ines))
    await world.setClock((ahead += 3600))
    // A later letter shows that the worker looked again, and did not send the first one twice.
    await submit(await someoneElse(), say, world, newcomer(world))
    await mail.letterTo(IVO.email, {
      matching: l => l.messageId !== letter.messageId && l.text.includes('?request='),
    })
    expect(mail.counts(IVO.email)[letter.messageId]).toBe(1)
    await page.reload()
    await expect(page.getByText(`to ${IVO.email}: sent`)).toBeVisible()
  })
})

test('451 is tried again with the same Message-ID; a broken connection too', async ({
  world,
  someoneElse,
}) => {
  const { mail } = world
  for (const [answer, outcome] of [
    ['temporary', 'temporary'],
    ['drop', 'dropped'],
  ] as const) {
    await test.step(outcome, async () => {
      const jonas = newcomer(world)
      mail.answer(answer, IVO.email)
      await submit(await someoneElse(), say, world, jonas)
      const first = await mail.letterTo(IVO.email, { ...toAdministrator(jonas), outcome })
      mail.answer('ok', IVO.email)
      // It is due half a minute after the worker wrote down that it failed.
      const ivo = await asIvo(world)
      const waits = `to ${IVO.email}: not delivered yet, next try in`
      await expect.poll(async () => (await ivo.get(first.link(/\?request=/))).text()).toContain(waits)
      await world.setClock((ahead += 60))
      const second = await mail.letterTo(IVO.email, toAdministrator(jonas))
      expect(second.messageId).toBe(first.messageId)
      expect(mail.counts(IVO.email, 'any')[first.messageId]).toBe(2)
    })
  }
})

test('550 is final, and the request says so', async ({ page, world, someoneElse }) => {
  const { mail } = world
  const kira = newcomer(world)
  const request = await ask(await someoneElse(), say, world, kira)
  await test.step('the invitation is refused for ever', async () => {
    mail.answer('permanent', kira.email)
    await page.goto(`/${ORG.slug}/access_requests?request=${request}`)
    await signIn(page, say)
    await decide(page, say, kira, 'approve')
    await mail.letterTo(kira.email, { outcome: 'permanent' })
  })
  await test.step('the page says so', async () => {
    await expect(async () => {
      await page.reload()
      await expect(page.getByText(`to ${kira.email}: could not be delivered`)).toBeVisible(NOW)
    }).toPass()
  })
  await test.step('and it is not tried again', async () => {
    mail.answer('ok', kira.email)
    await world.setClock((ahead += 7200))
    await ask(await someoneElse(), say, world, newcomer(world)) // the worker has looked again
    expect(Object.values(mail.counts(kira.email, 'any'))).toEqual([1])
  })
})

test('told to stop, the server finishes the letter in its hands; a power cut sends it again under the same Message-ID', async ({
  page,
  world,
  someoneElse,
}) => {
  const { anteroom, mail } = world
  const guest = await someoneElse()
  await page.goto(`/${ORG.slug}/access_requests`)
  await signIn(page, say)
  const leon = newcomer(world)
  mail.answer('hold')
  await submit(guest, say, world, leon)
  const held = await mail.letterTo(IVO.email, { ...toAdministrator(leon), outcome: 'held' })
  await test.step('told to stop, it finishes the letter', async () => {
    const before = anteroom.output.length
    const stopped = anteroom.stop()
    await anteroom.printed(/stopping: no new requests/, before)
    mail.release()
    await stopped
  })
  await test.step('started again, it has all that it had', async () => {
    await anteroom.begin()
    await guest.reload()
    await expect(guest.getByRole('main')).toContainText(say('status-pending'))
    await page.reload()
    await expect(rowOf(page, leon)).toBeVisible()
  })

  mail.answer('hold')
  const cleo = newcomer(world)
  await submit(await someoneElse(), say, world, cleo)
  const lost = await mail.letterTo(IVO.email, { ...toAdministrator(cleo), outcome: 'held' })
  await test.step('without power, it can finish nothing', async () => {
    await anteroom.kill()
    mail.answer('ok')
    await anteroom.begin()
    await world.setClock((ahead += 3600))
  })
  await test.step('and sends it again', async () => {
    const again = await mail.letterTo(IVO.email, toAdministrator(cleo))
    expect(again.messageId).toBe(lost.messageId)
    expect(mail.counts(IVO.email, 'any')[held.messageId]).toBe(1)
  })
})

test('what was owed when the server stopped goes out after its start', async ({
  page,
  world,
  someoneElse,
}) => {
  const hugo = newcomer(world)
  const { anteroom, mail } = world
  await test.step('a request whose letter is owed', async () => {
    await mail.down()
    await submit(await someoneElse(), say, world, hugo, 'Across a restart')
  })
  await test.step('the server stops, and starts', async () => {
    await anteroom.stop()
    await mail.up()
    await anteroom.begin()
    await world.setClock((ahead += 60))
  })
  await test.step('the letter comes, and leads to the request', async () => {
    const letter = await mail.letterTo(IVO.email, toAdministrator(hugo))
    await page.goto(letter.link(/\?request=/))
    await signIn(page, say)
    await expect(page.getByText('Across a restart')).toBeVisible()
  })
})
