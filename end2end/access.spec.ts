// Access to resources: flows and resources made in their editors, asking in the catalogue, steps, missing
// data, denial, override, the clock.
import { keep } from './keep'
import { expect, test } from './fixtures'
import { NOW } from './patience'
import {
  alive,
  asIvo,
  done,
  expectRefusals,
  fill,
  idOf,
  languages,
  member,
  ORG,
  press,
  signIn,
  Visitor,
} from './people'
import { ask, offer, open, portal, row, speaking } from './portal'

test.use({ worldOptions: { clock: true } })

for (const language of languages) {
  test.describe(language, () => {
    const say = speaking(language)

    test('two steps, from the catalogue to Applications, with a manager who was missing', async ({
      page,
      world,
      someoneElse,
      watch,
    }) => {
      expectRefusals(watch, 409, 422)
      const admin = await asIvo(world)
      const role = await portal(admin, world)
      const [mira, tess, ana, bo, cleo] = await Promise.all(
        ['Mira Okafor', 'Tess Varga', 'Ana Lind', 'Bo Marsh', 'Cleo Dahl'].map(name =>
          member(world, admin, name, role, language),
        ),
      )
      const mark = `${language} ${test.info().project.name}`
      await done(admin, world, 'create_group', { name: `Lab ${mark}` })
      const group = await idOf(admin, world, 'groups', `Lab ${mark}`)
      for (const one of [ana, bo, cleo])
        await done(admin, world, 'add_to_group', { group, person: one.email })
      const flow = `Two eyes ${mark}`
      const resource = `Billing console ${mark}`

      await test.step('an administrator makes a flow and a resource', async () => {
        await open(page, say, 'flows')
        await keep(page, `flows-none-${language}`)
        await page.getByRole('link', { name: say('flows-create') }).click()
        await expect(page).toHaveURL(/flows\/new$/)
        await keep(page, `flows-new-${language}`)
        await alive(page)
        await page.getByLabel(say('label-name'), { exact: true }).fill(flow)
        await press(page, say('flows-create'))
        await expect(page.getByRole('heading', { name: flow })).toBeVisible()
        const second = page.locator('details.fold').nth(1)
        await alive(page)
        await second.locator('summary').click()
        await second
          .getByLabel(say('flows-approvers'))
          .selectOption({ label: say('approvers-group', { name: `Lab ${mark}` }) })
        await second.getByLabel(say('flows-quorum')).selectOption({ label: say('quorum-number') })
        await second.getByLabel(say('flows-number')).fill('0')
        await press(page, say('flows-save'))
        await expect(page.getByText(say('why-not-in-range', { min: 1, max: 100 }))).toBeVisible()
        await keep(page, `flow-new-${language}`)
        await alive(page)
        await second.getByLabel(say('flows-number')).fill('2')
        await press(page, say('flows-save'))
        await expect(page).toHaveURL(/done=saved/)
        await expect(page.getByRole('main')).toContainText(say('flows-version', { n: 2 }))
        await open(page, say, 'resources')
        await keep(page, `resources-none-${language}`)
        await page.getByRole('link', { name: say('resources-create') }).click()
        await expect(page).toHaveURL(/resources\/new$/)
        await keep(page, `resource-new-${language}`)
        await alive(page)
        await page.getByLabel(say('label-name'), { exact: true }).fill(resource)
        await page.getByLabel(say('label-description')).fill('Invoices and payments')
        await page.getByLabel(say('label-flow'), { exact: true }).selectOption({ label: flow })
        await page.getByLabel(say('label-most-days')).fill('30')
        await press(page, say('resources-create'))
        await expect(page).toHaveURL(/resources\?done=saved/)
        await keep(page, `resources-${language}`)
        await page.getByRole('link', { name: resource }).click()
        await keep(page, `resource-${language}`)
      })

      await test.step('a flow is tried out', async () => {
        await open(page, say, 'flows')
        await keep(page, `flows-${language}`)
        await page.getByRole('link', { name: flow }).click()
        await page.getByLabel(say('try-person')).fill(mira.email)
        await page.locator('#try-resource').selectOption({ label: resource })
        await press(page, say('try-press'))
        await expect(page.locator('#try')).toContainText(say('missing-manager'))
        await expect(page.locator('#try')).toContainText('Ana Lind, Bo Marsh, Cleo Dahl')
        await keep(page, `flow-${language}`)
      })

      const requester = await someoneElse()
      await test.step('a member asks in the catalogue', async () => {
        await open(requester, say, 'catalog', mira)
        await requester.getByRole('link', { name: `${say('catalog-ask')}: ${resource}` }).click()
        const dialog = requester.getByRole('dialog')
        await alive(requester)
        await dialog.getByLabel(say('ask-days')).fill('31')
        await dialog.getByRole('button', { name: say('catalog-ask') }).click()
        await expect(requester.getByText(say('why-not-in-range', { min: 1, max: 30 }))).toBeVisible()
        await keep(requester, `catalog-ask-${language}`)
        await alive(requester)
        await dialog.getByLabel(say('ask-days')).fill('14')
        await dialog.getByLabel(say('ask-reason-optional')).fill('For the audit')
        await dialog.getByRole('button', { name: say('catalog-ask') }).click()
        await expect(requester).toHaveURL(/my_requests\?request=[\w-]+&done=requested/)
        await expect(requester.locator('.panel .state')).toHaveText(say('status-missing_data'))
        await keep(requester, `my-requests-missing-${language}`)
        await open(requester, say, 'catalog')
        await keep(requester, `catalog-${language}`)
      })

      await test.step('the queue says that data is missing; added in Users, the flow goes on by itself', async () => {
        await open(page, say, 'access_requests')
        await page.getByRole('link', { name: say('missing-view') }).click()
        await expect(row(page, mira).locator('.state')).toHaveText(say('status-missing_data'))
        await alive(page)
        await row(page, mira)
          .getByRole('button', { name: `${say('queue-details')}: ${mira.email}` })
          .click()
        await expect(page.getByRole('heading', { name: say('progress-title') })).toBeVisible()
        await keep(page, `queue-missing-${language}`)
        await page.getByRole('link', { name: say('add-in-users') }).click()
        await alive(page)
        const manager = page.getByLabel(say('label-manager'), { exact: true })
        await expect(manager).toBeFocused()
        await manager.fill(tess.email)
        await page
          .locator('#employment')
          .getByRole('button', { name: say('save') })
          .click()
        await expect(page).toHaveURL(/access_requests\?request=/)
        await expect(row(page, mira).locator('.state')).toHaveText(say('status-pending'))
        await keep(page, `queue-resource-${language}`)
      })

      const letter = await world.mail.letterTo(tess.email, {
        matching: l => l.text.includes('/approvals?request='),
      })
      const approve = async (person: typeof mira, link: string, picture?: string) => {
        const approver = await someoneElse()
        await approver.goto(link)
        await signIn(approver, say, person)
        const panel = approver.locator('article').filter({ hasText: mira.email })
        if (picture) await keep(approver, `approvals-${language}`)
        await panel
          .getByRole('link', { name: `${say('approvals-approve')}: ${mira.name}, ${resource}` })
          .click()
        if (picture) await keep(approver, `approvals-approve-${language}`)
        await alive(approver)
        await approver
          .getByRole('dialog')
          .getByRole('button', { name: say('approvals-approve') })
          .click()
        await expect(approver).toHaveURL(/done=voted/)
        return approver
      }
      await test.step('the manager and two of the group approve', async () => {
        const manager = await approve(tess, letter.link(/approvals/), 'picture')
        await expect(manager.locator('article')).toContainText(say('approvals-over'))
        for (const one of [ana, cleo]) {
          const own = await world.mail.letterTo(one.email, {
            matching: l => l.text.includes('/approvals?request='),
          })
          await approve(one, own.link(/approvals/))
        }
      })

      await test.step('the requester has it, sees how it came, and the queue says by whom', async () => {
        await world.mail.letterTo(mira.email, { matching: l => l.text.includes('/applications') })
        await open(requester, say, 'applications')
        await expect(requester.getByRole('main')).toContainText(resource)
        await keep(requester, `applications-${language}`)
        await open(requester, say, 'my_requests')
        await expect(requester.locator('.panel .state').first()).toHaveText(say('status-resource-approved'))
        await keep(requester, `my-requests-${language}`)
        await page.goto(`/${ORG.slug}/access_requests?tab=approved`)
        await expect(row(page, mira)).toContainText('Cleo Dahl')
      })

      await test.step('its holder is told before it ends, and it ends by itself', async () => {
        await page.goto('about:blank') // its session ends on the way
        await world.setClock(13 * 86400 + 3600)
        await world.mail.letterTo(mira.email, { matching: l => l.text.includes('/applications') })
        await world.setClock(14 * 86400 + 60)
        await open(requester, say, 'applications', mira)
        await expect(requester.getByRole('heading', { name: say('applications-none') })).toBeVisible()
        await keep(requester, `applications-none-${language}`)
        await world.setClock(0)
      })
    })

    test('denied with an internal note, overridden, canceled, and a delegate', async ({
      page,
      world,
      someoneElse,
      watch,
    }) => {
      expectRefusals(watch, 409, 422)
      const admin = await asIvo(world)
      const role = await portal(admin, world)
      const [nils, olga, petra] = await Promise.all(
        ['Nils Aho', 'Olga Reis', 'Petra Voss'].map(name => member(world, admin, name, role, language)),
      )
      const mark = `${language} ${test.info().project.name}`
      const make = async (name: string, steps: Record<string, string>) =>
        (await offer(admin, world, `${name} ${mark}`, steps, { reason_required: 'on' })).resource
      const vault = await make('Vault', { step1_approvers: 'administrators' })
      const ledger = await make('Ledger', { step1_approvers: 'members', step1_members: olga.email })
      const requester = await someoneElse()
      const askFor = (resource: string) => ask(requester, say, resource, nils, 'For the quarter')

      await test.step('an administrator denies: a reason is needed, the note stays inside', async () => {
        const id = await askFor(vault)
        await open(page, say, 'access_requests')
        await keep(page, `queue-pending-${language}`)
        await alive(page)
        await row(page, nils)
          .getByRole('button', { name: `${say('queue-deny')}: ${nils.email}` })
          .click()
        const dialog = page.getByRole('dialog')
        await dialog.getByRole('button', { name: say('deny-press') }).click()
        await expect(dialog.getByText(say('why-missing'))).toBeVisible()
        await keep(page, `queue-deny-${language}`)
        await alive(page)
        await dialog.getByLabel(say('deny-reason'), { exact: true }).fill('Not in this quarter')
        await dialog.getByLabel(say('deny-next-steps')).fill('Ask Olga first')
        await dialog.getByRole('button', { name: say('deny-press') }).click()
        await expect(page.locator(`#r-${id}`).locator('.state')).toHaveText(say('status-resource-denied'))
        const letter = await world.mail.letterTo(nils.email, {
          matching: l => l.text.includes('Not in this quarter'),
        })
        expect(letter.text).toContain('Ask Olga first')
      })

      await test.step('an administrator overrides an approver, with a note that the requester sees nowhere', async () => {
        const id = await askFor(ledger)
        await world.mail.letterTo(olga.email, { matching: l => l.text.includes(id) })
        await page.goto(`/${ORG.slug}/access_requests?request=${id}`)
        await alive(page)
        await page
          .locator(`#r-${id}`)
          .getByRole('button', { name: `${say('queue-deny')}: ${nils.email}` })
          .click()
        const dialog = page.getByRole('dialog')
        await expect(dialog).toContainText(say('override-text'))
        await dialog.getByLabel(say('deny-reason'), { exact: true }).fill('Decided above')
        await dialog.getByLabel(say('deny-notes')).fill('KEEPTHIS to ourselves')
        await dialog.getByRole('button', { name: say('deny-press') }).click()
        await expect(page.locator(`#r-${id}`)).toContainText(say('status-resource-denied'))
        await world.mail.letterTo(olga.email, {
          matching: l =>
            l.text.includes('dministrat') && l.text.includes(id) && !l.text.includes('For the quarter'),
        })
        await world.mail.letterTo(nils.email, { matching: l => l.text.includes('Decided above') })
        await open(requester, say, 'my_requests')
        expect(await requester.content()).not.toContain('KEEPTHIS')
        for (const one of world.mail.letters.filter(l => l.recipients.includes(nils.email)))
          expect(one.text + one.html).not.toContain('KEEPTHIS')
        await page.goto(`/${ORG.slug}/insights?what=request.denied`)
        await expect(page.getByRole('main')).toContainText('KEEPTHIS')
      })

      await test.step('an approver is away: the delegate is asked, votes, and asks back first', async () => {
        const approver = await someoneElse()
        await open(approver, say, 'approvals', olga)
        await keep(approver, `approvals-none-${language}`)
        const id = await askFor(ledger)
        await open(approver, say, 'approvals')
        await approver.getByText(say('away-title')).click()
        await fill(approver, { [say('away-delegate')]: petra.email, [say('away-until')]: '2099-01-01' })
        await keep(approver, `approvals-away-${language}`)
        await alive(approver)
        await approver
          .locator('#away')
          .getByRole('button', { name: say('away-save') })
          .click()
        await expect(approver).toHaveURL(/done=saved/)
        const delegate = await someoneElse()
        await open(delegate, say, `approvals?request=${id}`, petra)
        await expect(delegate.locator('article')).toContainText(
          say('approvals-instead', { name: 'Olga Reis' }),
        )
        await delegate.getByRole('link', { name: new RegExp(`^${say('ask-requester')}: `) }).click()
        await fill(delegate, { [say('ask-requester-label')]: 'For which client?' })
        await keep(delegate, `approvals-ask-${language}`)
        await alive(delegate)
        await delegate.getByRole('button', { name: say('ask-requester-press') }).click()
        await expect(delegate).toHaveURL(/done=questioned/)
        await requester.goto(
          (
            await world.mail.letterTo(nils.email, { matching: l => l.text.includes('For which client?') })
          ).link(/my_requests/),
        )
        await keep(requester, `my-requests-question-${language}`)
        await fill(requester, { [say('mine-answer-label')]: 'For all of them' })
        await press(requester, say('mine-answer'))
        await expect(requester).toHaveURL(/done=answered/)
        await world.mail.letterTo(petra.email, { matching: l => l.text.includes('For all of them') })
        await delegate.reload()
        await delegate.getByRole('link', { name: new RegExp(`^${say('approvals-deny')}: `) }).click()
        await fill(delegate, { [say('deny-reason')]: 'Too many' })
        await keep(delegate, `approvals-deny-${language}`)
        await alive(delegate)
        await delegate
          .getByRole('dialog')
          .getByRole('button', { name: say('deny-press') })
          .click()
        await expect(delegate).toHaveURL(/done=voted/)
        await open(requester, say, `my_requests?request=${id}`)
        await expect(requester.locator('.panel').first()).toContainText(
          say('progress-denied-for', { by: 'Petra Voss', away: 'Olga Reis' }),
        )
      })

      await test.step('an administrator cancels; filters show and hide, and are taken away by their chips', async () => {
        const id = await askFor(vault)
        await page.goto(`/${ORG.slug}/access_requests?request=${id}`)
        await alive(page)
        const picked = page.locator(`#r-${id}`)
        await picked.getByText('⋯').click()
        await picked.getByRole('button', { name: `${say('queue-cancel')}: ${nils.email}` }).click()
        await page.getByRole('dialog').getByLabel(say('deny-reason'), { exact: true }).fill('Asked twice')
        await page
          .getByRole('dialog')
          .getByRole('button', { name: say('cancel-request-press') })
          .click()
        await expect(picked.locator('.state')).toHaveText(say('status-canceled'))
        await world.mail.letterTo(nils.email, {
          matching: l => l.text.includes('Asked twice') && l.text.includes('/catalog?ask='),
        })
        await page.goto(`/${ORG.slug}/access_requests?tab=others`)
        await expect(page.locator(`#r-${id}`)).toHaveCount(0)
        const open = `${say('filter-status')}: ${say('filter-status-open')}`
        await page.getByRole('link', { name: say('filter-remove', { filter: open }) }).click()
        await expect(page.locator(`#r-${id}`)).toBeVisible()
        await page.getByText(say('filter-title'), { exact: true }).click()
        await page
          .getByLabel(say('filter-status'), { exact: true })
          .selectOption({ label: say('filter-status-denied') })
        await page.getByLabel(say('filter-requester')).fill('nil')
        await keep(page, `queue-filter-${language}`)
        await alive(page)
        await page.getByRole('button', { name: say('filter-apply') }).click()
        await expect(page.locator(`#r-${id}`)).toHaveCount(0)
        await expect(page.locator('tbody tr[id]')).not.toHaveCount(0)
        await page.getByRole('link', { name: say('filter-clear') }).click()
        await expect(page.locator(`#r-${id}`)).toBeVisible()
      })
    })

    test('two hundred are decided at once, and the export is what the page lists', async ({
      page,
      world,
      watch,
    }) => {
      expectRefusals(watch, 409, 422)
      const admin = await asIvo(world)
      const role = await portal(admin, world)
      const mark = `${language}${test.info().project.name}`
      const flow = (
        await done(admin, world, 'create_flow', { name: `Many ${mark}`, step1_approvers: 'administrators' })
      ).match(/flows\/([\w-]+)/)![1]
      const things: string[] = []
      await test.step('twenty things', async () => {
        for (let n = 0; n < 20; n++) {
          await done(admin, world, 'create_resource', { name: `Thing${mark} ${n}`, flow })
          things.push(await idOf(admin, world, `resources?q=Thing${mark}`, `Thing${mark} ${n}<`))
        }
      })
      const people = await Promise.all(
        [...Array(10).keys()].map(n => member(world, admin, `Asker${n} Many`, role, language)),
      )
      await test.step('ten people ask for each', async () => {
        await Promise.all(
          people.map(async person => {
            const visitor = new Visitor(language)
            expect(
              (
                await visitor.post(`${world.anteroom.url}/actions/sign_in`, {
                  email: person.email,
                  password: person.password,
                })
              ).status,
            ).toBe(200)
            for (const resource of things) await done(visitor, world, 'ask_for', { resource })
          }),
        )
      })
      const list = `access_requests?q=Thing${mark}&kind=resource`
      const shown: string[] = []
      await test.step('the export is what the pages list', async () => {
        await open(page, say, list)
        await alive(page)
        await expect(page.locator('tbody tr[id]')).toHaveCount(25)
        const file = await page.request.get(
          `/${ORG.slug}/access_requests/export?q=Thing${mark}&kind=resource&format=json`,
        )
        const exported = (await file.json()) as { id: string; status: string }[]
        expect(exported).toHaveLength(200)
        for (;;) {
          await alive(page)
          shown.push(
            ...(await page.locator('tbody tr[id]').evaluateAll(rows => rows.map(row => row.id.slice(2)))),
          )
          const next = page.getByRole('link', { name: say('queue-next') })
          if (!(await next.count())) break
          const address = new URL((await next.getAttribute('href'))!, page.url()).href
          await next.click()
          await expect(page).toHaveURL(address)
        }
        expect(shown).toEqual(exported.map(row => row.id))
      })

      await test.step('one is decided', async () => {
        await open(page, say, list)
        await page.getByText(say('bulk-open')).click()
        await alive(page)
        await press(page, say('bulk-press'))
        await expect(page.getByText(say('why-nothing-picked'))).toBeVisible()
        await keep(page, `queue-bulk-${language}`)
        await alive(page)
        await page
          .getByRole('checkbox', { name: new RegExp(`^${say('bulk-pick')}: `) })
          .first()
          .check()
        await press(page, say('bulk-press'))
        await expect(
          page.getByRole('status').filter({ hasText: say('bulk-done', { done: 1, all: 1, refused: 0 }) }),
        ).toBeVisible()
      })
      await test.step('then all that are left', async () => {
        await open(page, say, list)
        await page.getByText(say('bulk-open')).click()
        await alive(page)
        await page.getByLabel(say('bulk-all')).check()
        await press(page, say('bulk-press'))
        await expect(page).toHaveURL(/access_requests\/bulk\//)
        await keep(page, `bulk-running-${language}`)
      })
      await test.step('a restart takes the rest up', async () => {
        await world.anteroom.kill() // a restart takes the rest up
        await world.anteroom.begin()
        await expect(async () => {
          await page.reload()
          await expect(
            page
              .getByRole('status')
              .filter({ hasText: say('bulk-done', { done: 199, all: 199, refused: 0 }) }),
          ).toBeVisible(NOW)
        }).toPass()
        await keep(page, `bulk-done-${language}`)
      })
      await test.step('all are approved', async () => {
        await open(page, say, `access_requests?tab=approved&q=Thing${mark}`)
        await expect(page.locator('tbody tr[id]')).toHaveCount(25)
        await expect(page.locator('tbody .state').first()).toHaveText(say('status-resource-approved'))
      })
    })
  })
}
