// The work of script/faults: `node faults.mjs BINARY DATA FILLED.json NAME SERVERS CYCLES [options of the server]`.
import { spawn } from 'node:child_process'
import { openSync, readFileSync } from 'node:fs'
import http from 'node:http'
import net from 'node:net'

const [, , binary, data, filled, name, servers, cycles, ...options] = process.argv
const { cookie, slug, pending } = JSON.parse(readFileSync(filled, 'utf8'))
const sleep = ms => new Promise(done => setTimeout(done, ms))
const chance = of => Math.random() < of
let trouble = true // of mail server and target; none at the end

// A mail server that refuses, hangs up and hangs; what it took counts by its Message-ID.
const taken = new Map()
const mail = net.createServer(socket => {
  socket.on('error', () => {})
  let text = ''
  let letter = null
  const say = line => socket.write(`${line}\r\n`)
  if (trouble && chance(0.05)) return socket.destroy()
  say('220 sink')
  socket.on('data', bytes => {
    text += bytes
    for (let end; (end = text.indexOf('\r\n')) >= 0;) {
      const line = text.slice(0, end)
      text = text.slice(end + 2)
      if (letter !== null) {
        if (line !== '.') { letter += `${line}\n`; continue }
        const id = /^Message-ID: (.*)$/mi.exec(letter)?.[1]
        letter = null
        if (trouble && chance(0.05)) { say('451 later'); continue }
        taken.set(id, (taken.get(id) ?? 0) + 1)
        if (trouble && chance(0.03)) return socket.destroy() // taken, and never said so
        say('250 taken')
      } else if (/^EHLO/i.test(line)) say('250 sink')
      else if (/^RCPT/i.test(line)) say(trouble && chance(0.05) ? '451 greylisted' : '250 fine')
      else if (/^DATA/i.test(line)) { letter = ''; say('354 go on') }
      else if (/^QUIT/i.test(line)) { say('221 bye'); socket.end() }
      else say('250 fine')
    }
  })
})

// A target of hooks that fails, is slow, and hangs. The last word that it took, by resource.
const word = new Map()
let told = 0
const target = http.createServer((request, answer) => {
  let body = ''
  request.on('data', bytes => { body += bytes }).on('end', async () => {
    const call = JSON.parse(body)
    if (trouble && chance(0.2)) return answer.writeHead(503).end()
    if (trouble && chance(0.05)) return // it hangs, and took nothing
    word.set(call.resource, call.type)
    told++
    if (trouble && chance(0.1)) await sleep(1500) // what was taken may be said so late, to nobody
    answer.writeHead(204).end()
  })
})
const listen = server => new Promise(done => server.listen(0, '127.0.0.1', () => done(server.address().port)))
const [mailPort, targetPort] = [await listen(mail), await listen(target)]

const running = []
process.on('exit', () => { for (const { child } of running) child.kill('SIGKILL') })
let slowest = 0
async function start(n) {
  const probe = net.createServer()
  const port = running[n]?.port ?? await listen(probe)
  if (probe.listening) await new Promise(done => probe.close(done))
  const begun = performance.now()
  const log = openSync(`${data}.log`, 'a')
  const all = ['serve', '--listen', `127.0.0.1:${port}`, '--public-url', 'http://127.0.0.1:1', '--data', data, '--private-hooks', '--smtp', `smtp://127.0.0.1:${mailPort}?tls=none`, ...options]
  const child = spawn(binary, all, { stdio: ['ignore', log, log], env: { PATH: process.env.PATH } })
  running[n] = { port, child }
  while (!await ask(port, 'GET', '/readyz').then(a => a.status === 200, () => false)) {
    if (child.exitCode !== null) throw new Error(`the server ended: see ${data}.log`)
    await sleep(10)
  }
  slowest = Math.max(slowest, performance.now() - begun)
}
const agent = new http.Agent({ keepAlive: false })
function ask(port, method, path, body) {
  return new Promise((done, failed) => {
    const headers = { cookie, origin: 'http://127.0.0.1:1', accept: 'application/json', ...(body && { 'content-type': 'application/x-www-form-urlencoded', 'content-length': Buffer.byteLength(body) }) }
    const request = http.request({ hostname: '127.0.0.1', port, method, path, headers, agent, timeout: 30000 }, answer => {
      let text = ''
      answer.on('data', bytes => { text += bytes }).on('end', () => done({ status: answer.statusCode, text })).on('error', failed)
    })
    request.on('error', failed).on('timeout', () => request.destroy(new Error('no answer')))
    request.end(body)
  })
}
const any = () => running[Math.floor(Math.random() * running.length)].port
const act = (action, fields) => ask(any(), 'POST', `/actions/${action}`, new URLSearchParams({ org: slug, ...fields }).toString())
const page = path => ask(running[0].port, 'GET', path)

for (let n = 0; n < Number(servers); n++) await start(n)
const id = (answer, what) => new RegExp(`/${what}/([0-9a-f-]{36})`).exec(answer.text)?.[1] ?? (() => { throw new Error(`${what}: ${answer.status} ${answer.text.slice(0, 500)}`) })()
const flow = id(await act('create_flow', { name: 'At once', approval: 'domain', domain: 'northlight.test', step1_approvers: 'administrators' }), 'flows')
const resources = []
for (let n = 0; n < 12; n++) resources.push(id(await act('create_resource', { name: `Console ${n}`, flow, hook: `http://127.0.0.1:${targetPort}/` }), 'resources'))

let stop = false
const acknowledged = []
const left = pending[Symbol.iterator]()
async function decides() {
  while (!stop) {
    const request = left.next().value
    if (!request) return
    const answer = await act('decide', { request, verdict: 'approve' }).catch(() => null)
    if (answer?.status === 200) acknowledged.push(request)
    else await sleep(20)
  }
}
// An account may ask for resources a hundred times a day: spread over the run, so that calls are on their way at every kill.
const pause = Number(cycles) * 75
async function toggles(n) {
  while (!stop) {
    await act('ask_for', { resource: resources[n], reason: 'Work' }).catch(() => null)
    await sleep(pause * Math.random())
    const mine = await page(`/${slug}/applications`).catch(() => null)
    for (const [, grant, of] of (mine?.text ?? '').matchAll(/do=end-([0-9a-f-]{36})"[^>]*?Console (\d+)"/g)) if (Number(of) === n) await act('end_grant', { grant }).catch(() => null)
    await sleep(pause * Math.random())
  }
}
const work = [decides(), decides(), decides(), ...resources.map((_, n) => toggles(n))]
for (let cycle = 0; cycle < Number(cycles); cycle++) {
  await sleep(500 * Math.random())
  const n = Math.floor(Math.random() * running.length)
  const { child } = running[n]
  const ended = new Promise(done => child.on('exit', done))
  child.kill('SIGKILL')
  await ended
  await start(n)
}
stop = true
await Promise.all(work)
trouble = false
for (const resource of resources) await act('try_all_again', { channel: `hook:${resource}` })
await act('try_all_again', { channel: 'mail' })
const standing = () => new Promise(done => {
  let text = ''
  const child = spawn(binary, ['deliveries', '--data', data, ...options], { stdio: ['ignore', 'pipe', 'inherit'] })
  child.stdout.on('data', bytes => { text += bytes })
  child.on('close', () => done(text))
})
const waiting = text => [...text.matchAll(/: (\d+) waiting, (\d+) deferred/g)].reduce((sum, [, a, b]) => sum + Number(a) + Number(b), 0)
const until = performance.now() + 300000
let text = await standing()
while (waiting(text) > 0 && performance.now() < until) { await sleep(1000); text = await standing() }

// What is there now, as its own pages and exports tell it.
const rows = (await page(`/${slug}/access_requests/export?format=json&tab=approved&status=any&approval=any`)).text
const decided = new Set([...rows.matchAll(/"id":\s*"([0-9a-f-]{36})"/g)].map(m => m[1]))
const lost = acknowledged.filter(request => !decided.has(request)).length
const mine = (await page(`/${slug}/applications`)).text
const has = new Set([...mine.matchAll(/Console (\d+)/g)].map(m => Number(m[1])))
const words = [...word].map(([resource, type]) => ({ n: resources.indexOf(resource), type }))
const wrong = words.filter(({ n, type }) => (type === 'access.granted') !== has.has(n))
for (const { n, type } of wrong) console.error(`    Console ${n}: told ${type} last, and the page ${has.has(n) ? 'shows it' : 'does not show it'}`)
const twice = [...taken.values()].filter(times => times > 1).length
const failed = [...text.matchAll(/(\d+) failed/g)].reduce((sum, [, n]) => sum + Number(n), 0)
console.log(`| ${name} | ${cycles} | ${(slowest / 1000).toFixed(1)} | ${acknowledged.length}, ${lost} | ${taken.size}, ${waiting(text) + failed}, ${twice} | ${told}, ${wrong.length} |`)
for (const { child } of running) child.kill('SIGTERM')
await Promise.all(running.map(({ child }) => child.exitCode !== null || new Promise(done => child.on('exit', done))))
process.exit(lost || wrong.length || waiting(text) || words.some(({ n }) => n < 0) ? 1 : 0)
