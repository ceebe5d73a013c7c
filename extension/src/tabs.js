/**
 * The readers in tabs, and the worker's memory of tabs. The worker may be stopped at any time, so
 * the browser keeps it, in memory, until the browser is closed.
 *
 * @import { ErrorReport } from "./errors.js"
 * @import { ReaderState, ToReader } from "./messages.js"
 */

const MARKED = /^marked-(\d+)$/;

/** @param {number} tab */
const markedKey = (tab) => `marked-${tab}`;
/** @param {number} tab */
const errorKey = (tab) => `error-${tab}`;

/**
 * Tabs with marks in them.
 *
 * @returns {Promise<number[]>}
 */
export async function markedTabs() {
  const known = await chrome.storage.session.get(null);
  return Object.keys(known).flatMap((key) => MARKED.exec(key)?.slice(1).map(Number) ?? []);
}

/** @param {number} tab */
export async function rememberMarked(tab) {
  await chrome.storage.session.set({ [markedKey(tab)]: true });
}

/**
 * Why a tab could not be marked, if its own reader does not know.
 *
 * @param {number} tab
 * @returns {Promise<ErrorReport | null>}
 */
export async function errorOfTab(tab) {
  const key = errorKey(tab);
  const { [key]: known } = await chrome.storage.session.get(key);
  return /** @type {ErrorReport | null} */ (known ?? null);
}

/**
 * @param {number} tab
 * @param {ErrorReport | null} error
 */
export async function setError(tab, error) {
  await chrome.storage.session.set({ [errorKey(tab)]: error });
  // Without an open panel nobody listens.
  chrome.runtime.sendMessage({ type: "error", tab, error }).catch(() => {});
}

/** @param {number} tab */
export async function forgetTab(tab) {
  await chrome.storage.session.remove([errorKey(tab), markedKey(tab)]);
}

/**
 * @param {number} tab
 * @param {ToReader} message
 * @returns {Promise<ReaderState | null>} null if there is no reader in the tab
 */
export async function toReader(tab, message) {
  try {
    return (await chrome.tabs.sendMessage(tab, message, { frameId: 0 })) ?? null;
  } catch {
    return null;
  }
}
