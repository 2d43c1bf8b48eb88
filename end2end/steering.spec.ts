// Steering requests that are under way: hooks that fail, votes and overrides of one administrator, flows
// edited and deleted, and the clock.
import { keep } from './keep'
import { expect, test } from './fixtures'
import { NOW } from './patience'
import { alive, asIvo, done, expectRefusals, idOf, languages, member, ofOne, ORG, press } from './people'
import { HookPeer } from './peers/hook'
import { ask, offer, open, portal, row, speaking } from './portal'

test.use({ worldOptions: { clock: true, config: 'private_hooks = true\n' } })

const DAY = 86_400

for (const language of languages) {
  test.describe(language, () => {
    const say = speaking(language)

    test('a provisioning hook that fails, then works; a vote and an override of the same administrator', async ({
      page,
      world,
      someoneElse,
      watch,
    }) => {
      expectRefusals(watch, 409, 422)
      const hook = await HookPeer.start()
      const admin = await asIvo(world)
      const role = await portal(admin, world)
      const [nils, olga] = await Promise.all(
        ['Nils Aho', 'Olga Reis'].map(name => member(world, admin, name, role, language)),
      )
      const mark = `${language} ${test.info().project.name}`
      const steps = {
        step1_approvers: 'members',
        step1_members: 'ivo@northlight.test',
        step2_approvers: 'members',
        step2_members: olga.email,
      }
      const { resource } = await offer(admin, world, `Safe ${mark}`, steps)
      const requester = await someoneElse()
      await test.step('an administrator gives the resource a hook, and sees its secret once', async () => {
        await open(page, say, `resources/${resource}`)
        await alive(page)
        await page.getByLabel(say('label-hook')).fill(hook.url)
        await press(page, say('save'))
        await expect(page.locator('.link-once')).toHaveText(/^whsec_/)
        hook.secret = await page.locator('.link-once').innerText()
        await keep(page, `resource-hook-${language}`)
        await open(page, say, `resources/${resource}`)
        await expect(page.locator('.link-once')).toHaveCount(0)
      })

      const first = await ask(requester, say, resource, nils)
      await test.step('an administrator who is asked votes in Approvals: the flow goes on', async () => {
        await page.goto(`/${ORG.slug}/access_requests?request=${first}`)
        await alive(page)
        await expect(page.getByText(say('queue-vote-hint'))).toBeVisible()
        await page.getByRole('link', { name: say('queue-vote') }).click()
        const panel = page.locator('article').filter({ hasText: nils.email })
        await panel
          .getByRole('link', { name: `${say('approvals-approve')}: ${nils.name}, Safe ${mark}` })
          .click()
        await alive(page)
        await page
          .getByRole('dialog')
          .getByRole('button', { name: say('approvals-approve') })
          .click()
        await expect(page).toHaveURL(/done=voted/)
        await open(requester, say, `my_requests?request=${first}`)
        await expect(requester.locator('.panel .state').first()).toHaveText(say('status-pending'))
        await expect(requester.locator('.panel').first()).toContainText(
          say('progress-approved', { by: 'Ivo Brandt' }),
        )
        await expect(requester.locator('.panel').first()).toContainText('Olga Reis')
      })

      await test.step('the last approval calls the hook, which refuses: Error, with what can be done', async () => {
        hook.status = 400
        const approver = await someoneElse()
        await approver.goto(
          (await world.mail.letterTo(olga.email, { matching: l => l.text.includes(first) })).link(
            /approvals/,
          ),
        )
        await open(approver, say, `approvals?request=${first}`, olga)
        await approver
          .getByRole('link', { name: `${say('approvals-approve')}: ${nils.name}, Safe ${mark}` })
          .click()
        await alive(approver)
        await approver
          .getByRole('dialog')
          .getByRole('button', { name: say('approvals-approve') })
          .click()
        await expect(approver).toHaveURL(/done=voted/)
        await expect(async () => {
          await page.goto(`/${ORG.slug}/access_requests?request=${first}`)
          await expect(page.locator(`#r-${first} .state`)).toHaveText(say('status-error'), NOW)
        }).toPass()
        await expect(page.getByText(say('problem-hook-failed'))).toBeVisible()
        await expect(page.getByRole('main')).toContainText(say('hook-state-failed', { problem: '' }).trim())
        await keep(page, `queue-error-${language}`)
        await open(requester, say, 'applications')
        await expect(requester.getByRole('main')).not.toContainText(`Safe ${mark}`)
      })

      await test.step('mended and retried, it is granted; each call was signed', async () => {
        hook.status = 204
        await alive(page)
        await page.getByRole('button', { name: say('queue-retry') }).click()
        await world.mail.letterTo(nils.email, { matching: l => l.text.includes('/applications') })
        await open(requester, say, 'applications')
        await expect(requester.getByRole('main')).toContainText(`Safe ${mark}`)
        expect(hook.calls.map(call => call.body.type)).toEqual(['access.granted', 'access.granted'])
        expect(
          hook.calls.every(
            call => call.signed && call.body.request === first && call.body.email === nils.email,
          ),
        ).toBe(true)
        expect(hook.calls[0].id).not.toBe(hook.calls[1].id)
      })

      await test.step('on another request the same administrator overrides, and progress says so', async () => {
        const petra = await member(world, admin, 'Petra Voss', role, language)
        const other = await someoneElse()
        const second = await ask(other, say, resource, petra)
        await page.goto(`/${ORG.slug}/access_requests?request=${second}`)
        await alive(page)
        await page
          .locator(`#r-${second}`)
          .getByRole('button', { name: `${say('queue-grant')}: ${petra.email}` })
          .click()
        await expect(page.getByRole('dialog')).toContainText(say('override-text'))
        await page
          .getByRole('dialog')
          .getByRole('button', { name: say('grant-press') })
          .click()
        await world.mail.letterTo(petra.email, { matching: l => l.text.includes('/applications') })
        await open(other, say, `my_requests?request=${second}`)
        await expect(other.locator('.panel').first()).toContainText(
          say('progress-overridden-approved', { by: 'Ivo Brandt' }),
        )
        await keep(other, `my-requests-overridden-${language}`)
        await page.goto(`/${ORG.slug}/insights?what=request.overridden`)
        await expect(page.getByRole('main')).toContainText(second)
      })
      hook.down()
    })

    test('a flow is edited and deleted under open requests', async ({ page, world, someoneElse, watch }) => {
      expectRefusals(watch, 409, 422)
      const admin = await asIvo(world)
      const role = await portal(admin, world)
      const [nils, olga, petra] = await Promise.all(
        ['Nils Aho', 'Olga Reis', 'Petra Voss'].map(name => member(world, admin, name, role, language)),
      )
      const mark = `${language} ${test.info().project.name}`
      const { flow, resource } = await offer(admin, world, `Archive ${mark}`, {
        step1_approvers: 'members',
        step1_members: olga.email,
      })
      const asked = async (person: typeof nils) => {
        const requester = await someoneElse()
        return { requester, id: await ask(requester, say, resource, person) }
      }
      const granted = await asked(petra)
      await done(admin, world, 'decide', { request: granted.id, verdict: 'approve' })
      const waiting = await asked(nils)

      await test.step('an open request keeps to its version; the queue says what is different in the newer one', async () => {
        await open(page, say, `flows/${flow}`)
        await alive(page)
        await page.locator('[name=step1_members]').fill(petra.email)
        await press(page, say('flows-save'))
        await expect(page).toHaveURL(/done=saved/)
        await page.goto(`/${ORG.slug}/access_requests?request=${waiting.id}`)
        await expect(page.getByRole('main')).toContainText(say('progress-newer', { number: 2 }))
        await expect(page.getByRole('main')).toContainText('Petra Voss')
        await keep(page, `queue-newer-${language}`)
        await open(waiting.requester, say, `my_requests?request=${waiting.id}`)
        await expect(waiting.requester.locator('.panel').first()).toContainText('Olga Reis')
      })

      await test.step('deleting it says what ends, cancels the open request, and revokes nothing', async () => {
        await open(page, say, `flows/${flow}`)
        await page.getByRole('link', { name: say('flows-delete') }).click()
        const dialog = page.getByRole('dialog')
        await expect(dialog).toContainText(ofOne(language, 'flows-delete-open'))
        await expect(dialog).toContainText(say('flows-delete-granted'))
        await keep(page, `flow-delete-${language}`)
        await alive(page)
        await dialog.getByRole('button', { name: say('flows-delete') }).click()
        await world.mail.letterTo(nils.email, { matching: l => l.text.includes('/catalog?ask=') })
        await open(waiting.requester, say, `my_requests?request=${waiting.id}`)
        await expect(waiting.requester.locator('.panel .state').first()).toHaveText(say('status-canceled'))
        await open(granted.requester, say, 'applications')
        await expect(granted.requester.getByRole('main')).toContainText(`Archive ${mark}`)
      })
    })

    test('reminder, escalation and expiry come by the clock; a daily letter says what is new', async ({
      page,
      world,
      someoneElse,
      watch,
    }) => {
      expectRefusals(watch, 401, 409, 422)
      const admin = await asIvo(world)
      const role = await portal(admin, world)
      const [nils, olga, petra] = await Promise.all(
        ['Nils Aho', 'Olga Reis', 'Petra Voss'].map(name => member(world, admin, name, role, language)),
      )
      const mark = `${language} ${test.info().project.name}`
      await done(admin, world, 'create_group', { name: `Duty ${mark}` })
      const group = await idOf(admin, world, 'groups', `Duty ${mark}`)
      await done(admin, world, 'add_to_group', { group, person: petra.email })
      const { resource } = await offer(admin, world, `Crane ${mark}`, {
        step1_approvers: 'members',
        step1_members: olga.email,
        step1_remind_days: '1',
        step1_escalate_days: '2',
        step1_escalate_to: `group:${group}`,
      })
      await test.step('the settings of requests', async () => {
        await open(page, say, 'settings')
        await alive(page)
        const form = page.locator('#requests')
        await form.getByLabel(say('label-mails-when')).selectOption({ label: say('settings-mails-daily') })
        await form.getByLabel(say('label-retention-days')).fill('7')
        await form.getByRole('button', { name: say('save') }).click()
        await expect(form.getByText(say('why-not-in-range', { min: 30, max: 3650 }))).toBeVisible()
        await alive(page)
        await form.getByLabel(say('label-retention-days')).fill('365')
        await form.getByRole('button', { name: say('save') }).click()
        await expect(page).toHaveURL(/done=saved/)
        await keep(page, `settings-requests-${language}`)
        await page.goto('about:blank')
      })
      const requester = await someoneElse()
      const id = await ask(requester, say, resource, nils)
      await requester.goto('about:blank')
      await world.mail.letterTo(olga.email, { matching: l => l.text.includes(id) })

      await test.step('a day later the approver is reminded, and administrators have their daily letter', async () => {
        await world.setClock(DAY + 60)
        await world.mail.letterTo(olga.email, { matching: l => l.text.includes(id) })
        const daily = await world.mail.letterTo('ivo@northlight.test', {
          matching: l => l.text.includes(`Crane ${mark}`),
        })
        expect(daily.text).toContain(`> Nils Aho (${nils.email}): Crane ${mark}`)
        expect(daily.link(/access_requests/)).toMatch(/access_requests$/)
      })

      await test.step('two days later others are asked too', async () => {
        await world.setClock(2 * DAY + 60)
        await world.mail.letterTo(petra.email, { matching: l => l.text.includes(id) })
      })

      await test.step('after thirty days nobody has acted: it expired, and the requester is told', async () => {
        await world.setClock(31 * DAY)
        const letter = await world.mail.letterTo(nils.email, {
          matching: l => l.text.includes('/catalog?ask='),
        })
        expect(letter.subject).toBe(say('letter-access-expired-subject', { resource: `Crane ${mark}` }))
        await open(requester, say, `my_requests?request=${id}`, nils)
        await expect(requester.locator('.panel .state').first()).toHaveText(say('status-expired'))
        await open(page, say, `access_requests?tab=others&status=expired&q=Crane`)
        await expect(row(page, nils).first().locator('.state')).toHaveText(say('status-expired'))
        await keep(page, `queue-expired-${language}`)
        await page.goto('about:blank')
        await requester.goto('about:blank')
      })
      await world.setClock(0)
      await done(await asIvo(world), world, 'change_request_rules', {
        request_days: '30',
        mails_requests: 'on',
      })
    })
  })
}
