// What specs say and do again and again: the words of the pages, the organisation of a world, people who sign
// in and ask.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, type Locator, type Page } from '@playwright/test'
import { hydrated, type World } from './fixtures'
import { watchOf, type Watch } from './watch'
import type { Person } from './peers/oidc'

/** What a browser is set to whose person reads this language. */
export const LOCALES = { en: 'en-GB', de: 'de-DE' }
export type Language = keyof typeof LOCALES
export const languages = Object.keys(LOCALES) as Language[]

function messages(language: Language): string {
  const folder = join(import.meta.dirname, '..', 'locales', language)
  const files = ['main', 'house', 'insights', 'access', 'chat', 'letters', 'errors']
  return files.map(file => readFileSync(join(folder, `${file}.ftl`), 'utf8')).join('\n')
}

/** What the message with this key says of one thing. */
export function ofOne(language: Language, key: string): string {
  const [, text] = new RegExp(`^${key} =\\s+\\{ \\$n ->[^}]*?\\[one\\] (.+)$`, 'm').exec(messages(language)) ?? []
  if (text === undefined) throw new Error(`${key} says nothing of one in ${language}`)
  return text
}

/**
 * The words of a language by their keys, as the pages and letters use them: `words('de')('queue-approve')`.
 */
export function words(language: Language) {
  const lines = messages(language).split('\n')
  const known = new Map(
    lines.flatMap(line => (/^([\w-]+) = (.+)$/.exec(line) ? [[RegExp.$1, RegExp.$2] as const] : [])),
  )
  return (key: string, facts: Record<string, string | number> = {}) => {
    const text = known.get(key)
    if (text === undefined || text.includes('->'))
      throw new Error(`${key} is no plain sentence of ${language}`)
    return text.replace(/\{ \$(\w+) \}/g, (_, name) => String(facts[name] ?? `{${name}}`))
  }
}

export type Words = ReturnType<typeof words>

/** The organisation that every world has, with its first administrator. */
export const ORG = { slug: 'northlight', organisation: 'Northlight Labs', customer_number: '40-1187' }
export const IVO = {
  your_name: 'Ivo Brandt',
  email: 'ivo@northlight.test',
  password: 'tangled copper lantern',
}

/** Sees to it that the world's organisation is there, without a browser. Specs share it. */
export async function found(
  { anteroom, oidc }: Pick<World, 'anteroom'> & Partial<World>,
  language: Language = 'en',
): Promise<void> {
  const link = await anteroom.setupLink()
  if (!(await fetch(link)).ok) return // it is there: the link works once
  const token = link.split('/').at(-1)!
  const visitor = new Visitor(language)
  const answer = await visitor.post(`${anteroom.url}/actions/set_up`, { token, ...ORG, ...IVO })
  expect(await answer.json()).toEqual({ to: `/${ORG.slug}` })
  if (oidc) await linkProvider(visitor, anteroom.url, oidc)
}

/** What the provider `example` calls the organisation. */
export const AT_PROVIDER = 'northlight-at-example'

/** The administrator at the provider. */
export const IVO_THERE = {
  sub: 'ivo',
  email: IVO.email,
  email_verified: true,
  name: IVO.your_name,
  org_id: AT_PROVIDER,
}

/** As the administrator: proves the provider's organisation by signing in there, and links it. */
async function linkProvider(visitor: Visitor, site: string, oidc: World['oidc']): Promise<void> {
  oidc.add(IVO_THERE)
  const asked = await visitor.get(`${site}/signin/example?prove=1&back=%2F${ORG.slug}%2Fsettings`)
  const arrived = await visitor.post(asked.url, { sub: IVO_THERE.sub })
  expect(arrived.url).toBe(`${site}/${ORG.slug}/settings`)
  const linked = await visitor.post(`${site}/actions/link_provider`, { org: ORG.slug, provider: 'example' })
  expect(linked.status).toBe(200)
}

/**
 * A browser's cookies and redirects without a browser: cookies by origin, as two peers on one host must not
 * share any.
 */
export class Visitor {
  readonly #jars = new Map<string, Map<string, string>>()
  constructor(readonly language: Language) {}

  get(url: string): Promise<Response> {
    return this.#go(url, { method: 'GET' })
  }

  post(url: string, fields: Record<string, string>): Promise<Response> {
    return this.#go(url, { method: 'POST', body: new URLSearchParams(fields) })
  }

  async #go(url: string, init: RequestInit): Promise<Response> {
    for (let hops = 0; hops < 12; hops++) {
      const { origin } = new URL(url)
      const jar = this.#jars.get(origin) ?? new Map<string, string>()
      this.#jars.set(origin, jar)
      const headers = {
        origin,
        connection: 'close', // one that is kept goes away with the server
        'accept-language': this.language,
        cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; '),
      }
      const answer = await fetch(url, { ...init, headers, redirect: 'manual' })
      for (const cookie of answer.headers.getSetCookie()) {
        const [name, value] = cookie.split(';')[0].split(/=(.*)/s)
        jar.set(name, value)
      }
      const next = answer.headers.get('location')
      if (!next) return answer
      url = new URL(next, url).href
      init = { method: 'GET' }
    }
    throw new Error(`too many redirects, at last to ${url}`)
  }
}

const administrators = new WeakMap<World['anteroom'], Visitor>()

/**
 * The administrator, without a browser. Signed in once for each world while that lasts: a place signs in only so often in
 * a quarter of an hour, and all of a world's people sit in one place.
 */
export async function asIvo({ anteroom }: World): Promise<Visitor> {
  const known = administrators.get(anteroom)
  if (known && new URL((await known.get(`${anteroom.url}/${ORG.slug}`)).url).pathname === `/${ORG.slug}`) return known
  const visitor = new Visitor('en')
  administrators.set(anteroom, visitor)
  const answer = await visitor.post(`${anteroom.url}/actions/sign_in`, {
    email: IVO.email,
    password: IVO.password,
  })
  expect(answer.status).toBe(200)
  return visitor
}

/** Has the administrator's pages speak this language. They speak English where nobody says otherwise. */
export async function ivoSpeaks(world: World, language: Language): Promise<void> {
  await done(await asIvo(world), world, 'change_profile', {
    name: IVO.your_name,
    language,
    time_zone: 'UTC',
    theme: 'system',
    keys: 'on',
  })
}

/** Does something as a visitor, and insists that it was done. */
export async function done(
  visitor: Visitor,
  { anteroom }: World,
  action: string,
  fields: Record<string, string>,
): Promise<string> {
  const answer = await visitor.post(`${anteroom.url}/actions/${action}`, { org: ORG.slug, ...fields })
  const text = await answer.text()
  expect(answer.status, `${action}: ${text}`).toBe(200)
  return (JSON.parse(text) as { to: string }).to
}

/** The id of a role, a group, a flow or a resource, by its name on the page of its kind. */
export async function idOf(
  visitor: Visitor,
  { anteroom }: World,
  kind: string,
  name: string,
): Promise<string> {
  const page = await (await visitor.get(`${anteroom.url}/${ORG.slug}/${kind}`)).text()
  const rows = [...page.matchAll(new RegExp(`/${kind.split('?')[0]}/([0-9a-f-]{36})"[^]*?</tr>`, 'g'))]
  const found = rows.find(row => row[0].includes(name))
  if (!found) throw new Error(`${kind} has no ${name}`)
  return found[1]
}

/** A member with a role (empty: none), who signs in with a password: invited and accepted without a browser. */
export async function member(
  world: World,
  admin: Visitor,
  name: string,
  role: string,
  language: Language,
): Promise<{ email: string; name: string; password: string }> {
  const email = `${name.split(' ')[0].toLowerCase()}-${++count}-${test.info().project.name}@example.org`
  await done(admin, world, 'invite', { people: email, ...(role && { [`role_${role}`]: 'on' }) })
  const token = (await world.mail.letterTo(email))
    .link(/invitations/)
    .split('/')
    .at(-1)!
  await done(new Visitor(language), world, 'accept_as_new', { token, name, password: PASSWORD })
  return { email, name, password: PASSWORD }
}

let count = 0

/** Somebody new at the provider `example`, with an address of their own. */
export function newcomer(
  { oidc }: World,
  more: Partial<Person> = {},
): { sub: string; email: string; name: string } {
  const sub = `p${++count}-${test.info().project.name}`
  const person = {
    sub,
    email: `${sub}@example.org`,
    email_verified: true,
    name: `Mira Okafor ${count}`,
    org_id: AT_PROVIDER,
    ...more,
  }
  oidc.add(person)
  return person as { sub: string; email: string; name: string }
}

/** Presses a button when it does what it will do. */
export async function press(page: Page, name: string | RegExp): Promise<void> {
  await alive(page)
  await page.getByRole('button', typeof name === 'string' ? { name, exact: true } : { name }).click()
}

/**
 * Waits for the whole of a page, and for its islands if there will be any: before it is clicked, and before
 * what stands on it is read or counted once.
 */
export async function alive(page: Page): Promise<void> {
  await page.waitForLoadState()
  if (scripts()) await hydrated(page)
}

export function scripts(): boolean {
  return test.info().project.use.javaScriptEnabled !== false
}

/** Fills fields by their labels. */
export async function fill(page: Page, fields: Record<string, string>): Promise<void> {
  await alive(page)
  for (const [label, value] of Object.entries(fields))
    await page.getByLabel(label, { exact: true }).fill(value)
}

/** On the sign-in page: with address and password. */
export async function signIn(
  page: Page,
  say: Words,
  { email, password }: { email: string; password: string } = IVO,
): Promise<void> {
  await fill(page, { [say('label-email')]: email, [say('label-password')]: password })
  await press(page, say('signin-button'))
  await expect(page).not.toHaveURL(/\/signin(\?|$)/)
}

/** Opens a page of the site, if need be as somebody who signs in with the provider `example` for it. */
export async function arrive(
  page: Page,
  say: Words,
  { oidc }: World,
  sub: string,
  path: string,
): Promise<void> {
  await page.goto(path)
  if (new URL(page.url()).pathname !== '/signin') return
  await page.getByRole('link', { name: say('signin-with', { provider: 'Example' }) }).click()
  await oidc.signIn(page, sub)
  await expect(page).toHaveURL(path)
}

/** Signs in and asks to join. */
export async function submit(
  page: Page,
  say: Words,
  world: World,
  person: { sub: string },
  message = '',
): Promise<void> {
  await arriveAtSignUp(page, say, world, person.sub)
  await fill(page, { [say('signup-message')]: message })
  await press(page, say('signup-request'))
  await expect(page).toHaveURL(ASKED)
}

/** The requester's own status page, right after asking. */
export const ASKED = /\/requests\/[\w.-]+\?done=requested$/

/** Opens sign-up, if need be as somebody who signs in with the provider `example` there. */
export async function arriveAtSignUp(page: Page, say: Words, { oidc }: World, sub: string): Promise<void> {
  await page.goto('/signup')
  const way = page.getByRole('link', { name: say('signin-with', { provider: 'Example' }) })
  if (await way.count()) {
    await way.click()
    await oidc.signIn(page, sub)
  }
  await expect(page).toHaveURL('/signup')
}

/** Signs in and asks to join; the request's id out of the letter that the administrator gets. */
export async function ask(
  page: Page,
  say: Words,
  world: World,
  person: { sub: string; email: string },
  message = '',
): Promise<string> {
  await submit(page, say, world, person, message)
  const letter = await world.mail.letterTo(IVO.email, {
    matching: l => l.text.includes('?request=') && l.text.includes(person.email),
  })
  return new URL(letter.link(/\?request=/)).searchParams.get('request')!
}

/** The row of a request in the queue, by the address of whoever asks. */
export function rowOf(page: Page, { email }: { email: string }): Locator {
  return page.locator('tbody tr[id]').filter({ hasText: email })
}

/** In the queue: approves or rejects, in the row's dialog. */
export async function decide(
  page: Page,
  say: Words,
  person: { email: string },
  verdict: 'approve' | 'reject',
): Promise<void> {
  await alive(page)
  await rowOf(page, person)
    .getByRole('button', { name: `${say(`queue-${verdict}`)}: ${person.email}` })
    .click()
  await page
    .getByRole('dialog')
    .getByRole('button', { name: say(`queue-${verdict}-press`) })
    .click()
}

/** In the queue: rejects what was asked for by chat in the first of these rows, and sees that it is rejected. */
export async function rejectChat(page: Page, say: Words, rows: Locator): Promise<void> {
  await alive(page)
  await rows
    .getByRole('button', { name: new RegExp(`^${say('queue-reject')}:`) })
    .first()
    .click()
  await page
    .getByRole('dialog')
    .getByRole('button', { name: say('chat-reject-press') })
    .click()
  await expect(rows.locator('.state')).toHaveText(say('status-denied'))
}

export const PASSWORD = 'seven slow herons'

/** Signs in somebody new, who chooses a password besides the provider. */
export async function withPassword(
  page: Page,
  say: Words,
  world: World,
): Promise<{ sub: string; email: string; name: string; password: string }> {
  const person = newcomer(world)
  await arrive(page, say, world, person.sub, '/settings')
  await fill(page, { [say('label-new-password')]: PASSWORD })
  await press(page, say('settings-password-button'))
  await expect(page).toHaveURL('/settings?done=password#password')
  return { ...person, password: PASSWORD }
}

export async function signOut(page: Page, say: Words): Promise<void> {
  // before its stylesheet is there, a wide page shows the folded menu for a moment
  await page.waitForLoadState()
  const menu = page.locator('.rail-menu:not([open]) > summary') // a narrow page folds its rail up
  if (await menu.isVisible()) await menu.click()
  // A live page hears of a change and asks once more, and its session may have ended when the question comes.
  watchOf(page)?.allow(/status of 401 \(Unauthorized\) \S+\/actions\/look_again$/)
  await press(page, say('nav-sign-out'))
  await expect(page).toHaveURL('/')
  // Left in the middle of its downloads, a page can keep the next one waiting for the same files.
  await alive(page)
}

/** This test meets answers with these statuses, which Chromium puts on its console. */
export function expectRefusals(watch: Watch, ...statuses: number[]): void {
  watch.allow(
    new RegExp(
      `^console error: Failed to load resource: the server responded with a status of (${statuses.join('|')}) `,
    ),
  )
}
