import assert from "node:assert/strict";
import { test } from "node:test";

import {
  articleOfText,
  looksLikeHtml,
  textOfFile,
} from "../../sayso/web/page/import_text.js";

const LONG = "Too long for a headline, even without a full stop at its end ".repeat(3).trim();
const HARD_WRAPPED = "Lines of a mail that are broken hard after some words\nare one paragraph.";

/** @type {[string, string | null, string[]][]} */
const CASES = [
  ["A headline\n\nThe text. It goes on.", "A headline", ["The text. It goes on."]],
  ["A sentence.\nAnother.", null, ["A sentence.", "Another."]],
  ["Only one line", null, ["Only one line"]],
  ["One\r\n\r\n  Two. \r\n", "One", ["Two."]],
  [`${LONG}\n\nText.`, null, [LONG, "Text."]],
  [`${HARD_WRAPPED}\n\nAnd another.`, null, [HARD_WRAPPED.replace("\n", " "), "And another."]],
];
for (const [text, headline, paragraphs] of CASES) {
  test(`headline and paragraphs of ${JSON.stringify(text.slice(0, 30))}`, () => {
    assert.deepEqual(articleOfText(text), { headline, paragraphs });
  });
}

test("HTML is known by its beginning", () => {
  for (const html of ["<!doctype html>", " <p>Text", "<html lang=en>", "<?xml version='1.0'?>"]) {
    assert.ok(looksLikeHtml(html), html);
  }
  for (const text of ["Text <p>", "<unknown>", "1 < 2"]) assert.ok(!looksLikeHtml(text), text);
});

/** @type {[string, number[]][]} */
const FILES = [
  ["UTF-8", [0x4d, 0xc3, 0xb3]],
  ["UTF-8 with a byte order mark", [0xef, 0xbb, 0xbf, 0x4d, 0xc3, 0xb3]],
  ["windows-1252", [0x4d, 0xf3]],
  ["UTF-16, little endian", [0xff, 0xfe, 0x4d, 0x00, 0xf3, 0x00]],
  ["UTF-16, big endian", [0xfe, 0xff, 0x00, 0x4d, 0x00, 0xf3]],
];
for (const [name, bytes] of FILES) {
  test(`a file in ${name}`, async () => {
    assert.equal(await textOfFile(new File([new Uint8Array(bytes)], "a.txt")), "Mó");
  });
}

test("a file that is not text is an error", async () => {
  const file = new File([new Uint8Array([0x25, 0x00, 0x01])], "a.pdf");
  await assert.rejects(textOfFile(file), /a\.pdf is not a text file/);
});
