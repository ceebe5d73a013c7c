/**
 * Talks with a Sayso server. Has no state, touches no page: runs in a page and in a service worker.
 *
 * @import { Info, Label, ReportWarning, Sentence } from "./types.js"
 */

/** The thresholds that the server is asked with: sliders go down to here without asking again. */
export const FLOOR = 0.05;

/**
 * What can go wrong:
 *
 * - `key_needed`, `key_unknown`: 401
 * - `too_long`: 413, although it was sent in parts
 * - `invalid`: 400, 415, 422
 * - `too_often`: 429, more often than is worth waiting
 * - `busy`: 503, 504
 * - `broken`: 500 and other statuses
 * - `unreachable`: no answer at all
 * - `not_sayso`: an answer that no Sayso server gives, or one of a server that is too old
 * - `broke_off`: the stream ended too early
 *
 * @typedef {"key_needed" | "key_unknown" | "too_long" | "invalid" | "too_often" | "busy" |
 *   "broken" | "unreachable" | "not_sayso" | "broke_off"} ProblemKind
 */

/** Its `message` is for people: one or two plain sentences. */
export class ServerProblem extends Error {
  /**
   * @param {ProblemKind} kind
   * @param {string} message
   * @param {{status?: number, retryAfter?: number, requestId?: string}} [more]  `retryAfter` in
   *   seconds
   */
  constructor(kind, message, more = {}) {
    super(message);
    this.name = "ServerProblem";
    this.kind = kind;
    this.status = more.status ?? 0;
    this.retryAfter = more.retryAfter ?? 0;
    this.requestId = more.requestId ?? "";
  }
}

/**
 * @typedef {object} ServerOptions
 * @property {string} base  the server's address, such as "http://localhost:3000"; "" for the
 *   page's own origin
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
  throw new Error("not yet");
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
  throw new Error("not yet");
}
