// A connector's life after it was added: changed, its secret made anew, what it refuses, disabled, sent
// again; and somebody deactivated.
import { keep } from './keep'
import { add, FIELDS, NAMES, PERSON, test } from './connectors'
import { expect } from './fixtures'
import { NOW } from './patience'
import { alive, asIvo, done, expectRefusals, fill, idOf, languages, member, ORG, press } from './people'
import type { Platform } from './peers/chat'
import { open, speaking } from './portal'

let count = 0

for (const language of languages) {
  test.describe(language, () => {
    const say = speaking(language)

    test('a connector is changed, disabled and enabled, and sends again what was refused', async ({
      page,
      world,
      chat,
    }) => {
      const admin = await asIvo(world)
      const mark = `${language} ${test.info().project.name} ${++count}`
      const connector = await add(admin, world, chat, 'telegram', `First ${mark}`)
      const person = `6${100000 + count}`
      const write = (text: string, webhook_secret = connector.secrets.webhook_secret) =>
        chat.message('telegram', connector.url, {
          person,
          name: 'Kim Vale',
          text,
          secrets: { ...connector.secrets, webhook_secret },
        })
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
        await keep(page, `connector-renewed-${language}`)
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
        await chat.until(
          () => chat.sent('telegram').find(s => s.to === person && s.text === greeting),
          'onboarding message',
        )
        await open(page, say, 'access_requests?kind=chat')
        const queued = page.locator('tbody tr[id]').filter({ hasText: `Desk ${mark}` })
        await expect(queued).toHaveCount(1)
        chat.refuseNext('telegram', 400, {
          ok: false,
          error_code: 400,
          description: 'Bad Request: out of ink',
        })
        await alive(page)
        await queued
          .getByRole('button', { name: new RegExp(`^${say('queue-approve')}:`) })
          .first()
          .click()
        await page
          .getByRole('dialog')
          .getByRole('button', { name: say('chat-approve-press') })
          .click()
        await expect(queued.locator('.state')).toHaveText(say('status-chat-approved'))
        const banner = page
          .locator('.banner')
          .filter({ has: page.getByRole('button', { name: say('queue-try-again') }) })
        await expect(async () => {
          await open(page, say, here)
          await expect(banner).toHaveCount(1, NOW)
        }).toPass()
        await expect(state).toHaveText(say('connectors-in-trouble'))
        await expect(page.locator('.facts')).toContainText('out of ink')
        await page.locator('.fold summary').last().click()
        await keep(page, `connector-undelivered-${language}`)
        await alive(page)
        await banner.getByRole('button').click()
        await chat.until(
          () => chat.sent('telegram').find(s => s.to === person && s.text === 'Welcome, Kim Vale.'),
          'approval message',
        )
        await expect(async () => {
          await open(page, say, here)
          await expect(state).toHaveText(say('resource-active'), NOW)
        }).toPass()
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
          await expect(queued).toHaveCount(1, NOW)
        }).toPass()
      })
    })

    test('the form of each platform, filled in: it takes messages and answers them', async ({
      page,
      world,
      chat,
    }) => {
      const admin = await asIvo(world)
      const mark = `${language} ${test.info().project.name}`
      const person = (platform: Platform) => `${PERSON[platform]}${300000 + ++count}`
      const facts = page.locator('.facts dd')
      for (const platform of Object.keys(FIELDS) as Platform[]) {
        await test.step(platform, async () => {
          const label = (field: string) => say(`connector-${field.replaceAll('_', '-')}`)
          await open(page, say, 'connectors/new')
          await page.getByRole('link', { name: say(`platform-${platform}`), exact: true }).click()
          await fill(page, { [say('label-name')]: `Form ${platform} ${mark}` })
          for (const [field, value] of Object.entries(FIELDS[platform]))
            await page.getByLabel(label(field), { exact: true }).fill(value)
          await keep(page, `connector-new-${platform}-${language}`)
          await press(page, say('connectors-add'))
          await expect(page).toHaveURL(/connectors\/[\w-]+(\?|$)/)
          await expect(page.locator('.head .state')).toHaveText(say('resource-active'))
          await expect(facts).toHaveText([say('connectors-never'), say('connectors-never')])
          const here = new URL(page.url()).pathname
          await alive(page)
          const made = await page.locator('.banner .link-once').allTextContents()
          const url = (await page.locator('.panel .link-once').textContent())!
          const secrets = { ...FIELDS[platform], webhook_secret: made[0], verify_token: made[0] }
          if (platform !== 'teams') await keep(page, `connector-made-${platform}-${language}`)
          expect(
            await chat.message(platform, url, {
              person: person(platform),
              name: NAMES[platform],
              text: 'Hello',
              secrets,
            }),
          ).toMatchObject({ status: 200 })
          await expect(async () => {
            await page.goto(here)
            await expect(facts.locator('time')).toHaveCount(2, NOW)
          }).toPass()
          await expect(page.locator('.head .state')).toHaveText(say('resource-active'))
          // What it was given is there, but no secret.
          for (const [field, value] of Object.entries(FIELDS[platform])) {
            const isSecret = /secret|token/.test(field)
            await expect(page.getByLabel(label(field), { exact: true })).toHaveValue(isSecret ? '' : value)
            if (isSecret)
              expect((await page.content()).includes(value), `the page shows ${field}`).toBe(false)
          }
        })
      }
      await test.step('one person at two of them', async () => {
        const [telegram, sms] = await Promise.all(
          (['telegram', 'sms'] as const).map(async platform => {
            const id = await idOf(admin, world, 'connectors', `Form ${platform} ${mark}`)
            const contacts = `connectors/${id}/contacts`
            const html = await (await admin.get(`${world.anteroom.url}/${ORG.slug}/${contacts}`)).text()
            await done(admin, world, 'note_member', {
              contact: /name="contact" value="([\w-]+)"/.exec(html)![1],
              person: 'Ivo Brandt',
            })
            return contacts
          }),
        )
        await open(page, say, telegram)
        await expect(page.locator('tbody tr').filter({ hasText: 'Ivo Brandt' })).toContainText(
          `${say('platform-sms')} · Form sms ${mark}`,
        )
        await keep(page, `contacts-others-${language}`)
        await open(page, say, sms)
        await expect(page.locator('tbody tr').filter({ hasText: 'Ivo Brandt' })).toContainText(
          `${say('platform-telegram')} · Form telegram ${mark}`,
        )
      })
    })

    test('who may not decide sets up nothing with buttons', async ({ page, world, chat, watch }) => {
      expectRefusals(watch, 403)
      const admin = await asIvo(world)
      const mark = `${language} ${test.info().project.name}`
      const [telegram, sms] = [
        await add(admin, world, chat, 'telegram', `Kept ${mark}`),
        await add(admin, world, chat, 'sms', `Free ${mark}`),
      ]
      await done(admin, world, 'create_role', { name: `Connecting ${mark}`, 'may_connectors.manage': 'on' })
      const person = await member(
        world,
        admin,
        'Ray Holm',
        await idOf(admin, world, 'roles', `Connecting ${mark}`),
        language,
      )
      await test.step('the kinds without buttons are offered', async () => {
        await open(page, say, 'connectors/new', person)
        await expect(page.getByRole('main').locator('ul.plain a')).toHaveText([
          say('platform-whatsapp'),
          say('platform-sms'),
        ])
        await expect(page.getByText(say('connectors-needs-decide'))).toBeVisible()
        await keep(page, `connectors-needs-decide-${language}`)
      })
      const name = page.getByLabel(say('label-name'), { exact: true })
      await test.step('of the connectors that are there, one without buttons can be changed', async () => {
        await open(page, say, `connectors/${sms.id}`)
        await expect(name).toHaveValue(`Free ${mark}`)
        await open(page, say, `connectors/${telegram.id}`)
        await expect(page.getByText(say('connectors-needs-decide'))).toBeVisible()
        await expect(name).toHaveCount(0)
        await keep(page, `connector-needs-decide-${language}`)
      })
      await test.step('a kind with buttons is refused', async () => {
        expect((await page.goto(`/${ORG.slug}/connectors/new?platform=slack`))!.status()).toBe(403)
      })
    })

    test('credentials are checked at each platform', async ({ page, world, chat, watch }) => {
      expectRefusals(watch, 409)
      const admin = await asIvo(world)
      for (const platform of Object.keys(FIELDS) as Platform[]) {
        await test.step(platform, async () => {
          const connector = await add(
            admin,
            world,
            chat,
            platform,
            `Check ${platform} ${language} ${test.info().project.name}`,
          )
          await open(page, say, `connectors/${connector.id}`)
          await alive(page)
          chat.refuseNext(platform, 401, '', { of: 'check' })
          await press(page, say('connectors-check'))
          await expect(page.getByText(say('why-platform-refused'))).toBeVisible()
          await alive(page)
          await press(page, say('connectors-check'))
          await expect(page.getByText(say('done-checked'))).toBeVisible()
          await expect(page.locator('.head .state')).toHaveText(say('resource-active'))
          expect(
            (
              await admin.post(`${world.anteroom.url}/actions/delete_connector`, {
                org: ORG.slug,
                connector: connector.id,
              })
            ).status,
          ).toBe(200)
        })
      }
    })
  })
}
