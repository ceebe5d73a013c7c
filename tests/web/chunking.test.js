import assert from "node:assert/strict";
import { test } from "node:test";

import { splitIntoChunks } from "../../sayso/web/highlighter/chunking.js";

/** @type {[string, number, string[]][]} */
const CASES = [
  ["", 10, []],
  ["short", 10, ["short"]],
  ["One line.\nAnother line.", 14, ["One line.\n", "Another line."]],
  ["One is. Two is. Three.", 18, ["One is. Two is. ", "Three."]],
  ["one two three four", 10, ["one two ", "three four"]],
  ["🌊".repeat(5), 2, ["🌊🌊", "🌊🌊", "🌊"]],
  ["x".repeat(7), 3, ["xxx", "xxx", "x"]],
  ["ab", 0, ["a", "b"]],
];
for (const [text, characters, chunks] of CASES) {
  test(`${JSON.stringify(text)} in chunks of ${characters} characters`, () => {
    const limits = { text_characters: characters, body_bytes: 1_000_000 };
    assert.deepEqual(splitIntoChunks(text, limits).map((chunk) => chunk.text), chunks);
  });
}

for (const size of [1_040, 1_100, 5_000]) {
  test(`chunks fit in a body of ${size} bytes, and join to the whole text`, () => {
    const text = 'Officials said no.\n“🌊👩‍👩‍👧” e\u0301tude\u00a0He said: "\\" \x01\t'.repeat(20);
    const chunks = splitIntoChunks(text, { text_characters: 10_000, body_bytes: size });
    assert.equal(chunks.map((chunk) => chunk.text).join(""), text);
    for (const { text: part, start } of chunks) {
      assert.equal(text.indexOf(part, start), start);
      const bytes = new TextEncoder().encode(JSON.stringify(part)).length - 2;
      assert.ok(bytes <= size - 1_000, `${bytes}`);
    }
  });
}
