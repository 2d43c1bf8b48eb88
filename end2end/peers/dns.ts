// A DNS server of the tests: answers TXT questions over UDP with what a spec has put there, and NXDOMAIN to
// everything else.
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'

const TXT = 16
const NXDOMAIN = 3

export class DnsPeer {
  /** The texts of the TXT records by name, in lower case and without a dot at the end. */
  readonly records = new Map<string, string[]>()
  /** The names that were asked for, in order. */
  readonly asked: string[] = []
  #socket!: Socket

  static async start(): Promise<DnsPeer> {
    const peer = new DnsPeer()
    peer.#socket = createSocket('udp4')
    peer.#socket.on('message', (message, from) =>
      peer.#socket.send(peer.#answer(message), from.port, from.address),
    )
    peer.#socket.bind(0, '127.0.0.1')
    await once(peer.#socket, 'listening')
    return peer
  }

  /** For the setting `dns_resolver`. */
  get address(): string {
    return `127.0.0.1:${this.#socket.address().port}`
  }

  down(): Promise<void> {
    return new Promise(done => this.#socket.close(done))
  }

  /** RFC 1035, section 4: the question comes back, followed by the records. */
  #answer(message: Buffer): Buffer {
    const labels: string[] = []
    let at = 12
    while (message[at]) {
      labels.push(message.toString('latin1', at + 1, at + 1 + message[at]))
      at += 1 + message[at]
    }
    const question = message.subarray(12, at + 5)
    const name = labels.join('.').toLowerCase()
    this.asked.push(name)
    const texts = message.readUInt16BE(at + 1) === TXT ? (this.records.get(name) ?? []) : []
    const head = Buffer.alloc(12)
    message.copy(head, 0, 0, 2)
    head.writeUInt16BE(0x8180 | (this.records.has(name) ? 0 : NXDOMAIN), 2)
    head.writeUInt16BE(1, 4)
    head.writeUInt16BE(texts.length, 6)
    return Buffer.concat([head, question, ...texts.map(record)])
  }
}

/** A record whose name points back at the question; a text is cut into pieces of at most 255 bytes. */
function record(text: string): Buffer {
  const bytes = Buffer.from(text)
  const pieces: Buffer[] = []
  for (let at = 0; at < bytes.length || !pieces.length; at += 255) {
    const piece = bytes.subarray(at, at + 255)
    pieces.push(Buffer.from([piece.length]), piece)
  }
  const data = Buffer.concat(pieces)
  const head = Buffer.from([0xc0, 12, 0, TXT, 0, 1, 0, 0, 0, 60, data.length >> 8, data.length & 0xff])
  return Buffer.concat([head, data])
}
