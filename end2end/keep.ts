// Stories keep what their pages look like; the gallery looks at it when all stories are told, once for each
// state of a page.
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { test, type Page, type TestInfo } from '@playwright/test'
import { atRest } from './rest'
import { served } from './watch'

export const modes = ['scripts', 'noscript'] as const
export type Mode = (typeof modes)[number]

/** A page as it stood at one moment of a story. */
export interface Kept {
  name: string
  /** The file of its story. */
  spec: string
  mode: Mode
  language: string
  url: string
  /**
   * What the server answered when the page was opened: the status, and the HTML that no script had changed
   * yet.
   */
  status: number
  served: string
  /** What had become of it. */
  html: string
  /** Which of its dialogs were modal, and what stood in its fields, both in the order of the document. */
  modal: boolean[]
  fields: (string | boolean)[]
}

/** Each project cleans its own folder when it is run, and leaves that of the other. */
const folder = (mode: Mode) => join(import.meta.dirname, 'test-results', mode, 'kept')

const names = new WeakMap<TestInfo, Set<string>>()

/** Keeps the page as it is now, with a dialog open, say. Each state of a story has a name of its own. */
export async function keep(page: Page, name: string): Promise<void> {
  await test.step(`keep ${name}`, async () => {
    const info = test.info()
    const before = names.get(info) ?? new Set()
    if (before.has(name)) throw new Error(`${name} was kept before`)
    names.set(info, before.add(name))
    const kept = { name, spec: basename(info.file), ...(await take(page)) }
    await mkdir(folder(kept.mode), { recursive: true })
    await writeFile(join(folder(kept.mode), `${kept.spec}-${name}.json`), JSON.stringify(kept))
  })
}

export async function take(page: Page): Promise<Omit<Kept, 'name' | 'spec'>> {
  const mode = test.info().project.use.javaScriptEnabled === false ? 'noscript' : 'scripts'
  await atRest(page.context()) // without its style a page passes what it would not pass with it
  const answer = served(page)
  if (!answer) throw new Error(`nobody watched how ${page.url()} was opened`)
  const now = await page.evaluate(() => ({
    language: document.documentElement.lang,
    modal: [...document.querySelectorAll('dialog')].map(dialog => dialog.matches(':modal')),
    fields: [...document.querySelectorAll<HTMLInputElement>('input, select, textarea')].map(field =>
      field.type === 'checkbox' || field.type === 'radio'
        ? field.checked
        : field.type === 'file'
          ? ''
          : field.value,
    ),
  }))
  const [html, first] = [await page.content(), await answer.html]
  return { mode, url: page.url(), status: answer.status, served: first, html, ...now }
}

/** All that was kept. */
export async function everything(): Promise<Kept[]> {
  const lists = modes.map(async mode => {
    const files = await readdir(folder(mode)).catch(() => [])
    return Promise.all(
      files.sort().map(async file => JSON.parse(await readFile(join(folder(mode), file), 'utf8')) as Kept),
    )
  })
  return (await Promise.all(lists)).flat()
}
