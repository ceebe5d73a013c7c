/**
 * Brings the reader into a page; runs only where somebody has clicked.
 *
 * @import { Collected } from "../../sayso/web/highlighter/collect.js"
 * @import { Answer, ToReader, View } from "./messages.js"
 */

import { Painter, canPaint, schemeOf } from "../../sayso/web/highlighter/paint.js";
import { findArticle } from "../../sayso/web/highlighter/collect.js";
import { inksOf } from "../../sayso/web/shared/custom_colours.js";
import { problem } from "./errors.js";
import { Reader } from "./page_reader.js";
import { reveal } from "./scroll_to.js";

/** States go to the panel at most this often. */
const TELL_MILLISECONDS = 120;
/** A site's own switch between light and dark has done its work, fading included. */
const SWITCHED_MILLISECONDS = 400;

/** @type {{sayso?: {stop: () => void}}} */
const place = /** @type {any} */ (globalThis);
place.sayso?.stop(); // of a former version of the extension
const stopping = new AbortController();
/** @type {View | null} */
let view = null;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let telling;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let relooking;

const painter = new Painter();
const reader = new Reader({
  painter,
  collect: { shadowRootOf },
  ask,
  changed: tellSoon,
  look,
  read: listen,
});
place.sayso = { stop };

chrome.runtime.onMessage.addListener(hear);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", relook, {
  signal: stopping.signal,
});
// Sites switch by a class or another attribute of one of these.
const switches = new MutationObserver(relookSoon);
for (const one of [document.documentElement, document.body]) {
  if (one) switches.observe(one, { attributes: true });
}

/**
 * @param {ToReader} message
 * @param {chrome.runtime.MessageSender} sender
 * @param {(answer: unknown) => void} respond
 */
function hear(message, sender, respond) {
  if (sender.id !== chrome.runtime.id) return;
  switch (message.type) {
    case "mark":
      reader.mark();
      break;
    case "clear":
      reader.clear();
      break;
    case "view":
      reader.show(message.view);
      break;
    case "focus": {
      const [range] = painter.focus(message.id);
      if (range) reveal(range);
      break;
    }
  }
  respond(state());
}

/**
 * @param {string} text
 * @param {(answer: Answer) => void} onAnswer
 */
function ask(text, onAnswer) {
  const port = chrome.runtime.connect({ name: "score" });
  let isOver = false;
  port.onMessage.addListener((answer) => {
    isOver = answer.type === "end" || answer.type === "problem";
    onAnswer(answer);
    if (isOver) port.disconnect();
  });
  port.onDisconnect.addListener(() => {
    if (!isOver) onAnswer({ type: "problem", problem: problem("unexpected") });
  });
  port.postMessage({ text });
  return () => {
    isOver = true;
    port.disconnect();
  };
}

/** @param {View} seen */
function look(seen) {
  view = seen;
  painter.restyle({ scheme: schemeOf(findArticle(document)), colours: inksOf(seen.colours) });
}

function relook() {
  if (view) look(view);
}

function relookSoon() {
  clearTimeout(relooking);
  relooking = setTimeout(relook, SWITCHED_MILLISECONDS);
}

/**
 * Clicks count in the page and in the frames that were read; there the same listener counts once.
 *
 * @param {Collected} page
 */
function listen({ scopes }) {
  for (const scope of scopes) {
    if (scope.nodeType !== Node.DOCUMENT_NODE) continue;
    scope.addEventListener("click", point, { passive: true, signal: stopping.signal });
  }
}

function state() {
  const now = reader.state();
  return canPaint() ? now : { ...now, problem: problem("no_highlights") };
}

function tellSoon() {
  if (stopping.signal.aborted) return;
  telling ??= setTimeout(() => {
    telling = undefined;
    tell({ type: "state", state: state() });
  }, TELL_MILLISECONDS);
}

/** @param {unknown} message */
function tell(message) {
  if (!chrome.runtime?.id) stop(); // the extension was updated or removed
  else chrome.runtime.sendMessage(message).catch(() => {});
}

/**
 * A click on a mark shows it in the panel; the page gets its click all the same.
 *
 * @param {Event} event
 */
function point(event) {
  const { clientX, clientY, currentTarget } = /** @type {MouseEvent} */ (event);
  const [finding] = painter.at(clientX, clientY, /** @type {Document} */ (currentTarget));
  if (finding) tell({ type: "pointed", id: finding.id });
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
  switches.disconnect();
  clearTimeout(relooking);
  reader.clear();
}
