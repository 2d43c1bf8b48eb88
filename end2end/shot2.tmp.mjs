import { chromium } from '@playwright/test';
const b = await chromium.launch({executablePath:'/usr/bin/chromium',args:['--no-sandbox','--disable-gpu']});
const c=await b.newContext({viewport:{width:1280,height:800}}); const p = await c.newPage();
const base='http://127.0.0.1:3100';
await p.goto(base+'/'); await p.waitForTimeout(1500);
await p.getByRole('button',{name:'Sign in as administrator'}).click();
await p.waitForURL('**/access_requests');
const p2 = await c.newPage(); 
await p2.route('**/pkg/anteroom.js',r=>r.fulfill({path:'/tmp/dbgpkg/anteroom.js',contentType:'text/javascript'}));await p2.route('**/pkg/anteroom.wasm',r=>r.fulfill({path:'/tmp/dbgpkg/anteroom_bg.wasm',contentType:'application/wasm'}));p2.on('console',m=>console.log(m.text().slice(0,1500)));await p2.goto(base+'/robots.txt');
for (const path of ['/northlight/access_requests']) {
const html = await (await c.request.get(base+path)).text();
const body = html.match(/<body>([\s\S]*)<\/body>/)[1];
const out = await p2.evaluate(async (body)=>{ document.body.innerHTML=body; const mod = await import('/pkg/anteroom.js'); await mod.default({module_or_path:'/pkg/anteroom.wasm'}); mod.hydrate(); const res=[]; for (const el of document.querySelectorAll('leptos-island')) { try { mod[el.dataset.component](el); res.push('ok '+el.dataset.props.slice(0,60)); } catch(e) { res.push('FAIL '+e.message+' '+el.dataset.props.slice(0,100)); break; } } return res; }, body);
console.log(path, out);
}
await b.close();
