/**
 * The worker. Nothing happens before a click on the button, its shortcut, or a button of the panel.
 *
 * @import { ReaderState, ScoreAnswer, ScoreRequest, ToWorker } from "./messages.js"
 */

import { ExtensionError, reportOf } from "./errors.js";
import { cache, currentView, score, testConnection } from "./scoring.js";
import { loadSettings, onSettings, requireServer } from "./storage.js";
import { errorOfTab, forgetTab, markedTabs, rememberMarked, setError, toReader } from "./tabs.js";

/** A worker that waits for a slow answer is stopped unless it does something now and then. */
const KEEP_ALIVE_MILLISECONDS = 20_000;

// The key is in local storage, which scripts in pages must not read.
chrome.storage.local.setAccessLevel?.({ accessLevel: "TRUSTED_CONTEXTS" });

chrome.action.onClicked.addListener((tab) => {
  openPanel(tab);
  if (tab.id !== undefined) markTab(tab.id, { isClicked: true });
});

chrome.commands.onCommand.addListener((command, tab) => {
  if (command === "clear" && tab?.id !== undefined) toReader(tab.id, { type: "clear" });
});

chrome.runtime.onConnect.addListener((port) => {
  const abort = new AbortController();
  port.onDisconnect.addListener(() => abort.abort());
  port.onMessage.addListener((request) => scoreOn(port, request, abort.signal));
});

chrome.runtime.onMessage.addListener((message, sender, respond) => {
  if (message.type === "state" && sender.tab?.id !== undefined) {
    onState(sender.tab.id, message.state);
    return false;
  }
  if (!sender.url?.startsWith(chrome.runtime.getURL(""))) return false; // not from scripts in pages
  const reply = replyTo(message);
  reply?.then(respond);
  return Boolean(reply);
});

chrome.tabs.onRemoved.addListener(forgetTab);
chrome.tabs.onUpdated.addListener((tab, change) => {
  if (change.status === "loading") forgetTab(tab);
});

onSettings(async () => {
  const { settings } = await loadSettings();
  const view = await currentView(settings);
  if (!view) return;
  for (const tab of await markedTabs()) toReader(tab, { type: "view", view });
});

/** @param {chrome.tabs.Tab} tab */
function openPanel(tab) {
  // At once, or the browser no longer sees the click behind it.
  const opening = FIREFOX
    ? browser?.sidebarAction.open()
    : chrome.sidePanel.open({ windowId: tab.windowId });
  opening?.catch(() => {}); // without a click behind it; the marks come anyway
}

/**
 * Mark the article in a tab, or show why that is impossible.
 *
 * @param {number} tab
 * @param {{isClicked: boolean}} options  whether by the button in the toolbar or its shortcut: only
 *   then the browser lets the extension into a page
 */
async function markTab(tab, { isClicked }) {
  await setError(tab, null);
  try {
    const { settings } = await loadSettings();
    await requireServer(settings.server);
    if (!(await toReader(tab, { type: "read" }))) await injectReader(tab, isClicked);
    // Not only when its first state comes: settings may change before that.
    await rememberMarked(tab);
    await toReader(tab, { type: "mark" });
  } catch (error) {
    await setError(tab, reportOf(error));
    setBadge(tab, "!");
  }
}

/**
 * @param {number} tab
 * @param {boolean} isClicked
 */
async function injectReader(tab, isClicked) {
  try {
    await chrome.scripting.executeScript({ target: { tabId: tab }, files: ["content.js"] });
  } catch (error) {
    console.warn(error);
    throw new ExtensionError(isClicked ? "not_here" : "click_first");
  }
}

/**
 * @param {chrome.runtime.Port} port
 * @param {ScoreRequest} request
 * @param {AbortSignal} signal
 */
async function scoreOn(port, { text }, signal) {
  /** @param {ScoreAnswer} answer */
  const send = (answer) => {
    if (!signal.aborted) port.postMessage(answer);
  };
  const keepAlive = setInterval(() => chrome.runtime.getPlatformInfo(), KEEP_ALIVE_MILLISECONDS);
  try {
    await score(text, send, { signal, mayCache: !port.sender?.tab?.incognito });
  } catch (error) {
    if (!signal.aborted) send({ type: "error", error: reportOf(error) });
  } finally {
    clearInterval(keepAlive);
  }
}

/**
 * @param {ToWorker} message
 * @returns {Promise<unknown> | null}
 */
function replyTo(message) {
  switch (message.type) {
    case "mark-tab":
      return markTab(message.tab, { isClicked: false });
    case "error-of":
      return errorOfTab(message.tab);
    case "test":
      return testServer(message.server, message.key);
    case "forget":
      return cache.clear();
    default:
      return null;
  }
}

/**
 * @param {string} server
 * @param {string} key
 */
async function testServer(server, key) {
  try {
    const { base } = await requireServer(server);
    return { info: await testConnection({ base, key }) };
  } catch (error) {
    return { error: reportOf(error) };
  }
}

/**
 * @param {number} tab
 * @param {ReaderState} state
 */
function onState(tab, { phase, error, findings }) {
  if (phase !== "idle") rememberMarked(tab);
  if (error) setBadge(tab, "!");
  else if (phase === "idle") setBadge(tab, "");
  else setBadge(tab, phase === "done" ? String(findings.length) : "…");
}

/**
 * @param {number} tab
 * @param {string} text
 */
function setBadge(tab, text) {
  chrome.action.setBadgeBackgroundColor({ tabId: tab, color: "#3b4a5c" }).catch(() => {});
  chrome.action.setBadgeText({ tabId: tab, text }).catch(() => {}); // the tab may be gone
}
