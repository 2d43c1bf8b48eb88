// Ports for servers that go away and come back. One that the system chooses may be given to any connection
// of this machine while its server is away, or before it has begun.
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:net'

/** A free port of 127.0.0.1 out of those that are given to nobody who does not ask for them. */
export async function steadyPort(): Promise<number> {
  const range = await readFile('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').catch(() => '32768')
  // From 11,000: Chromium opens no page on some ports below.
  const end = Math.max(Number.parseInt(range, 10), 12_000)
  for (;;) {
    const port = randomInt(11_000, end)
    const probe = createServer()
    const heard = once(probe.listen(port, '127.0.0.1'), 'listening').then(
      () => true,
      () => false,
    )
    if (!(await heard)) continue
    await new Promise(done => probe.close(done))
    return port
  }
}
