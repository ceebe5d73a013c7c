/**
 * Errors of requests to a server, in words for people.
 *
 * @typedef {keyof typeof MESSAGES} ServerErrorKind
 */

/** Each with the statuses that it stands for. */
const MESSAGES = {
  key_needed: "The server asks for a key.", // 401
  key_unknown: "The server does not know this key.", // 401
  too_long: "The text is too long for this server, even in parts.", // 413
  invalid: "The server did not accept this text.", // 400, 415, 422
  too_often: "The server received too many requests.", // 429, the wait is too long
  busy: "The server is busy. Try again in a minute.", // 503, 504
  broken: "The server had an internal error.", // 500 and others
  unreachable: "The server does not answer. Is it running, and is its address right?",
  not_sayso: "This is not a Sayso server, or its version is too old.", // 404, 405
  broke_off: "The answer broke off. The marks are right, but the rest is missing.",
};

/** Its `message` is for people: one or two plain sentences. */
export class ServerError extends Error {
  /**
   * @param {ServerErrorKind} kind
   * @param {{message?: string, status?: number, retryAfter?: number, requestId?: string}} [answer]
   *   `message`: the server's own; `retryAfter` in seconds
   */
  constructor(kind, { message, status = 0, retryAfter = 0, requestId = "" } = {}) {
    const sentences = [MESSAGES[kind]];
    if (message && ["invalid", "broke_off", "broken"].includes(kind)) {
      sentences.push(`It says: ${message.replace(/\.?$/, ".")}`);
    }
    if (kind === "too_often" && retryAfter) sentences.push(`Try again in ${retryAfter} seconds.`);
    if (kind === "broken" && requestId) {
      sentences.push(`Its operator can find it in the log under ${requestId}.`);
    }
    super(sentences.join(" "));
    this.name = "ServerError";
    this.kind = kind;
    this.status = status;
  }
}

/**
 * The error of an answer with a status other than 2xx.
 *
 * @param {Response} answer
 * @param {boolean} withKey  whether a key was sent
 * @returns {Promise<ServerError>}
 */
export async function errorOf(answer, withKey) {
  const body = await answer.json().catch(() => null);
  return new ServerError(kindOf(answer.status, Boolean(body?.error), withKey), {
    message: body?.error?.message,
    status: answer.status,
    retryAfter: retryAfter(answer),
    requestId: body?.request_id,
  });
}

/**
 * Seconds that the server asks to wait; 0 if it asks for none.
 *
 * @param {Response} answer
 */
export function retryAfter(answer) {
  const header = answer.headers.get("retry-after") ?? "";
  const isNumber = /^\d+$/.test(header);
  const seconds = isNumber ? Number(header) : (Date.parse(header) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.max(1, Math.ceil(seconds)) : 0;
}

/**
 * @param {number} status
 * @param {boolean} isSaysos  whether it is Sayso's answer, not a proxy's or another program's
 * @param {boolean} withKey
 * @returns {ServerErrorKind}
 */
function kindOf(status, isSaysos, withKey) {
  if (status === 401) return withKey ? "key_unknown" : "key_needed";
  if (status === 413) return "too_long";
  if (status === 429) return "too_often";
  if (!isSaysos) return status >= 500 ? "busy" : "not_sayso";
  if (status === 404 || status === 405) return "not_sayso";
  if (status === 503 || status === 504) return "busy";
  return status >= 400 && status < 500 ? "invalid" : "broken";
}
