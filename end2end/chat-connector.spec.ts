// A connector's life after it was added: changed, its secret made anew, what it refuses, disabled, sent again; and somebody deactivated.
import { look } from './checks'
import { add, FIELDS, test } from './connectors'
import { expect } from './fixtures'
import { alive, asIvo, expectRefusals, languages, ORG, press } from './people'
import type { Platform } from './peers/chat'
import { open, speaking } from './portal'

let count = 0

for (const language of languages) {
  test.describe(language, () => {
    const say = speaking(language)

    test('a connector is changed, disabled and enabled, and sends again what was refused', async ({ page, world, chat }) => {
      test.setTimeout(180_000)
      const admin = await asIvo(world)
      const mark = `${language} ${test.info().project.name} ${++count}`
      const connector = await add(admin, world, chat, 'telegram', `First ${mark}`)
      const person = `6${100000 + count}`
      const write = (text: string, webhook_secret = connector.secrets.webhook_secret) =>
        chat.message('telegram', connector.url, { person, name: 'Kim Vale', text, secrets: { ...connector.secrets, webhook_secret } })
      const here = `connectors/${connector.id}`
      const state = page.locator('.head .state')

      await open(page, say, here)
      await test.step('its name, and the secret for its webhook; the former one counts a while longer', async () => {
        await alive(page)
        await page.getByLabel(say('label-name'), { exact: true }).fill(`Desk ${mark}`)
        await page.getByLabel(say('connectors-renew')).check()
        await press(page, say('save'))
        await expect(page.getByRole('heading', { level: 1 })).toContainText(`Desk ${mark}`)
        const fresh = (await page.locator('.banner .link-once').textContent())!
        expect(fresh).not.toBe(connector.secrets.webhook_secret)
        await look(page, `connector-renewed-${language}`)
        expect((await write('By the former secret')).status).toBe(200)
        expect((await write('By the fresh one', fresh)).status).toBe(200)
      })
      await test.step('what it refuses is told', async () => {
        expect((await write('By a guess', 'guess')).status).toBe(403)
        await page.reload()
        await expect(page.locator('.facts')).toContainText(say('connectors-refused-not-signed'))
      })
      await test.step('disabled, it takes nothing', async () => {
        await alive(page)
        await press(page, say('resources-disable'))
        await expect(state).toHaveText(say('resource-disabled'))
        expect((await write('Anybody?')).status).toBe(404)
        await alive(page)
        await press(page, say('resources-enable'))
        await expect(state).toHaveText(say('resource-active'))
        expect((await write('Somebody?')).status).toBe(200)
      })
      await test.step('what a platform refuses is given up, said, and sent again', async () => {
        const greeting = `Hello Kim Vale, please wait.`
        await chat.until(() => chat.sent('telegram').find(s => s.to === person && s.text === greeting), 'onboarding message')
        await open(page, say, 'access_requests?kind=chat')
        const queued = page.locator('tbody tr[id]').filter({ hasText: `Desk ${mark}` })
        await expect(queued).toHaveCount(1)
        chat.refuseNext('telegram', 400, { ok: false, error_code: 400, description: 'Bad Request: out of ink' })
        await alive(page)
        await queued.getByRole('button', { name: new RegExp(`^${say('queue-approve')}:`) }).first().click()
        await page.getByRole('dialog').getByRole('button', { name: say('chat-approve-press') }).click()
        await expect(queued.locator('.state')).toHaveText(say('status-chat-approved'))
        const banner = page.locator('.banner').filter({ has: page.getByRole('button', { name: say('queue-try-again') }) })
        await expect(async () => {
          await open(page, say, here)
          await expect(banner).toHaveCount(1, { timeout: 500 })
        }).toPass({ timeout: 15_000 })
        await expect(state).toHaveText(say('connectors-in-trouble'))
        await expect(page.locator('.facts')).toContainText('out of ink')
        await page.locator('.fold summary').last().click()
        await look(page, `connector-undelivered-${language}`)
        await alive(page)
        await banner.getByRole('button').click()
        await chat.until(() => chat.sent('telegram').find(s => s.to === person && s.text === 'Welcome, Kim Vale.'), 'approval message')
        await expect(async () => {
          await open(page, say, here)
          await expect(state).toHaveText(say('resource-active'), { timeout: 500 })
        }).toPass({ timeout: 15_000 })
        await expect(banner).toHaveCount(0)
      })
      await test.step('whoever is deactivated is asked about again', async () => {
        await open(page, say, `${here}/contacts`)
        const row = page.locator('tbody tr').filter({ hasText: 'Kim Vale' })
        await expect(row.locator('.state')).toHaveText(say('standing-active'))
        await alive(page)
        await row.getByRole('button', { name: `${say('contacts-deactivate')}: Kim Vale` }).click()
        await expect(row.locator('.state')).toHaveText(say('standing-onboarding'))
        await write('May I come back?')
        const queued = page.locator('tbody tr[id]').filter({ hasText: `Desk ${mark}` })
        await expect(async () => {
          await open(page, say, 'access_requests?kind=chat')
          await expect(queued).toHaveCount(1, { timeout: 500 })
        }).toPass({ timeout: 15_000 })
      })
    })

    test('credentials are checked at each platform', async ({ page, world, chat, watch }) => {
      test.setTimeout(120_000)
      expectRefusals(watch, 409)
      const admin = await asIvo(world)
      for (const platform of Object.keys(FIELDS) as Platform[]) {
        await test.step(platform, async () => {
          const connector = await add(admin, world, chat, platform, `Check ${platform} ${language} ${test.info().project.name}`)
          await open(page, say, `connectors/${connector.id}`)
          await alive(page)
          chat.refuseNext(platform, 401, '', { of: 'check' })
          await press(page, say('connectors-check'))
          await expect(page.getByText(say('why-platform-refused'))).toBeVisible()
          await alive(page)
          await press(page, say('connectors-check'))
          await expect(page.getByText(say('done-checked'))).toBeVisible()
          await expect(page.locator('.head .state')).toHaveText(say('resource-active'))
          expect((await admin.post(`${world.anteroom.url}/actions/delete_connector`, { org: ORG.slug, connector: connector.id })).status).toBe(200)
        })
      }
    })
  })
}
