// The load of 70-hold: `node hold.mjs ADDRESS FILLED.json NAME PROCESS` prints rows of markdown. Those who hold come from other addresses of
// this machine (127.0.1.1 and on) than those who only want their pages.
import { fork } from 'node:child_process'
import { readFileSync } from 'node:fs'
import http from 'node:http'
import { setPriority } from 'node:os'

const [, , url, file, name, process_] = process.argv
const { cookie, slug } = JSON.parse(readFileSync(file, 'utf8'))
const { hostname, port } = new URL(url)
const number = (key, or) => Number(process.env[key] ?? or)
const [connections, stalled, seconds, rate] = [number('CONNECTIONS', 10000), number('STALLED', 200), number('DURATION', 20), 50]
// As many as a server has room for by default: more would take turns, and ask each time.
const fitting = Math.min(connections, 8000)
const sleep = ms => new Promise(done => setTimeout(done, ms))
let highest = 0
function memory() {
  const now = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${process_}/status`, 'utf8'))[1]) / 1024
  highest = Math.max(highest, now)
}
setInterval(memory, 100)
// Seconds of processor time that the server has used; a tick is 10 ms.
function worked() {
  const [user, system] = readFileSync(`/proc/${process_}/stat`, 'utf8').split(') ')[1].split(' ').slice(11, 13)
  return (Number(user) + Number(system)) / 100
}

// Until those who hold on do nothing any more, or for ten seconds.
async function settled() {
  for (let n = 0, before = worked(); n < 20; n++, before = worked()) {
    await sleep(500)
    if (worked() - before < 0.05) return
  }
}

// An open loop: pages are asked for at their instants, whether or not others were answered.
async function others() {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 64 })
  const times = []
  let failed = 0
  const one = n => new Promise(done => {
    const begun = performance.now()
    const path = n % 2 ? `/${slug}/access_requests` : '/signin'
    const request = http.get({ hostname, port, path, agent, headers: { cookie, accept: 'text/html' }, timeout: 20000 }, answer => {
      answer.resume().on('end', () => {
        if (answer.statusCode >= 400) failed++
        times.push(performance.now() - begun)
        done()
      })
    })
    request.on('timeout', () => request.destroy(new Error('no answer')))
    request.on('error', () => { failed++; times.push(performance.now() - begun); done() })
  })
  const all = []
  const [begin, before] = [performance.now(), worked()]
  for (let n = 0; n < seconds * rate; n++) {
    await sleep(Math.max(0, begin + (n * 1000) / rate - performance.now()))
    all.push(one(n))
  }
  await Promise.all(all)
  const busy = (worked() - before) / ((performance.now() - begin) / 1000)
  agent.destroy()
  times.sort((a, b) => a - b)
  return { p99: times[Math.floor(times.length * 0.99)], failed, busy }
}

const head = (method, path, more = '') =>
  `${method} ${path} HTTP/1.1\r\nhost: ${hostname}:${port}\r\ncookie: ${cookie}\r\norigin: ${url}\r\nsec-fetch-site: same-origin\r\n${more}\r\n`

// Whoever holds on is a process of its own, and gives way where it shares a core with the load that is measured, so that what it does is not
// mistaken for what others wait for.
function elsewhere(what, ...more) {
  const child = fork(new URL('burdens.mjs', import.meta.url), [url, what, ...more.map(String)])
  setPriority(child.pid, 15)
  let said
  child.on('message', text => (said = text))
  return { end: () => child.kill(), said: () => said }
}

async function get(path) {
  const answer = await fetch(url + path, { headers: { cookie, accept: 'text/html' } })
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`)
  return answer
}
const html = async path => (await get(path)).text()

// Fills a form of a page and sends it, as a browser would; what the form carries along goes too.
async function press(path, action, fields = {}) {
  const page = await html(path)
  const form = new RegExp(`<form[^>]*action="/actions/${action}"[^]*?</form>`).exec(page)?.[0]
  if (!form) throw new Error(`${path} has no form for ${action}`)
  const body = new FormData()
  for (const [input] of form.matchAll(/<input[^>]*type="hidden"[^>]*>/g))
    body.set(/name="([^"]*)"/.exec(input)[1], /value="([^"]*)"/.exec(input)?.[1] ?? '')
  for (const [name, value] of Object.entries(fields))
    body.set(name, ...(value instanceof Blob ? [value, 'large.pdf'] : [value]))
  const multipart = [...body.values()].some(value => value instanceof Blob)
  const answer = await fetch(`${url}/actions/${action}`, {
    method: 'POST', body: multipart ? body : new URLSearchParams(body), redirect: 'manual',
    headers: { cookie, origin: url, 'sec-fetch-site': 'same-origin', accept: 'text/html' },
  })
  if (answer.status >= 400) throw new Error(`${action}: ${answer.status}`)
}

// A large file for those who stall.
const pdf = new Blob([`%PDF-1.7\n${' '.repeat(8 << 20)}\n%%EOF`], { type: 'application/pdf' })
await press(`/${slug}/settings`, 'add_link', { title: 'Large', url: '', file: pdf })
const large = new RegExp(`/${slug}/files/[0-9a-f-]+`).exec(await html(`/${slug}`))?.[0]
if (!large) throw new Error('the file is not on the home page')

function exporting() {
  const begun = performance.now()
  let said
  const over = (async () => {
    await press(`/${slug}/settings`, 'ask_export')
    for (;;) {
      const path = new RegExp(`/${slug}/exports/[^"]+`).exec(await html(`/${slug}/settings`))?.[0]
      if (path) {
        const took = Math.round((performance.now() - begun) / 1000)
        let bytes = 0
        for await (const part of (await get(path)).body) bytes += part.length
        said = `made in ${took} s, ${Math.round(bytes / 1e6)} MB fetched`
        return
      }
      await sleep(1000)
    }
  })()
  return { over, end: () => {}, said: () => said }
}

await others() // caches fill
highest = 0
const calm = await others()
const row = (what, { p99, failed, busy }, said) =>
  console.log(`| ${name} | ${what} | ${(p99 / calm.p99).toFixed(1)} | ${failed} | ${Math.round(busy * 100)} % | ${Math.round(highest)} | ${said} |`)
row('nothing', calm, `p99 ${calm.p99.toFixed(1)} ms`)
const burdens = [
  [`${connections} idle connections`, () => elsewhere('held', connections, '')],
  [`${fitting} connections, idle after an answer`, () => elsewhere('held', fitting, `GET /healthz HTTP/1.1\r\nhost: ${hostname}:${port}\r\n\r\n`)],
  [`${connections} half heads`, () => elsewhere('held', connections, 'GET / HTTP/1.1\r\nx: ')],
  [`${stalled} readers of a file that stall`, () => elsewhere('held', stalled, head('GET', large))],
  [`${stalled} readers of the queue's export that stall`, () => elsewhere('held', stalled, head('GET', `/${slug}/access_requests/export?tab=approved&format=json`))],
  ['the export of the organisation is made', exporting],
  ['a flood of refused posts', () => elsewhere('flood')],
]
for (const [what, begin] of burdens) {
  highest = 0
  const burden = begin()
  await sleep(1000)
  await settled()
  const measured = await others()
  await burden.over
  row(what, measured, burden.said())
  burden.end()
  await sleep(2000)
}
process.exit(0)
