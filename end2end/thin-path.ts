// The story of thin-path-*.spec.ts, told once for each language (a world's set-up link works once, and a
// world belongs to a file). The first way through the house: somebody asks, an administrator decides, the
// invited person accepts and stands in the restricted home.
import type { Page } from '@playwright/test'
import { keep } from './keep'
import { expect, test } from './fixtures'
import {
  alive,
  ask,
  expectRefusals,
  arriveAtSignUp,
  ASKED,
  AT_PROVIDER,
  fill,
  found,
  IVO,
  LOCALES,
  IVO_THERE,
  newcomer,
  ORG,
  press,
  scripts,
  signIn,
  words,
  type Language,
} from './people'

/** What other programs and people rely on, word by word. */
const FIXED = {
  en: {
    send: 'Send Invitation',
    reject: 'Reject Request',
    couldNot: 'Could not create account',
    request: 'Request Access',
    invited: 'Invited',
    rejected: 'Rejected',
    letter: 'Approve Request',
    again: 'Allow to ask again',
    later: 'You may ask again in 24 hours',
  },
  de: {
    send: 'Einladung senden',
    reject: 'Anfrage ablehnen',
    couldNot: 'Konto konnte nicht angelegt werden',
    request: 'Zugang anfragen',
    invited: 'Eingeladen',
    rejected: 'Abgelehnt',
    letter: 'Anfrage annehmen',
    again: 'Erneute Anfrage erlauben',
    later: 'Erneut anfragen dürfen Sie in 24 Stunden',
  },
}

export function thinPath(language: Language): void {
  const say = words(language)
  const fixed = FIXED[language]

  test.use({ locale: LOCALES[language] })

  test('from the set-up link to the restricted home', async ({ page, world, watch, someoneElse, scan }) => {
    expectRefusals(watch, 409) // the used link
    const { anteroom, mail } = world
    const see = (where: Page, name: string) => keep(where, `${name}-${language}`)

    await test.step('the operator opens the set-up link', async () => {
      await page.goto(await anteroom.setupLink())
      await see(page, 'setup')
      await fill(page, {
        [say('label-organisation')]: ORG.organisation,
        [say('label-slug')]: ORG.slug,
        [say('label-customer-number')]: ORG.customer_number,
        [say('label-your-name')]: IVO.your_name,
        [say('label-email')]: IVO.email,
        [say('label-new-password')]: IVO.password,
      })
      await press(page, say('setup-button'))
      await expect(page).toHaveURL(`/${ORG.slug}`)
      await expect(page.getByRole('heading', { level: 1 })).toHaveText(
        say('home-welcome', { name: IVO.your_name }),
      )
      await expect(page.getByText(say('home-restricted'))).toHaveCount(0)
      await see(page, 'home')
      const welcome = await mail.letterTo(IVO.email, { subject: say('letter-welcome-subject', ORG) })
      expect(welcome.text).toContain(ORG.customer_number)
    })

    await test.step('the administrator links the organisation at the provider, proven by signing in there', async () => {
      world.oidc.add(IVO_THERE)
      await page.goto(`/${ORG.slug}/settings`)
      await page.getByRole('link', { name: say('settings-prove', { provider: 'Example' }) }).click()
      await world.oidc.signIn(page, IVO_THERE.sub)
      await expect(page).toHaveURL(`/${ORG.slug}/settings#providers`)
      await expect(page.locator('#providers')).toContainText(AT_PROVIDER)
      await press(page, say('settings-link'))
      await expect(page).toHaveURL(`/${ORG.slug}/settings?done=saved#providers`)
      await expect(
        page.locator('#providers').getByRole('button', { name: say('settings-unlink') }),
      ).toBeVisible()
      await see(page, 'org-settings-linked')
      await press(page, say('nav-sign-out'))
      await expect(page).toHaveURL('/')
      await see(page, 'front')
    })

    const mira = newcomer(world, { name: 'Mira Okafor' })
    const guest = await someoneElse()
    await test.step('a stranger signs in with a provider and asks', async () => {
      await guest.goto(`/${ORG.slug}`)
      await expect(guest).toHaveURL(`/signin?back=%2F${ORG.slug}`)
      await see(guest, 'signin')
      await guest.goto('/signup')
      await see(guest, 'signup')
      await arriveAtSignUp(guest, say, world, mira.sub)
      const dialog = guest.getByRole('dialog', { name: fixed.couldNot })
      await expect(dialog).toContainText(ORG.organisation)
      await expect(dialog).toContainText(IVO.email)
      await see(guest, 'signup-could-not')
      await fill(guest, {
        [say('signup-message')]: 'I start on Monday.\n<b>Please</b> let me in & thank you',
      })
      await press(guest, fixed.request)
      await expect(guest).toHaveURL(ASKED)
      await expect(guest.getByRole('main')).toContainText(say('status-pending-next', ORG))
      await see(guest, 'status')
      await guest.goto('/waiting')
      await expect(guest.getByRole('article')).toContainText(say('status-pending'))
      await see(guest, 'waiting')
    })

    let request = ''
    await test.step('the letter leads the administrator through sign-in to the request', async () => {
      const letter = await mail.letterTo(IVO.email, {
        subject: say('letter-request-submitted-subject', { name: mira.name, ...ORG }),
      })
      expect(letter.text).toContain('> <b>Please</b> let me in & thank you')
      expect(letter.html).toContain('&#60;b&#62;Please')
      expect(letter.html).toContain(fixed.letter)
      const link = letter.link(/access_requests/)
      expect(link).toMatch(new RegExp(`^${anteroom.url}/${ORG.slug}/access_requests\\?request=[\\w-]+$`))
      request = new URL(link).searchParams.get('request')!
      await page.goto(link)
      await expect(page).toHaveURL(/\/signin\?back=/)
      await signIn(page, say)
      await expect(page).toHaveURL(link)
      const row = page.locator('tbody tr').first()
      await expect(row).toHaveId(`r-${request}`)
      await expect(row).toHaveClass(/picked/)
      await expect(row).toBeFocused()
      await expect(page.getByText('let me in & thank you')).toBeVisible()
      await see(page, 'queue')
    })

    const row = page.locator(`#r-${request}`)
    await test.step('Approve asks once more, and Escape leaves', async () => {
      await alive(page)
      const opener = row.getByRole('button', { name: `${say('queue-approve')}: ${mira.email}` })
      await opener.click()
      const dialog = page.getByRole('dialog', { name: say('queue-approve-title') })
      await expect(dialog).toContainText(mira.email)
      await expect(dialog).toContainText(say('queue-approve-text', ORG))
      await see(page, 'queue-approve')
      if (scripts()) await page.keyboard.press('Escape')
      else await dialog.getByRole('link', { name: say('cancel') }).click()
      await expect(dialog).toBeHidden()
      if (scripts()) await expect(opener).toBeFocused()
      await opener.click()
      await expect(dialog).toBeVisible()
    })

    await test.step('Send Invitation: the row says so', async () => {
      let loads = 0
      page.on('request', r => void (r.isNavigationRequest() && loads++))
      await press(page, fixed.send)
      await expect(row.locator('.state')).toHaveText(fixed.invited)
      await expect(row).toContainText(IVO.your_name)
      await expect(row.locator('[name=do]')).toHaveCount(0)
      await expect(page.getByRole('dialog')).toHaveCount(0)
      expect(loads).toBe(scripts() ? 0 : 2) // the post, and the page after its 303
      await expect(page).toHaveURL(`/${ORG.slug}/access_requests?request=${request}`)
      await page.reload()
      await expect(row.locator('.state')).toHaveText(fixed.invited)
      await see(page, 'queue-invited')
    })

    const letter = await mail.letterTo(mira.email, { subject: say('letter-invitation-subject', ORG) })
    const link = letter.link(/\/invitations\//)
    await test.step('looking at the mailed link changes nothing', async () => {
      expect(letter.text).toContain(say('letter-invitation-button'))
      await scan(link)
      await guest.goto(link)
      for (const fact of [ORG.organisation, ORG.customer_number, IVO.your_name, mira.email]) {
        await expect(guest.getByRole('main')).toContainText(fact)
      }
      await see(guest, 'invitation')
    })

    await test.step('accepting leads to the restricted home', async () => {
      await press(guest, say('invitation-accept'))
      await expect(guest).toHaveURL(`/${ORG.slug}`)
      await expect(guest.getByRole('status')).toContainText(say('home-restricted'))
      await expect(guest.getByRole('status')).toContainText(say('home-restricted-text', ORG))
      await see(guest, 'home-restricted')
      const welcome = await mail.letterTo(mira.email, { subject: say('letter-welcome-subject', ORG) })
      expect(welcome.link(new RegExp(`/${ORG.slug}$`))).toBe(`${anteroom.url}/${ORG.slug}`)
      await mail.letterTo(IVO.email, {
        subject: say('letter-waits-for-rights-subject', { name: mira.name, ...ORG }),
      })
      await guest.goto('/waiting')
      await expect(guest.getByRole('article')).toContainText(fixed.invited)
      await see(guest, 'waiting-invited')
    })

    await test.step('the used link explains itself', async () => {
      await guest.goto(link)
      await expect(guest.getByRole('main')).toContainText(say('why-link-used'))
      await see(guest, 'invitation-used')
      await guest.getByRole('link', { name: say('invitation-go', ORG) }).click()
      await expect(guest).toHaveURL(`/${ORG.slug}`)
      expect(Object.values(mail.counts(mira.email))).toEqual([1, 1])
    })
  })

  test('a person whose provider proves no address accepts with name and password', async ({
    page,
    world,
    watch,
    someoneElse,
  }) => {
    expectRefusals(watch, 422)
    await found(world, language)
    const ada = newcomer(world, { email_verified: false, name: 'Ada Almeida' })
    // Nobody has proven the address, so a letter could meet somebody who never asked.
    const guest = await someoneElse()
    await test.step('they cannot ask', async () => {
      await arriveAtSignUp(guest, say, world, ada.sub)
      await expect(guest.getByRole('dialog', { name: fixed.couldNot })).toContainText(say('signup-unproven'))
      await keep(guest, `signup-unproven-${language}`)
    })
    await test.step('an administrator invites them', async () => {
      await page.goto(`/${ORG.slug}/users?do=invite`)
      await signIn(page, say)
      await fill(page, { [say('invite-people')]: `${ada.email}, ${ada.name}` })
      await press(page, fixed.send)
      await expect(page.getByRole('dialog')).toContainText(say('invite-invited'))
    })
    const letter = await world.mail.letterTo(ada.email, { subject: say('letter-invitation-subject', ORG) })
    const elsewhere = await someoneElse()

    await test.step('the link asks for a name and a password', async () => {
      await elsewhere.goto(letter.link(/\/invitations\//))
      await keep(elsewhere, `invitation-new-${language}`)
      await expect(elsewhere.getByLabel(say('label-your-name'))).toHaveValue(ada.name)
      await fill(elsewhere, {
        [say('label-your-name')]: 'Ada B. Almeida',
        [say('label-new-password')]: 'password',
      })
      await press(elsewhere, say('invitation-accept-new'))
      await expect(elsewhere.getByText(say('why-password-too-common'))).toBeVisible()
      await expect(elsewhere.getByLabel(say('label-your-name'))).toHaveValue('Ada B. Almeida')
      await keep(elsewhere, `invitation-new-failed-${language}`)
    })
    await test.step('and lets in', async () => {
      await fill(elsewhere, { [say('label-new-password')]: 'seven slow herons' })
      await press(elsewhere, say('invitation-accept-new'))
      await expect(elsewhere).toHaveURL(`/${ORG.slug}`)
      await expect(elsewhere.getByRole('status')).toContainText(say('home-restricted'))
      await world.mail.letterTo(IVO.email, {
        subject: say('letter-waits-for-rights-subject', { name: 'Ada B. Almeida', ...ORG }),
      })
      await world.mail.letterTo(ada.email, { subject: say('letter-welcome-subject', ORG) })
    })
  })

  test('a rejected request is final, and the person may ask again', async ({ page, world, someoneElse }) => {
    await found(world, language)
    const ben = newcomer(world, { name: 'Ben Castell' })
    const guest = await someoneElse()
    const request = await ask(guest, say, world, ben, 'Short visit')
    const row = page.locator(`#r-${request}`)
    await test.step('rejected', async () => {
      await page.goto(`/${ORG.slug}/access_requests?request=${request}`)
      await signIn(page, say)
      await alive(page)
      await row.getByRole('button', { name: `${say('queue-reject')}: ${ben.email}` }).click()
      const dialog = page.getByRole('dialog', { name: say('queue-reject-title') })
      await expect(dialog).toContainText(say('queue-reject-text', ORG))
      await keep(page, `queue-reject-${language}`)
      await press(page, fixed.reject)
      await expect(row.locator('.state')).toHaveText(fixed.rejected)
      await expect(row.locator('[name=do]')).toHaveCount(0)
    })
    const status = guest.url()
    await test.step('it is final', async () => {
      await guest.reload()
      await expect(guest.getByRole('main')).toContainText(fixed.rejected)
      await keep(guest, `status-rejected-${language}`)
      await guest.goto('/signup')
      await expect(guest.getByRole('dialog', { name: fixed.couldNot })).toContainText(fixed.later)
      await keep(guest, `signup-later-${language}`)
    })
    await test.step('until an administrator allows to ask again', async () => {
      await page.goto(`/${ORG.slug}/access_requests?request=${request}`)
      await press(page, fixed.again)
      await expect(page.getByRole('button', { name: fixed.again })).toHaveCount(0)
      const again = await ask(guest, say, world, ben, 'Once more')
      expect(again).not.toBe(request)
      await guest.goto(status)
      await expect(guest.getByRole('main')).toContainText(fixed.rejected)
      expect(world.mail.counts(ben.email)).toEqual({})
    })
  })
}
