/**
 * Builds the extension for both browsers: `dist/chromium`, `dist/firefox` and a zip file of each.
 *
 * `node build.mjs FOLDER PATTERN` builds the one for Chromium into a folder, for tests: it may ask
 * the servers that the pattern names without the question that the browser puts to people, which no
 * program can answer. Nothing else differs.
 */

import { copyFile, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";
import { zipSync } from "fflate";

import { manifest } from "./manifest.mjs";

/** @typedef {"chromium" | "firefox"} Browser */

const HERE = fileURLToPath(new URL(".", import.meta.url));
/** @type {Record<Browser, string>} */
const TARGETS = { chromium: "chrome126", firefox: "firefox142" };
/** Run as classic scripts, so they are bundled into one function each. */
const SCRIPTS = ["background.js", "content.js"];
/** Scripts of pages, which may wait at their top level. */
const MODULES = ["panel.js", "options.js"];
/** The first day that a zip archive knows: the same files make the same archive, byte for byte. */
const ZIP_DATE = new Date(1980, 0, 1);
const PAGES = ["panel.html", "panel.css", "options.html", "options.css", "pages.css"];

const [, , folder, pattern] = process.argv;
if (folder) await buildInto(resolve(folder), "chromium", pattern ? [pattern] : []);
else for (const browser of /** @type {Browser[]} */ (Object.keys(TARGETS))) await release(browser);

/** @param {Browser} browser */
async function release(browser) {
  const folder = join(HERE, "dist", browser);
  await rm(folder, { recursive: true, force: true });
  await buildInto(folder, browser, []);
  const names = (await readdir(folder)).sort();
  const files = names.map(async (name) => [name, await readFile(join(folder, name))]);
  const contents = Object.fromEntries(await Promise.all(files));
  const packed = zipSync(contents, { level: 9, mtime: ZIP_DATE });
  await writeFile(join(HERE, "dist", `sayso-${browser}.zip`), packed);
  console.log(`dist/sayso-${browser}.zip: ${names.length} files, ${packed.length} bytes`);
}

/**
 * @param {string} folder
 * @param {Browser} browser
 * @param {readonly string[]} hosts  that it may ask from the start; none in a release
 */
async function buildInto(folder, browser, hosts) {
  const { version } = JSON.parse(await readFile(join(HERE, "package.json"), "utf-8"));
  await mkdir(folder, { recursive: true });
  await bundle(folder, browser, "iife", SCRIPTS);
  await bundle(folder, browser, "esm", MODULES);
  for (const page of PAGES) await copyFile(join(HERE, "src", page), join(folder, page));
  await copyFile(join(HERE, "../sayso/web/shared/base.css"), join(folder, "base.css"));
  for (const icon of await readdir(join(HERE, "icons"))) {
    if (icon.endsWith(".png")) await copyFile(join(HERE, "icons", icon), join(folder, icon));
  }
  if (browser === "chromium") {
    await copyFile(join(HERE, "managed_schema.json"), join(folder, "managed_schema.json"));
  }
  const written = {
    ...manifest(browser, version),
    ...(hosts.length ? { host_permissions: hosts } : {}),
  };
  await writeFile(join(folder, "manifest.json"), `${JSON.stringify(written, null, 2)}\n`);
}

/**
 * @param {string} folder
 * @param {Browser} browser
 * @param {"iife" | "esm"} format
 * @param {readonly string[]} files
 */
async function bundle(folder, browser, format, files) {
  await build({
    entryPoints: files.map((file) => join(HERE, "src", file)),
    outdir: folder,
    bundle: true,
    format,
    target: TARGETS[browser],
    charset: "utf8",
    define: { FIREFOX: String(browser === "firefox") },
    minifySyntax: true, // drops what is for the other browser; names and lines stay readable
    legalComments: "none",
  });
}
