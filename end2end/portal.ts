// What the specs about access to resources share.
import type { Page } from '@playwright/test'
import { expect, test } from './fixtures'
import {
  alive,
  done,
  fill,
  found,
  idOf,
  ivoSpeaks,
  LOCALES,
  ORG,
  signIn,
  Visitor,
  words,
  type Language,
  type Words,
} from './people'
import type { World } from './fixtures'

/**
 * For the stories of the describe at hand: a browser and an administrator who speak this language. Its words.
 */
export function speaking(language: Language): Words {
  test.use({ locale: LOCALES[language] })
  test.beforeEach(async ({ world }) => {
    await found(world)
    await ivoSpeaks(world, language)
  })
  test.afterEach(({ world }) => ivoSpeaks(world, 'en'))
  return words(language)
}

/** Asks for a resource in the catalogue, as this person; the request's id. */
export async function ask(
  page: Page,
  say: Words,
  resource: string,
  person: { email: string; password: string },
  reason?: string,
): Promise<string> {
  await open(page, say, `catalog?ask=${resource}`, person)
  await alive(page)
  if (reason) await fill(page, { [say('ask-reason')]: reason })
  await page
    .getByRole('dialog')
    .getByRole('button', { name: say('catalog-ask') })
    .click()
  await expect(page).toHaveURL(/done=requested/)
  return new URL(page.url()).searchParams.get('request')!
}

/** The id of the role that may use the portal. */
export async function portal(admin: Visitor, world: World): Promise<string> {
  const roles = await (await admin.get(`${world.anteroom.url}/${ORG.slug}/roles`)).text()
  if (!roles.includes('Portal people'))
    await done(admin, world, 'create_role', { name: 'Portal people', 'may_portal.use': 'on' })
  return idOf(admin, world, 'roles', 'Portal people')
}

/** Makes a flow with these steps, and a resource that follows it. */
export async function offer(
  admin: Visitor,
  world: World,
  name: string,
  steps: Record<string, string>,
  more: Record<string, string> = {},
) {
  const flow = (await done(admin, world, 'create_flow', { name: `${name} flow`, ...steps })).match(
    /flows\/([\w-]+)/,
  )![1]
  await done(admin, world, 'create_resource', { name, flow, ...more })
  return { flow, resource: await idOf(admin, world, 'resources', name) }
}

/** Opens a page of the organisation as this person. */
export async function open(
  page: Page,
  say: Words,
  path: string,
  person?: { email: string; password: string },
): Promise<void> {
  await page.goto(`/${ORG.slug}/${path}`)
  if (page.url().includes('/signin')) await signIn(page, say, person)
}

/** The row of a request in the queue. */
export const row = (page: Page, person: { email: string }) =>
  page.locator('tbody tr[id]').filter({ hasText: person.email })
