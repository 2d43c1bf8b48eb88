// Those who hold on in 70-hold: `burdens.mjs ADDRESS held COUNT TEXT` or `.. flood`, started by hold.mjs, which hears how it goes.
import http from 'node:http'
import net from 'node:net'

const [, , url, what, ...more] = process.argv
const { hostname, port } = new URL(url)
const address = n => `127.0.1.${1 + (n % 200)}`

// Sockets that say `text` and then nothing; one that is closed comes back.
function held(count, text) {
  const sockets = new Set()
  const open = n => {
    const socket = net.connect({ host: hostname, port, localAddress: address(n) })
    socket.pause()
    sockets.add(socket)
    socket.on('connect', () => text && socket.write(text))
    socket.on('error', () => {})
    socket.on('close', () => { sockets.delete(socket); setTimeout(() => open(n), 500) })
  }
  for (let n = 0; n < count; n++) open(n)
  setInterval(() => process.send(`${sockets.size} open at the end`), 500)
}

function flood() {
  const begin = performance.now()
  let sent = 0
  const one = async n => {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1, localAddress: address(n % 4) })
    for (;;) {
      const body = `email=p${n}%40flood.test&password=wrong&page=%2Fsignin&more=${'x'.repeat(8000)}`
      await new Promise(done => {
        const request = http.request({ hostname, port, method: 'POST', agent, path: n % 2 ? '/actions/sign_in' : '/actions/ask_reset',
          headers: { origin: url, accept: 'text/html', 'content-type': 'application/x-www-form-urlencoded', 'content-length': body.length } },
        answer => { sent++; answer.resume().on('end', done) })
        request.on('error', done)
        request.end(body)
      })
    }
  }
  for (let n = 0; n < 32; n++) one(n)
  setInterval(() => process.send(`${Math.round(sent / ((performance.now() - begin) / 1000))} posts/s`), 500)
}

if (what === 'flood') flood()
else held(Number(more[0]), more[1])
