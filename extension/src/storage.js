/**
 * Settings and permissions, as the browser keeps them.
 *
 * @import { Address } from "./address.js"
 * @import { EffectiveSettings, Settings } from "./settings.js"
 */

import { readAddress } from "./address.js";
import { ExtensionError } from "./errors.js";
import { effective } from "./settings.js";

/** Firefox's match patterns know no ports. */
export const PATTERNS = { ports: !FIREFOX };

const SETTINGS = "settings";

/** @returns {Promise<EffectiveSettings>} */
export async function loadSettings() {
  const [stored, managed] = await Promise.all([chrome.storage.local.get(SETTINGS), readManaged()]);
  return effective(/** @type {Record<string, unknown>} */ (stored[SETTINGS] ?? {}), managed);
}

/** @param {Partial<Settings>} settings */
export async function saveSettings(settings) {
  await chrome.storage.local.set({ [SETTINGS]: settings });
}

/**
 * Call back when settings change, the reader's or the organisation's.
 *
 * @param {() => void} callback
 */
export function onSettings(callback) {
  chrome.storage.onChanged.addListener((changes, area) => {
    if (area === "managed" || (area === "local" && SETTINGS in changes)) callback();
  });
}

/**
 * The address of the chosen server.
 *
 * @param {string} server
 * @returns {Promise<Address>}
 * @throws {ExtensionError} if none is chosen, or the browser does not allow it
 */
export async function requireServer(server) {
  if (!server) throw new ExtensionError("no_server");
  const address = readAddress(server, PATTERNS);
  const isAllowed = await chrome.permissions.contains({ origins: [address.pattern] });
  if (!isAllowed) throw new ExtensionError("no_permission");
  return address;
}

/** @returns {Promise<Record<string, unknown>>} */
async function readManaged() {
  try {
    return await chrome.storage.managed.get();
  } catch {
    return {}; // Firefox has none unless a policy is set
  }
}
