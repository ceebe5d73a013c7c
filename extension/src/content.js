/**
 * Starts the reader in a page; runs only after a click.
 *
 * @import { Collected } from "../../sayso/web/highlighter/collect.js"
 * @import { ScoreAnswer, ToReader } from "./messages.js"
 */

import { canPaint } from "../../sayso/web/highlighter/highlight_styles.js";
import { Painter } from "../../sayso/web/highlighter/paint.js";
import { ownError } from "./errors.js";
import { PageReader } from "./page_reader.js";
import { scrollToRange } from "./scroll_to.js";

/** States go to the panel at most this often. */
const STATE_MILLISECONDS = 120;
/** By then a site's own switch between light and dark has finished, fading included. */
const SCHEME_MILLISECONDS = 400;

/** @type {{sayso?: {stop: () => void}}} */
const scope = /** @type {any} */ (globalThis);
scope.sayso?.stop(); // of a former version of the extension
const stopping = new AbortController();
/** @type {ReturnType<typeof setTimeout> | undefined} */
let stateTimer;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let styleTimer;

const painter = new Painter();
const reader = new PageReader({
  painter,
  collect: { shadowRootOf },
  requestScores,
  onChange: scheduleState,
  onCollect: listenForClicks,
});
scope.sayso = { stop };

chrome.runtime.onMessage.addListener(onMessage);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => reader.restyle(), {
  signal: stopping.signal,
});
// Sites switch by a class or another attribute of one of these.
const schemeObserver = new MutationObserver(scheduleRestyle);
for (const element of [document.documentElement, document.body]) {
  if (element) schemeObserver.observe(element, { attributes: true });
}

/**
 * @param {ToReader} message
 * @param {chrome.runtime.MessageSender} sender
 * @param {(answer: unknown) => void} respond
 */
function onMessage(message, sender, respond) {
  if (sender.id !== chrome.runtime.id) return;
  if (message.type === "mark") reader.mark();
  else if (message.type === "clear") reader.clear();
  else if (message.type === "view") reader.show(message.view);
  else if (message.type === "focus") {
    const [range] = painter.focus(message.id);
    if (range) scrollToRange(range);
  }
  respond(state());
}

/**
 * @param {string} text
 * @param {(answer: ScoreAnswer) => void} onAnswer
 */
function requestScores(text, onAnswer) {
  const port = chrome.runtime.connect({ name: "score" });
  let isOver = false;
  port.onMessage.addListener((answer) => {
    isOver = answer.type === "end" || answer.type === "error";
    onAnswer(answer);
    if (isOver) port.disconnect();
  });
  port.onDisconnect.addListener(() => {
    if (!isOver) onAnswer({ type: "error", error: ownError("unexpected") });
  });
  port.postMessage({ text });
  return () => {
    isOver = true;
    port.disconnect();
  };
}

function scheduleRestyle() {
  clearTimeout(styleTimer);
  styleTimer = setTimeout(() => reader.restyle(), SCHEME_MILLISECONDS);
}

/**
 * Listen in the page and in the frames that were read; a listener that is there is not added again.
 *
 * @param {Collected} page
 */
function listenForClicks({ scopes }) {
  for (const scope of scopes) {
    if (scope.nodeType !== Node.DOCUMENT_NODE) continue;
    scope.addEventListener("click", onClick, { passive: true, signal: stopping.signal });
  }
}

function state() {
  const now = reader.state();
  return canPaint() ? now : { ...now, error: ownError("no_highlights") };
}

function scheduleState() {
  if (stopping.signal.aborted) return;
  stateTimer ??= setTimeout(() => {
    stateTimer = undefined;
    send({ type: "state", state: state() });
  }, STATE_MILLISECONDS);
}

/** @param {unknown} message */
function send(message) {
  if (!chrome.runtime?.id) stop(); // the extension was updated or removed
  else chrome.runtime.sendMessage(message).catch(() => {});
}

/**
 * A click on a mark shows it in the panel; the page gets its click too.
 *
 * @param {Event} event
 */
function onClick(event) {
  const { clientX, clientY, currentTarget } = /** @type {MouseEvent} */ (event);
  const [finding] = painter.at(clientX, clientY, /** @type {Document} */ (currentTarget));
  if (finding) send({ type: "clicked", id: finding.id });
}

/**
 * Content scripts may see closed shadow roots too.
 *
 * @param {Element} element
 * @returns {ShadowRoot | null}
 */
function shadowRootOf(element) {
  if (FIREFOX) return element.openOrClosedShadowRoot ?? null;
  if (!(element instanceof HTMLElement)) return element.shadowRoot;
  return chrome.dom.openOrClosedShadowRoot(element) ?? null;
}

function stop() {
  stopping.abort();
  schemeObserver.disconnect();
  clearTimeout(styleTimer);
  reader.clear();
}
