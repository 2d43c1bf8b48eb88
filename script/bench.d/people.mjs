// The load of 50-people: `node people.mjs ADDRESS FILLED.json NAME DESK` prints one row of markdown; DESK: what was measured without HTTP.
import { readFileSync } from 'node:fs'
import { load } from './load.mjs'

const [, , url, file, name, desk] = process.argv
const { cookie, slug } = JSON.parse(readFileSync(file, 'utf8'))
const pages = { url: `${url}/${slug}/users`, headers: { cookie, accept: 'text/html' } }

await load({ ...pages, duration: 3 }) // caches fill
const most = await load(pages)
const calm = await load({ ...pages, connections: 4, overallRate: 200, duration: 15 })
const search = await load({ ...pages, url: `${pages.url}?q=almeida+kira` })
const rate = result => Math.round(result.requests.average)
console.log(`| ${name} | ${desk} | ${rate(most)} | ${calm.latency.p50}, ${calm.latency.p99} | ${rate(search)} |`)
