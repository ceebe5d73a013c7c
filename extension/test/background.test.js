import "fake-indexeddb/auto";

import assert from "node:assert/strict";
import { test } from "node:test";

import { LABELS } from "../../sayso/web/shared/labels.js";
import { Cache } from "../src/cache.js";

const INFO = {
  model: { name: "base", version: "1", model: "base-1+1" },
  labels: LABELS.map((label) => ({ label, meaning: "", threshold: 0.5 })),
  kinds: [],
  limits: { body_bytes: 100_000, text_characters: 10_000 },
  access: { needs_key: false },
  offset_units: ["utf16"],
};
const REPORT = { report: { model: "base-1+1", warnings: [] } };

/** @type {(port: object) => void} */
let connect = () => {};
const hears = { addListener: () => {} };
const area = {
  get: async () => ({ settings: { server: "http://127.0.0.1:8000" } }),
  set: async () => {},
  remove: async () => {},
};
/** The browser's functions that the worker calls here. */
const stub = {
  storage: { local: area, managed: area, session: area, onChanged: hears },
  permissions: { contains: async () => true },
  action: { onClicked: hears },
  commands: { onCommand: hears },
  tabs: { onRemoved: hears, onUpdated: hears },
  runtime: {
    onConnect: { addListener: (/** @type {typeof connect} */ one) => (connect = one) },
    onMessage: hears,
    getURL: () => "extension://",
  },
};
Object.assign(globalThis, {
  FIREFOX: false,
  chrome: stub,
  fetch: async (/** @type {string} */ address) => {
    const isInfo = address.endsWith("/v1/info");
    return new Response(`${JSON.stringify(isInfo ? INFO : REPORT)}\n`, {
      headers: { "content-type": isInfo ? "application/json" : "application/x-ndjson" },
    });
  },
});
await import("../src/background.js");

for (const [incognito, kept] of /** @type {[boolean, number][]} */ ([[true, 0], [false, 1]])) {
  test(`of a ${incognito ? "private" : "common"} window ${kept} answers are kept`, async () => {
    await new Cache().clear();
    const { type, isCached } = await answerTo("It may rain.", incognito);
    assert.equal(type, "end");
    assert.equal(isCached, false);
    assert.equal(await new Cache().count(), kept);
  });
}

/**
 * @param {string} text
 * @param {boolean} incognito  whether the asking page is in a private window
 * @returns {Promise<{type: string, isCached?: boolean}>} the last answer
 */
function answerTo(text, incognito) {
  return new Promise((resolve) => {
    connect({
      sender: { tab: { incognito } },
      onDisconnect: hears,
      onMessage: { addListener: (/** @type {Function} */ hear) => hear({ text }) },
      postMessage: (/** @type {{type: string}} */ answer) => {
        if (answer.type === "end" || answer.type === "error") resolve(answer);
      },
    });
  });
}
