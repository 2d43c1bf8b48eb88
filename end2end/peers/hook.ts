// What a provisioning hook calls: it checks the signature as Standard Webhooks say, answers as told, and
// keeps what it was sent.
import { createHmac, timingSafeEqual } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { PATIENT_SERVER } from '../patience'

export interface Call {
  id: string
  signed: boolean
  body: Record<string, unknown>
}

export class HookPeer {
  readonly calls: Call[] = []
  /** What it answers. */
  status = 204
  /** The secret of the resource, `whsec_…`. */
  secret = ''
  #server: Server
  private constructor(server: Server) {
    this.#server = server
  }

  static async start(): Promise<HookPeer> {
    const server = createServer(PATIENT_SERVER, async (request, response) => {
      const pieces: Buffer[] = []
      for await (const piece of request) pieces.push(piece as Buffer)
      const text = Buffer.concat(pieces).toString()
      const header = (name: string) => String(request.headers[name] ?? '')
      const key = Buffer.from(peer.secret.replace(/^whsec_/, ''), 'base64')
      const right = createHmac('sha256', key)
        .update(`${header('webhook-id')}.${header('webhook-timestamp')}.${text}`)
        .digest()
      const given = Buffer.from(header('webhook-signature').replace(/^v1,/, ''), 'base64')
      const signed = right.length === given.length && timingSafeEqual(right, given)
      peer.calls.push({ id: header('webhook-id'), signed, body: JSON.parse(text) as Record<string, unknown> })
      response.writeHead(peer.status).end()
    })
    const peer = new HookPeer(server)
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return peer
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/hook`
  }

  down(): void {
    this.#server.close()
    this.#server.closeAllConnections()
  }
}
