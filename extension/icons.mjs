/** Draws the icons anew from `icons/icon.svg`. */

import { readFile, writeFile } from "node:fs/promises";

import { Resvg } from "@resvg/resvg-js";

const drawing = await readFile(new URL("icons/icon.svg", import.meta.url), "utf-8");
for (const size of [16, 32, 48, 128]) {
  const image = new Resvg(drawing, { fitTo: { mode: "width", value: size } }).render().asPng();
  await writeFile(new URL(`icons/icon-${size}.png`, import.meta.url), image);
}
