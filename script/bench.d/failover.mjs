// The load of 75-failover. `switch PORT PRIMARY STANDBY CONTROL` is the way to the database: what is said to the socket CONTROL switches it.
// `measure ADDRESS FILLED.json PRIMARY STANDBY CONTROL` decides requests, makes trouble, and prints rows of markdown.
import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import http from 'node:http'
import net from 'node:net'

const [, , what, ...args] = process.argv
const sleep = ms => new Promise(done => setTimeout(done, ms))

function serveSwitch([port, primary, standby, control]) {
  let target = Number(primary)
  let delay = 0
  const pairs = new Set()
  net.createServer(client => {
    client.on('error', () => {})
    const server = net.connect(target, '127.0.0.1')
    const pair = { frozen: false }
    pairs.add(pair)
    const end = () => { if (!pair.frozen) { client.destroy(); server.destroy(); pairs.delete(pair) } }
    const pass = to => async bytes => { if (delay) await sleep(delay); if (!pair.frozen && !to.destroyed) to.write(bytes) }
    client.on('data', pass(server)).on('close', end)
    server.on('data', pass(client)).on('close', end).on('error', end)
  }).listen(Number(port), '127.0.0.1')
  net.createServer(socket => socket.on('data', said => {
    const [word, value] = String(said).trim().split(' ')
    if (word === 'freeze') for (const pair of pairs) pair.frozen = true // for ever: whoever was behind them is gone without a word
    if (word === 'standby') target = Number(standby)
    if (word === 'slow') delay = Number(value)
    socket.end('ok\n')
  })).listen(control)
}

async function measure([address, filled, primary, standby, control]) {
  const { cookie, slug, pending } = JSON.parse(readFileSync(filled, 'utf8'))
  const { hostname, port } = new URL(address)
  const seconds = Number(process.env.SECONDS_OF_TROUBLE ?? 10)
  const { ANTEROOM_PG_BIN: bin, ANTEROOM_PG_PRIMARY: data, ANTEROOM_PG_STANDBY: standbyData, ANTEROOM_PG_AS: as, ANTEROOM_PG_OPTIONS: options } = process.env
  const run = (program, ...more) => { const [first, ...rest] = [...as.split(' '), `${bin}/${program}`, ...more]; return spawnSync(first, rest, { stdio: 'ignore', cwd: '/' }) }
  const sql = (at, text) => execFileSync(`${bin}/psql`, ['-qAt', '-h', '127.0.0.1', '-p', String(at), '-U', 'postgres', 'anteroom', '-c', text], { encoding: 'utf8', env: { ...process.env, PGOPTIONS: '-c default_transaction_read_only=off' } })
  const say = text => new Promise(done => { const s = net.connect(control, () => s.write(`${text}\n`)); s.on('data', () => {}).on('close', done) })
  const left = pending[Symbol.iterator]()
  const agent = new http.Agent({ keepAlive: true, maxSockets: 200 })
  const all = []
  const decide = () => {
    const id = left.next().value
    const said = { id, sent: performance.now(), status: 0, ended: 0 }
    all.push(said)
    const body = `org=${slug}&request=${id}&verdict=approve`
    const request = http.request({ hostname, port, method: 'POST', path: '/actions/decide', agent, timeout: 60000,
      headers: { cookie, accept: 'application/json', origin: address, 'sec-fetch-site': 'same-origin', 'content-type': 'application/x-www-form-urlencoded', 'content-length': body.length } },
    answer => { answer.resume().on('end', () => { said.status = answer.statusCode; said.ended = performance.now() }) })
    request.on('timeout', () => request.destroy()).on('error', () => { said.ended = performance.now() })
    request.end(body)
  }
  const end = "select pg_terminate_backend(pid) from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()"
  const postmaster = () => readFileSync(`${data}/postmaster.pid`, 'utf8').split('\n')[0]
  const children = pid => execFileSync('pgrep', ['-P', pid], { encoding: 'utf8' }).split('\n').filter(Boolean)
  const signal = (name, list) => list.forEach(pid => spawnSync('kill', [`-${name}`, pid]))
  let at = primary
  const troubles = [
    ['only reads (`default_transaction_read_only`)', async () => { sql(at, 'alter database anteroom set default_transaction_read_only = on'); sql(at, end) },
      async () => sql(at, 'alter database anteroom reset default_transaction_read_only')],
    ['stopped, and started again', async () => run('pg_ctl', '-D', data, '-m', 'immediate', 'stop'), async () => run('pg_ctl', '-D', data, '-w', '-t', '60', '-l', '/dev/null', '-o', options, 'start')],
    ['frozen (SIGSTOP), and going on', async () => { const main = postmaster(); signal('STOP', [main, ...children(main)]) }, async () => { const main = postmaster(); signal('CONT', [main, ...children(main)]) }],
    ['no connection free', async () => { sql(at, 'alter role anteroom connection limit 0'); sql(at, end) },
      async () => sql(at, 'alter role anteroom connection limit -1')],
    ['slow (0.4 s more for each way)', async () => say('slow 400'), async () => say('slow 0')],
    ['gone without a word, the standby promoted', async () => say('freeze'), async () => { run('pg_ctl', '-D', standbyData, 'promote', '-w'); sql(standby, "alter system set synchronous_standby_names = ''"); sql(standby, 'select pg_reload_conf()'); at = standby; await say('standby') }],
  ]
  const timer = setInterval(decide, 50)
  await sleep(3000)
  for (const [name, begin, cure] of troubles) {
    const from = all.length
    await begin()
    await sleep(seconds * 1000)
    await cure()
    const cured = performance.now()
    const good = () => all.slice(from).find(s => s.status === 200 && s.sent > cured)
    while (!good() && performance.now() - cured < 120000) await sleep(50)
    const first = good()
    await sleep(8000)
    const these = all.slice(from)
    const acknowledged = these.filter(s => s.status === 200)
    const there = new Set(sql(at, `select id from requests where status <> 'pending'`).split('\n'))
    const lost = acknowledged.filter(s => !there.has(s.id)).length
    console.log(`| ${name} | ${acknowledged.length} | ${these.filter(s => s.status !== 200).length} | ${first ? ((first.ended - cured) / 1000).toFixed(1) : 'none in 120'} | ${lost} |`)
  }
  clearInterval(timer)
  agent.destroy()
  process.exit(0)
}

if (what === 'switch') serveSwitch(args)
else await measure(args)
