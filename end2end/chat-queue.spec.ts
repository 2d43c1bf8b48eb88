// Requests by chat in the queue: found by provider and connector, blocked, sent again; and what time does:
// retries, a new request a day later, connectors that are disabled or deleted meanwhile.
import type { Locator, Page } from '@playwright/test'
import { keep } from './keep'
import { add, test as base } from './connectors'
import { expect } from './fixtures'
import { NOW } from './patience'
import { alive, asIvo, expectRefusals, languages, ORG, rejectChat, scripts, type Words } from './people'
import { open, speaking } from './portal'

const test = base.extend<object, object>({
  worldOptions: [
    async ({ chat }, use) => use({ config: 'private_hooks = true', env: chat.environment(), clock: true }),
    { scope: 'worker' },
  ],
})

let count = 0
let days = 0

/** Opens the only row of this queue, again and again until its details pass. */
async function details(
  page: Page,
  say: Words,
  query: string,
  check: (of: Locator) => Promise<void>,
): Promise<void> {
  const more = page.locator('tbody tr[id] .more')
  const of = page.locator('.details')
  await expect(async () => {
    await open(page, say, `access_requests?${query}`)
    await expect(more).toHaveCount(1, NOW)
    await alive(page)
    await more.click()
    await expect(of).toBeVisible()
    await check(of)
  }).toPass()
}

for (const language of languages) {
  test.describe(language, () => {
    const say = speaking(language)

    test('the queue by provider and by connector, with the columns of chat', async ({
      page,
      world,
      chat,
    }) => {
      const rows = page.locator('tbody tr[id]')
      const admin = await asIvo(world)
      const mark = `${language} ${test.info().project.name}`
      const [front, back] = [
        await add(admin, world, chat, 'telegram', `Front ${mark}`),
        await add(admin, world, chat, 'slack', `Back ${mark}`),
      ]
      const [nia, tom] = [`5${100000 + ++count}`, `U${100000 + ++count}`]
      await test.step('two write', async () => {
        await chat.message('telegram', front.url, {
          person: nia,
          name: `Nia ${mark}`,
          text: 'Hello',
          secrets: front.secrets,
          username: 'niav',
        })
        await chat.message('slack', back.url, {
          person: tom,
          name: `Tom ${mark}`,
          text: 'Hello',
          secrets: back.secrets,
        })
        for (const [platform, name] of [
          ['telegram', `Nia ${mark}`],
          ['slack', `Tom ${mark}`],
        ] as const) {
          await chat.until(() => chat.sent(platform).find(s => s.text.includes(name)), 'onboarding message')
        }
      })
      await test.step('the filter leaves one, with the columns of chat', async () => {
        await open(page, say, 'access_requests')
        await page.locator('details.filter > summary').first().click()
        await page.getByLabel(say('filter-provider')).selectOption({ label: 'Slack' })
        await page.getByLabel(say('filter-connector')).selectOption({ label: `Back ${mark}` })
        await alive(page)
        await page.getByRole('button', { name: say('filter-apply') }).click()
        await expect(page).toHaveURL(/provider=slack&connector=[\w-]+/)
        await expect(rows).toHaveCount(1)
        for (const text of [`Tom ${mark}`, tom, 'Slack', `Back ${mark}`])
          await expect(rows).toContainText(text)
        const heads = [
          'queue-user-name',
          'queue-identifier',
          'queue-provider',
          'queue-connector',
          'queue-conversation',
          'queue-status',
          'queue-created-at',
        ]
        for (const head of heads) await expect(page.locator('thead')).toContainText(say(head))
        await keep(page, `chat-filtered-${language}`)
      })
      await test.step('approved with a note, which is listed with who approved', async () => {
        await alive(page)
        await rows
          .getByRole('button', { name: new RegExp(`^${say('queue-approve')}:`) })
          .first()
          .click()
        await page.getByRole('dialog').getByLabel(say('chat-note')).fill('Known <i>well</i>')
        await page
          .getByRole('dialog')
          .getByRole('button', { name: say('chat-approve-press') })
          .click()
        await expect(rows.filter({ hasText: `Tom ${mark}` }).locator('.state')).toHaveText(
          say('status-chat-approved'),
        )
        await page.goto(
          `/${ORG.slug}/access_requests?tab=approved&approval=any&provider=slack&q=${encodeURIComponent(tom)}`,
        )
        for (const text of ['Ivo Brandt', 'Known <i>well</i>']) await expect(rows).toContainText(text)
        for (const head of ['queue-processed-by', 'queue-note'])
          await expect(page.locator('thead')).toContainText(say(head))
        await keep(page, `chat-approved-${language}`)
      })
      await test.step('a filter in the address is shown, and taken away by its chip', async () => {
        await page.goto(`/${ORG.slug}/access_requests?provider=telegram&q=${nia}`)
        await expect(rows).toContainText(`Nia ${mark}`)
        await page
          .getByRole('link', {
            name: say('filter-remove', { filter: `${say('filter-provider')}: Telegram` }),
          })
          .click()
        await expect(page).not.toHaveURL(/provider/)
      })
    })

    test('not delivered, with its reason, and sent again; then blocked in the dialog', async ({
      page,
      world,
      chat,
    }) => {
      const admin = await asIvo(world)
      const name = `Desk ${language} ${test.info().project.name}`
      const connector = await add(admin, world, chat, 'telegram', name)
      const person = `6${100000 + ++count}`
      const write = (text: string) =>
        chat.message('telegram', connector.url, { person, name: 'Ed Lund', text, secrets: connector.secrets })
      const refusal = { ok: false, error_code: 403, description: 'Forbidden: bot was blocked by the user' }
      await test.step('the platform refuses the first answer', async () => {
        chat.refuseNext('telegram', 403, refusal)
        await write('Hello')
        await chat.until(
          () => chat.requests.find(r => r.status === 403 && r.body.includes(person)),
          'refused message',
        )
      })
      const rows = page.locator('tbody tr[id]').filter({ hasText: name })
      await test.step('the queue has the request all the same', async () => {
        await expect(async () => {
          await open(page, say, `access_requests?connector=${connector.id}`)
          await expect(rows).toHaveCount(1, NOW)
        }).toPass()
      })
      const details = page.locator('.details')
      await test.step('its details and the connector say why', async () => {
        await alive(page)
        await rows.getByRole('button', { name: new RegExp(`^${say('queue-details')}`) }).click()
        await expect(details).toContainText('Forbidden: bot was blocked by the user')
        await keep(page, `chat-undelivered-${language}`)
        await page.goto(`/${ORG.slug}/connectors/${connector.id}`)
        await expect(
          page.locator('.banner').getByRole('button', { name: say('queue-try-again') }),
        ).toBeVisible()
        await keep(page, `connector-undelivered-${language}`)
      })
      await test.step('it is sent again', async () => {
        await page.goto(`/${ORG.slug}/access_requests?connector=${connector.id}`)
        await alive(page)
        await rows.getByRole('button', { name: new RegExp(`^${say('queue-details')}`) }).click()
        await details.getByRole('button', { name: say('queue-try-again') }).click()
        await chat.until(() => chat.sent('telegram').find(s => s.to === person), 'message sent again')
      })

      await test.step('rejected and blocked in one dialog', async () => {
        await page.goto(`/${ORG.slug}/access_requests?connector=${connector.id}`)
        await alive(page)
        await rows
          .getByRole('button', { name: new RegExp(`^${say('queue-reject')}:`) })
          .first()
          .click()
        await page.getByRole('dialog').getByLabel(say('chat-block')).check()
        await keep(page, `chat-block-${language}`)
        await alive(page)
        if (scripts()) await expect(page.getByRole('dialog')).toBeVisible()
        await page.getByRole('dialog').getByLabel(say('chat-block')).check()
        await page
          .getByRole('dialog')
          .getByRole('button', { name: say('chat-reject-press') })
          .click()
        await expect(rows.locator('.state')).toHaveText(say('status-denied'))
        await page.goto(`/${ORG.slug}/connectors/${connector.id}/contacts`)
        await expect(page.locator('tbody .state')).toHaveText(say('standing-blocked'))
      })
    })

    test('rejected, and asking again a day later; disabled and deleted with open requests', async ({
      page,
      world,
      chat,
      watch,
    }) => {
      expectRefusals(watch, 404, 409)
      const name = `Clock ${language} ${test.info().project.name}`
      const pass = async (seconds: number) => {
        days += seconds / 86_400
        await world.setClock(days * 86_400)
        chat.clockOffset = days * 86_400
      }
      const connector = await add(await asIvo(world), world, chat, 'telegram', name)
      const person = `9${100000 + ++count}`
      const write = (text: string) =>
        chat.message('telegram', connector.url, { person, name: 'Ann Bay', text, secrets: connector.secrets })
      const rows = page.locator('tbody tr[id]').filter({ hasText: name })
      const seen = async (query: string, n: number) =>
        expect(async () => {
          await open(page, say, `access_requests?connector=${connector.id}&${query}`)
          await expect(rows).toHaveCount(n, NOW)
        }).toPass()
      const reject = () => rejectChat(page, say, rows)
      const told = (text: string) =>
        chat.until(() => chat.sent('telegram').find(s => s.to === person && s.text === text), text)
      await test.step('rejected, it is told so, and what comes after is counted', async () => {
        await write('May I?')
        await seen('', 1)
        await reject()
        await told('Not now, Ann Bay.')
        await write('And now?')
        await expect(async () => {
          await page.goto(`/${ORG.slug}/connectors/${connector.id}/contacts`)
          await expect(page.locator('tbody td.few')).toContainText('2', NOW)
        }).toPass()
        await seen('', 0)
      })
      await test.step('a day later it is a new request', async () => {
        await pass(86_400)
        await write('A day later')
        await seen('', 1)
        await page.locator('tbody tr[id] .more').click()
        await expect(page.locator('.details')).toContainText('A day later')
        await seen('tab=others&status=denied&approval=any', 1)
      })

      // Disabled: nothing is taken, what is open can be decided, and what is owed waits.
      const admin = await asIvo(world)
      const put = (fields: Record<string, string>, action = 'set_connector_state') =>
        admin.post(`${world.anteroom.url}/actions/${action}`, {
          org: ORG.slug,
          connector: connector.id,
          ...fields,
        })
      await put({})
      expect((await write('Nobody hears this')).status).toBe(404)
      await seen('', 1)
      await alive(page)
      const before = chat.sent('telegram').length
      await rows
        .getByRole('button', { name: new RegExp(`^${say('queue-approve')}:`) })
        .first()
        .click()
      await page
        .getByRole('dialog')
        .getByRole('button', { name: say('chat-approve-press') })
        .click()
      await expect(rows.locator('.state')).toHaveText(say('status-chat-approved'))
      expect(
        chat
          .sent('telegram')
          .slice(before)
          .filter(s => s.to === person),
      ).toEqual([])
      await put({ active: 'on' })
      await told('Welcome, Ann Bay.')

      // Deleted: what is open is canceled, and stays to be found.
      const other = `9${100000 + ++count}`
      await chat.message('telegram', connector.url, {
        person: other,
        name: 'Bo Finch',
        text: 'Me too',
        secrets: connector.secrets,
      })
      await seen('', 1)
      await put({}, 'delete_connector')
      await seen('tab=others&status=canceled&approval=any', 1)
      await expect(rows.locator('.state')).toHaveText(say('status-canceled'))
      await keep(page, `chat-canceled-${language}`)
    })

    test('whatsapp after 24 hours: the approved template, or why nothing was delivered', async ({
      page,
      world,
      chat,
    }) => {
      const admin = await asIvo(world)
      const name = `Late ${language} ${test.info().project.name}`
      const with_template = await add(admin, world, chat, 'whatsapp', name, {
        template: 'we_let_you_in',
        template_language: 'en_US',
      })
      const without = await add(admin, world, chat, 'whatsapp', `Bare ${name}`)
      const greeted = async (connector: typeof without, person: string) => {
        await chat.message('whatsapp', connector.url, {
          person,
          name: 'Oda Pike',
          text: 'Hello',
          secrets: connector.secrets,
        })
        await chat.until(
          () => chat.sent('whatsapp').find(s => s.to === person && s.kind === 'text'),
          'onboarding message',
        )
        const sent = say('chat-send-sent', { what: say('chat-what-onboarding'), when: '' }).trim()
        await details(page, say, `connector=${connector.id}`, of => expect(of).toContainText(sent, NOW))
      }
      const approve = async (connector: typeof without) => {
        await open(page, say, `access_requests?connector=${connector.id}`)
        await alive(page)
        await page
          .getByRole('button', { name: new RegExp(`^${say('queue-approve')}:`) })
          .first()
          .click()
        await page
          .getByRole('dialog')
          .getByRole('button', { name: say('chat-approve-press') })
          .click()
        await expect(page.locator('tbody tr[id] .state')).toHaveText(say('status-chat-approved'))
      }
      const [first, second] = [`1555${300000 + ++count}`, `1555${300000 + ++count}`]
      await test.step('two are greeted, and a day passes', async () => {
        await greeted(with_template, first)
        await greeted(without, second)
        days += 25 / 24
        await world.setClock(days * 86_400)
        chat.clockOffset = days * 86_400
      })
      await test.step('with a template it is sent', async () => {
        await approve(with_template)
        const late = await chat.until(
          () => chat.sent('whatsapp').find(s => s.to === first && s.kind === 'template'),
          'template',
        )
        expect(late.text).toBe('we_let_you_in')
        expect(
          chat
            .sent('whatsapp')
            .filter(s => s.to === first)
            .map(s => s.kind),
        ).toEqual(['text', 'template'])
      })
      chat.refuseNext('whatsapp', 400, {
        error: { message: '(#131047) Re-engagement message', code: 131047 },
      })
      await approve(without)
      const over = say('undelivered-window-over')
      const query = `connector=${without.id}&tab=approved&approval=any`
      await details(page, say, query, of => expect(of).toContainText(over, NOW))
      await keep(page, `chat-late-${language}`)
    })

    test('slack tells one message three times in six minutes, under new names', async ({
      page,
      world,
      chat,
    }) => {
      const name = `Thrice ${language} ${test.info().project.name}`
      const connector = await add(await asIvo(world), world, chat, 'slack', name)
      const person = `U${100000 + ++count}`
      const message = `17${String(Date.now()).slice(2, 10)}.${100000 + count}`
      await test.step('told three times', async () => {
        for (const minutes of [0, 1, 5]) {
          days += minutes / 1440
          await world.setClock(days * 86_400)
          chat.clockOffset = days * 86_400
          const answer = await chat.message('slack', connector.url, {
            person,
            name: 'Cy Moss',
            text: 'Just once',
            message,
            secrets: connector.secrets,
          })
          expect(answer.status).toBe(200)
          // What is on its way when the clock leaps over a lease goes out again: that is no matter of
          // Slack's.
          const sent = say('chat-send-sent', { what: say('chat-what-onboarding'), when: '' }).trim()
          const query = `connector=${connector.id}`
          if (minutes === 0) await details(page, say, query, of => expect(of).toContainText(sent, NOW))
        }
      })
      await test.step('and worked on once', async () => {
        await chat.until(
          () =>
            chat.sent('slack').find(s => s.text === 'Hello Cy Moss, please wait.' && s.to.includes(person)),
          'onboarding message',
        )
        // What one person writes is worked on in its order: when this is counted, all before it was worked
        // on.
        await chat.message('slack', connector.url, {
          person,
          name: 'Cy Moss',
          text: 'Anybody?',
          secrets: connector.secrets,
        })
        await details(page, say, `connector=${connector.id}`, of =>
          expect(
            of
              .locator('dt')
              .filter({ hasText: say('queue-further') })
              .locator('+ dd'),
          ).toHaveText('1', NOW),
        )
        await expect(page.locator('tbody tr[id]')).toHaveCount(1)
        await expect(page.locator('.details')).toContainText('Just once')
        expect(
          chat.sent('slack').filter(s => s.text.includes('Cy Moss') && s.to.includes(person)),
        ).toHaveLength(1)
      })
    })
  })
}
