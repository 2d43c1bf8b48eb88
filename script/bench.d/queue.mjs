// The load of 40-queue: `node queue.mjs ADDRESS FILLED.json NAME` prints one row of markdown. Fails if any answer is not what it should be.
import { readFileSync } from 'node:fs'
import autocannon from 'autocannon'

const [, , url, file, name] = process.argv
const { cookie, slug, pending } = JSON.parse(readFileSync(file, 'utf8'))
const pages = { url: `${url}/${slug}/access_requests`, headers: { cookie, accept: 'text/html' } }

async function run(options) {
  const result = await autocannon({ connections: 16, duration: 10, ...options })
  if (result.non2xx || result.errors || result.timeouts) throw new Error(`${options.url}: ${result.non2xx} refused, ${result.errors} errors, ${result.timeouts} timeouts`)
  return result
}

await run({ ...pages, duration: 3 }) // caches fill
const most = await run(pages)
// Each connection asks at the same beat: with many of them this would measure how long a crowd waits for one another.
const calm = await run({ ...pages, connections: 4, overallRate: 200, duration: 15 })
const search = await run({ ...pages, url: `${pages.url}?tab=approved&q=almeida+kira` })
const left = pending[Symbol.iterator]()
const decide = request => ({ ...request, body: `org=${slug}&request=${left.next().value}&verdict=approve` })
// Each request can be decided once, so this ends by number and not by time. Requests are made ready ahead, hence the margin.
const approvals = await run({
  url,
  amount: Math.min(pending.length - 100, 5000),
  requests: [{ method: 'POST', path: '/actions/decide', setupRequest: decide }],
  headers: { cookie, accept: 'application/json', origin: url, 'sec-fetch-site': 'same-origin', 'content-type': 'application/x-www-form-urlencoded' },
})
const rate = result => Math.round(result.requests.average)
console.log(`| ${name} | ${rate(most)} | ${calm.latency.p50}, ${calm.latency.p99} | ${rate(search)} | ${rate(approvals)} |`)
