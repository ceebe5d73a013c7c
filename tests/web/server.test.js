/** How a server is asked, and what becomes of each answer. */

import assert from "node:assert/strict";
import { mock, test } from "node:test";

import { readInfo, scoreStream } from "../../sayso/web/highlighter/server.js";
import { ServerError } from "../../sayso/web/highlighter/server_errors.js";
import { LABELS } from "../../sayso/web/shared/labels.js";
import { evidence, sentence } from "./fixtures.js";

/** @typedef {{status?: number, headers?: Record<string, string>, body?: string}} Answer */

/**
 * Score a text by a server that gives these answers, one after the other.
 *
 * @param {string} text
 * @param {Answer[]} answers
 * @param {object} [options]
 */
async function score(text, answers, options = {}) {
  const log = {
    /** @type {{url: string, headers: Record<string, string>, body: any}[]} */
    sent: [],
    /** @type {import("../../sayso/web/highlighter/types.js").Sentence[]} */
    sentences: [],
    /** @type {[number, number][]} */
    chunks: [],
    /** @type {number[]} */
    waits: [],
    /** @type {import("../../sayso/web/highlighter/server.js").StreamResult | null} */
    result: null,
    /** @type {ServerError | null} */
    error: null,
  };
  mock.timers.enable({ apis: ["setTimeout"] });
  try {
    log.result = await scoreStream(text, {
      base: "http://sayso.test/",
      ...options,
      fetch: /** @type {any} */ (async (/** @type {string} */ url, /** @type {any} */ request) => {
        log.sent.push({ url, headers: request.headers, body: JSON.parse(request.body) });
        const { status = 200, headers, body } = answers.shift() ?? {};
        if (status === 0) throw new TypeError("no answer");
        const type = status === 200 ? "application/x-ndjson" : "application/json";
        return new Response(body, { status, headers: { "content-type": type, ...headers } });
      }),
      onSentences: (sentences) => log.sentences.push(...sentences),
      onChunk: (done, chunks) => log.chunks.push([done, chunks]),
      onWait: (seconds) => {
        log.waits.push(seconds);
        queueMicrotask(() => mock.timers.tick(1000 * seconds));
      },
    });
  } catch (error) {
    assert.ok(error instanceof ServerError, String(error));
    log.error = error;
  } finally {
    mock.timers.reset();
  }
  return log;
}

const WARNINGS = [
  { code: "not_english", message: "m", sentence: null },
  { code: "long_sentence", message: "m", sentence: 0 },
];
const REPORT = { report: { model: "m-1", warnings: WARNINGS } };

/**
 * An answer with sentences that end at these offsets.
 *
 * @param {number[]} ends
 * @param {object} [last]  its last line
 * @returns {Answer}
 */
function stream(ends, last = REPORT) {
  const lines = ends.map((end, index) => {
    const start = ends[index - 1] ?? 0;
    const more = { evidence: [evidence("hedging", start, end)] };
    return { sentence: sentence(index, start, end, more) };
  });
  return { body: [...lines, last].map((line) => `${JSON.stringify(line)}\n`).join("") };
}

/**
 * @param {number} status
 * @param {string} code
 * @param {object} [more]
 * @param {Record<string, string>} [headers]
 * @returns {Answer}
 */
function refusal(status, code, more, headers) {
  const error = { code, message: "that is impossible", ...more };
  return { status, headers, body: JSON.stringify({ error, request_id: "abc" }) };
}

test("a text is sent with low thresholds and the key", async () => {
  const log = await score("One. Two.", [stream([4, 9])], { key: "secret" });
  assert.deepEqual(log.sent, [
    {
      url: "http://sayso.test/v1/score/stream",
      headers: { "content-type": "application/json", authorization: "Bearer secret" },
      body: {
        text: "One. Two.",
        offset_unit: "utf16",
        labels: LABELS,
        thresholds: { hedging: 0.05, unverified_attribution: 0.05, loaded_framing: 0.05 },
        include_text: false,
      },
    },
  ]);
  assert.deepEqual(log.sentences.map(({ end }) => end), [4, 9]);
  assert.deepEqual(log.result, { model: "m-1", warnings: WARNINGS, chunks: 1, sentences: 2 });
  assert.deepEqual([log.chunks, log.waits], [[], []]);
});

for (const isKnown of [true, false]) {
  const limit = isKnown ? "known" : "in the answer";
  test(`a long text goes in chunks; its limit is ${limit}`, async () => {
    const text = "One. ".padEnd(300) + "Two. ".padEnd(300) + "Three.";
    const answers = [stream([4]), stream([4]), stream([6])];
    if (!isKnown) answers.unshift(refusal(413, "text_too_long", { limit: 300 }));
    const limits = { text_characters: 300, body_bytes: 9_000 };
    const log = await score(text, answers, isKnown ? { limits } : {});
    assert.equal(log.sent.slice(-3).map(({ body }) => body.text).join(""), text);
    const starts = ["One", "Two", "Three"].map((word) => text.indexOf(word));
    assert.deepEqual(log.sentences.map(({ start }) => start), starts);
    assert.deepEqual(log.sentences.map((one) => one.evidence[0].start), starts);
    assert.deepEqual(log.sentences.map(({ index }) => index), [0, 1, 2]);
    assert.deepEqual(log.chunks, [[0, 3], [1, 3], [2, 3]]);
    assert.equal(log.result?.chunks, 3);
    assert.deepEqual(
      log.result?.warnings.map(({ code, sentence }) => [code, sentence]),
      [["not_english", null], ...[0, 1, 2].map((index) => ["long_sentence", index])],
    );
  });
}

test("a proxy that names no limit gets halves", async () => {
  const answers = [{ status: 413, body: "<html>" }, stream([900]), stream([900])];
  const log = await score("word ".repeat(400), answers);
  assert.deepEqual(log.sent.map(({ body }) => body.text.length), [2_000, 1_000, 1_000]);
  assert.equal(log.result?.chunks, 2);
});

test("a text that is too long even in the smallest chunk is an error", async () => {
  const log = await score("word ".repeat(50), [refusal(413, "body_too_large", { limit: 100 })]);
  assert.equal(log.error?.kind, "too_long");
});

for (const status of [429, 503]) {
  test(`it waits as long as the server asks with ${status}`, async () => {
    const busy = refusal(status, "busy", {}, { "retry-after": "7" });
    const log = await score("One.", [busy, busy, stream([4])]);
    assert.deepEqual(log.waits, [7, 7]);
    assert.equal(log.sentences.length, 1);
  });
}

test("it does not wait for ever", async () => {
  const busy = refusal(429, "too_many_requests", {}, { "retry-after": "7" });
  assert.equal((await score("One.", [busy, busy, busy, busy])).error?.kind, "too_often");
  const slow = refusal(429, "too_many_requests", {}, { "retry-after": "70" });
  assert.deepEqual((await score("One.", [slow, slow, stream([4])])).waits, [70]);
  const late = refusal(429, "too_many_requests", {}, { "retry-after": "3600" });
  const { error } = await score("One.", [late]);
  assert.equal(error?.kind, "too_often");
  assert.match(error?.message ?? "", /Try again in 3600 seconds\.$/);
});

const BROKEN = { error: { code: "internal_error", message: "m" } };
/** @type {[string, Answer, object][]} */
const ERRORS = [
  ["key_needed", refusal(401, "unauthorized"), {}],
  ["key_unknown", refusal(401, "unauthorized"), { key: "old" }],
  ["invalid", refusal(422, "invalid_request"), {}],
  ["invalid", refusal(400, "invalid_json"), {}],
  ["busy", refusal(503, "stopping"), {}],
  ["busy", refusal(504, "too_slow"), {}],
  ["broken", refusal(500, "internal_error"), {}],
  ["not_sayso", refusal(404, "not_found"), {}],
  ["not_sayso", { status: 404, body: "<html>" }, {}],
  ["busy", { status: 502, body: "<html>" }, {}],
  ["unreachable", { status: 0 }, {}],
  ["not_sayso", { headers: { "content-type": "text/html" }, body: "<html>" }, {}],
  ["broke_off", { body: "no json\n" }, {}],
  ["broke_off", stream([4], BROKEN), {}],
];
for (const [kind, answer, options] of ERRORS) {
  test(`${answer.status ?? 200} ${answer.body?.slice(0, 40)} is ${kind}`, async () => {
    const { error } = await score("One.", [answer], options);
    assert.equal(error?.kind, kind);
    assert.match(error?.message ?? "", /[.?]$/);
  });
}

test("a stream that breaks off leaves the sentences that came", async () => {
  const whole = stream([4, 9]);
  const log = await score("One. Two.", [{ body: whole.body?.slice(0, -30) }]);
  assert.equal(log.error?.kind, "broke_off");
  assert.equal(log.sentences.length, 2);
});

test("a rest that was not scored in time is sent on its own", async () => {
  const late = stream([4], { error: { code: "too_slow", message: "late" } });
  const log = await score("One. Two.", [late, stream([5])]);
  assert.deepEqual(log.sent.map(({ body }) => body.text), ["One. Two.", " Two."]);
  assert.deepEqual(log.sentences.map(({ index, end }) => [index, end]), [[0, 4], [1, 9]]);
});

test("info of another program is an error", async () => {
  const options = { base: "http://sayso.test", fetch: async () => new Response('{"model": {}}') };
  await assert.rejects(
    readInfo(options),
    (error) => error instanceof ServerError && error.kind === "not_sayso",
  );
});
