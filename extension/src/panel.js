/**
 * The side panel: what the reader in the active tab has found.
 *
 * As a page of its own it can be about one tab for good: `panel.html?tab=7`.
 *
 * @import { ReaderState, ToPanel, ToReader } from "./messages.js"
 * @import { Problem } from "./errors.js"
 * @import { Settings } from "./settings.js"
 */

import { readAddress } from "./address.js";
import { at, element } from "./elements.js";
import { setInks } from "./inks.js";
import { FindingList, notesOf, showSummary, shownLabels } from "./panel_view.js";
import { DEFAULTS } from "./settings.js";
import { PATTERNS, loadSettings, onSettings } from "./storage.js";

const fixed = Number(new URLSearchParams(location.search).get("tab")) || 0;

/** @type {Settings} */
let settings = DEFAULTS;
/** @type {chrome.windows.Window | undefined} */
let home;
let tab = fixed;
/** @type {ReaderState | null} */
let state = null;
/** @type {Problem | null} of the tab, where its reader knows of none */
let problem = null;

const list = new FindingList(at("findings", HTMLElement), (id) => toReader({ type: "focus", id }));

at("mark", HTMLButtonElement).addEventListener("click", mark);
at("clear", HTMLButtonElement).addEventListener("click", () => toReader({ type: "clear" }));
at("options", HTMLButtonElement).addEventListener("click", openOptions);

chrome.runtime.onMessage.addListener((/** @type {ToPanel} */ message, sender) => {
  if (message.type === "problem" && message.tab === tab) {
    problem = message.problem;
    show();
  }
  if (sender.tab?.id !== tab) return;
  if (message.type === "state") {
    state = message.state;
    show();
  } else if (message.type === "pointed") {
    list.point(message.id);
  }
});
chrome.tabs.onActivated.addListener(({ tabId, windowId }) => {
  if (!fixed && windowId === home?.id) look(tabId);
});
chrome.tabs.onUpdated.addListener((changed, { status }) => {
  if (changed === tab && status) look(tab);
});
onSettings(readSettings);

await readSettings();
home = await chrome.windows.getCurrent();
const [active] = await chrome.tabs.query({ active: true, windowId: home.id });
await look(fixed || (active?.id ?? 0));

/** @param {number} at  the tab to be about */
async function look(at) {
  tab = at;
  const [found, trouble] = await Promise.all([
    toReader({ type: "read" }),
    chrome.runtime.sendMessage({ type: "problem-of", tab: at }),
  ]);
  if (tab !== at) return; // meanwhile it is about another one
  state = found;
  problem = trouble;
  show();
}

async function readSettings() {
  ({ settings } = await loadSettings());
  setInks(settings.colours);
  show();
}

function show() {
  const trouble = problem ?? state?.problem ?? null;
  const isMarked = Boolean(state && state.phase !== "idle");
  at("status", HTMLElement).textContent = statusOf(state, trouble);
  showProblem(trouble);
  const button = at("mark", HTMLButtonElement);
  button.textContent = !isMarked ? "Mark this page" : state?.unread ? "Mark the rest" : "Mark again";
  button.disabled = state?.phase === "collecting" || state?.phase === "scoring";
  at("clear", HTMLButtonElement).hidden = !isMarked;
  at("summary", HTMLElement).hidden = !state?.summary;
  at("found", HTMLElement).hidden = !state?.findings.length;
  at("model", HTMLElement).textContent = state?.model ? `Model ${state.model}` : "";
  if (state?.summary) {
    const labels = shownLabels(settings.labels);
    showSummary({ summary: state.summary, labels, notes: notesOf(state) });
  }
  list.show(state?.findings ?? [], guide());
}

/**
 * @param {ReaderState | null} state
 * @param {Problem | null} problem
 */
function statusOf(state, problem) {
  if (!state || state.phase === "idle") {
    return problem ? "" : "Nothing is read or sent before you ask for it.";
  }
  if (state.phase === "collecting") return "Reading the page…";
  if (state.phase === "scoring") return `${state.note || "The server reads"}…`;
  if (problem) return "";
  const count = state.findings.length;
  const found = count === 1 ? "1 finding." : `${count} findings.`;
  return state.unread ? `${found} The page has changed since: some text is not read yet.` : found;
}

/** @param {Problem | null} trouble */
function showProblem(trouble) {
  const box = at("problem", HTMLElement);
  const written = JSON.stringify(trouble);
  if (box.dataset.written === written) return; // else a screen reader would say it again
  box.dataset.written = written;
  box.hidden = !trouble;
  box.replaceChildren();
  if (!trouble) return;
  box.append(element("p", {}, trouble.message));
  /** @type {Record<string, [string, () => void]>} */
  const remedies = {
    options: ["Open the options", openOptions],
    allow: ["Allow it", allow],
    again: ["Try again", mark],
  };
  const remedy = remedies[trouble.remedy];
  if (!remedy) return;
  const button = element("button", { type: "button" }, remedy[0]);
  button.addEventListener("click", remedy[1]);
  box.append(element("p", {}, button));
}

function mark() {
  chrome.runtime.sendMessage({ type: "mark-tab", tab });
}

function openOptions() {
  chrome.runtime.openOptionsPage();
}

async function allow() {
  // The first thing after the click, or the browser no longer sees the click behind it.
  const { pattern } = readAddress(settings.server, PATTERNS);
  if (await chrome.permissions.request({ origins: [pattern] })) mark();
}

function guide() {
  try {
    return `${readAddress(settings.server, PATTERNS).base}/`;
  } catch {
    return "";
  }
}

/**
 * @param {ToReader} message
 * @returns {Promise<ReaderState | null>} null where there is no reader
 */
async function toReader(message) {
  try {
    return (await chrome.tabs.sendMessage(tab, message, { frameId: 0 })) ?? null;
  } catch {
    return null;
  }
}
