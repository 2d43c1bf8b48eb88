// The chat platforms of the tests: one server on 127.0.0.1 that plays Slack, Teams, Telegram, WhatsApp and
// Twilio, and an organisation's agent. It keeps everything that it is sent; what it writes to webhooks is in
// deliveries.ts.
import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { PATIENCE, PATIENT_SERVER } from '../patience'
import { Deliveries, sid, type Button, type Json, type Platform } from './deliveries'

export type { Button, Platform } from './deliveries'

/** Something that a platform took. */
export interface Sent {
  /** The chat, channel or number; of a whisper the person, where the platform knows them. */
  to: string
  /** As people read it; of a template its name. */
  text: string
  buttons: Button[]
  /** The platform's id of the message; of an edit that of the message edited. */
  id: string
  kind: 'text' | 'post' | 'edit' | 'whisper' | 'template'
  /** With which token or login. */
  credential: string
  /** The body. */
  raw: Json
}

/** A request as it came, whatever was answered. */
export interface Asked {
  platform: string
  method: string
  path: string
  headers: IncomingHttpHeaders
  body: string
  status: number
}

export interface AgentCall {
  headers: IncomingHttpHeaders
  body: string
  /** What was answered. */
  status: number
}

export interface Refusing {
  /** Default: a message. */
  of?: 'send' | 'check'
  /** As retry-after. */
  headers?: Record<string, string>
}

interface Refusal {
  status: number
  body: unknown
  headers: Record<string, string>
}

export class ChatPeer extends Deliveries {
  /** All requests of all platforms, oldest first. */
  readonly requests: Asked[] = []
  readonly agentCalls: AgentCall[] = []
  /** What the agent answers. */
  agentStatus = 204
  #server: Server
  #sent = new Map<string, Sent[]>()
  #refusals = new Map<string, Refusal[]>()
  #tokens = new Set<string>()

  private constructor(server: Server) {
    super()
    this.#server = server
  }

  static async start(): Promise<ChatPeer> {
    const server = createServer(PATIENT_SERVER, (request, response) => {
      peer.#receive(request).then(
        ({ status, body, headers }) => {
          response.writeHead(status, { 'content-type': 'application/json', ...headers })
          response.end(
            body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
          )
        },
        error => response.writeHead(500).end(String(error)),
      )
    })
    const peer = new ChatPeer(server)
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return peer
  }

  down(): void {
    this.#server.close()
    this.#server.closeAllConnections()
  }

  override get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** The address of the organisation's agent. */
  get agent(): string {
    return `${this.origin}/agent`
  }

  /** What Anteroom is told, so that it finds this in place of the platforms. */
  environment(): Record<string, string> {
    const at = this.origin
    return {
      ANTEROOM_SLACK_URL: `${at}/slack`,
      ANTEROOM_TEAMS_LOGIN_URL: `${at}/login`,
      ANTEROOM_TEAMS_KEYS_URL: `${at}/keys`,
      ANTEROOM_TEAMS_SERVICE_URL: `${at}/teams`,
      ANTEROOM_TEAMS_HOSTS: at,
      ANTEROOM_TELEGRAM_URL: `${at}/telegram`,
      ANTEROOM_WHATSAPP_URL: `${at}/whatsapp`,
      ANTEROOM_SMS_URL: `${at}/sms`,
    }
  }

  /** What a platform took, oldest first; what it refused is among `requests` alone. */
  override sent(platform: Platform): Sent[] {
    return [...(this.#sent.get(platform) ?? [])]
  }

  /** Waits until this is something, and gives it back; looks often. */
  async until<T>(look: () => T | Promise<T>, what: string, timeout = PATIENCE): Promise<NonNullable<T>> {
    const end = Date.now() + timeout
    for (;;) {
      const found = await look()
      if (found) return found
      if (Date.now() > end)
        throw new Error(`No ${what} within ${timeout} ms. Requests so far:\n${this.#summary()}`)
      await delay(50)
    }
  }

  /**
   * The next message sent, or the next check of credentials (of Teams: token), is answered so; several wait
   * in order.
   */
  refuseNext(platform: Platform | 'agent', status: number, body: unknown = '', more: Refusing = {}): void {
    const at = `${platform} ${more.of ?? 'send'}`
    this.#refusals.set(at, [...(this.#refusals.get(at) ?? []), { status, body, headers: more.headers ?? {} }])
  }

  /** Access tokens of Teams that were given out are good no longer. */
  revokeTokens(): void {
    this.#tokens.clear()
  }

  /** Whether a call to the agent is signed as Standard Webhooks say. */
  isSigned(call: AgentCall, secret: string): boolean {
    const header = (name: string) => String(call.headers[name] ?? '')
    const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
    const right = createHmac('sha256', key)
      .update(`${header('webhook-id')}.${header('webhook-timestamp')}.${call.body}`)
      .digest()
    const given = Buffer.from(header('webhook-signature').replace(/^v1,/, ''), 'base64')
    return right.length === given.length && timingSafeEqual(right, given)
  }

  async #receive(request: IncomingMessage): Promise<Refusal> {
    const pieces: Buffer[] = []
    for await (const piece of request) pieces.push(piece as Buffer)
    const [path, query] = (request.url ?? '').split('?')
    const [first, ...rest] = path.split('/').slice(1).map(decodeURIComponent)
    const platform = first === 'login' || first === 'keys' ? 'teams' : first
    const { method = '', headers } = request
    const asked: Asked = {
      platform,
      method,
      path,
      headers,
      body: Buffer.concat(pieces).toString(),
      status: 0,
    }
    const isCheck = first === 'login' || method === 'GET' || rest[0] === 'auth.test'
    const isNeither = first === 'keys' || rest[0] === 'users.info'
    const refusal = isNeither
      ? undefined
      : this.#refusals.get(`${platform} ${isCheck ? 'check' : 'send'}`)?.shift()
    const [status, body] = refusal
      ? [refusal.status, refusal.body]
      : this.#answer(asked, first, rest, new URLSearchParams(query))
    asked.status = status
    this.requests.push(asked)
    if (first === 'agent') this.agentCalls.push({ headers: asked.headers, body: asked.body, status })
    return { status, body, headers: refusal?.headers ?? {} }
  }

  #answer(asked: Asked, first: string, rest: string[], query: URLSearchParams): [number, unknown?] {
    if (first === 'agent') return [this.agentStatus]
    if (first === 'keys') return [200, { keys: [{ ...this.key.jwk, endorsements: ['msteams'] }] }]
    const isForm = asked.headers['content-type']?.startsWith('application/x-www-form-urlencoded')
    const body: Json = !asked.body
      ? {}
      : isForm
        ? Object.fromEntries(new URLSearchParams(asked.body))
        : JSON.parse(asked.body)
    if (first === 'login') {
      const isRight =
        rest.slice(1).join('/') === 'oauth2/v2.0/token' && body.grant_type === 'client_credentials'
      if (!isRight) return [400, { error: 'invalid_request' }]
      const token = `token-${randomUUID()}`
      this.#tokens.add(token)
      return [200, { token_type: 'Bearer', expires_in: 3599, access_token: token }]
    }
    const ofHeader = (asked.headers.authorization ?? '').replace(/^(Bearer|Basic) /, '')
    const credential = first === 'telegram' ? (rest[0] ?? '').replace(/^bot/, '') : ofHeader
    const keep = (
      to: unknown,
      text: unknown,
      id: string,
      more: { kind?: Sent['kind']; buttons?: Button[] } = {},
    ) => {
      const buttons = more.buttons ?? []
      const kind = more.kind ?? (buttons.length ? 'post' : 'text')
      const one: Sent = { to: String(to), text: String(text ?? ''), buttons, id, kind, credential, raw: body }
      this.#sent.set(first, [...(this.#sent.get(first) ?? []), one])
    }
    const n = this.next()
    const ts = this.ts(n)
    if (!credential) return [401, { error: 'no credentials' }]
    const what = first === 'slack' ? rest[0] : first === 'telegram' ? rest[1] : ''
    switch (`${first} ${asked.method} ${what}`.trim()) {
      case 'slack GET auth.test':
      case 'slack POST auth.test':
        return [200, { ok: true, team: 'Example', team_id: 'T1', user: 'anteroom', bot_id: 'B1' }]
      case 'slack GET users.info': {
        const name = this.names.get(query.get('user') ?? '')
        const user = {
          id: query.get('user'),
          real_name: name,
          profile: { display_name: name, real_name: name },
        }
        return [200, name ? { ok: true, user } : { ok: false, error: 'user_not_found' }]
      }
      case 'slack POST chat.postMessage':
        keep(body.channel, unescaped(body.text), ts, { buttons: buttonsIn(body.blocks) })
        return [200, { ok: true, channel: body.channel, ts }]
      case 'slack POST chat.update':
        keep(body.channel, unescaped(body.text), body.ts, { kind: 'edit', buttons: buttonsIn(body.blocks) })
        return [200, { ok: true, channel: body.channel, ts: body.ts }]
      case 'slack POST chat.postEphemeral':
        keep(body.user, unescaped(body.text), ts, { kind: 'whisper' })
        return [200, { ok: true, message_ts: ts }]
      case 'teams POST':
      case 'teams PUT': {
        const denied = {
          error: { code: 'Unauthorized', message: 'Authorization has been denied for this request.' },
        }
        if (!this.#tokens.has(credential)) return [401, denied]
        const [, , chat, , activity] = rest // v3 conversations {chat} activities {activity}
        const [id, said] = [this.milliseconds(n), body.activity ?? body]
        const to =
          chat ?? body.channelData?.channel?.id ?? `a:${String(body.members?.[0]?.id).replace(/^29:/, '')}`
        const whispers =
          this.channels.has(to.split(';')[0]) && asked.method === 'POST' && !buttonsIn(said).length
        const kind = asked.method === 'PUT' ? 'edit' : whispers ? 'whisper' : undefined
        const text = said.text ?? textsIn(said.attachments).join('\n')
        const named = asked.method === 'PUT' ? activity : id
        if (chat || body.activity) keep(to, text, named, { kind, buttons: buttonsIn(said) })
        return [asked.method === 'PUT' ? 200 : 201, chat ? { id: named } : { id: to, activityId: id }]
      }
      case 'telegram GET getMe':
      case 'telegram POST getMe':
        return [
          200,
          { ok: true, result: { id: 1, is_bot: true, first_name: 'Anteroom', username: 'anteroom_bot' } },
        ]
      case 'telegram POST sendMessage': {
        const buttons = buttonsIn(body.reply_markup)
        const invalid = { ok: false, error_code: 400, description: 'Bad Request: BUTTON_DATA_INVALID' }
        if (buttons.some(({ value }) => Buffer.byteLength(value) > 64)) return [400, invalid]
        keep(body.chat_id, body.text, `${n}`, { buttons })
        return [200, { ok: true, result: { message_id: n, chat: { id: body.chat_id }, text: body.text } }]
      }
      case 'telegram POST editMessageText':
        keep(body.chat_id, body.text, `${body.message_id}`, {
          kind: 'edit',
          buttons: buttonsIn(body.reply_markup),
        })
        return [
          200,
          { ok: true, result: { message_id: body.message_id, chat: { id: body.chat_id }, text: body.text } },
        ]
      case 'telegram POST answerCallbackQuery':
        keep(this.queries.get(body.callback_query_id) ?? '', body.text, body.callback_query_id, {
          kind: 'whisper',
        })
        return [200, { ok: true, result: true }]
      case 'whatsapp GET':
        return [200, { id: rest[0], display_phone_number: '+1 555-0100' }]
      case 'whatsapp POST': {
        const id = `wamid.${randomUUID()}`
        const kind = body.type === 'template' ? 'template' : 'text'
        keep(body.to ?? body.recipient, body.text?.body ?? body.template?.name, id, { kind })
        return [200, { messaging_product: 'whatsapp', messages: [{ id }] }]
      }
      case 'sms GET':
        return [200, { sid: (rest[1] ?? '').replace(/\.json$/, ''), status: 'active' }]
      case 'sms POST': {
        const id = sid('SM')
        keep(body.To, body.Body, id)
        return [201, { sid: id, status: 'queued', to: body.To }]
      }
    }
    return [404, { error: 'nothing here' }]
  }

  #summary = () =>
    this.requests
      .map(({ method, path, status, body }) => `  ${method} ${path} ${status} ${body.slice(0, 200)}`)
      .join('\n') || '  none'
}

/** The buttons anywhere in blocks, keyboards and cards, in order. */
function buttonsIn(value: any): Button[] {
  if (typeof value !== 'object' || value === null) return []
  const label = value.title ?? value.text?.text ?? value.text
  const held =
    value.callback_data ??
    value.data?.press ??
    value.value?.press ??
    (value.type === 'button' ? value.value : undefined)
  return typeof held === 'string'
    ? [{ label: String(label), value: held }]
    : Object.values(value).flatMap(buttonsIn)
}

/** The texts of a card. */
function textsIn(value: any): string[] {
  if (typeof value !== 'object' || value === null) return []
  return value.type === 'TextBlock' ? [String(value.text)] : Object.values(value).flatMap(textsIn)
}

const unescaped = (text: string) =>
  text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
