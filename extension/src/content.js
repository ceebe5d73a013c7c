/**
 * Brings the reader into a page; runs only where somebody has clicked.
 *
 * @import { Answer, ToReader, View } from "./messages.js"
 */

import { Painter, canPaint, schemeOf } from "../../serving/http/page/highlighter/paint.js";
import { findArticle } from "../../serving/http/page/highlighter/collect.js";
import { inksOf } from "./colours.js";
import { problem } from "./problems.js";
import { Reader } from "./reader.js";
import { reveal } from "./reveal.js";

/** States go to the panel at most this often. */
const TELL_MILLISECONDS = 120;

/** @type {{sayso?: {stop: () => void}}} */
const place = /** @type {any} */ (globalThis);
place.sayso?.stop(); // of a former version of the extension
const stopping = new AbortController();
/** @type {View | null} */
let view = null;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let telling;

const painter = new Painter();
const reader = new Reader({
  painter,
  collect: { shadowRootOf },
  ask,
  changed: tellSoon,
  look,
});
place.sayso = { stop };

chrome.runtime.onMessage.addListener(hear);
document.addEventListener("click", point, { passive: true, signal: stopping.signal });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", relook, {
  signal: stopping.signal,
});

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
 * @param {MouseEvent} event
 */
function point({ clientX, clientY }) {
  const [finding] = painter.at(clientX, clientY);
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
  reader.clear();
}
