/**
 * What the worker remembers of tabs: it may be stopped at any time, so the browser keeps it, in
 * memory, until it is closed.
 *
 * @import { Problem } from "./errors.js"
 */

const MARKED = /^marked-(\d+)$/;

/** @param {number} tab */
const markedKey = (tab) => `marked-${tab}`;
/** @param {number} tab */
const problemKey = (tab) => `problem-${tab}`;

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
 * Why a tab could not be marked, where its own reader does not know.
 *
 * @param {number} tab
 * @returns {Promise<Problem | null>}
 */
export async function problemOf(tab) {
  const key = problemKey(tab);
  const { [key]: known } = await chrome.storage.session.get(key);
  return /** @type {Problem | undefined} */ (known) ?? null;
}

/**
 * @param {number} tab
 * @param {Problem | null} problem
 */
export async function setProblem(tab, problem) {
  if (problem) await chrome.storage.session.set({ [problemKey(tab)]: problem });
  else await chrome.storage.session.remove(problemKey(tab));
  // Without an open panel nobody listens.
  chrome.runtime.sendMessage({ type: "problem", tab, problem }).catch(() => {});
}

/** @param {number} tab */
export async function forgetTab(tab) {
  await chrome.storage.session.remove([problemKey(tab), markedKey(tab)]);
}
