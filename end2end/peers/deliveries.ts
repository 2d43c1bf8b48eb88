// What the chat platforms of the tests write to webhooks: bodies and ids as the real ones make them, signed
// as they sign.
import { createHmac, createSign, generateKeyPairSync, randomUUID, type KeyObject } from 'node:crypto'

export type Platform = 'slack' | 'teams' | 'telegram' | 'whatsapp' | 'sms'
export type Json = Record<string, any>

export interface Button {
  label: string
  value: string
}

/** How a delivery is signed. */
export interface Signing {
  /** The connector's settings and secrets, by the names of its form. */
  secrets: Record<string, string>
  /** Twilio: the address that is signed, if not the one that is called. */
  signedUrl?: string
  /** Teams: claims of the token that differ; undefined leaves one out. */
  claims?: Json
  /** Changes the request after it was signed. */
  forge?: (request: { headers: Record<string, string>; body: string }) => void
}

export interface Words extends Signing {
  /**
   * The platform's identity: a user's id (Telegram: a number; Teams: the object id), or a telephone number.
   */
  person: string
  name?: string
  text: string
  /** The delivery's id; default: a fresh one. WhatsApp's deliveries have none. */
  event?: string
  /** The message's own identity; that of an earlier delivery tells the same message again. */
  message?: string
  /** The chat; default: the person's own with the bot. */
  conversation?: string
  /** Telegram: the person's language, and their name without the @. */
  language?: string
  username?: string
  /** WhatsApp: the person's id beside (or, without a `person`, in place of) the number. */
  user?: string
}

export interface Pressed extends Signing {
  person: string
  name?: string
  channel: string
  value: string
  event?: string
  /** The post in which the button stands. */
  message?: string
}

/** How a message fared; with neither problem nor code it was delivered. */
export interface Fate extends Signing {
  /** Its id at the platform. */
  message: string
  /** WhatsApp's title of the error. */
  problem?: string
  code?: number
}

/** What the webhook answered. */
export interface Answered {
  status: number
  body: string
}

/** And under which ids it was told. */
export interface Told extends Answered {
  event: string
  message: string
}

export abstract class Deliveries {
  /** Names by person: what Slack answers when it is asked. */
  readonly names = new Map<string, string>()
  /** In seconds ahead, as Anteroom's clock: signatures carry this time. */
  clockOffset = 0
  /** By what the tokens of Teams are signed. */
  protected key = newKey()
  /** Who pressed: the person by the query's id, and the channels of Teams in which anybody did. */
  protected queries = new Map<string, string>()
  protected channels = new Set<string>()
  #counter = 0

  /** Where the stand-in is. */
  abstract get origin(): string
  abstract sent(platform: Platform): { id: string; buttons: Button[] }[]

  /** From now on tokens are signed by another key, and only that one is published. */
  renewKey(): void {
    this.key = newKey()
  }

  /** Somebody writes to the bot. */
  async message(platform: Platform, webhookUrl: string, words: Words): Promise<Told> {
    const { person, name = '', text, secrets } = words
    const n = this.next()
    const ids = {
      slack: this.ts(n),
      teams: this.milliseconds(n),
      telegram: `${n}`,
      whatsapp: `wamid.${randomUUID()}`,
      sms: sid('SM'),
    }
    const message = words.message ?? ids[platform]
    const event =
      words.event ??
      (platform === 'telegram' ? `${n}` : platform === 'whatsapp' ? message : `Ev${randomUUID()}`)
    if (name) this.names.set(person, name)
    const tell = async (body: string, event: string) => ({
      ...(await this.deliver(platform, webhookUrl, body, words, event)),
      event,
      message,
    })
    switch (platform) {
      case 'slack': {
        const chat = { channel_type: 'im', channel: words.conversation ?? `D${person}`, team: 'T1' }
        const said = { type: 'message', ...chat, user: person, text: escaped(text), ts: message }
        const whole = {
          type: 'event_callback',
          team_id: 'T1',
          api_app_id: 'A1',
          event_id: event,
          event_time: this.seconds(),
          event: said,
        }
        return tell(JSON.stringify(whole), event)
      }
      case 'teams': {
        const conversation = {
          conversationType: 'personal',
          id: words.conversation ?? `a:${person}`,
          tenantId: secrets.tenant,
        }
        return tell(
          JSON.stringify({ ...this.#activity(words, message), conversation, text, textFormat: 'plain' }),
          message,
        )
      }
      case 'telegram': {
        const chat = {
          id: Number(words.conversation ?? person),
          type: 'private',
          first_name: name,
          username: words.username,
        }
        const said = { message_id: Number(message), date: this.seconds(), chat, from: from(words), text }
        return tell(JSON.stringify({ update_id: Number(event), message: said }), event)
      }
      case 'whatsapp': {
        const [phone, user] = [person || undefined, words.user]
        const contacts = [{ profile: { name }, wa_id: phone, user_id: user }]
        const said = {
          from: phone,
          from_user_id: user,
          id: message,
          timestamp: `${this.seconds()}`,
          type: 'text',
          text: { body: text },
        }
        return tell(this.#whatsapp(secrets, { contacts, messages: [said] }), event)
      }
      case 'sms': {
        const people = {
          AccountSid: secrets.account_sid,
          From: person,
          To: words.conversation ?? secrets.sender,
        }
        const form = {
          ...people,
          MessageSid: message,
          Body: text,
          NumMedia: '0',
          NumSegments: '1',
          ...(name && { ProfileName: name }),
        }
        return tell(new URLSearchParams(form).toString(), event)
      }
    }
  }

  /** Somebody presses a button of a post. */
  async press(platform: 'slack' | 'teams' | 'telegram', webhookUrl: string, pressed: Pressed): Promise<Told> {
    const { person, name = '', channel, value } = pressed
    const n = this.next()
    const post = this.sent(platform).find(one => one.buttons.some(button => button.value === value))
    const message = pressed.message ?? post?.id ?? `${n}`
    const event = pressed.event ?? (platform === 'teams' ? this.milliseconds(n) : randomUUID())
    const tell = async (body: string) => ({
      ...(await this.deliver(platform, webhookUrl, body, pressed, event)),
      event,
      message,
    })
    switch (platform) {
      case 'slack': {
        const actions = [{ type: 'button', action_id: 'button', value, action_ts: this.ts(n) }]
        const container = { type: 'message', message_ts: message, channel_id: channel }
        const where = { team: { id: 'T1' }, container, channel: { id: channel } }
        const payload = {
          type: 'block_actions',
          ...where,
          user: { id: person, name },
          trigger_id: event,
          actions,
        }
        return tell(new URLSearchParams({ payload: JSON.stringify(payload) }).toString())
      }
      case 'teams': {
        this.channels.add(channel)
        const activity = this.#activity(pressed, event)
        const conversation = {
          conversationType: 'channel',
          isGroup: true,
          id: `${channel};messageid=${message}`,
          tenantId: pressed.secrets.tenant,
        }
        const channelData = { ...activity.channelData, channel: { id: channel }, teamsChannelId: channel }
        return tell(
          JSON.stringify({
            ...activity,
            conversation,
            channelData,
            replyToId: message,
            value: { press: value },
          }),
        )
      }
      case 'telegram': {
        this.queries.set(event, person)
        const chat = { id: Number(channel), type: 'group', title: 'Approvers' }
        const held = { message_id: Number(message), date: this.seconds(), chat }
        const query = { id: event, from: from(pressed), message: held, chat_instance: '1', data: value }
        return tell(JSON.stringify({ update_id: n, callback_query: query }))
      }
    }
  }

  /** The platform tells how a message fared that it took. */
  async report(platform: 'whatsapp' | 'sms', webhookUrl: string, fate: Fate): Promise<Told> {
    const { message, problem, code, secrets } = fate
    const failed = problem !== undefined || code !== undefined
    const outcome = {
      MessageStatus: failed ? 'undelivered' : 'delivered',
      ...(code !== undefined && { ErrorCode: `${code}` }),
    }
    const form = { MessageSid: message, AccountSid: secrets.account_sid, ...outcome }
    const errors = failed ? [{ code: code ?? 131_000, title: problem ?? 'Undeliverable' }] : undefined
    const status = { id: message, status: failed ? 'failed' : 'delivered', errors }
    const body =
      platform === 'sms'
        ? new URLSearchParams(form).toString()
        : this.#whatsapp(secrets, { statuses: [status] })
    const event = randomUUID()
    return { ...(await this.deliver(platform, webhookUrl, body, fate, event)), event, message }
  }

  /** Signs a body as the platform does and posts it. */
  async deliver(
    platform: Platform,
    webhookUrl: string,
    body: string,
    signing: Signing,
    event: string = randomUUID(),
  ): Promise<Answered> {
    const secret = (name: string) => {
      const value = signing.secrets[name]
      if (value === undefined) throw new Error(`${platform} cannot sign without ${name}`)
      return value
    }
    const isForm = platform === 'sms' || body.startsWith('payload=')
    const headers: Record<string, string> = {
      'content-type': isForm ? 'application/x-www-form-urlencoded' : 'application/json',
    }
    if (platform === 'slack') {
      const time = `${this.seconds()}`
      headers['x-slack-request-timestamp'] = time
      headers['x-slack-signature'] =
        `v0=${createHmac('sha256', secret('signing_secret')).update(`v0:${time}:${body}`).digest('hex')}`
    } else if (platform === 'teams') {
      headers.authorization = `Bearer ${this.#token(secret('app_id'), signing.claims)}`
    } else if (platform === 'telegram') {
      headers['x-telegram-bot-api-secret-token'] = secret('webhook_secret')
    } else if (platform === 'whatsapp') {
      headers['x-hub-signature-256'] =
        `sha256=${createHmac('sha256', secret('app_secret')).update(body).digest('hex')}`
    } else {
      const params = [...new URLSearchParams(body)].sort(([one], [other]) => (one < other ? -1 : 1))
      const text = (signing.signedUrl ?? webhookUrl) + params.flat().join('')
      headers['x-twilio-signature'] = createHmac('sha1', secret('auth_token')).update(text).digest('base64')
      headers['i-twilio-idempotency-token'] = event
    }
    const request = { headers, body }
    signing.forge?.(request)
    const answer = await fetch(webhookUrl, { method: 'POST', ...request, redirect: 'manual' })
    return { status: answer.status, body: await answer.text() }
  }

  #activity(
    { person, name, secrets }: { person: string; name?: string; secrets: Record<string, string> },
    id: string,
  ): Json {
    const common = {
      type: 'message',
      id,
      timestamp: this.#date().toISOString(),
      serviceUrl: `${this.origin}/teams/`,
      channelId: 'msteams',
      locale: 'en-US',
    }
    const people = {
      from: { id: `29:${person}`, name, aadObjectId: person },
      recipient: { id: `28:${secrets.app_id}`, name: 'Anteroom' },
    }
    return { ...common, ...people, channelData: { tenant: { id: secrets.tenant } } }
  }

  /** As the Bot Framework signs what it delivers. */
  #token(audience: string, claims: Json = {}): string {
    const now = this.seconds()
    const standard = {
      iss: 'https://api.botframework.com',
      aud: audience,
      iat: now,
      nbf: now,
      exp: now + 3600,
      serviceurl: `${this.origin}/teams/`,
    }
    const parts = [
      { alg: 'RS256', typ: 'JWT', kid: this.key.kid },
      { ...standard, ...claims },
    ]
    const signed = parts.map(part => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
    return `${signed}.${createSign('RSA-SHA256').update(signed).sign(this.key.privateKey, 'base64url')}`
  }

  /** As Meta writes it: other letters than ASCII, and slashes, escaped. */
  #whatsapp(secrets: Record<string, string>, told: Json): string {
    const metadata = { display_phone_number: '15550100', phone_number_id: secrets.phone_number_id }
    const changes = [{ field: 'messages', value: { messaging_product: 'whatsapp', metadata, ...told } }]
    const text = JSON.stringify({ object: 'whatsapp_business_account', entry: [{ id: '1', changes }] })
    return text
      .replace(/[^\0-\x7f]/g, unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .replaceAll('/', '\\/')
  }

  protected next = () => ++this.#counter
  #date = () => new Date(Date.now() + this.clockOffset * 1000)
  protected seconds = () => Math.floor(this.#date().getTime() / 1000)
  protected ts = (n: number) => `${this.seconds()}.${String(n).padStart(6, '0')}`
  protected milliseconds = (n: number) => `${this.seconds()}${String(n).padStart(6, '0')}`
}

function newKey(): { kid: string; privateKey: KeyObject; jwk: Json } {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const kid = randomUUID()
  return { kid, privateKey, jwk: { ...publicKey.export({ format: 'jwk' }), kid, use: 'sig', alg: 'RS256' } }
}

/** A person as Telegram tells them. */
function from({
  person,
  name = '',
  language,
  username,
}: {
  person: string
  name?: string
  language?: string
  username?: string
}): Json {
  const [first, ...others] = name.split(' ')
  return {
    id: Number(person),
    is_bot: false,
    first_name: first,
    last_name: others.join(' ') || undefined,
    language_code: language,
    username,
  }
}

const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
export const sid = (kind: string) => kind + randomUUID().replaceAll('-', '')
