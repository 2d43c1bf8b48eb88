// Proves `cargo leptos watch`: starts it in a copy of a checkout, changes a stylesheet and a view there, and sees both served.
//   node .ci/watch.mjs CHECKOUT COPY
// COPY is kept between runs, so that cargo compiles only what differs. The checkout itself is never touched.
// The environment is that of script/env. What is compiled on the way is shared with tests and clippy: the cfg that cargo leptos adds by itself
// is the one in RUSTFLAGS there. The results are not shared: cargo leptos must not start a server that somebody else has just built.
import { execFileSync, spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const [checkout, copy] = process.argv.slice(2);
const stamp = `watch-${Date.now().toString(36)}`;
const data = mkdtempSync(join(tmpdir(), "anteroom-watch."));
const started = Date.now();
const say = (text) => console.log(`    [${Math.round((Date.now() - started) / 1000)} s] ${text}`);
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const files = (folder, prefix = "") => readdirSync(join(folder, prefix), { withFileTypes: true }).flatMap((entry) => {
  const path = join(prefix, entry.name);
  return entry.isDirectory() ? files(folder, path) : [path];
});

// Makes COPY equal to what git knows or would add, and leaves equal files alone: their times are what cargo goes by.
function mirror() {
  const listed = execFileSync("git", ["-C", checkout, "ls-files", "-co", "--exclude-standard", "-z"], { encoding: "utf8", maxBuffer: 1 << 26 }).split("\0");
  const wanted = new Set(listed.filter((path) => path && existsSync(join(checkout, path)) && statSync(join(checkout, path)).isFile()));
  mkdirSync(copy, { recursive: true });
  for (const path of files(copy)) if (!wanted.has(path) && !path.startsWith("site/")) rmSync(join(copy, path));
  for (const path of wanted) {
    const from = readFileSync(join(checkout, path));
    const to = join(copy, path);
    if (existsSync(to) && readFileSync(to).equals(from)) continue;
    mkdirSync(dirname(to), { recursive: true });
    writeFileSync(to, from);
  }
  return wanted.size;
}

// The server goes away and comes back: a port that the system gives to anybody might be somebody else's by then.
async function freePort() {
  for (;;) {
    const port = randomInt(11_000, 32_000);
    const probe = createServer();
    const free = await new Promise((done) => probe.once("error", () => done(false)).listen(port, "127.0.0.1", () => done(true)));
    if (!free) continue;
    await new Promise((done) => probe.close(done));
    return port;
  }
}

function start(port, reload) {
  const env = { ...process.env, LEPTOS_SITE_ADDR: `127.0.0.1:${port}`, LEPTOS_RELOAD_PORT: `${reload}`, ANTEROOM_LISTEN: `127.0.0.1:${port}`, ANTEROOM_DATA: data };
  env.CARGO_TARGET_DIR = `${copy}-target`;
  env.RUSTC_WORKSPACE_WRAPPER = join(env.CARGO_TARGET_DIR, "compile"); // one for each checkout, see script/env
  mkdirSync(env.CARGO_TARGET_DIR, { recursive: true });
  writeFileSync(env.RUSTC_WORKSPACE_WRAPPER, '#!/bin/sh\nexec "$@"\n', { mode: 0o755 });
  for (const name of ["RUSTFLAGS", "LEPTOS_SITE_ROOT", "LEPTOS_OUTPUT_NAME", "ANTEROOM_TEST_PG"]) delete env[name];
  const child = spawn("cargo", ["leptos", "watch"], { cwd: copy, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  const watch = { child, output: "", ended: null };
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text) => { watch.output += text; process.stdout.write(text); });
  }
  child.on("exit", (code, signal) => { watch.ended = signal ?? `code ${code}`; });
  child.on("error", (error) => { watch.ended = error.message; });
  return watch;
}

// Waits until `look` answers with something true; says so, or fails at the deadline, when cargo leptos ends, or when compiling fails.
async function until(what, minutes, watch, look) {
  const from = Date.now();
  const seen = watch.output.length;
  for (;;) {
    const found = await look().catch(() => null);
    if (found) { say(`${what}: after ${Math.round((Date.now() - from) / 100) / 10} s`); return found; }
    if (watch.ended) throw new Error(`${what}: cargo leptos watch ended (${watch.ended})`);
    if (/could not compile|Build failed/.test(watch.output.slice(seen))) throw new Error(`${what}: it does not compile`);
    if (Date.now() - from > minutes * 60_000) throw new Error(`${what}: not within ${minutes} minutes`);
    await pause(300);
  }
}

const fetched = async (url) => {
  const answer = await fetch(url, { signal: AbortSignal.timeout(20_000), headers: { accept: "text/html,*/*", connection: "close" } });
  return { status: answer.status, type: answer.headers.get("content-type") ?? "", url: answer.url, body: Buffer.from(await answer.arrayBuffer()) };
};
const attribute = (html, tag, name) => new RegExp(`<${tag}[^>]*?\\s${name}="([^"]+)"`).exec(html)?.[1];

async function proof(watch, base) {
  const page = await until("a page answers", 20, watch, async () => {
    const answer = await fetched(base);
    return answer.status === 200 && answer.type.startsWith("text/html") && answer;
  });
  const html = page.body.toString();
  say(`${page.url}: ${page.body.length} bytes of ${page.type}`);
  const wasm = await fetched(new URL(attribute(html, 'link[^>]*rel="preload"', "href") ?? "/pkg/anteroom.wasm", base));
  if (wasm.status !== 200 || !wasm.type.startsWith("application/wasm")) throw new Error(`the client: ${wasm.url} gives ${wasm.status} ${wasm.type}`);
  say(`${wasm.url}: ${wasm.body.length} bytes of ${wasm.type}`);

  const style = new URL(attribute(html, 'link[^>]*rel="stylesheet"', "href") ?? "/pkg/anteroom.css", base);
  const sheet = join(copy, "style/main.css");
  writeFileSync(sheet, `${readFileSync(sheet, "utf8")}\n.${stamp} { color: rebeccapurple; }\n`);
  say(`added the rule .${stamp} to style/main.css`);
  await until(`the rule is in ${style}`, 5, watch, async () => (await fetched(style)).body.includes(stamp));

  const view = ["src/pages", "src"].flatMap((folder) => files(copy, folder)).find((path) => path.endsWith(".rs") && /<body[\s>]/.test(readFileSync(join(copy, path), "utf8")));
  if (!view) throw new Error("no view under src/ has a <body");
  const source = readFileSync(join(copy, view), "utf8");
  writeFileSync(join(copy, view), source.replace(/<body(?=[\s>])/, `<body data-watch="${stamp}"`));
  say(`added data-watch="${stamp}" to the <body of ${view}`);
  await until(`the page carries it`, 15, watch, async () => (await fetched(page.url)).body.includes(`data-watch="${stamp}"`));
}

// Everything that was started knows our data folder by its environment: nothing else is touched.
function ours() {
  return readdirSync("/proc").filter((id) => /^\d+$/.test(id) && Number(id) !== process.pid).filter((id) => {
    try { return readFileSync(`/proc/${id}/environ`, "latin1").includes(`ANTEROOM_DATA=${data}\0`); } catch { return false; }
  }).map(Number);
}

async function stop() {
  for (const signal of ["SIGINT", "SIGTERM", "SIGKILL"]) {
    for (const id of ours()) { try { process.kill(id, signal); } catch { /* gone already */ } }
    for (let i = 0; i < 50 && ours().length > 0; i += 1) await pause(200);
    if (ours().length === 0) { say(`stopped (${signal})`); break; }
  }
  rmSync(data, { recursive: true, force: true });
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => { stop().finally(() => process.exit(1)); });
let watch;
try {
  say(`copied ${mirror()} files to ${copy}`);
  const [port, reload] = [await freePort(), await freePort()];
  watch = start(port, reload);
  await proof(watch, `http://127.0.0.1:${port}/`);
} catch (error) {
  say(`FAILED: ${error.message}`);
  process.exitCode = 1;
} finally {
  await stop();
}
