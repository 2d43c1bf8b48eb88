// The mail server of the tests: a real SMTP conversation on 127.0.0.1, every letter kept and parsed, and each
// way a mail server can fail, for everyone or for one address.
import { EventEmitter, once } from 'node:events'
import type { Socket } from 'node:net'
import PostalMime from 'postal-mime'
import { SMTPServer } from 'smtp-server'
import { PATIENCE } from '../patience'
import { atRest } from '../rest'
import { steadyPort } from './port'

/** What the server does once it has read a whole letter. */
export type Answer =
  | 'ok'
  | 'temporary' // 451: try again later
  | 'permanent' // 550: never
  | 'drop' // the connection breaks before the answer: the sender cannot know
  | 'hold' // no answer until release()
  | { slow: number } // 250 after so many milliseconds

export type Outcome = 'accepted' | 'temporary' | 'permanent' | 'dropped' | 'held'

/** What a test waits for; without `outcome`, a letter that was accepted. */
export interface Wanted {
  subject?: string | RegExp
  matching?: (letter: Letter) => boolean
  outcome?: Outcome
  timeout?: number
}

/** One letter as it came over the wire; a letter that is tried three times is here three times. */
export class Letter {
  outcome: Outcome = 'held'
  constructor(
    readonly recipients: string[],
    readonly sender: string,
    readonly subject: string,
    readonly text: string,
    readonly html: string,
    /** Names in lower case; of a repeated one, the first. */
    readonly headers: Record<string, string>,
    readonly raw: string,
  ) {}

  get messageId(): string {
    return this.headers['message-id'] ?? ''
  }

  /**
   * The one address in the text that fits; the HTML must link to it too, since people read the one or the
   * other.
   */
  link(pattern: RegExp = /./): string {
    const inText = [...new Set(this.text.match(/https?:\/\/[^\s<>"]+/g) ?? [])].filter(url =>
      pattern.test(url),
    )
    if (inText.length !== 1)
      throw new Error(`Expected one link like ${pattern}, found ${inText.length} in:\n${this.text}`)
    const inHtml = [...this.html.matchAll(/href\s*=\s*["']([^"']*)/g)].map(match => decodeEntities(match[1]))
    if (this.html && !inHtml.includes(inText[0]))
      throw new Error(`The text has ${inText[0]}, the HTML only ${inHtml.join(' ')}`)
    return inText[0]
  }
}

export class Mailbox {
  /** Every letter that was sent to the end, whatever was answered, oldest first. */
  readonly letters: Letter[] = []
  #events = new EventEmitter().setMaxListeners(0)
  #taken = new Set<string>()
  #answer: Answer = 'ok'
  #answers = new Map<string, Answer>()
  #server?: SMTPServer
  #sockets = new Set<Socket>()
  #port = 0
  #tokenIsGood?: (token: string) => Promise<boolean>
  /** The access tokens by which somebody signed in, or tried to. */
  readonly tokens: string[] = []

  /** `tokenIsGood`: nobody gets in but by XOAUTH2, with a token of which this is true. */
  static async start(tokenIsGood?: (token: string) => Promise<boolean>): Promise<Mailbox> {
    const mailbox = new Mailbox()
    mailbox.#tokenIsGood = tokenIsGood
    await mailbox.up()
    return mailbox
  }

  /** As `--smtp` takes it: no TLS, no sign-in. */
  get url(): string {
    return `smtp://127.0.0.1:${this.#port}`
  }

  get port(): number {
    return this.#port
  }

  /** What becomes of letters from now on: all, or those to one address (which then wins). */
  answer(how: Answer, address?: string): void {
    if (address) this.#answers.set(key(address), how)
    else this.#answer = how
  }

  /** Lets the letters on hold go, as accepted, and accepts from now on. */
  release(): void {
    this.#answer = 'ok'
    this.#answers.clear()
    this.#events.emit('release')
  }

  /** From now on connections are refused, and those that are open break; under pages at rest. */
  async down(): Promise<void> {
    await atRest()
    const server = this.#server
    if (!server) return
    this.#server = undefined
    const closed = new Promise<void>(done => server.close(done))
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }

  /** Listens again, on the same port. */
  async up(): Promise<void> {
    if (this.#server) return
    this.#port ||= await steadyPort()
    const server = new SMTPServer({
      disabledCommands: this.#tokenIsGood ? ['STARTTLS'] : ['AUTH', 'STARTTLS'],
      authOptional: !this.#tokenIsGood,
      authMethods: ['XOAUTH2'],
      allowInsecureAuth: true,
      onAuth: async ({ username, accessToken }, _, callback) => {
        this.tokens.push(accessToken!)
        const good = await this.#tokenIsGood!(accessToken!)
        if (good) callback(null, { user: username })
        else callback(null, { data: { status: '401', schemes: 'bearer', scope: 'mail.send' } } as any)
      },
      disableReverseLookup: true,
      onData: (stream, session, callback) => {
        const to = session.envelope.rcptTo.map(recipient => recipient.address)
        const from = session.envelope.mailFrom ? session.envelope.mailFrom.address : ''
        const drop = () => [...server.connections].find(c => c.session === session)?._socket.destroy()
        this.#receive(stream, from, to, drop).then(refusal => callback(refusal), callback)
      },
    })
    server.server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket)
      socket.on('close', () => this.#sockets.delete(socket))
    })
    // A sender that breaks off is an ordinary day for a mail server, not an error of the test.
    const listening = new Promise<void>((done, fail) => {
      server.on('error', error => (server.server.listening ? undefined : fail(error)))
      server.listen(this.#port, '127.0.0.1', done)
    })
    await listening
    this.#server = server
  }

  /**
   * The oldest letter to the address that fits and that no test has taken yet; waits for it to come. Taking
   * it hands it out once.
   */
  async letterTo(address: string, wanted: Wanted = {}): Promise<Letter> {
    const { subject, matching, outcome = 'accepted', timeout = PATIENCE } = wanted
    const fits = (letter: Letter, index: number) =>
      letter.outcome === outcome &&
      !this.#taken.has(`${index} ${key(address)}`) &&
      letter.recipients.some(recipient => key(recipient) === key(address)) &&
      (subject === undefined ||
        (typeof subject === 'string' ? letter.subject === subject : subject.test(letter.subject))) &&
      (matching === undefined || matching(letter))
    const patience = AbortSignal.timeout(timeout)
    for (;;) {
      const index = this.letters.findIndex(fits)
      if (index >= 0) {
        this.#taken.add(`${index} ${key(address)}`)
        return this.letters[index]
      }
      await once(this.#events, 'letter', { signal: patience }).catch(() => {
        const what = [
          outcome,
          'letter to',
          address,
          ...(subject ? ['with subject', String(subject)] : []),
        ].join(' ')
        throw new Error(`No ${what} within ${timeout} ms. Letters so far:\n${this.#summary()}`)
      })
    }
  }

  /**
   * How often letters came to the address, by Message-ID: accepted ones, or those with another outcome, or
   * every try.
   */
  counts(address: string, outcome: Outcome | 'any' = 'accepted'): Record<string, number> {
    const counts: Record<string, number> = {}
    for (const letter of this.letters) {
      if (outcome !== 'any' && letter.outcome !== outcome) continue
      for (const recipient of letter.recipients) {
        if (key(recipient) === key(address)) counts[letter.messageId] = (counts[letter.messageId] ?? 0) + 1
      }
    }
    return counts
  }

  /** The error to answer with, or null for 250. */
  async #receive(
    stream: AsyncIterable<Buffer>,
    from: string,
    to: string[],
    drop: () => void,
  ): Promise<Error | null> {
    const chunks: Buffer[] = []
    for await (const chunk of stream) chunks.push(chunk)
    const raw = Buffer.concat(chunks)
    const mail = await PostalMime.parse(raw)
    const headers: Record<string, string> = {}
    for (const { key: name, value } of mail.headers) headers[name] ??= value
    const letter = new Letter(
      to,
      from,
      mail.subject ?? '',
      mail.text ?? '',
      mail.html ?? '',
      headers,
      raw.toString('utf8'),
    )
    const how =
      to.map(address => this.#answers.get(key(address))).find(answer => answer !== undefined) ?? this.#answer
    this.letters.push(letter)
    const settle = (outcome: Outcome) => {
      letter.outcome = outcome
      this.#events.emit('letter')
    }
    if (how === 'temporary' || how === 'permanent') {
      settle(how)
      return Object.assign(new Error('as the test wants'), { responseCode: how === 'temporary' ? 451 : 550 })
    }
    if (how === 'drop') {
      settle('dropped')
      drop()
      return null
    }
    if (how === 'hold') {
      settle('held')
      await once(this.#events, 'release')
    }
    if (typeof how === 'object') await new Promise(done => setTimeout(done, how.slow))
    settle('accepted')
    return null
  }

  #summary(): string {
    return (
      this.letters
        .map(l => `  ${l.outcome} ${l.recipients.join(', ')}: ${l.subject} ${l.messageId}`)
        .join('\n') || '  none'
    )
  }
}

/** Only A-Z are folded, as Anteroom does: any more would hide letters to look-alike addresses. */
function key(address: string): string {
  return address.replace(/[A-Z]/g, letter => letter.toLowerCase())
}

function decodeEntities(text: string): string {
  return text
    .replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)))
    .replace(/&#x([0-9a-f]+);/gi, (_, code) => String.fromCodePoint(parseInt(code, 16)))
    .replace(/&amp;/g, '&')
}
