// What stories of chat begin with: a world whose platforms are played by a ChatPeer, and connectors in it.
import { expect, test as base, type World } from './fixtures'
import { ORG, type Visitor } from './people'
import { ChatPeer, type Platform } from './peers/chat'

export const test = base.extend<object, { chat: ChatPeer }>({
  chat: [
    async ({}, use) => {
      const chat = await ChatPeer.start()
      await use(chat)
      chat.down()
    },
    { scope: 'worker' },
  ],
  worldOptions: [
    async ({ chat }, use) => use({ config: 'private_hooks = true', env: chat.environment() }),
    { scope: 'worker' },
  ],
})

export const FIELDS: Record<Platform, Record<string, string>> = {
  slack: { signing_secret: 'slack-signing', bot_token: 'xoxb-1' },
  teams: { app_id: 'app-1', tenant: 'tenant-1', client_secret: 'teams-secret' },
  telegram: { bot_token: '12:abc' },
  whatsapp: { phone_number_id: '100', app_secret: 'app-secret', access_token: 'EAAG-1' },
  sms: { account_sid: 'AC1', auth_token: 'twilio-token', sender: '+15550100' },
}
/** How identities begin. */
export const PERSON: Record<Platform, string> = {
  slack: 'U',
  teams: 'aad-',
  telegram: '4',
  whatsapp: '1555',
  sms: '+1555',
}
export const NAMES: Record<Platform, string> = {
  slack: 'Nia Verne',
  teams: 'Tom Ash',
  telegram: 'Lea Moor',
  whatsapp: 'Oda Pike',
  sms: '',
}

export interface Connector {
  id: string
  url: string
  secrets: Record<string, string>
  agent: string
}

/** Adds a connector without a browser. */
export async function add(
  admin: Visitor,
  world: World,
  chat: ChatPeer,
  platform: Platform,
  name: string,
  more: Record<string, string> = {},
): Promise<Connector> {
  const texts = {
    onboarding_text_en: 'Hello {name}, please wait.',
    approval_text_en: 'Welcome, {name}.',
    rejection_text_en: 'Not now, {name}.',
  }
  const fields = {
    org: ORG.slug,
    platform,
    name,
    onboarding: 'on',
    mode: 'once',
    language: 'en',
    agent: chat.agent,
    ...texts,
    ...FIELDS[platform],
    ...more,
  }
  const answer = await admin.post(`${world.anteroom.url}/actions/create_connector`, fields)
  const body = (await answer.json()) as { to: string }
  expect(answer.status, JSON.stringify(body)).toBe(200)
  // What is shown once waits on the page where one is led: what was made for the platform, the agent's
  // secret, then the address.
  const page = await (await admin.get(`${world.anteroom.url}${body.to}`)).text()
  const shown = [...page.matchAll(/class="link-once">([^<]+)</g)].map(match => match[1])
  const made: Record<string, string> =
    platform === 'telegram'
      ? { webhook_secret: shown[0] }
      : platform === 'whatsapp'
        ? { verify_token: shown[0] }
        : {}
  return {
    id: /connectors\/([\w-]+)/.exec(body.to)![1],
    url: shown.at(-1)!,
    secrets: { ...FIELDS[platform], ...made },
    agent: shown.at(-2)!,
  }
}
