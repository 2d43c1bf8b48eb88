// The load of 40-queue: `node queue.mjs ADDRESS FILLED.json NAME` prints one row of markdown.
import { readFileSync } from 'node:fs'
import { load } from './load.mjs'

const [, , url, file, name] = process.argv
const { cookie, slug, pending } = JSON.parse(readFileSync(file, 'utf8'))
const pages = { url: `${url}/${slug}/access_requests`, headers: { cookie, accept: 'text/html' } }

await load({ ...pages, duration: 3 }) // caches fill
const most = await load(pages)
// Each connection asks at the same beat: with many of them this would measure how long a crowd waits for one another.
const calm = await load({ ...pages, connections: 4, overallRate: 200, duration: 15 })
const search = await load({ ...pages, url: `${pages.url}?tab=approved&q=almeida+kira` })
const left = pending[Symbol.iterator]()
const decide = request => ({ ...request, body: `org=${slug}&request=${left.next().value}&verdict=approve` })
// Each request can be decided once, so this ends by number and not by time. Requests are made ready ahead, hence the margin.
const approvals = await load({
  url,
  amount: Math.min(pending.length - 100, 5000),
  requests: [{ method: 'POST', path: '/actions/decide', setupRequest: decide }],
  headers: { cookie, accept: 'application/json', origin: url, 'sec-fetch-site': 'same-origin', 'content-type': 'application/x-www-form-urlencoded' },
})
const rate = result => Math.round(result.requests.average)
console.log(`| ${name} | ${rate(most)} | ${calm.latency.p50}, ${calm.latency.p99} | ${rate(search)} | ${rate(approvals)} |`)
