import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { KINDS, LABELS, LABEL_INFO, anchorOf } from "../../sayso/web/shared/labels.js";

const HTML = readFileSync(new URL("../../sayso/web/page/index.html", import.meta.url), "utf-8");

test("the guide has a section for each label and each kind, in their order", () => {
  const ids = [...HTML.matchAll(/ id="((?:about|kind)-[^"]+)"/g)].map(([, id]) => id);
  const wanted = LABELS.map(anchorOf);
  wanted.splice(2, 0, ...KINDS.map((kind) => `kind-${kind}`));
  assert.deepEqual(ids.filter((id) => id !== "about-title"), wanted);
});

test("the page's description names each label", () => {
  const [, description = ""] = HTML.match(/name="description" content="([^"]+)"/) ?? [];
  for (const label of LABELS) assert.ok(description.includes(LABEL_INFO[label].name));
});
