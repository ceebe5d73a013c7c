/**
 * Builds the extension for both browsers: `dist/chromium`, `dist/firefox` and a zip file of each.
 */

import { copyFile, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

import { manifest } from "./manifest.mjs";
import { zip } from "./zip.mjs";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const TARGETS = /** @type {const} */ ({ chromium: "chrome126", firefox: "firefox142" });
/** Run as classic scripts, so they are bundled into one function each. */
const SCRIPTS = ["background.js", "content.js"];
/** Scripts of pages, which may wait at their top level. */
const MODULES = ["panel.js", "options.js"];
const PAGES = ["panel.html", "panel.css", "options.html", "options.css", "pages.css"];

const { version } = JSON.parse(await readFile(join(HERE, "package.json"), "utf-8"));

for (const browser of /** @type {("chromium" | "firefox")[]} */ (Object.keys(TARGETS))) {
  const folder = join(HERE, "dist", browser);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  for (const [format, files] of /** @type {const} */ ([["iife", SCRIPTS], ["esm", MODULES]])) {
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
  for (const page of PAGES) await copyFile(join(HERE, "src", page), join(folder, page));
  for (const icon of await readdir(join(HERE, "icons"))) {
    if (icon.endsWith(".png")) await copyFile(join(HERE, "icons", icon), join(folder, icon));
  }
  if (browser === "chromium") {
    await copyFile(join(HERE, "managed_schema.json"), join(folder, "managed_schema.json"));
  }
  const written = JSON.stringify(manifest(browser, version), null, 2);
  await writeFile(join(folder, "manifest.json"), `${written}\n`);
  const names = (await readdir(folder)).sort();
  const files = names.map(async (name) => ({ name, bytes: await readFile(join(folder, name)) }));
  const packed = zip(await Promise.all(files));
  await writeFile(join(HERE, "dist", `sayso-${browser}.zip`), packed);
  console.log(`dist/sayso-${browser}.zip: ${names.length} files, ${packed.length} bytes`);
}
