/**
 * Requests to a Sayso server. Without state and without a page: runs in a page and in a service
 * worker.
 *
 * @import { Chunk } from "./chunking.js"
 * @import { Info, ReportWarning, Sentence } from "./types.js"
 */

import { LABELS } from "../shared/labels.js";
import { splitIntoChunks } from "./chunking.js";
import { readNdjson } from "./ndjson.js";
import { shifted } from "./offsets.js";
import { ServerError, errorOf, retryAfter } from "./server_errors.js";

/** The thresholds of every request: sliders go down to here without another one. */
export const MIN_THRESHOLD = 0.05;

const INFO_SECONDS = 10;
/** A server that has not answered by then counts as gone; its own deadline is shorter. */
const ANSWER_SECONDS = 90;
const MAX_WAITS = 3;
const MAX_WAIT_SECONDS = 120;
/** A chunk that is refused although it is shorter than this will not get through. */
const MIN_CHUNK = 500;

/**
 * @typedef {object} ServerOptions
 * @property {string} base  the server's address, such as "http://localhost:8000"
 * @property {string} [key]  sent as `Authorization: Bearer`
 * @property {typeof fetch} [fetch]
 * @property {AbortSignal} [signal]
 *
 * @typedef {object} ScoreHandlers
 * @property {(sentences: Sentence[]) => void} onSentences  as they come; offsets and indices count
 *   in the whole text
 * @property {(done: number, chunks: number) => void} [onChunk]  before each chunk of a text that
 *   goes in several: how many are done, how many there are
 * @property {(seconds: number) => void} [onWait]  the server asked to wait; then it is asked again
 *
 * @typedef {object} StreamResult
 * @property {string} model
 * @property {ReportWarning[]} warnings
 * @property {number} chunks
 * @property {number} sentences
 */

/**
 * The server's model, labels and limits.
 *
 * @param {ServerOptions} options
 * @returns {Promise<Info>}
 * @throws {ServerError}
 */
export async function readInfo(options) {
  const limit = AbortSignal.timeout(1000 * INFO_SECONDS);
  const signal = options.signal ? AbortSignal.any([options.signal, limit]) : limit;
  const answer = await request("/v1/info", { ...options, signal }, options.signal);
  if (!answer.ok) throw await errorOf(answer, Boolean(options.key));
  const info = await answer.json().catch(() => null);
  const isInfo = info?.model?.model && Array.isArray(info.labels) && info.limits && info.access;
  if (!isInfo) throw new ServerError("not_sayso");
  return info;
}

/**
 * Score a text, sentence by sentence; in chunks if it is longer than the server takes at once
 * (by `limits`, or as soon as the server answers 413). Waits as `Retry-After` says, up to three
 * times and two minutes in all.
 *
 * @param {string} text
 * @param {ServerOptions & ScoreHandlers & {limits?: Info["limits"]}} options
 * @returns {Promise<StreamResult>}
 * @throws {ServerError}
 */
export async function scoreStream(text, options) {
  const limits = { text_characters: Infinity, body_bytes: Infinity, ...options.limits };
  /** @type {StreamResult} */
  const result = { model: "", warnings: [], chunks: 0, sentences: 0 };
  const waits = { left: MAX_WAITS, seconds: MAX_WAIT_SECONDS };
  const queue = splitIntoChunks(text, limits).filter((chunk) => chunk.text.trim());
  while (queue.length) {
    const chunk = /** @type {Chunk} */ (queue.shift());
    const done = result.chunks;
    if (done + queue.length) options.onChunk?.(done, done + 1 + queue.length);
    const answer = await requestWithRetries(chunk, options, waits);
    if (answer.status === 413) {
      queue.unshift(...(await splitFurther(chunk, answer, limits)));
      continue;
    }
    if (!answer.ok) throw await errorOf(answer, Boolean(options.key));
    const end = await readChunk(chunk, answer, result, options);
    if (end < chunk.text.length) {
      queue.unshift({ text: chunk.text.slice(end), start: chunk.start + end });
    }
    result.chunks++;
  }
  return result;
}

/**
 * Send one chunk, and again as long as the server asks to wait.
 *
 * @param {Chunk} chunk
 * @param {ServerOptions & ScoreHandlers} options
 * @param {{left: number, seconds: number}} waits
 */
async function requestWithRetries(chunk, options, waits) {
  const body = JSON.stringify({
    text: chunk.text,
    offset_unit: "utf16",
    labels: LABELS,
    thresholds: Object.fromEntries(LABELS.map((label) => [label, MIN_THRESHOLD])),
    include_text: false,
  });
  for (;;) {
    const answer = await request("/v1/score/stream", options, options.signal, body);
    const seconds = retryAfter(answer);
    const isLater = (answer.status === 429 || answer.status === 503) && seconds > 0;
    if (!isLater || waits.left < 1 || seconds > waits.seconds) return answer;
    waits.left--;
    waits.seconds -= seconds;
    answer.body?.cancel().catch(() => {});
    options.onWait?.(seconds);
    await pause(1000 * seconds, options.signal);
  }
}

/**
 * Read one chunk's answer; returns how far the chunk is scored.
 *
 * @param {Chunk} chunk
 * @param {Response} answer
 * @param {StreamResult} result  is updated
 * @param {ServerOptions & ScoreHandlers} options
 */
async function readChunk(chunk, answer, result, options) {
  const type = answer.headers.get("content-type") ?? "";
  if (!answer.body || !type.includes("ndjson")) throw new ServerError("not_sayso");
  const first = result.sentences;
  let done = 0;
  try {
    for await (const line of readNdjson(answer.body)) {
      if (line.sentence) {
        done = line.sentence.end;
        options.onSentences([
          { ...shifted(line.sentence, chunk.start), index: result.sentences },
        ]);
        result.sentences++;
      } else if (line.report) {
        result.model = line.report.model;
        addWarnings(result.warnings, line.report.warnings, first);
        return chunk.text.length;
      } else if (line.error?.code === "too_slow" && done > 0) {
        return done; // the rest is sent on its own
      } else {
        throw new ServerError("broke_off", { message: line.error?.message });
      }
    }
  } catch (error) {
    if (error instanceof ServerError) throw error;
    options.signal?.throwIfAborted();
  }
  throw new ServerError("broke_off");
}

/**
 * Warnings of several chunks that are the same are kept once.
 *
 * @param {ReportWarning[]} warnings
 * @param {ReportWarning[]} more  of a chunk
 * @param {number} first  the index of the chunk's first sentence
 */
function addWarnings(warnings, more, first) {
  for (const warning of more) {
    const sentence = warning.sentence === null ? null : warning.sentence + first;
    const isKnown = warnings.some(
      (other) => other.code === warning.code && other.sentence === sentence,
    );
    if (!isKnown) warnings.push({ ...warning, sentence });
  }
}

/**
 * A chunk that was too long, in smaller ones; `limits` become those that the server names.
 *
 * @param {Chunk} chunk
 * @param {Response} answer
 * @param {{text_characters: number, body_bytes: number}} limits
 */
async function splitFurther(chunk, answer, limits) {
  const { error } = await answer.json().catch(() => ({ error: null }));
  const halved = Math.floor(chunk.text.length / 2);
  if (error?.limit && error.code === "body_too_large") limits.body_bytes = error.limit;
  else limits.text_characters = error?.limit ?? halved; // a proxy names no limit
  let chunks = splitIntoChunks(chunk.text, limits);
  if (chunks.length < 2) {
    limits.text_characters = halved;
    chunks = splitIntoChunks(chunk.text, limits);
  }
  if (chunk.text.length < MIN_CHUNK) throw new ServerError("too_long", { status: 413 });
  return chunks.map(({ text, start }) => ({ text, start: start + chunk.start }));
}

/**
 * @param {string} path
 * @param {ServerOptions} options
 * @param {AbortSignal | undefined} callerSignal  whose abort is no error of the server
 * @param {string} [body]
 * @returns {Promise<Response>}
 */
async function request(path, options, callerSignal, body) {
  /** @type {Record<string, string>} */
  const headers = {};
  if (body !== undefined) headers["content-type"] = "application/json";
  if (options.key) headers.authorization = `Bearer ${options.key}`;
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), 1000 * ANSWER_SECONDS);
  const signals = options.signal ? [options.signal, deadline.signal] : [deadline.signal];
  const fetcher = options.fetch ?? fetch;
  try {
    return await fetcher(`${options.base.replace(/\/+$/, "")}${path}`, {
      method: body === undefined ? "GET" : "POST",
      headers,
      body,
      signal: AbortSignal.any(signals),
      cache: "no-store",
      credentials: "same-origin", // a login of the page counts for its requests
      redirect: "error", // else the text could go on to another server
      referrerPolicy: "no-referrer",
    });
  } catch {
    callerSignal?.throwIfAborted();
    throw new ServerError("unreachable");
  } finally {
    clearTimeout(timer);
  }
}

/**
 * @param {number} milliseconds
 * @param {AbortSignal} [signal]
 */
async function pause(milliseconds, signal) {
  await new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
    signal?.addEventListener("abort", resolve);
  });
  signal?.throwIfAborted();
}
