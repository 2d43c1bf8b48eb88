// Chat: the first message on each platform becomes a request; approving answers and passes on what comes
// next; rejecting, blocking, silence.
import { keep } from './keep'
import { add, FIELDS, NAMES, PERSON, test } from './connectors'
import { expect } from './fixtures'
import { NOW } from './patience'
import { alive, asIvo, expectRefusals, languages, ORG, press, rejectChat, scripts } from './people'
import type { Platform } from './peers/chat'
import { open, speaking } from './portal'

let count = 0

for (const language of languages) {
  test.describe(language, () => {
    const say = speaking(language)

    for (const platform of Object.keys(FIELDS) as Platform[]) {
      test(`${platform}: from the first message to the agent`, async ({ page, world, chat }) => {
        const admin = await asIvo(world)
        const mark = `${platform} ${language} ${test.info().project.name}`
        const connector = await add(admin, world, chat, platform, `Desk ${mark}`)
        const person = `${PERSON[platform]}${100000 + ++count}`
        const write = (text: string) =>
          chat.message(platform, connector.url, {
            person,
            name: NAMES[platform],
            text,
            secrets: connector.secrets,
          })
        const before = chat.sent(platform).length
        const since = () => chat.sent(platform).slice(before)
        const onboarding = await test.step('the first message is answered', async () => {
          expect(await write('May I come in? <b>&</b>')).toMatchObject({ status: 200 })
          const hello = NAMES[platform] ? `Hello ${NAMES[platform]},` : 'Hello,'
          return chat.until(() => since().find(s => s.text.startsWith(hello)), 'onboarding message')
        })
        expect(onboarding.kind).toBe('text')

        const shown = NAMES[platform] || person
        const queued = page.locator('tbody tr[id]').filter({ hasText: `Desk ${mark}` })
        await test.step('the queue has it', async () => {
          await open(page, say, 'access_requests?kind=chat')
          await expect(queued).toHaveCount(1)
          await expect(queued).toContainText(shown)
          await expect(queued).toContainText(say(`platform-${platform}`))
          await alive(page)
          await queued.getByRole('button', { name: new RegExp(`^${say('queue-details')}`) }).click()
          await expect(page.locator('.details')).toContainText('May I come in? <b>&</b>')
          await expect(page.locator('.details')).toContainText(person)
          await keep(page, `chat-queue-${platform}-${language}`)
        })
        await write('Hello again')
        await test.step('what comes meanwhile is counted', async () => {
          // Platforms are answered before it is worked on.
          await expect(async () => {
            await page.reload()
            await alive(page)
            await queued.getByRole('button', { name: new RegExp(`^${say('queue-details')}`) }).click()
            await expect(page.locator('.details')).toContainText(say('queue-further'), NOW)
          }).toPass()
        })

        await test.step('it is approved, and told so', async () => {
          await alive(page)
          await queued
            .getByRole('button', { name: new RegExp(`^${say('queue-approve')}:`) })
            .first()
            .click()
          const dialog = page.getByRole('dialog')
          await dialog.getByLabel(say('chat-note')).fill('Known from the fair')
          await keep(page, `chat-approve-${platform}-${language}`)
          await alive(page)
          await dialog.getByRole('button', { name: say('chat-approve-press') }).click()
          await expect(queued.locator('.state')).toHaveText(say('status-chat-approved'))
          const welcome = NAMES[platform] ? `Welcome, ${NAMES[platform]}.` : 'Welcome.'
          const approval = await chat.until(() => since().find(s => s.text === welcome), 'approval message')
          expect(approval.to).toBe(onboarding.to)
          expect(since().filter(s => s.to === onboarding.to && s.text.startsWith('Hello'))).toHaveLength(1)
        })

        await test.step('what comes next is passed on to the agent', async () => {
          await write('Now I am in')
          const call = await chat.until(
            () => chat.agentCalls.find(c => c.body.includes('Now I am in') && c.body.includes(connector.id)),
            'call of the agent',
          )
          expect(chat.isSigned(call, connector.agent)).toBe(true)
          expect(JSON.parse(call.body)).toMatchObject({
            type: 'message.received',
            platform,
            name: shown,
            number: 1,
          })
          expect(
            chat.agentCalls.some(c => c.body.includes('Hello again')),
            'what came before the approval is not passed on',
          ).toBe(false)
        })
      })
    }

    test('connectors in their pages: adding, checking, contacts, blocking, deleting', async ({
      page,
      chat,
      watch,
    }) => {
      expectRefusals(watch, 409, 422)
      const name = `Front ${language} ${test.info().project.name}`
      await test.step('it is added, and what is wrong is said', async () => {
        await open(page, say, 'connectors')
        await keep(page, `connectors-${language}`)
        await page.getByRole('link', { name: say('connectors-add') }).click()
        await keep(page, `connectors-choose-${language}`)
        await page.getByRole('link', { name: 'Telegram' }).click()
        await alive(page)
        await page.getByLabel(say('label-name'), { exact: true }).fill(name)
        await page.getByLabel(say('connector-bot-token'), { exact: true }).fill('has space')
        await press(page, say('connectors-add'))
        await expect(page.getByText(say('why-one-word'))).toBeVisible()
        await keep(page, `connector-new-${language}`)
        await alive(page)
        await page.getByLabel(say('connector-bot-token'), { exact: true }).fill('12:abc')
        await press(page, say('connectors-add'))
        await expect(page).toHaveURL(/connectors\/[\w-]+\?shown=\w+/)
      })
      const secret = (await page.locator('.banner .link-once').first().textContent())!
      const url = (await page.locator('.panel .link-once').first().textContent())!
      await test.step('it is checked, and what the platform says is shown', async () => {
        await keep(page, `connector-${language}`)
        await press(page, say('connectors-check'))
        await expect(page.getByText(say('done-checked'))).toBeVisible()
        chat.refuseNext(
          'telegram',
          401,
          { ok: false, error_code: 401, description: 'Unauthorized' },
          { of: 'check' },
        )
        await press(page, say('connectors-check'))
        await expect(page.getByText(say('why-platform-refused'))).toBeVisible()
        await expect(page.locator('.facts')).toContainText('Unauthorized')
        await expect(page.locator('.head .state')).toHaveText(say('connectors-in-trouble'))
        await keep(page, `connector-trouble-${language}`)
        await press(page, say('connectors-check'))
        await expect(page.locator('.head .state')).toHaveText(say('resource-active'))
      })

      const person = `7${100000 + ++count}`
      const secrets = { bot_token: '12:abc', webhook_secret: secret }
      const write = (text: string) =>
        chat.message('telegram', url, { person, name: 'Kim Vale', text, secrets })
      await write('Hello')
      await chat.until(() => chat.sent('telegram').find(s => s.to === person), 'onboarding message')
      await page.getByRole('link', { name: say('connectors-contacts') }).click()
      const row = page.locator('tbody tr').filter({ hasText: 'Kim Vale' })
      await expect(row.locator('.state')).toHaveText(say('standing-onboarding'))
      await keep(page, `contacts-${language}`)
      await test.step('whose channel it is: somebody unknown, a member, nobody any more', async () => {
        const menu = row.locator('details.dots')
        const typing = menu.getByRole('textbox', { name: say('contacts-member') })
        const note = async (typed: string) => {
          await alive(page)
          if ((await menu.getAttribute('open')) === null) await menu.locator('summary').click()
          await typing.fill(typed)
          await menu.getByRole('button', { name: `${say('save')}: Kim Vale` }).click()
        }
        await note('Nobody At All')
        await expect(typing).toHaveAttribute('aria-invalid', 'true')
        await expect(typing).toHaveValue('Nobody At All')
        await keep(page, `contacts-member-${language}`)
        await note('Ivo Brandt')
        await expect(row).toContainText(say('contacts-member-noted', { name: 'Ivo Brandt' }))
        await expect(page.getByText(say('done-saved'))).toBeVisible()
        await note('')
        await expect(menu.locator('input:invalid')).toHaveCount(1)
        await expect(row, 'an empty field takes nothing away').toContainText(
          say('contacts-member-noted', { name: 'Ivo Brandt' }),
        )
        await menu.getByRole('button', { name: `${say('contacts-unlink')}: Kim Vale` }).click()
        await expect(row).not.toContainText('Ivo Brandt')
      })
      await test.step('blocked and let in again; what was written meanwhile is counted', async () => {
        await row.getByRole('button', { name: `${say('contacts-block')}: Kim Vale` }).click()
        await expect(row.locator('.state')).toHaveText(say('standing-blocked'))
        await write('Please')
        await write('Let me in')
        // Counted, and so worked on, while blocked.
        await expect(async () => {
          await page.reload()
          await expect(row.locator('.few')).toContainText('3', NOW)
        }).toPass()
        await row.getByRole('button', { name: `${say('contacts-unblock')}: Kim Vale` }).click()
        await expect(row.locator('.state')).toHaveText(say('standing-onboarding'))
        await write('Thank you')
      })
      await open(page, say, 'access_requests?kind=chat')
      const queued = page.locator('tbody tr[id]').filter({ hasText: name })
      await test.step('what was written after it makes a request, which is rejected', async () => {
        await expect(async () => {
          await page.reload()
          await expect(queued).toHaveCount(1, NOW)
        }).toPass()
        await alive(page)
        await queued.getByRole('button', { name: new RegExp(`^${say('queue-details')}`) }).click()
        await expect(page.locator('.details'), 'nothing that was written while blocked').toContainText(
          'Thank you',
        )
        await rejectChat(page, say, queued)
      })

      await test.step('deleted, it takes nothing', async () => {
        await open(page, say, 'connectors')
        await page.getByRole('link', { name, exact: true }).click()
        await page.getByRole('link', { name: say('connectors-delete') }).click()
        await keep(page, `connector-delete-${language}`)
        await alive(page)
        await page
          .getByRole('dialog')
          .getByRole('button', { name: say('connectors-delete') })
          .click()
        await expect(page).toHaveURL(/connectors\?done=deleted/)
        expect((await write('Anybody?')).status).toBe(404)
      })
    })

    for (const platform of ['slack', 'teams', 'telegram'] as const) {
      test(`${platform}: approvers decide by buttons, and the queue says so; and the reverse`, async ({
        page,
        world,
        chat,
      }) => {
        const admin = await asIvo(world)
        const mark = `${language} ${test.info().project.name} ${++count}`
        const channel = { slack: `C${count}`, teams: `19:c${count}@thread.tacv2`, telegram: `-100${count}` }[
          platform
        ]
        const connector = await add(admin, world, chat, platform, `Board ${platform} ${mark}`, { channel })
        const approver = `${PERSON[platform]}${900000 + count}`
        const press = async (value: string) =>
          expect(
            await chat.press(platform, connector.url, {
              person: approver,
              name: 'Ivo',
              channel,
              value,
              secrets: connector.secrets,
            }),
          ).toMatchObject({ status: 200 })
        const write = (person: string, name: string, text: string) =>
          chat.message(platform, connector.url, { person, name, text, secrets: connector.secrets })
        const posted = (name: string) =>
          chat.until(
            () =>
              chat.sent(platform).find(s => s.kind === 'post' && s.text.replaceAll('\\', '').includes(name)),
            `post about ${name}`,
          )
        const edited = (id: string, word: string) =>
          chat.until(
            () => chat.sent(platform).find(s => s.kind === 'edit' && s.id === id && s.text.includes(word)),
            `edit with ${word}`,
          )
        /** What is sent from now on: other stories share the platform. */
        const next = () => {
          const n = chat.sent(platform).length
          return (kind: 'whisper' | 'text', said: string) =>
            chat.until(
              () =>
                chat
                  .sent(platform)
                  .slice(n)
                  .find(
                    s => (kind === 'text' || s.kind === kind) && s.text.replaceAll('\\', '').includes(said),
                  ),
              said,
            )
        }
        const [nia, tom] = [`Nia ${mark}`, `Tom ${mark}`]
        await write(`${PERSON[platform]}${500000 + count}`, nia, 'Please')
        const first = await posted(nia)
        expect(first.buttons.map(b => b.label)).toEqual(['Approve', 'Reject'])

        await test.step('a press by nobody in particular decides nothing', async () => {
          const comes = next()
          await press(first.buttons[0].value)
          await comes('whisper', 'Nothing was decided')
        })
        await test.step('an administrator links their identity by a code from the settings', async () => {
          await open(page, say, 'access_requests')
          await page.goto('/settings')
          await alive(page)
          await page
            .locator('#chat')
            .getByRole('button', { name: say('settings-chat-make') })
            .click()
          const code = page.locator('#chat .link-once')
          await expect(code).toBeVisible()
          if (platform === 'slack') await keep(page, `settings-chat-code-${language}`)
          const comes = next()
          await write(approver, 'Ivo', (await code.textContent())!)
          await comes('text', 'This is now linked with Ivo Brandt')
          await page.goto('/settings')
          await expect(page.locator('#chat')).toContainText(`Board ${platform} ${mark}`)
          if (platform === 'slack') await keep(page, `settings-chat-${language}`)
          await open(page, say, 'users')
          await page.getByRole('link', { name: 'Ivo Brandt' }).first().click()
          const channels = page
            .locator('.panel')
            .filter({ has: page.getByRole('heading', { name: say('user-channels') }) })
          await expect(channels).toContainText(`Board ${platform} ${mark}`)
          if (platform === 'slack') await keep(page, `user-channels-${language}`)
        })
        await test.step('a press is seen in the open queue', async () => {
          await open(page, say, 'access_requests?kind=chat&q=' + encodeURIComponent(nia))
          const row = page.locator('tbody tr[id]').filter({ hasText: nia })
          await expect(row).toHaveCount(1)
          await alive(page)
          await press(first.buttons[0].value)
          await edited(first.id, 'Ivo Brandt')
          if (!scripts())
            await page.goto(`/${ORG.slug}/access_requests?request=${first.buttons[0].value.split(':')[1]}`)
          await expect(row.locator('.state')).toHaveText(say('status-chat-approved'))
          expect(chat.sent(platform).find(s => s.kind === 'edit' && s.id === first.id)!.buttons).toEqual([])
        })
        await test.step('what is decided in the queue is seen in the channel', async () => {
          await write(`${PERSON[platform]}${600000 + count}`, tom, 'Me too')
          const second = await posted(tom)
          await open(page, say, `access_requests?request=${second.buttons[0].value.split(':')[1]}`)
          const row = page.locator('tbody tr[id]').filter({ hasText: tom })
          await rejectChat(page, say, row)
          await edited(second.id, 'Ivo Brandt')
          const comes = next()
          await press(second.buttons[0].value)
          await comes('whisper', 'Ivo Brandt')
        })
      })
    }

    test('silent: nothing is said, and the queue knows', async ({ page, world, chat }) => {
      const admin = await asIvo(world)
      const name = `Silent ${language} ${test.info().project.name}`
      const connector = await add(admin, world, chat, 'telegram', name, { mode: 'silent' })
      const person = `8${100000 + ++count}`
      await chat.message('telegram', connector.url, {
        person,
        name: 'Ray Holm',
        text: 'Hello',
        secrets: connector.secrets,
      })
      await open(page, say, 'access_requests?kind=chat')
      const queued = page.locator('tbody tr[id]').filter({ hasText: name })
      await test.step('the queue has the request', async () => {
        await expect(async () => {
          await page.reload()
          await expect(queued).toHaveCount(1, NOW)
        }).toPass()
      })
      await test.step('it is approved', async () => {
        await alive(page)
        await queued
          .getByRole('button', { name: new RegExp(`^${say('queue-approve')}:`) })
          .first()
          .click()
        await page
          .getByRole('dialog')
          .getByRole('button', { name: say('chat-approve-press') })
          .click()
      })
      await test.step('and only now told something', async () => {
        const sent = () =>
          chat
            .sent('telegram')
            .filter(s => s.to === person)
            .map(s => s.text)
        await chat.until(() => sent().includes('Welcome, Ray Holm.'), 'approval message')
        expect(sent(), 'nothing before it').toEqual(['Welcome, Ray Holm.'])
      })
    })
  })
}
