/**
 * The side panel: the findings of the reader in the active tab.
 *
 * As a page of its own it can be about one tab for good: `panel.html?tab=7`.
 *
 * @import { ErrorReport } from "./errors.js"
 * @import { ReaderState, ToPanel } from "./messages.js"
 * @import { ListedFinding } from "./panel_view.js"
 * @import { Settings } from "./settings.js"
 */

import { customPalettes } from "../../sayso/web/shared/custom_colours.js";
import { byId } from "../../sayso/web/shared/dom.js";
import { ErrorView } from "../../sayso/web/shared/error_view.js";
import { FindingsList } from "../../sayso/web/shared/findings_list.js";
import { applyTheme } from "../../sayso/web/shared/theme.js";
import { count } from "../../sayso/web/shared/wording.js";
import { readAddress, tryAddress } from "./address.js";
import { findingButton, findingDetails, showSummary } from "./panel_view.js";
import { DEFAULTS } from "./settings.js";
import { PATTERNS, loadSettings, onSettings } from "./storage.js";
import { toReader } from "./tabs.js";

const REMEDIES = /** @type {const} */ ({
  options: ["Open the options", openOptions],
  allow: ["Allow it", allow],
  again: ["Try again", mark],
});
const fixedTab = Number(new URLSearchParams(location.search).get("tab")) || 0;

/** @type {Settings} */
let settings = DEFAULTS;
/** @type {chrome.windows.Window | undefined} */
let ownWindow;
let tab = fixedTab;
/** @type {ReaderState | null} */
let state = null;
/** @type {ErrorReport | null} of the tab, if its reader does not know of it */
let tabError = null;

/** @type {FindingsList<ListedFinding>} */
const list = new FindingsList(byId("findings"), {
  contents: findingButton,
  details: findingDetails,
  onSelect: (id) => select(id === list.selected ? null : id),
  onMove: select,
});
const errorView = new ErrorView(byId("error"));
const markButton = byId("mark", HTMLButtonElement);

markButton.addEventListener("click", mark);
byId("clear").addEventListener("click", () => toReader(tab, { type: "clear" }));
byId("options").addEventListener("click", openOptions);

chrome.runtime.onMessage.addListener((/** @type {ToPanel} */ message, sender) => {
  if (message.type === "error" && message.tab === tab) {
    tabError = message.error;
    show();
  }
  if (sender.tab?.id !== tab) return;
  if (message.type === "state") {
    state = message.state;
    show();
  } else if (message.type === "clicked") {
    list.select(message.id);
    list.buttonOf(message.id)?.scrollIntoView({ block: "center" });
  }
});
chrome.tabs.onActivated.addListener(({ tabId, windowId }) => {
  if (!fixedTab && windowId === ownWindow?.id) setTab(tabId);
});
chrome.tabs.onUpdated.addListener((changed, { status }) => {
  if (changed === tab && status) setTab(tab);
});
onSettings(readSettings);

await readSettings();
ownWindow = await chrome.windows.getCurrent();
const [active] = await chrome.tabs.query({ active: true, windowId: ownWindow.id });
await setTab(fixedTab || (active?.id ?? 0));

/** @param {number} id  of the tab to be about */
async function setTab(id) {
  tab = id;
  const [formerState, formerError] = [state, tabError];
  const [newState, newError] = await Promise.all([
    toReader(tab, { type: "read" }),
    chrome.runtime.sendMessage({ type: "error-of", tab: id }),
  ]);
  if (tab !== id) return; // meanwhile it is about another one
  // Else a message has brought a newer one.
  if (state === formerState) state = newState;
  if (tabError === formerError) tabError = newError;
  show();
}

async function readSettings() {
  ({ settings } = await loadSettings());
  applyTheme(customPalettes(settings.colours));
  show();
}

function show() {
  const error = tabError ?? state?.error ?? null;
  const isMarked = Boolean(state && state.phase !== "idle");
  byId("status").textContent = statusText(state, error);
  errorView.show(error?.message ?? "", error?.remedy ? REMEDIES[error.remedy] : undefined);
  const again = state?.unread ? "Mark the rest" : "Mark again";
  markButton.textContent = isMarked ? again : "Mark this page";
  markButton.disabled = state?.phase === "collecting" || state?.phase === "scoring";
  byId("clear").hidden = !isMarked;
  byId("summary").hidden = !state?.summary;
  byId("found").hidden = !state?.findings.length;
  byId("model").textContent = state?.model ? `Model ${state.model}` : "";
  if (state) showSummary(state, settings.labels);
  const server = tryAddress(settings.server, PATTERNS);
  const guide = server ? `${server.base}/` : "";
  list.show(state?.findings.map((finding) => ({ ...finding, guide })) ?? []);
}

/**
 * @param {ReaderState | null} state
 * @param {ErrorReport | null} error
 */
function statusText(state, error) {
  if (!state || state.phase === "idle") {
    return error ? "" : "Nothing is read or sent before you ask for it.";
  }
  if (state.phase === "collecting") return "Reading the page…";
  if (state.phase === "scoring") return `${state.note || "The server is reading"}…`;
  if (error) return "";
  const found = `${count(state.findings.length, "finding")}.`;
  return state.unread ? `${found} The page has changed: some text has not been read yet.` : found;
}

/** @param {string | null} id */
function select(id) {
  list.select(id);
  toReader(tab, { type: "focus", id });
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
