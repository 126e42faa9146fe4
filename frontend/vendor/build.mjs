// Builds frontend/static/vendor from the packages named in package.json; run by `make vendor`.
import { build } from "esbuild";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const here = new URL("./", import.meta.url);
const out = new URL("../static/vendor/", here);
const packages = new URL("node_modules/", here);
const font = "@fontsource-variable/atkinson-hyperlegible-next";
const used = ["htmx.org", "yjs", "lib0", font];

const read = (path) => readFile(new URL(path, packages));
const about = async (name) => JSON.parse(await read(`${name}/package.json`));

async function keep(name, content) {
  await writeFile(new URL(name, out), content);
  const packed = name.endsWith(".js") ? `, ${gzipSync(content, { level: 9 }).length} with gzip` : "";
  console.log(`${name}: ${content.length} bytes${packed}`);
}

async function htmx() {
  const script = String(await read("htmx.org/dist/htmx.min.js"));
  return script.replace(/\n?\/\/# sourceMappingURL=.*\s*$/, "") + "\n";
}

async function yjs() {
  const bundle = await build({
    stdin: {
      contents:
        'export { Doc, Text, applyUpdate, encodeStateAsUpdate, encodeStateVector, mergeUpdates } from "yjs";',
      resolveDir: fileURLToPath(here),
    },
    absWorkingDir: fileURLToPath(here),
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    legalComments: "none",
    metafile: true,
    write: false,
  });
  for (const path of Object.keys(bundle.metafile.inputs)) {
    const known = path === "<stdin>" || used.some((name) => path.startsWith(`node_modules/${name}/`));
    if (!known) throw new Error(`${path} is bundled too: add its package to \`used\``);
  }
  return bundle.outputFiles[0].contents;
}

async function licences() {
  const parts = ["# Licences of the files in this folder", "Made by `make vendor`."];
  for (const name of used) {
    const { version, license } = await about(name);
    const text = String(await read(`${name}/LICENSE`)).trim();
    parts.push(`## ${name} ${version} (${license})`, "```text\n" + text + "\n```");
  }
  return parts.join("\n\n") + "\n";
}

await mkdir(out, { recursive: true });
for (const name of await readdir(out)) await rm(new URL(name, out));

await keep(`htmx-${(await about("htmx.org")).version}.min.js`, Buffer.from(await htmx()));
await keep(`yjs-${(await about("yjs")).version}.min.js`, Buffer.from(await yjs()));
for (const subset of ["latin", "latin-ext"]) {
  const file = `${font}/files/atkinson-hyperlegible-next-${subset}-wght-normal.woff2`;
  await keep(`atkinson-${subset}.woff2`, await read(file));
}
await keep("LICENSES.md", Buffer.from(await licences()));
