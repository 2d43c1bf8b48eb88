// The load of 70-hold: `node hold.mjs ADDRESS FILLED.json NAME PROCESS` prints rows of markdown. Those who hold come from other addresses of
// this machine (127.0.1.1 and on) than those who only want their pages.
import { readFileSync } from 'node:fs'
import http from 'node:http'
import net from 'node:net'

const [, , url, file, name, process_] = process.argv
const { cookie, slug } = JSON.parse(readFileSync(file, 'utf8'))
const { hostname, port } = new URL(url)
const number = (key, or) => Number(process.env[key] ?? or)
const [connections, stalled, seconds, rate] = [number('CONNECTIONS', 10000), number('STALLED', 200), number('DURATION', 20), 50]
const sleep = ms => new Promise(done => setTimeout(done, ms))
const address = n => `127.0.1.${1 + (n % 200)}`
let highest = 0
function memory() {
  const now = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${process_}/status`, 'utf8'))[1]) / 1024
  highest = Math.max(highest, now)
}
setInterval(memory, 100)

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
  const begin = performance.now()
  for (let n = 0; n < seconds * rate; n++) {
    await sleep(Math.max(0, begin + (n * 1000) / rate - performance.now()))
    all.push(one(n))
  }
  await Promise.all(all)
  agent.destroy()
  times.sort((a, b) => a - b)
  return { p99: times[Math.floor(times.length * 0.99)], failed }
}

// Sockets that say `text` and then nothing; one that is closed comes back.
function held(count, text) {
  const sockets = new Set()
  let stop = false
  let refused = 0
  const open = n => {
    if (stop) return
    const socket = net.connect({ host: hostname, port, localAddress: address(n) })
    socket.pause()
    sockets.add(socket)
    socket.on('connect', () => text && socket.write(text))
    socket.on('error', () => refused++)
    socket.on('close', () => { sockets.delete(socket); setTimeout(() => open(n), 500) })
  }
  for (let n = 0; n < count; n++) open(n)
  return { end: () => { stop = true; for (const s of sockets) s.destroy() }, said: () => `${sockets.size} open at the end` }
}

const head = (method, path, more = '') =>
  `${method} ${path} HTTP/1.1\r\nhost: ${hostname}:${port}\r\ncookie: ${cookie}\r\norigin: ${url}\r\nsec-fetch-site: same-origin\r\n${more}\r\n`

function flood() {
  let sent = 0
  let stop = false
  const one = async n => {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1, localAddress: address(n % 4) })
    while (!stop) {
      const body = `email=p${n}%40flood.test&password=wrong&page=%2Fsignin&more=${'x'.repeat(8000)}`
      await new Promise(done => {
        const request = http.request({ hostname, port, method: 'POST', agent, path: n % 2 ? '/actions/sign_in' : '/actions/ask_reset',
          headers: { origin: url, accept: 'text/html', 'content-type': 'application/x-www-form-urlencoded', 'content-length': body.length } },
        answer => { sent++; answer.resume().on('end', done) })
        request.on('error', done)
        request.end(body)
      })
    }
    agent.destroy()
  }
  for (let n = 0; n < 32; n++) one(n)
  return { end: () => { stop = true }, said: () => `${Math.round(sent / seconds)} posts/s` }
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
const row = (what, { p99, failed }, said) =>
  console.log(`| ${name} | ${what} | ${(p99 / calm.p99).toFixed(1)} | ${failed} | ${Math.round(highest)} | ${said} |`)
row('nothing', calm, `p99 ${calm.p99.toFixed(1)} ms`)
const burdens = [
  [`${connections} idle connections`, () => held(connections, '')],
  [`${connections} half heads`, () => held(connections, 'GET / HTTP/1.1\r\nx: ')],
  [`${stalled} readers of a file that stall`, () => held(stalled, head('GET', large))],
  [`${stalled} readers of the queue's export that stall`, () => held(stalled, head('GET', `/${slug}/access_requests/export?tab=approved&format=json`))],
  ['the export of the organisation is made', exporting],
  ['a flood of refused posts', flood],
]
for (const [what, begin] of burdens) {
  highest = 0
  const burden = begin()
  await sleep(2000)
  const measured = await others()
  await burden.over
  row(what, measured, burden.said())
  burden.end()
  await sleep(2000)
}
process.exit(0)
