import assert from "node:assert/strict";
import { test } from "node:test";

import { readNdjson } from "../../sayso/web/highlighter/ndjson.js";

/** @param {string} text */
async function linesOf(text) {
  const bytes = new TextEncoder().encode(text);
  const stream = new ReadableStream({
    start(controller) {
      for (const byte of bytes) controller.enqueue(new Uint8Array([byte]));
      controller.close();
    },
  });
  const lines = [];
  for await (const line of readNdjson(stream)) lines.push(line);
  return lines;
}

test("lines may be cut anywhere", async () => {
  const lines = await linesOf('{"a": "🌊é"}\n\n{"b": 2}\n{"c": 3}');
  assert.deepEqual(lines, [{ a: "🌊é" }, { b: 2 }, { c: 3 }]);
});

test("a line that is not JSON is an error", async () => {
  await assert.rejects(linesOf('{"a": 1}\n{"b"'), SyntaxError);
});
