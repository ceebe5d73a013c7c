/**
 * What can go wrong between a reader and a server, in words for people.
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

/** @type {Readonly<Record<ProblemKind, string>>} */
const MESSAGES = {
  key_needed: "The server asks for a key.",
  key_unknown: "The server does not know this key.",
  too_long: "The text is too long for this server, even in parts.",
  invalid: "The server could not take this text.",
  too_often: "The server was asked too often.",
  busy: "The server has too much to do at the moment. Try again in a minute.",
  broken: "The server made a mistake.",
  unreachable: "The server does not answer. Is it running, and is its address right?",
  not_sayso: "What answers is no Sayso server, or one that is too old.",
  broke_off: "The answer broke off. What is marked is right, but the rest is missing.",
};

/** Its `message` is for people: one or two plain sentences. */
export class ServerProblem extends Error {
  /**
   * @param {ProblemKind} kind
   * @param {{message?: string, status?: number, retryAfter?: number, requestId?: string}} [more]
   *   `message`: what the server adds; `retryAfter` in seconds
   */
  constructor(kind, more = {}) {
    super(worded(kind, more));
    this.name = "ServerProblem";
    this.kind = kind;
    this.status = more.status ?? 0;
    this.retryAfter = more.retryAfter ?? 0;
    this.requestId = more.requestId ?? "";
  }
}

/**
 * @param {ProblemKind} kind
 * @param {{message?: string, retryAfter?: number, requestId?: string}} more
 */
function worded(kind, { message, retryAfter = 0, requestId = "" }) {
  const words = [MESSAGES[kind]];
  if (message && ["invalid", "broke_off", "broken"].includes(kind)) {
    words.push(`It says: ${message.replace(/\.?$/, ".")}`);
  }
  if (kind === "too_often" && retryAfter) words.push(`Try again in ${retryAfter} seconds.`);
  if (kind === "broken" && requestId) words.push(`Its operator can look for ${requestId}.`);
  return words.join(" ");
}

/**
 * What a status other than 2xx means.
 *
 * @param {Response} answer
 * @param {boolean} withKey  whether a key was sent
 * @returns {Promise<ServerProblem>}
 */
export async function problemOf(answer, withKey) {
  const said = await answer.json().catch(() => null);
  const isOurs = said?.error || answer.status === 401;
  const kind = isOurs ? kindOf(answer.status, withKey) : foreign(answer.status);
  return new ServerProblem(kind, {
    message: said?.error?.message,
    status: answer.status,
    retryAfter: retryAfter(answer),
    requestId: said?.request_id,
  });
}

/** @returns {ServerProblem} */
export const unreachable = () => new ServerProblem("unreachable");

/**
 * Seconds that the server asks to wait; 0 where it asks for none.
 *
 * @param {Response} answer
 */
export function retryAfter(answer) {
  const said = answer.headers.get("retry-after") ?? "";
  const seconds = /^\d+$/.test(said) ? Number(said) : (Date.parse(said) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.max(1, Math.ceil(seconds)) : 0;
}

/**
 * @param {number} status
 * @param {boolean} withKey
 * @returns {ProblemKind}
 */
function kindOf(status, withKey) {
  if (status === 401) return withKey ? "key_unknown" : "key_needed";
  if (status === 404 || status === 405) return "not_sayso";
  if (status === 413) return "too_long";
  if (status === 429) return "too_often";
  if (status === 503 || status === 504) return "busy";
  return status >= 400 && status < 500 ? "invalid" : "broken";
}

/**
 * Of an answer in another shape than Sayso's: a proxy's, or another program's.
 *
 * @param {number} status
 * @returns {ProblemKind}
 */
function foreign(status) {
  if (status === 413) return "too_long";
  if (status === 429) return "too_often";
  return status >= 500 ? "busy" : "not_sayso";
}
