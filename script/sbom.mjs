// Writes a CycloneDX bill of materials of what is in the binary: the crates that cargo resolves for the server and for the client, with
// what builds them. No part of npm is in it: those tools of package.json only shape files.
//   node script/sbom.mjs OUT [SHA256-OF-THE-BINARY]
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";

const [out, binary] = process.argv.slice(2);
const host = execFileSync("rustc", ["-vV"]).toString().match(/host: (.*)/)[1];
const builds = [
  ["ssr", host],
  ["hydrate", "wasm32-unknown-unknown"],
];

/** The packages that one build reaches, with what each takes; not those that tests alone need. */
function reached(features, target) {
  const args = ["metadata", "--format-version", "1", "--locked", "--no-default-features", "--features", features, "--filter-platform", target];
  const meta = JSON.parse(execFileSync("cargo", args, { maxBuffer: 1 << 28 }));
  const nodes = new Map(meta.resolve.nodes.map((node) => [node.id, node]));
  const takes = (id) => nodes.get(id).deps.filter((dep) => dep.dep_kinds.some((kind) => kind.kind !== "dev")).map((dep) => dep.pkg);
  const found = new Map();
  const waiting = [meta.resolve.root];
  while (waiting.length) {
    const id = waiting.pop();
    if (found.has(id)) continue;
    found.set(id, takes(id));
    waiting.push(...found.get(id));
  }
  return { root: meta.resolve.root, found, packages: new Map(meta.packages.map((one) => [one.id, one])) };
}

const digests = new Map();
for (const [, name, version, checksum] of readFileSync("Cargo.lock", "utf8").matchAll(/name = "(.*)"\nversion = "(.*)"\nsource = ".*"\nchecksum = "(.*)"/g)) digests.set(`${name} ${version}`, checksum);

const all = new Map();
const edges = new Map();
let root;
for (const [features, target] of builds) {
  const build = reached(features, target);
  root = build.packages.get(build.root);
  const purl = (id) => `pkg:cargo/${build.packages.get(id).name}@${build.packages.get(id).version}`;
  for (const [id, takes] of build.found) {
    all.set(purl(id), build.packages.get(id));
    const known = edges.get(purl(id)) ?? new Set();
    takes.forEach((one) => known.add(purl(one)));
    edges.set(purl(id), known);
  }
}

const own = `pkg:cargo/${root.name}@${root.version}`;
const license = (one) => (one.license ? [{ expression: one.license.replaceAll("/", " OR ") }] : undefined);
const component = ([purl, one]) => ({
  type: "library",
  "bom-ref": purl,
  name: one.name,
  version: one.version,
  description: one.description ?? undefined,
  licenses: license(one),
  purl,
  hashes: digests.has(`${one.name} ${one.version}`) ? [{ alg: "SHA-256", content: digests.get(`${one.name} ${one.version}`) }] : undefined,
  externalReferences: one.repository ? [{ type: "vcs", url: one.repository }] : undefined,
});
const names = [...all.keys()].sort();
const text = JSON.stringify(names);
const id = createHash("sha256").update(text + (binary ?? "")).digest("hex");
const bom = {
  bomFormat: "CycloneDX",
  specVersion: "1.5",
  serialNumber: `urn:uuid:${id.slice(0, 8)}-${id.slice(8, 12)}-5${id.slice(13, 16)}-8${id.slice(17, 20)}-${id.slice(20, 32)}`,
  version: 1,
  metadata: {
    tools: { components: [{ type: "application", name: "script/sbom.mjs", version: root.version }] },
    component: {
      type: "application",
      "bom-ref": own,
      name: root.name,
      version: root.version,
      licenses: license(root),
      purl: own,
      hashes: binary ? [{ alg: "SHA-256", content: binary }] : undefined,
    },
  },
  components: names.filter((name) => name !== own).map((name) => component([name, all.get(name)])),
  dependencies: names.map((name) => ({ ref: name, dependsOn: [...edges.get(name)].sort() })),
};
writeFileSync(out, JSON.stringify(bom, null, 1) + "\n");
console.log(`    ${bom.components.length} components in ${out}`);
