// Starts the built server as a stranger would: in an empty folder, with flags and a configuration file, and
// watches it run.
import { randomInt } from 'node:crypto'
import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { PATIENCE } from '../patience'
import { atRest, beforeLeaving } from '../rest'
import type { OidcPeer } from './oidc'
import { steadyPort } from './port'
import type { Mailbox } from './smtp'

const run = promisify(execFile)

export type Database = 'sqlite' | 'postgres'

/** What specs can run on: `for (const database of databases) test.describe(database, ..)`. */
export const databases: Database[] = process.env.ANTEROOM_TEST_PG ? ['sqlite', 'postgres'] : ['sqlite']

export interface ProviderEntry {
  id: string
  label: string
  peer: OidcPeer
  /** Where Anteroom is told to find the organisation's id. */
  organisation?: 'claim' | 'endpoint'
  /** Default: what the peer's tokens really carry. */
  allowedIssuers?: string[]
}

export interface AnteroomOptions {
  /** Default: ANTEROOM_BIN. */
  binary?: string
  /** Without one Anteroom has no SMTP server. */
  mail?: Mailbox
  providers?: ProviderEntry[]
  database?: Database
  demo?: boolean
  /** Runs under faketime, so that setClock() works. */
  clock?: boolean
  /** More lines for the head of anteroom.toml. */
  config?: string
  args?: string[]
  env?: Record<string, string>
}

export class Anteroom {
  /** All that the server printed, over all its starts. */
  output = ''
  #events = new EventEmitter().setMaxListeners(0)
  #child?: ChildProcess
  /** The settings: every command of the binary takes all of them. */
  #flags: string[] = []

  private constructor(
    readonly folder: string,
    readonly port: number,
    readonly options: AnteroomOptions,
  ) {}

  static async start(options: AnteroomOptions = {}): Promise<Anteroom> {
    const anteroom = new Anteroom(await mkdtemp(join(tmpdir(), 'anteroom-')), await steadyPort(), options)
    const config = join(anteroom.folder, 'anteroom.toml')
    await writeFile(config, [options.config ?? '', ...(options.providers ?? []).map(providerToml)].join('\n'))
    await anteroom.setClock(0)
    const database = options.database === 'postgres' ? ['--database', await freshPostgres()] : []
    const mail = options.mail ? ['--smtp', options.mail.url] : []
    const address = ['--listen', `127.0.0.1:${anteroom.port}`, '--public-url', anteroom.url]
    anteroom.#flags = [
      '--config',
      config,
      '--data',
      join(anteroom.folder, 'data'),
      ...address,
      ...database,
      ...mail,
    ]
    await anteroom.begin()
    return anteroom
  }

  /**
   * By name and not by number: so the providers on 127.0.0.1 are another site, as in real life, where
   * SameSite and Sec-Fetch-Site bite.
   */
  get url(): string {
    return `http://localhost:${this.port}`
  }

  /** Starts the server (again) on the same folder and port, if it does not run; returns when it is ready. */
  async begin(): Promise<void> {
    if (this.#child) return
    const { demo, args = [] } = this.options
    const child = spawn(this.#binary, ['serve', ...this.#flags, ...(demo ? ['--demo'] : []), ...args], {
      cwd: this.folder,
      env: this.#environment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#child = child
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', text => this.#print(text))
    child.on('error', error => this.#print(`${error}\n`))
    // A worker that is cut short must not leave servers behind.
    const reap = () => child.kill('SIGKILL')
    process.on('exit', reap)
    child.on('close', () => {
      process.off('exit', reap)
      this.#child = this.#child === child ? undefined : this.#child
    })
    const patience = Date.now() + PATIENCE
    // Nothing announces an open port, so this asks until it answers.
    for (;;) {
      const answer = await fetch(`http://127.0.0.1:${this.port}/readyz`, {
        headers: { connection: 'close' },
      }).catch(() => undefined)
      if (answer?.ok) return
      if (!this.#child) throw new Error(`The server ended at its start:\n${this.output}`)
      if (Date.now() > patience)
        throw new Error(
          `/readyz answers ${answer?.status ?? 'nothing'} after ${PATIENCE} ms:\n${this.output}`,
        )
      await delay(20)
    }
  }

  /**
   * Waits for something to be printed, or finds what was printed already: all of it, or from this place of
   * `output` on.
   */
  async printed(pattern: RegExp, from = 0): Promise<RegExpMatchArray> {
    const patience = AbortSignal.timeout(PATIENCE)
    for (;;) {
      const match = this.output.slice(from).match(pattern)
      if (match) return match
      await once(this.#events, 'output', { signal: patience }).catch(() => {
        throw new Error(`Nothing like ${pattern} within ${PATIENCE} ms in:\n${this.output.slice(from)}`)
      })
    }
  }

  /** The one-time link of the first start, which creates the first organisation. */
  async setupLink(): Promise<string> {
    return (await this.printed(/https?:\/\/\S+\/setup\/[\w-]+/))[0]
  }

  /** Moves the server's clock to so many seconds ahead of the true time, under pages at rest. */
  async setClock(seconds: number): Promise<void> {
    if (seconds && !this.options.clock)
      throw new Error('start this Anteroom with { clock: true } to move its clock')
    await atRest()
    // Renamed into place: the server reads this file at every look at the clock, and must never see half of
    // it.
    await writeFile(this.#clockFile + '.new', `${seconds < 0 ? '' : '+'}${seconds}\n`)
    await rename(this.#clockFile + '.new', this.#clockFile)
  }

  /** Runs another command of the binary with the same configuration, e.g. `make-admin ORG EMAIL`. */
  async command(name: string, ...words: string[]): Promise<{ stdout: string; stderr: string }> {
    return run(this.#binary, [name, ...this.#flags, ...words], { cwd: this.folder, env: this.#environment() })
  }

  /**
   * Asks the server to end, under pages at rest, and insists that it does so in order and without a panic on
   * the way.
   */
  async stop(): Promise<void> {
    if (this.#child) await beforeLeaving()
    const child = this.#child
    if (!child) return
    const closed = once(child, 'close', { signal: AbortSignal.timeout(PATIENCE) })
    child.kill('SIGTERM')
    const [code, signal] = await closed.catch(() => {
      child.kill('SIGKILL')
      throw new Error(`The server did not end within ${PATIENCE} ms of SIGTERM:\n${tail(this.output)}`)
    })
    if (code !== 0) throw new Error(`The server ended with ${signal ?? code}:\n${tail(this.output)}`)
    if (this.output.includes('panicked at')) throw new Error(`The server panicked:\n${this.output}`)
  }

  /**
   * Ends the server at once, as a power cut would; of the pages that are open, none is in the middle of
   * loading.
   */
  async kill(): Promise<void> {
    if (this.#child) await beforeLeaving()
    const child = this.#child
    if (!child) return
    const closed = once(child, 'close')
    child.kill('SIGKILL')
    await closed
  }

  /** stop(), and the folder goes. */
  async dispose(): Promise<void> {
    try {
      await this.stop()
    } finally {
      await rm(this.folder, { recursive: true, force: true })
    }
  }

  get #binary(): string {
    const path = this.options.binary ?? process.env.ANTEROOM_BIN
    if (!path) throw new Error('Set ANTEROOM_BIN to the built server (script/test does).')
    return resolve(path)
  }

  get #clockFile(): string {
    return join(this.folder, 'clock')
  }

  /** Nothing of the tester's own Anteroom settings gets in. */
  #environment(): NodeJS.ProcessEnv {
    const inherited = Object.entries(process.env).filter(
      ([name]) => !name.startsWith('ANTEROOM_') && !name.startsWith('LEPTOS_'),
    )
    const clock = {
      LD_PRELOAD: '/usr/$LIB/faketime/libfaketimeMT.so.1',
      FAKETIME_TIMESTAMP_FILE: this.#clockFile,
      FAKETIME_NO_CACHE: '1',
      DONT_FAKE_MONOTONIC: '1', // timers run on the monotonic clock, and jump badly
      NO_FAKE_STAT: '1',
    }
    return {
      ...Object.fromEntries(inherited),
      RUST_BACKTRACE: '1',
      ...(this.options.clock ? clock : {}),
      ...this.options.env,
    }
  }

  #print(text: string): void {
    this.output += text
    this.#events.emit('output')
  }
}

export function tail(output: string, lines = 40): string {
  return output.trimEnd().split('\n').slice(-lines).join('\n')
}

/** JSON's strings and arrays of strings are TOML's too. */
function providerToml({ id, label, peer, organisation, allowedIssuers }: ProviderEntry): string {
  const source = {
    claim: 'organisation = { claim = "org_id" }',
    endpoint: `organisation = { endpoint = ${JSON.stringify(peer.peopleUrl)}, field = "orgId" }`,
  }
  return `[[provider]]
id = ${JSON.stringify(id)}
label = ${JSON.stringify(label)}
discovery_url = ${JSON.stringify(peer.discoveryUrl)}
allowed_issuers = ${JSON.stringify(allowedIssuers ?? [peer.issuer])}
client_id = ${JSON.stringify(peer.clientId)}
client_secret = ${JSON.stringify(peer.clientSecret)}
scopes = ${JSON.stringify(peer.scopes)}
${organisation ? source[organisation] : ''}
`
}

/** A new database on the server of ANTEROOM_TEST_PG, so that no two Anterooms share one. */
async function freshPostgres(): Promise<string> {
  if (!process.env.ANTEROOM_TEST_PG)
    throw new Error('Set ANTEROOM_TEST_PG to a PostgreSQL URL that may create databases.')
  const url = new URL(process.env.ANTEROOM_TEST_PG)
  const name = `end2end_${Date.now()}_${process.pid}_${randomInt(1e9)}`
  await run('psql', ['--quiet', '--no-psqlrc', '--command', `create database ${name}`, url.href])
  url.pathname = `/${name}`
  return url.href
}
