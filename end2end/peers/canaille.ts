// An identity provider that is not our own stand-in's kind: Canaille, as it comes from PyPI, with one client
// and one person. script/setup --test installs it.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { PATIENCE } from '../patience'
import { steadyPort } from './port'

export interface CanaillePerson {
  user_name: string
  password: string
  given_name: string
  family_name: string
  email: string
  language: string
}

export class Canaille {
  readonly clientId = 'anteroom'
  readonly clientSecret = 'a-secret-of-the-tests'
  #child?: ChildProcess

  private constructor(readonly port: number) {}

  /** Where it will be, before it is there: Anteroom is told of it at its own start. */
  static async at(): Promise<Canaille> {
    return new Canaille(await steadyPort())
  }

  get issuer(): string {
    return `http://127.0.0.1:${this.port}`
  }

  /** For the head of anteroom.toml. */
  toml(id: string): string {
    return `[[provider]]
id = "${id}"
label = "Canaille"
discovery_url = "${this.issuer}/.well-known/openid-configuration"
allowed_issuers = ["${this.issuer}"]
client_id = "${this.clientId}"
client_secret = "${this.clientSecret}"
`
  }

  /** Starts it; returns when it listens. */
  async up(redirectUri: string, person: CanaillePerson): Promise<void> {
    const python = process.env.CANAILLE_PYTHON
    if (!python) throw new Error('Set CANAILLE_PYTHON to the Python that has Canaille, as script/test does.')
    const child = spawn(python, [join(import.meta.dirname, 'provider.py')], { stdio: ['pipe', 'pipe', 'pipe'] })
    this.#child = child
    const reap = () => child.kill('SIGKILL')
    process.on('exit', reap)
    child.on('close', () => process.off('exit', reap))
    let said = ''
    child.stderr.setEncoding('utf8').on('data', text => (said += text))
    child.stdin.end(
      `${JSON.stringify({
        port: this.port,
        client_id: this.clientId,
        client_secret: this.clientSecret,
        redirect_uri: redirectUri,
        person,
      })}\n`,
    )
    await Promise.race([
      once(child.stdout, 'data', { signal: AbortSignal.timeout(PATIENCE) }),
      once(child, 'close'),
    ])
    if (child.exitCode !== null) throw new Error(`Canaille ended at its start:\n${said}`)
  }

  /** Signs in on its pages, and consents. */
  async signIn(page: Page, { user_name, password }: CanaillePerson): Promise<void> {
    await page.getByRole('textbox').first().fill(user_name)
    await page.keyboard.press('Enter')
    await page.locator('input[type=password]').fill(password)
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: /^(Accept|Akzeptieren)$/ }).click()
  }

  async down(): Promise<void> {
    const child = this.#child
    if (!child || child.exitCode !== null) return
    const closed = once(child, 'close')
    child.kill('SIGKILL')
    await closed
  }
}
