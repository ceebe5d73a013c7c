/**
 * Talks with a Sayso server. Has no state, touches no page: runs in a page and in a service worker.
 *
 * @import { Info, Label, ReportWarning, Sentence } from "./types.js"
 * @import { Part } from "./chunking.js"
 */

import { LABELS } from "../shared/labels.js";
import { readNdjson } from "./ndjson.js";
import { splitInParts } from "./chunking.js";
import { ServerProblem, problemOf, retryAfter, unreachable } from "./server_errors.js";

export { ServerProblem };

/** The thresholds that the server is asked with: sliders go down to here without asking again. */
export const FLOOR = 0.05;

const INFO_SECONDS = 10;
/** Without a byte for so long, the server counts as gone; its own deadline is shorter. */
const SILENT_SECONDS = 90;
const WAITS = 3;
const WAIT_SECONDS = 120;
/** A part that is refused although it is as short as this will not get through. */
const SHORTEST_PART = 500;

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
 * @property {(done: number, parts: number) => void} [onPart]  before each part, where the text
 *   goes in several: how many are done, how many there are
 * @property {(seconds: number) => void} [onWait]  the server asked to wait; it is asked again then
 *
 * @typedef {object} ScoreEnd
 * @property {string} model
 * @property {ReportWarning[]} warnings
 * @property {number} parts
 * @property {number} sentences
 */

/**
 * What the server runs.
 *
 * @param {ServerOptions} options
 * @returns {Promise<Info>}
 * @throws {ServerProblem}
 */
export async function readInfo(options) {
  const limit = AbortSignal.timeout(1000 * INFO_SECONDS);
  const signal = options.signal ? AbortSignal.any([options.signal, limit]) : limit;
  const answer = await ask("/v1/info", { ...options, signal }, options.signal);
  if (!answer.ok) throw await problemOf(answer, Boolean(options.key));
  const info = await answer.json().catch(() => null);
  const isInfo = info?.model?.model && Array.isArray(info.labels) && info.limits && info.access;
  if (!isInfo) throw new ServerProblem("not_sayso");
  return info;
}

/**
 * Score a text, sentence by sentence; in parts where it is longer than the server takes at once
 * (by `limits`, or as soon as the server answers 413). Waits as `Retry-After` says, up to three
 * times and two minutes in all.
 *
 * @param {string} text
 * @param {ServerOptions & ScoreHandlers & {labels?: readonly Label[], limits?: Info["limits"]}}
 *   options
 * @returns {Promise<ScoreEnd>}
 * @throws {ServerProblem}
 */
export async function scoreStream(text, options) {
  const limits = { text_characters: Infinity, body_bytes: Infinity, ...options.limits };
  /** @type {ScoreEnd} */
  const end = { model: "", warnings: [], parts: 0, sentences: 0 };
  const waits = { left: WAITS, seconds: WAIT_SECONDS };
  const waiting = splitInParts(text, limits).filter((part) => part.text.trim());
  while (waiting.length) {
    const part = /** @type {Part} */ (waiting.shift());
    if (end.parts + waiting.length) options.onPart?.(end.parts, end.parts + 1 + waiting.length);
    const answer = await askPatiently(part, options, waits);
    if (answer.status === 413) {
      waiting.unshift(...(await smaller(part, answer, limits)));
      continue;
    }
    if (!answer.ok) throw await problemOf(answer, Boolean(options.key));
    const read = await readPart(part, answer, end, options);
    if (read < part.text.length) {
      waiting.unshift({ text: part.text.slice(read), start: part.start + read });
    }
    end.parts++;
  }
  return end;
}

/**
 * Ask for one part, and again when the server wants to be asked later.
 *
 * @param {Part} part
 * @param {ServerOptions & ScoreHandlers & {labels?: readonly Label[]}} options
 * @param {{left: number, seconds: number}} waits
 */
async function askPatiently(part, options, waits) {
  const labels = options.labels ?? LABELS;
  const body = JSON.stringify({
    text: part.text,
    offset_unit: "utf16",
    labels,
    thresholds: Object.fromEntries(labels.map((label) => [label, FLOOR])),
    include_text: false,
  });
  for (;;) {
    const answer = await ask("/v1/score/stream", options, options.signal, body);
    const seconds = retryAfter(answer);
    const later = (answer.status === 429 || answer.status === 503) && seconds > 0;
    if (!later || waits.left < 1 || seconds > waits.seconds) return answer;
    waits.left--;
    waits.seconds -= seconds;
    answer.body?.cancel().catch(() => {});
    options.onWait?.(seconds);
    await pause(1000 * seconds, options.signal);
  }
}

/**
 * Read one part's answer; gives back how far the part is done.
 *
 * @param {Part} part
 * @param {Response} answer
 * @param {ScoreEnd} end  gets what is new
 * @param {ServerOptions & ScoreHandlers} options
 */
async function readPart(part, answer, end, options) {
  const type = answer.headers.get("content-type") ?? "";
  if (!answer.body || !type.includes("ndjson")) throw new ServerProblem("not_sayso");
  const first = end.sentences;
  let done = 0;
  try {
    for await (const line of readNdjson(answer.body)) {
      if (line.sentence) {
        done = line.sentence.end;
        options.onSentences([moved(line.sentence, part.start, end.sentences)]);
        end.sentences++;
      } else if (line.report) {
        end.model = line.report.model;
        addWarnings(end.warnings, line.report.warnings, first);
        return part.text.length;
      } else if (line.error?.code === "too_slow" && done > 0) {
        return done; // the rest is asked for on its own
      } else {
        throw new ServerProblem("broke_off", { message: line.error?.message });
      }
    }
  } catch (error) {
    if (error instanceof ServerProblem) throw error;
    options.signal?.throwIfAborted();
  }
  throw new ServerProblem("broke_off");
}

/**
 * What is said of several parts is said once.
 *
 * @param {ReportWarning[]} warnings
 * @param {ReportWarning[]} more  of a part
 * @param {number} first  the index of the part's first sentence
 */
function addWarnings(warnings, more, first) {
  for (const one of more) {
    const sentence = one.sentence === null ? null : one.sentence + first;
    const same = warnings.find((other) => other.code === one.code && other.sentence === sentence);
    if (!same) warnings.push({ ...one, sentence });
  }
}

/**
 * @param {Sentence} sentence
 * @param {number} by  code units
 * @param {number} index  the new one
 * @returns {Sentence}
 */
function moved(sentence, by, index) {
  const evidence = sentence.evidence.map((one) => ({
    ...one,
    start: one.start + by,
    end: one.end + by,
  }));
  return { ...sentence, index, start: sentence.start + by, end: sentence.end + by, evidence };
}

/**
 * A part that was too long, in smaller ones; `limits` become what the server says.
 *
 * @param {Part} part
 * @param {Response} answer
 * @param {{text_characters: number, body_bytes: number}} limits
 */
async function smaller(part, answer, limits) {
  const { error } = await answer.json().catch(() => ({ error: null }));
  const halved = Math.floor(part.text.length / 2);
  if (error?.limit && error.code === "body_too_large") limits.body_bytes = error.limit;
  else limits.text_characters = error?.limit ?? halved; // a proxy names no limit
  let parts = splitInParts(part.text, limits);
  if (parts.length < 2) {
    limits.text_characters = halved;
    parts = splitInParts(part.text, limits);
  }
  if (part.text.length < SHORTEST_PART) throw new ServerProblem("too_long", { status: 413 });
  return parts.map((one) => ({ ...one, start: one.start + part.start }));
}

/**
 * @param {string} path
 * @param {ServerOptions} options
 * @param {AbortSignal | undefined} caller  whose abort is no problem of the server
 * @param {string} [body]
 * @returns {Promise<Response>}
 */
async function ask(path, options, caller, body) {
  /** @type {Record<string, string>} */
  const headers = {};
  if (body !== undefined) headers["content-type"] = "application/json";
  if (options.key) headers.authorization = `Bearer ${options.key}`;
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(), 1000 * SILENT_SECONDS);
  const signals = options.signal ? [options.signal, silence.signal] : [silence.signal];
  const fetcher = options.fetch ?? fetch;
  try {
    return await fetcher(`${options.base.replace(/\/+$/, "")}${path}`, {
      method: body === undefined ? "GET" : "POST",
      headers,
      body,
      signal: AbortSignal.any(signals),
      cache: "no-store",
      credentials: "same-origin", // what guards the page guards its requests
      redirect: "error", // else the text could go on to another server
      referrerPolicy: "no-referrer",
    });
  } catch {
    caller?.throwIfAborted();
    throw unreachable();
  } finally {
    clearTimeout(timer);
  }
}

/**
 * @param {number} milliseconds
 * @param {AbortSignal} [signal]
 * @returns {Promise<void>}
 */
function pause(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal?.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}
