#!/usr/bin/env node
// Stands in for the Anteroom binary in harness.spec.ts: pages that are right, and pages that are wrong in
// known ways.
import { createServer } from 'node:http'

const flag = name => process.argv[process.argv.indexOf(name) + 1]
const [host, port] = flag('--listen').split(':')

const page = (
  body,
  style = '',
) => `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Stub</title>
<link rel="icon" href="data:,"><style nonce="n">
:root { color-scheme: light dark; transition: color 9s; } button { min-height: 24px; } ${style}
</style></head><body><main><h1>Stub<!> page</h1>${body}</main></body></html>`

const pages = {
  '/': page(`<leptos-island data-component="Queue"><table><tbody><!><tr><td>
<button type="button" command="show-modal" commandfor="d">Open</button><dialog id="d" aria-labelledby="t"><h2 id="t">Dialog</h2></dialog>
</td></tr></tbody></table></leptos-island>
<script nonce="n">new EventSource('/events'); setTimeout(() => { document.documentElement.dataset.hydrated = '' }, 300)</script>`),
  '/back': page('<p>Signed in.</p>'),
  '/plain': page('<p>No islands.</p>'),
  '/slow': page('<p>Its style is slow.</p><link rel="stylesheet" href="/slow.css">'),
  '/html': page('<p id="a">Twice</p><p id="a">Twice</p>'),
  '/contrast': page(
    '<p class="a">Pale</p>',
    '@media (prefers-color-scheme: dark) { body { background: #111; color: #eee } .a { color: #333 } }',
  ),
  '/wide': page('<p class="a">Wide</p>', '.a { width: 600px }'),
  '/cut': page(
    '<div class="a"><p class="acts"><button type="button">Decide</button></p></div>',
    '.a { overflow: hidden } .acts { margin-left: 600px }',
  ),
  '/unstyled': page('<p>Plain</p><link rel="stylesheet" href="/nowhere.css">'),
  '/throws': page(
    `<p>Throws</p><script nonce="n">fetch('/500'); fetch('http://127.0.0.1:1/'); throw new Error('thrown')</script>`,
  ),
}

// What asks for the slow style, and what lets it come: each waits for the other, whichever is first.
let slow = []
let goOn = []
function meet() {
  if (!slow.length || !goOn.length) return
  for (const one of slow.splice(0))
    one.writeHead(200, { 'content-type': 'text/css' }).end('p { color: rgb(1, 2, 3) }')
  for (const one of goOn.splice(0)) one.end()
}
const server = createServer((request, response) => {
  if (request.url === '/slow.css' || request.url === '/slow.css/go-on') {
    const queue = request.url === '/slow.css' ? slow : goOn
    queue.push(response)
    return meet()
  }
  if (request.url === '/readyz') return response.end('ready')
  if (request.url === '/now') return response.end(String(Date.now()))
  if (request.url === '/events')
    return response.writeHead(200, { 'content-type': 'text/event-stream' }).write(': hello\n\n')
  const html = pages[request.url.split('?')[0]]
  const csp =
    "default-src 'none'; connect-src 'self' http://127.0.0.1:1; script-src 'nonce-n'; style-src 'nonce-n' 'self'; img-src data:"
  response.writeHead(html ? 200 : request.url === '/500' ? 500 : 404, {
    'content-type': 'text/html',
    'content-security-policy': csp,
  })
  response.end(html ?? page('<p>None</p>'))
})
server.listen(Number(port), host, () => console.log(`set up: ${flag('--public-url')}/setup/Ab_c-1`))
process.on('SIGTERM', () => server.close() && server.closeAllConnections())
