/**
 * The worker. Nothing happens before a click on the button, its shortcut, or a button of the panel.
 *
 * @import { Answer, Question, ReaderState, ToReader, ToWorker } from "./messages.js"
 */

import { ExtensionProblem, told } from "./errors.js";
import { answer, cache, knownView, test } from "./scoring.js";
import { loadSettings, onSettings, requireServer } from "./storage.js";
import { forgetTab, markedTabs, problemOf, rememberMarked, setProblem } from "./tabs.js";

/** A worker that waits for a slow answer is stopped unless it does something now and then. */
const AWAKE_MILLISECONDS = 20_000;

// The key lies in local storage: scripts in pages have no business there.
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
  port.onMessage.addListener((question) => answerOn(port, question, abort.signal));
});

chrome.runtime.onMessage.addListener((message, sender, respond) => {
  if (message.type === "state" && sender.tab?.id !== undefined) {
    noteState(sender.tab.id, message.state);
    return false;
  }
  if (!sender.url?.startsWith(chrome.runtime.getURL(""))) return false; // not for scripts in pages
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
  const view = await knownView(settings);
  if (!view) return;
  for (const tab of await markedTabs()) toReader(tab, { type: "view", view });
});

/** @param {chrome.tabs.Tab} tab */
function openPanel(tab) {
  // At once, or the browser no longer sees the click behind it.
  const opening = FIREFOX
    ? browser?.sidebarAction.open()
    : chrome.sidePanel.open({ windowId: tab.windowId });
  opening?.catch(() => {}); // without a click behind it; the marks come all the same
}

/**
 * Mark the article in a tab, or say why not.
 *
 * @param {number} tab
 * @param {{isClicked: boolean}} how  whether on the button in the toolbar, or by its shortcut: only
 *   then the browser lets the extension into a page
 */
async function markTab(tab, { isClicked }) {
  await setProblem(tab, null);
  try {
    const { settings } = await loadSettings();
    await requireServer(settings);
    if (!(await toReader(tab, { type: "hello" }))) await bringReader(tab, isClicked);
    // Before any state of it comes, which may be later than the marks: settings hold at once.
    await rememberMarked(tab);
    await toReader(tab, { type: "mark" });
  } catch (error) {
    await setProblem(tab, told(error));
    setBadge(tab, "!");
  }
}

/**
 * @param {number} tab
 * @param {boolean} isClicked
 */
async function bringReader(tab, isClicked) {
  try {
    await chrome.scripting.executeScript({ target: { tabId: tab }, files: ["content.js"] });
  } catch (error) {
    console.warn(error);
    throw new ExtensionProblem(isClicked ? "not_here" : "click_first");
  }
}

/**
 * @param {chrome.runtime.Port} port
 * @param {Question} question
 * @param {AbortSignal} signal
 */
async function answerOn(port, { text }, signal) {
  /** @param {Answer} one */
  const send = (one) => {
    if (!signal.aborted) port.postMessage(one);
  };
  const awake = setInterval(() => chrome.runtime.getPlatformInfo(), AWAKE_MILLISECONDS);
  try {
    await answer(text, send, { signal, keep: !port.sender?.tab?.incognito });
  } catch (error) {
    if (!signal.aborted) send({ type: "problem", problem: told(error) });
  } finally {
    clearInterval(awake);
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
    case "problem-of":
      return problemOf(message.tab);
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
    const { base } = await requireServer({ ...(await loadSettings()).settings, server });
    return { info: await test({ base, key }) };
  } catch (error) {
    return { problem: told(error) };
  }
}

/**
 * @param {number} tab
 * @param {ToReader} message
 * @returns {Promise<boolean>} whether there is a reader in the tab
 */
async function toReader(tab, message) {
  try {
    await chrome.tabs.sendMessage(tab, message, { frameId: 0 });
    return true;
  } catch {
    return false;
  }
}

/**
 * @param {number} tab
 * @param {ReaderState} state
 */
function noteState(tab, { phase, problem, findings }) {
  if (phase !== "idle") rememberMarked(tab);
  if (problem) setBadge(tab, "!");
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
