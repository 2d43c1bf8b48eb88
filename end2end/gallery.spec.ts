// Looks at what the stories kept: each state of a page once, in each language. And no page may be missing.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test as base } from '@playwright/test'
import { everything, modes, type Kept } from './keep'
import { Looker, validateHtml } from './look'
import { PATIENCE_FOR_A_TEST } from './patience'
import { languages } from './people'
import { Anteroom } from './peers/anteroom'

interface Gallery {
  /** Serves the stylesheet and the pictures of the kept pages, whose own servers are gone. */
  anteroom: Anteroom
  looker: Looker
}

const test = base.extend<object, { gallery: Gallery }>({
  gallery: [
    async ({ browser }, use) => {
      const [anteroom, looker] = await Promise.all([Anteroom.start(), Looker.open(browser)])
      await use({ anteroom, looker })
      await looker.context.close()
      await anteroom.dispose()
    },
    { scope: 'worker', timeout: PATIENCE_FOR_A_TEST },
  ],
})

/** Only where somebody wants to look at them: they are a good part of the time. */
const PICTURES = process.env.PICTURES ? join(import.meta.dirname, 'screenshots') : undefined
/** Tests are known before anything is kept: each looks at its share. */
const PARTS = 16

const partOf = (name: string) => createHash('sha256').update(name).digest()[0] % PARTS

/** What the value of decides over looks or sense; of `aria-label` and the like only that it is there. */
const TELLING =
  /^(class|type|role|data-theme|aria-(invalid|current|expanded|pressed|hidden|disabled|busy|sort|haspopup))$/
const NOTED =
  /^(class|type|role|data-theme|aria-.*|alt|title|lang|tabindex|hidden|open|disabled|required|readonly)$/

/**
 * How a page is made, but for its words: one that is made alike with scripts and without is looked at once.
 */
function make({ html, modal }: Kept): string {
  const elements = html.replace(/<script\b[\s\S]*?<\/script>/g, '').matchAll(/<([a-z][\w-]*)([^>]*)>/g)
  const parts = [...elements].map(([, element, attributes]) => {
    const noted = [...attributes.matchAll(/\s([\w-]+)(?:="([^"]*)")?/g)].filter(([, name]) =>
      NOTED.test(name),
    )
    return [
      element,
      ...noted.map(([, name, value]) => (TELLING.test(name) ? `${name}=${value?.trim()}` : name)).sort(),
    ]
  })
  return JSON.stringify([parts, modal])
}

test.describe.configure({ mode: 'parallel' })

for (let part = 0; part < PARTS; part++) {
  test(`looks at what was kept, part ${part + 1} of ${PARTS}`, async ({ gallery: { anteroom, looker } }) => {
    const all = await everything()
    expect(all, 'pages that stories kept').not.toEqual([])
    const findings: string[] = []
    const seen = new Set<string>()
    for (const kept of all.filter(({ name }) => partOf(name) === part)) {
      await test.step(`${kept.name}, ${kept.mode}`, async () => {
        const found = await validateHtml(kept.served)
        const state = `${kept.spec} ${kept.name} ${make(kept)}`
        if (!seen.has(state)) found.push(...(await looker.look(kept, anteroom.url, PICTURES)))
        seen.add(state)
        if (found.length)
          findings.push(`${kept.name}, ${kept.mode}, ${kept.spec}, ${kept.url}:\n  ${found.join('\n  ')}`)
      })
    }
    expect(findings.join('\n'), 'what is wrong').toBe('')
  })
}

/** The paths of all doors behind which there is a page, as src/web names them: `/{org}/users`. */
function doors(): string[] {
  const web = join(import.meta.dirname, '../src/web')
  const files = readdirSync(web, { recursive: true, encoding: 'utf8' }).filter(file =>
    /^doors\b.*\.rs$/.test(file),
  )
  const text = files.map(file => readFileSync(join(web, file), 'utf8')).join('\n')
  const lists = [...text.matchAll(/= &?pages!\s*[{([]([^]*?)\n[})\]]/g)].map(list => list[1])
  return lists.flatMap(list => [...list.matchAll(/^\s*"(\/[^"]*)"/gm)].map(row => row[1]))
}

/**
 * The door that an address leads through: of those that fit, the one with the fewest holes, the earlier parts
 * first.
 */
function doorOf(url: string, all: string[]): string | undefined {
  const { pathname } = new URL(url)
  const fitting = all.filter(door => new RegExp(`^${door.replace(/\{\w+\}/g, '[^/]+')}$`).test(pathname))
  return fitting.sort((a, b) => (a.replace(/\{\w+\}/g, '~') < b.replace(/\{\w+\}/g, '~') ? -1 : 1))[0]
}

test('src/web names the doors', () => {
  const all = doors()
  expect(all.length).toBeGreaterThanOrEqual(44)
  for (const door of ['/', '/signin', '/{org}', '/{org}/users/{account}', '/dev/mailbox'])
    expect(all).toContain(door)
  expect(doorOf('http://localhost/signin', all)).toBe('/signin')
  expect(doorOf('http://localhost/northlight', all)).toBe('/{org}')
  expect(doorOf('http://localhost/northlight/flows/new', all)).toBe('/{org}/flows/new')
  expect(doorOf('http://localhost/nowhere/at/all', all)).toBe(undefined)
})

for (const mode of modes) {
  for (const language of languages) {
    test(`no page is forgotten: ${mode}, ${language}`, async () => {
      const all = doors()
      const kept = (await everything()).filter(
        one => one.mode === mode && one.language === language && one.status < 400,
      )
      const open = new Set(kept.map(one => doorOf(one.url, all)))
      expect(
        all.filter(door => !open.has(door)),
        'pages of which no story kept a look',
      ).toEqual([])
    })
  }
}
