// `serve --demo`: a believable organisation that needs nothing, and that stays apart from real ones.
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Page } from '@playwright/test'
import { keep } from './keep'
import { expect, test } from './fixtures'
import { Anteroom } from './peers/anteroom'
import { NOW, PATIENCE } from './patience'
import { alive, ASKED, expectRefusals, fill, found, languages, LOCALES, ORG, press, signOut, words } from './people'

test.use({ worldOptions: { demo: true } })

const say = words('en')
const STRANGER = { email: 'sam.quill@northlight.test', name: 'Sam Quill' }

async function enter(page: Page, who: 'administrator' | 'member' | 'stranger'): Promise<void> {
  await page.goto('/')
  await press(page, say(`demo-as-${who}`))
  await page.waitForURL(url => url.pathname !== '/')
}

test('one press signs in as administrator, as member without rights, and as stranger', async ({
  page,
  watch,
}) => {
  expectRefusals(watch, 404)
  await test.step('as administrator', async () => {
    await enter(page, 'administrator')
    await expect(page).toHaveURL(`/${ORG.slug}/access_requests`)
    await signOut(page, say)
  })
  await test.step('as member', async () => {
    await enter(page, 'member')
    await expect(page).toHaveURL(`/${ORG.slug}`)
    await expect(page.getByRole('status')).toContainText(say('home-restricted'))
    await signOut(page, say)
  })
  await test.step('as stranger', async () => {
    await enter(page, 'stranger')
    await expect(page).toHaveURL('/signup')
    expect((await page.goto(`/${ORG.slug}`))?.status()).toBe(404)
  })
})

test('sixty requests and more, page by page, each once and newest first', async ({ page }) => {
  await enter(page, 'administrator')
  await expect(page).toHaveURL(`/${ORG.slug}/access_requests`)
  const states = new Set<string>()
  /** All rows of a list, over all its pages. */
  const every = async (query: string) => {
    const rows: { id: string; at: string }[] = []
    await page.goto(`/${ORG.slug}/access_requests?${query}`)
    for (;;) {
      await alive(page)
      for (const row of await page.locator('tbody tr[id]').all()) {
        rows.push({
          id: (await row.getAttribute('id'))!,
          at: (await row.locator('time').first().getAttribute('datetime'))!,
        })
        states.add((await row.locator('.state').textContent())!)
      }
      const older = page.getByRole('link', { name: say('queue-next') })
      if (!(await older.count())) return rows
      const last = rows.at(-1)!.id
      await older.click()
      await expect(page.locator(`tr[id="${last}"]`)).toHaveCount(0)
    }
  }
  const rows: { id: string; at: string }[] = []
  await test.step('each tab shows what its number says, newest first', async () => {
    for (const tab of ['pending', 'approved', 'others']) {
      // The number on a tab is that of its rows under its default filter.
      const shown = await every(`tab=${tab}`)
      expect(Number(await page.locator('.tabs [aria-current] .count').textContent())).toBe(shown.length)
      const all = await every(`tab=${tab}&status=any&approval=any`)
      const times = all.map(row => row.at)
      expect(times).toEqual([...times].sort().reverse())
      rows.push(...all)
    }
  })
  await test.step('none is missing or there twice', async () => {
    expect(rows.length).toBeGreaterThanOrEqual(60)
    expect(new Set(rows.map(row => row.id)).size).toBe(rows.length)
    for (const state of ['pending', 'approved', 'denied', 'canceled', 'expired'])
      expect(states).toContain(say(`status-${state}`))
  })
})

test('the thin path on a phone, with the letters of the mailbox', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 })
  await test.step('a stranger asks', async () => {
    await enter(page, 'stranger')
    await fill(page, { [say('signup-message')]: 'From my phone' })
    await press(page, say('signup-request'))
    await expect(page).toHaveURL(ASKED)
    await signOut(page, say)
  })
  await test.step('the letter leads the administrator to the request', async () => {
    await enter(page, 'administrator')
    await openLetter(
      page,
      say('letter-request-submitted-subject', { ...STRANGER, organisation: ORG.organisation }),
    )
    await page
      .getByRole('link', { name: /access_requests\?request=/ })
      .filter({ visible: true })
      .click()
    await expect(page).toHaveURL(/\/access_requests\?request=/)
    await expect(page.getByText('From my phone')).toBeVisible()
  })
  const row = page.locator('tbody tr.picked[id]')
  await test.step('who approves it', async () => {
    await alive(page)
    await row.getByRole('button', { name: `${say('queue-approve')}: ${STRANGER.email}` }).click()
    await page
      .getByRole('dialog')
      .getByRole('button', { name: say('queue-approve-press') })
      .click()
    await expect(row.locator('.state')).toHaveText(say('status-approved'))
    await signOut(page, say)
  })
  await test.step('and the stranger in', async () => {
    await enter(page, 'stranger')
    await openLetter(page, say('letter-invitation-subject', ORG))
    await page
      .getByRole('link', { name: /\/invitations\// })
      .filter({ visible: true })
      .click()
    await press(page, say('invitation-accept'))
    await expect(page).toHaveURL(`/${ORG.slug}`)
    await expect(page.getByRole('status')).toContainText(say('home-restricted'))
  })
})

test('two people wait who wrote to bots; whoever is approved is told so, and no platform is called', async ({
  page,
}) => {
  await enter(page, 'administrator')
  await page.goto(`/${ORG.slug}/access_requests?kind=chat`)
  const rows = page.locator('tbody tr[id]')
  await expect(rows).toHaveCount(2)
  const timo = rows.filter({ hasText: 'Timo Ash' })
  await expect(timo).toContainText('Visitors')
  await keep(page, 'demo-chat')
  await test.step('one is approved', async () => {
    await alive(page)
    await timo
      .getByRole('button', { name: new RegExp(`^${say('queue-approve')}:`) })
      .first()
      .click()
    await page
      .getByRole('dialog')
      .getByRole('button', { name: say('chat-approve-press') })
      .click()
    await expect(timo.locator('.state')).toHaveText(say('status-chat-approved'))
  })
  await page.goto(`/${ORG.slug}/connectors`)
  await page.getByRole('link', { name: 'Visitors' }).click()
  const here = page.url()
  await expect(async () => {
    await page.goto(here)
    await page.getByText(say('connectors-latest')).click()
    await expect(
      page
        .getByRole('listitem')
        .filter({ hasText: 'Timo Ash' })
        .filter({ hasText: `${say('chat-what-approval')}: delivered` }),
    ).toBeVisible(NOW)
  }).toPass()
})

/** The outbox is worked on in the background: the mailbox is looked into until the letter is there. */
async function openLetter(page: Page, subject: string): Promise<void> {
  const letter = page.getByRole('group').filter({ hasText: subject }).first()
  await expect(async () => {
    await page.goto('/dev/mailbox')
    await expect(letter).toBeVisible(NOW)
  }).toPass()
  await letter.locator('summary').click()
}

for (const language of languages) {
  test(`looks well in ${language}`, async ({ someoneElse }) => {
    const local = words(language)
    const page = await someoneElse({ locale: LOCALES[language] })
    await test.step('the front', async () => {
      await page.goto('/')
      await keep(page, `demo-front-${language}`)
    })
    await test.step('the language is chosen', async () => {
      await press(page, local('demo-as-administrator'))
      await expect(page).toHaveURL(`/${ORG.slug}/access_requests`)
      await page.goto('/settings')
      await alive(page)
      await page.getByLabel(/^(Language|Sprache)$/).selectOption(language)
      await page.locator('#profile').getByRole('button').click()
      await page.waitForURL('/settings?done=profile*')
      await expect(page.locator('html')).toHaveAttribute('lang', language)
    })
    await test.step('the queue', async () => {
      await page.goto(`/${ORG.slug}/access_requests`)
      await keep(page, `demo-queue-${language}`)
      const pending = await page
        .locator('tbody tr[id]', { hasText: local('status-pending') })
        .first()
        .getAttribute('id')
      await page.goto(`/${ORG.slug}/access_requests?request=${pending!.slice(2)}`)
      await keep(page, `demo-request-${language}`)
    })
    await test.step('the mailbox', async () => {
      await page.goto('/dev/mailbox')
      await page.locator('summary').first().click()
      await keep(page, `demo-mailbox-${language}`)
    })
  })
}

test.describe('keeps apart', { tag: '@scripts' }, () => {
  const run = promisify(execFile)
  const refused = (running: Promise<unknown>) =>
    running.then(
      () => 'it started',
      ({ code, stdout, stderr }) => `${code} ${stdout} ${stderr}`,
    )

  test('a demo does not open real data, nor a real server a demo', async () => {
    for (const demo of [false, true]) {
      const anteroom = await Anteroom.start({ demo })
      if (!demo) await found({ anteroom })
      await anteroom.stop()
      const words = await refused(anteroom.command('serve', ...(demo ? [] : ['--demo'])))
      expect(words).toMatch(demo ? /demo/i : /real data/i)
      expect(words).not.toContain('panicked')
      await anteroom.begin()
      await anteroom.dispose()
    }
  })

  test('a demo listens on this machine only', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'anteroom-demo-'))
    const words = await refused(
      run(process.env.ANTEROOM_BIN!, ['serve', '--demo', '--listen', '0.0.0.0:0'], {
        cwd: folder,
        timeout: PATIENCE,
      }),
    )
    expect(words).toMatch(/^78 .*listen/s)
    expect(words).toMatch(/loopback|127\.0\.0\.1/)
    await rm(folder, { recursive: true })
  })
})
