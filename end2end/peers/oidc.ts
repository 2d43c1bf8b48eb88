// The identity provider of the tests: npm's certified oidc-provider with PKCE required, a sign-in page that
// is one plain form, and a stub of Webex's /people/me. ID tokens are signed here once more, so that tests can
// forge them and change keys.
import { createSign, generateKeyPairSync, randomUUID, type KeyObject } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from '@playwright/test'
import { PATIENT_SERVER } from '../patience'
import { atRest } from '../rest'
import { steadyPort } from './port'

/**
 * Somebody who can sign in. What is undefined is left out of the claims; wrong types are allowed, for
 * forging.
 */
export interface Person {
  sub: string
  email?: unknown
  email_verified?: unknown
  name?: unknown
  /** The organisation's id at the provider, as a claim. */
  org_id?: unknown
  /** What /people/me answers. */
  orgId?: string
  emails?: string[]
  /** Claims that differ in only one of the two places. */
  idToken?: Record<string, unknown>
  userinfo?: Record<string, unknown>
}

export interface Token {
  header: Record<string, unknown>
  claims: Record<string, any>
}

interface Key {
  kid: string
  privateKey: KeyObject
  publicJwk: object
}

export interface OidcOptions {
  /** As Webex's regions: ID tokens carry another issuer than the discovery document names. */
  issuerDiffers?: boolean
}

// oidc-provider warns that storage is in memory, that node is not the newest and the like: not what a tester
// needs to read.
for (const level of ['info', 'warn'] as const) {
  const print = console[level]
  console[level] = (...words) => (String(words[0]).includes('oidc-provider ') ? undefined : print(...words))
}

const SCOPES = ['openid', 'email', 'profile', 'spark:people_read', 'mail.send']

export class OidcPeer {
  readonly clientId = 'anteroom'
  readonly clientSecret = 'secret-of-the-tests'
  /** A client that gets access tokens for the mail server, by its own credentials. */
  readonly mailClientId = 'mailer'
  readonly scopes = SCOPES
  /** Who can be chosen in the sign-in form, by sub. Tests fill it. */
  readonly people = new Map<string, Person>()
  /** How often each path was asked for, e.g. '/jwks'. */
  readonly hits = new Map<string, number>()
  /** Changes every ID token before it is signed: another nonce, an old `exp`, an unknown `kid`. */
  forge?: (token: Token) => void
  /**
   * Seconds by which this provider's clock is ahead: set it along with Anteroom's, or its tokens are too old.
   */
  clockOffset = 0
  #provided: any
  #key = newKey()
  #server!: Server
  #origin = ''
  #region = ''

  static async start(options: OidcOptions = {}): Promise<OidcPeer> {
    const peer = new OidcPeer()
    peer.#server = createServer(PATIENT_SERVER)
    await peer.up()
    peer.#origin = `http://127.0.0.1:${(peer.#server.address() as AddressInfo).port}`
    peer.#region = options.issuerDiffers ? '/region-b' : ''
    peer.#server.on('request', (await peer.#provider()).callback())
    return peer
  }

  get tokenUrl(): string {
    return `${this.#origin}/token`
  }

  /** Whether this access token was given for mail, and is good still. */
  async isGoodForMail(token: string): Promise<boolean> {
    const found = await this.#provided.ClientCredentials.find(token)
    return !!found?.isValid && found.scopes.has('mail.send')
  }

  /** Takes an access token for mail back before its end. */
  async takeBack(token: string): Promise<void> {
    await (await this.#provided.ClientCredentials.find(token)).destroy()
  }

  get discoveryUrl(): string {
    return `${this.#origin}/.well-known/openid-configuration`
  }

  /** What the discovery document calls itself. */
  get discoveryIssuer(): string {
    return this.#origin
  }

  /** The `iss` of its ID tokens. */
  get issuer(): string {
    return this.#origin + this.#region
  }

  /** Answers `{ orgId, emails }` to an access token with the scope spark:people_read. */
  get peopleUrl(): string {
    return `${this.#origin}/people/me`
  }

  add(...people: Person[]): void {
    for (const person of people) this.people.set(person.sub, person)
  }

  /** On the sign-in page: go on as this person. */
  async signIn(page: Page, sub: string): Promise<void> {
    await page.locator(`button[name=sub][value="${sub}"]`).click()
  }

  /** New keys from now on; the old ones are gone from /jwks. */
  rotateKeys(): void {
    this.#key = newKey()
  }

  /** Goes away under pages at rest; `midway` at once, in the middle of what it is asked. */
  async down(midway?: 'midway'): Promise<void> {
    if (!midway) await atRest()
    const closed = new Promise(done => this.#server.close(done))
    this.#server.closeAllConnections()
    await closed
  }

  /** Listens (again, on the same port). */
  async up(): Promise<void> {
    const port = this.#origin ? Number(new URL(this.#origin).port) : await steadyPort()
    await new Promise<void>((done, fail) => {
      this.#server.once('error', fail)
      this.#server.listen(port, '127.0.0.1', done)
    })
  }

  async #provider() {
    const { interactionPolicy, Provider } = await import('oidc-provider') // here: it warns while it loads
    const port = new URL(this.#origin).port
    const policy = interactionPolicy.base()
    // Asks every time: tests change persons, and a browser remembers.
    policy
      .get('login')
      .checks.add(
        new interactionPolicy.Check(
          'always',
          'the tests choose a person each time',
          (ctx: any) => !ctx.oidc.result?.login,
        ),
      )
    const provider: any = new Provider(this.issuer, {
      clients: [
        {
          client_id: this.clientId,
          client_secret: this.clientSecret,
          redirect_uris: ['http://127.0.0.1/'],
          grant_types: ['authorization_code'],
        },
        {
          client_id: this.mailClientId,
          client_secret: this.clientSecret,
          token_endpoint_auth_method: 'client_secret_post',
          redirect_uris: [],
          response_types: [],
          grant_types: ['client_credentials'],
        },
      ],
      scopes: SCOPES,
      claims: { openid: ['sub', 'org_id'], email: ['email', 'email_verified'], profile: ['name'] },
      conformIdTokenClaims: false, // claims in the ID token as well as in userinfo, as most providers do
      pkce: { required: () => true },
      features: { devInteractions: { enabled: false }, clientCredentials: { enabled: true } },
      interactions: { policy, url: (_: unknown, interaction: any) => `/interaction/${interaction.uid}` },
      jwks: { keys: [this.#key.privateKey.export({ format: 'jwk' })] },
      // Cookies know no ports: two providers on one host must not overwrite each other's.
      cookies: {
        keys: [randomUUID()],
        names: { session: `session_${port}`, interaction: `interaction_${port}`, resume: `resume_${port}` },
      },
      ttl: {
        AccessToken: 3600,
        AuthorizationCode: 60,
        Grant: 3600,
        IdToken: 3600,
        Interaction: 3600,
        Session: 3600,
      },
      findAccount: (_: unknown, sub: string) => this.#account(sub),
      loadExistingGrant: async (ctx: any) => {
        // Nobody is asked to consent: that page would belong to the provider, not to Anteroom.
        const grant = new provider.Grant({
          clientId: ctx.oidc.client.clientId,
          accountId: ctx.oidc.session.accountId,
        })
        grant.addOIDCScope(SCOPES.join(' '))
        await grant.save()
        return grant
      },
    })
    // The address of the callback is Anteroom's business; any on this machine will do.
    provider.Client.prototype.redirectUriAllowed = (uri: string) =>
      ['127.0.0.1', 'localhost'].includes(new URL(uri).hostname)
    provider.use(async (ctx: any, next: () => Promise<void>) => {
      this.hits.set(ctx.path, (this.hits.get(ctx.path) ?? 0) + 1)
      if (ctx.path.startsWith('/interaction/')) return this.#signInPage(ctx, provider)
      if (ctx.path === '/people/me') return this.#peopleMe(ctx, provider)
      await next()
      if (ctx.path === '/.well-known/openid-configuration') ctx.body.issuer = this.discoveryIssuer
      if (ctx.path === '/jwks') ctx.body = { keys: [this.#key.publicJwk] }
      if (ctx.path === '/token' && ctx.body?.id_token) ctx.body.id_token = this.#signAgain(ctx.body.id_token)
    })
    this.#provided = provider
    return provider
  }

  #account(sub: string) {
    const person = this.people.get(sub)
    if (!person) return undefined
    const { email, email_verified, name, org_id } = person
    const claims = (use: string) => ({
      sub,
      email,
      email_verified,
      name,
      org_id,
      ...(use === 'id_token' ? person.idToken : person.userinfo),
    })
    return { accountId: sub, claims }
  }

  async #signInPage(ctx: any, provider: any) {
    if (ctx.method === 'POST') {
      const chunks: Buffer[] = []
      for await (const chunk of ctx.req) chunks.push(chunk)
      const sub = new URLSearchParams(Buffer.concat(chunks).toString()).get('sub')
      ctx.respond = false
      const result =
        sub && this.people.has(sub)
          ? { login: { accountId: sub } }
          : { error: 'access_denied', error_description: 'Sign-in was canceled' }
      return provider.interactionFinished(ctx.req, ctx.res, result)
    }
    const button = (p: Person) =>
      `<p><button name="sub" value="${escape(p.sub)}">${escape(`${p.name ?? p.sub} (${p.email ?? 'no e-mail'})`)}</button></p>`
    ctx.type = 'html'
    ctx.body = `<!doctype html><html lang="en"><head><title>Sign in</title><link rel="icon" href="data:,"></head><body><main><h1>Sign in</h1>
<form method="post">${[...this.people.values()].map(button).join('\n')}<p><button name="cancel" value="1">Cancel</button></p></form></main></body></html>`
  }

  async #peopleMe(ctx: any, provider: any) {
    const token = await provider.AccessToken.find(ctx.get('authorization').replace(/^Bearer /, ''))
    const person = token?.scopes.has('spark:people_read') && this.people.get(token.accountId)
    ctx.status = person ? 200 : token ? 403 : 401
    ctx.body = person
      ? { orgId: person.orgId, emails: person.emails ?? [person.email] }
      : { message: 'no such token, or not its scope' }
  }

  #signAgain(idToken: string): string {
    const [header, claims] = idToken
      .split('.')
      .slice(0, 2)
      .map(part => JSON.parse(Buffer.from(part, 'base64url').toString()))
    for (const time of ['iat', 'exp', 'auth_time']) if (claims[time]) claims[time] += this.clockOffset
    const token: Token = { header: { ...header, kid: this.#key.kid }, claims }
    this.forge?.(token)
    const signed = [token.header, token.claims]
      .map(part => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.')
    return `${signed}.${createSign('RSA-SHA256').update(signed).sign(this.#key.privateKey, 'base64url')}`
  }
}

function newKey(): Key {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const kid = randomUUID()
  return {
    kid,
    privateKey,
    publicJwk: { ...publicKey.export({ format: 'jwk' }), kid, use: 'sig', alg: 'RS256' },
  }
}

function escape(text: string): string {
  return text.replace(/[&<>"]/g, c => `&#${c.charCodeAt(0)};`)
}
