// Proves the mail server and the identity provider of the tests by themselves, without Anteroom.
import { createHash, createPublicKey, createVerify, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { expect, test } from '@playwright/test'
import { OidcPeer, type Person } from './oidc'
import { Mailbox } from './smtp'

const ANA = 'Ana@example.org'
const LETTER = `From: Anteroom <anteroom@example.org>
To: Ana <Ana@example.org>
Subject: =?utf-8?Q?Zugang_f=C3=BCr_Ana?=
Message-ID: <one@example.org>
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary=b

--b
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

Gr=C3=BC=C3=9Fe: http://localhost:3000/invitations/abc?a=3D1&b=3D2

--b
Content-Type: text/html; charset=utf-8

<p><a href="http://localhost:3000/invitations/abc?a=1&amp;b=2">Accept</a></p>

--b--
`

/** One letter by hand; gives the code of the last answer, or 0 where the connection broke. */
async function send(mailbox: Mailbox, recipient = ANA): Promise<number> {
  const socket: Socket = connect(mailbox.port, '127.0.0.1')
  await once(socket, 'connect')
  socket.on('error', () => {}) // a broken connection is an answer here
  const answers = createInterface({ input: socket })[Symbol.asyncIterator]()
  const say = async (line?: string) => {
    if (line !== undefined) socket.write(`${line}\r\n`)
    for (;;) {
      const { value, done } = await answers.next()
      if (done) return 0
      if (value[3] !== '-') return Number(value.slice(0, 3))
    }
  }
  expect(await say()).toBe(220)
  expect(await say('EHLO localhost')).toBe(250)
  expect(await say('MAIL FROM:<anteroom@example.org>')).toBe(250)
  expect(await say(`RCPT TO:<${recipient}>`)).toBe(250)
  expect(await say('DATA')).toBe(354)
  const last = await say(`${LETTER.replace(/\n/g, '\r\n')}.`)
  socket.destroy()
  return last
}

test.describe('the mail server', { tag: '@scripts' }, () => {
  let mailbox: Mailbox
  test.beforeEach(async () => void (mailbox = await Mailbox.start()))
  test.afterEach(() => mailbox.down())

  test('keeps a letter, parsed, and hands it out once', async () => {
    const coming = mailbox.letterTo('ana@EXAMPLE.org', { subject: 'Zugang für Ana' })
    expect(await send(mailbox)).toBe(250)
    const letter = await coming
    expect(letter.recipients).toEqual([ANA])
    expect(letter.text).toContain('Grüße')
    expect(letter.html).toContain('<a href=')
    expect(letter.messageId).toBe('<one@example.org>')
    expect(letter.headers['message-id']).toBe('<one@example.org>')
    expect(letter.raw).toContain('Content-Type: multipart/alternative')
    expect(letter.link(/invitations/)).toBe('http://localhost:3000/invitations/abc?a=1&b=2')
    expect(() => letter.link(/reset/)).toThrow('found 0')
    await expect(mailbox.letterTo(ANA, { timeout: 50 })).rejects.toThrow(
      'No accepted letter to Ana@example.org within 50 ms',
    )
  })

  test('fails in every way that a test asks for', async () => {
    mailbox.answer('temporary')
    expect(await send(mailbox)).toBe(451)
    mailbox.answer('permanent', ANA)
    expect(await send(mailbox)).toBe(550)
    expect(await send(mailbox, 'ben@example.org')).toBe(451)
    mailbox.answer('drop', ANA)
    expect(await send(mailbox)).toBe(0)
    mailbox.answer({ slow: 1 }, ANA)
    expect(await send(mailbox)).toBe(250)
    mailbox.answer('hold', ANA)
    const held = send(mailbox)
    await mailbox.letterTo(ANA, { outcome: 'held' })
    mailbox.release()
    expect(await held).toBe(250)
    expect(mailbox.counts(ANA)).toEqual({ '<one@example.org>': 2 })
    expect(mailbox.counts(ANA, 'any')).toEqual({ '<one@example.org>': 5 })
    expect(mailbox.counts(ANA, 'dropped')).toEqual({ '<one@example.org>': 1 })
    await mailbox.down()
    await expect(send(mailbox)).rejects.toThrow('ECONNREFUSED')
    await mailbox.up()
    expect(await send(mailbox)).toBe(250)
  })
})

const PERSON: Person = {
  sub: 'ana-1',
  email: 'ana@example.org',
  email_verified: true,
  name: 'Ana <Example>',
  org_id: 'org-1',
  orgId: 'T1JH',
  emails: ['ana@example.org'],
  userinfo: { email_verified: 'true' },
}
const CALLBACK = 'http://localhost:3000/anywhere'

/** A browser without a browser: keeps cookies, follows nothing. */
function visitor() {
  const cookies = new Map<string, string>()
  return async (url: string, init: RequestInit = {}) => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const answer = await fetch(url, { redirect: 'manual', ...init, headers: { cookie, ...init.headers } })
    for (const line of answer.headers.getSetCookie()) {
      const [, name, value] = line.match(/^([^=]+)=([^;]*)/)!
      cookies.set(name, value)
    }
    return answer
  }
}

/** Code flow with PKCE; `chosen` is the field that the sign-in form sends. */
async function signIn(peer: OidcPeer, chosen: Record<string, string> = { sub: PERSON.sub }, pkce = true) {
  const visit = visitor()
  const discovery: any = await (await fetch(peer.discoveryUrl)).json()
  const verifier = randomBytes(32).toString('base64url')
  const challenge = createHash('sha256').update(verifier).digest('base64url')
  const asked = {
    response_type: 'code',
    client_id: peer.clientId,
    redirect_uri: CALLBACK,
    scope: peer.scopes.join(' '),
    state: 's',
    nonce: 'n',
  }
  const query = new URLSearchParams({
    ...asked,
    ...(pkce ? { code_challenge: challenge, code_challenge_method: 'S256' } : {}),
  })
  const step = async (from: string, init?: RequestInit) => {
    const answer = await visit(from, init)
    return new URL(answer.headers.get('location')!, from).href
  }
  let at = await step(`${discovery.authorization_endpoint}?${query}`)
  if (at.includes('/interaction/')) {
    expect(await (await visit(at)).text()).toContain('Ana &#60;Example&#62; (ana@example.org)')
    at = await step(at, { method: 'POST', body: new URLSearchParams(chosen) })
    at = await step(at)
  }
  const back = new URL(at)
  expect(back.origin + back.pathname).toBe(CALLBACK)
  const code = back.searchParams.get('code')
  if (!code)
    return {
      discovery,
      error: back.searchParams.get('error'),
      tokens: undefined as any,
      claims: undefined as any,
      header: undefined as any,
    }
  const authorization = `Basic ${Buffer.from(`${peer.clientId}:${peer.clientSecret}`).toString('base64')}`
  const body = new URLSearchParams({
    grant_type: 'authorization_code',
    code,
    redirect_uri: CALLBACK,
    code_verifier: verifier,
  })
  const tokens: any = await (
    await visit(discovery.token_endpoint, { method: 'POST', headers: { authorization }, body })
  ).json()
  const [header, claims] = tokens.id_token
    .split('.')
    .slice(0, 2)
    .map((part: string) => JSON.parse(Buffer.from(part, 'base64url').toString()))
  return { discovery, error: undefined, tokens, claims, header }
}

const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } })

test.describe('the identity provider', { tag: '@scripts' }, () => {
  let peer: OidcPeer
  const start = async (issuerDiffers = false) => {
    peer = await OidcPeer.start({ issuerDiffers })
    peer.add(PERSON)
  }
  test.afterEach(() => peer.down())

  test('signs in with a code and PKCE, by its form', async () => {
    await start()
    const { discovery, tokens, claims } = await signIn(peer)
    expect(claims).toMatchObject({
      iss: peer.issuer,
      aud: 'anteroom',
      nonce: 'n',
      sub: 'ana-1',
      email: 'ana@example.org',
      email_verified: true,
      org_id: 'org-1',
    })
    expect(discovery.issuer).toBe(peer.issuer)
    const userinfo = await (await fetch(discovery.userinfo_endpoint, bearer(tokens.access_token))).json()
    expect(userinfo).toMatchObject({ sub: 'ana-1', name: 'Ana <Example>', email_verified: 'true' })
    expect(await (await fetch(peer.peopleUrl, bearer(tokens.access_token))).json()).toEqual({
      orgId: 'T1JH',
      emails: ['ana@example.org'],
    })
    expect((await fetch(peer.peopleUrl, bearer('nonsense'))).status).toBe(401)
    expect((await signIn(peer, { cancel: '1' })).error).toBe('access_denied')
    expect((await signIn(peer, {}, false)).error).toBe('invalid_request')
  })

  test('as a region, its tokens carry an issuer that the discovery document does not name', async () => {
    await start(true)
    const { discovery, claims } = await signIn(peer)
    expect(discovery.issuer).toBe(peer.discoveryIssuer)
    expect(claims.iss).toBe(peer.issuer)
    expect(claims.iss).not.toBe(discovery.issuer)
  })

  test('forges tokens, changes its keys and its clock, goes away and comes back', async () => {
    await start()
    peer.forge = token => void (token.claims.nonce = 'other')
    peer.clockOffset = 3600
    const first = await signIn(peer)
    expect(first.claims.nonce).toBe('other')
    expect(first.claims.iat).toBeGreaterThan(Date.now() / 1000 + 3000)
    peer.rotateKeys()
    const second = await signIn(peer)
    expect(second.header.kid).not.toBe(first.header.kid)
    const { keys }: any = await (await fetch(first.discovery.jwks_uri)).json()
    expect(keys.map((key: any) => key.kid)).toEqual([second.header.kid])
    const [signed, signature] = second.tokens.id_token.split(/\.(?=[^.]*$)/)
    const key = createPublicKey({ key: keys[0], format: 'jwk' })
    expect(createVerify('RSA-SHA256').update(signed).verify(key, signature, 'base64url')).toBe(true)
    expect(peer.hits.get('/jwks')).toBe(1)
    await peer.down()
    await expect(fetch(peer.discoveryUrl)).rejects.toThrow()
    await peer.up()
    const answer = await fetch(peer.discoveryUrl)
    expect(answer.status).toBe(200)
    expect(answer.headers.get('keep-alive'), 'it closes no idle connection').toBeNull()
  })
})
