/**
 * The options page.
 *
 * @import { Info } from "../../sayso/web/highlighter/types.js"
 * @import { Address } from "./address.js"
 * @import { ErrorReport } from "./errors.js"
 * @import { EffectiveSettings, Settings } from "./settings.js"
 */

import { customPalettes } from "../../sayso/web/shared/custom_colours.js";
import { byId, make } from "../../sayso/web/shared/dom.js";
import { LABELS, LABEL_INFO } from "../../sayso/web/shared/labels.js";
import { applyTheme } from "../../sayso/web/shared/theme.js";
import { count, scoreText } from "../../sayso/web/shared/wording.js";
import { AddressError, readAddress, tryAddress } from "./address.js";
import { LabelFields } from "./label_fields.js";
import { keyFor, ownOf } from "./settings.js";
import { PATTERNS, loadSettings, saveSettings } from "./storage.js";

const MANAGED_KEY = "Your organisation has set a key.";

const [main] = document.getElementsByTagName("main");
const server = byId("server", HTMLInputElement);
const key = byId("key", HTMLInputElement);
const follow = byId("follow", HTMLInputElement);
const fields = LABELS.map((label) => new LabelFields(label));
byId("labels").append(...fields.map(({ fieldset }) => fieldset));

/** @type {EffectiveSettings} */
let now = await loadSettings();
/** The permissions that were requested here: only the chosen server keeps its own. */
const requested = new Set([patternOf(now.settings.server)]);

server.addEventListener("input", warnIfInsecure);
byId("form").addEventListener("submit", (event) => {
  event.preventDefault();
  save();
});
byId("test").addEventListener("click", test);
byId("forget").addEventListener("click", async () => {
  await chrome.runtime.sendMessage({ type: "forget" });
  showMessage("cache-status", "Removed.");
});
addEventListener("pagehide", () => removeOtherPermissions(patternOf(now.settings.server)));
show();

function show() {
  const { settings, base, locked, managed } = now;
  server.value = settings.server;
  server.disabled = locked.includes("server");
  const isShown = settings.key !== base.key || !managed.includes("key");
  key.value = isShown ? settings.key : "";
  key.placeholder = managed.includes("key") ? MANAGED_KEY : "";
  key.disabled = locked.includes("key");
  follow.checked = settings.follow;
  follow.disabled = locked.includes("follow");
  for (const field of fields) field.show(settings, locked);
  byId("managed").hidden = !managed.length && !locked.length;
  applyTheme(customPalettes(settings.colours));
  warnIfInsecure();
  main.hidden = false;
}

/** @returns {Settings} */
function formValues() {
  /** @type {Pick<Settings, "labels" | "thresholds" | "colours">} */
  const marks = { labels: [], thresholds: {}, colours: {} };
  for (const field of fields) field.read(marks);
  const address = server.value.trim();
  return {
    ...marks,
    server: address,
    key: key.value.trim() || keyFor(address, now.base),
    follow: follow.checked,
  };
}

async function save() {
  const chosen = formValues();
  /** @type {Address | null} */
  let address = null;
  try {
    if (chosen.server) address = readAddress(chosen.server, PATTERNS);
  } catch (error) {
    if (!server.disabled) { // a locked address cannot be corrected here
      showAlert("save-status", /** @type {Error} */ (error).message);
      return;
    }
  }
  // The first thing after the click, or the browser no longer sees the click behind it.
  const isAllowed = !address || (await requestPermission(address));
  await removeOtherPermissions(address?.pattern ?? "");
  await saveSettings(ownOf({ ...chosen, server: address?.base ?? "" }, now));
  now = await loadSettings();
  show();
  if (isAllowed) showMessage("save-status", "Saved.");
  else showAlert("save-status", "Saved, but the browser has not allowed this server yet.");
}

async function test() {
  const settings = formValues();
  try {
    const address = readAddress(settings.server, PATTERNS);
    if (!(await requestPermission(address))) {
      showAlert("test-status", "The browser has not allowed this server.");
      return;
    }
    showMessage("test-status", "Asking…");
    /** @type {{info?: Info, error?: ErrorReport}} */
    const { info, error } = await chrome.runtime.sendMessage({
      type: "test",
      server: settings.server,
      key: settings.key,
    });
    if (info) showServer(info);
    else showAlert("test-status", error?.message ?? "");
  } catch (error) {
    if (!(error instanceof AddressError)) throw error;
    showAlert("test-status", error.message);
  }
}

/** @param {Info} info */
function showServer({ model, labels, limits, access }) {
  const thresholds = labels.map(({ label, threshold }) => {
    return `${LABEL_INFO[label]?.name ?? label} ${scoreText(threshold)}`;
  });
  byId("test-status").replaceChildren(
    make(
      "div",
      { class: "success" },
      make("p", {}, `The server answers. Its model is ${model.model}.`),
      make(
        "p",
        { class: "note" },
        `Its thresholds: ${thresholds.join(", ")}. It takes ` +
          `${count(limits.text_characters, "character")} at once; longer pages are sent in parts. ` +
          `${access.needs_key ? "It accepts your key." : "It needs no key."}`,
      ),
    ),
  );
}

/**
 * Ask the browser for the permission for one address.
 *
 * @param {Address} address
 */
function requestPermission({ pattern }) {
  requested.add(pattern);
  return chrome.permissions.request({ origins: [pattern] });
}

/**
 * Give back the permissions for servers that are not the chosen one.
 *
 * @param {string} chosen  its pattern
 */
async function removeOtherPermissions(chosen) {
  const others = [...requested].filter((pattern) => pattern && pattern !== chosen);
  requested.clear();
  requested.add(chosen);
  const removals = others.map((pattern) => chrome.permissions.remove({ origins: [pattern] }));
  await Promise.allSettled(removals); // one of the manifest itself cannot be removed
}

/**
 * The browser's permission for a server; "" for an invalid address.
 *
 * @param {string} address
 */
function patternOf(address) {
  return tryAddress(address, PATTERNS)?.pattern ?? "";
}

function warnIfInsecure() {
  byId("server-note").textContent = tryAddress(server.value, PATTERNS)?.isInsecure
    ? "Without https, others on the network can read text and key."
    : "";
}

/**
 * @param {string} id
 * @param {string} text
 */
function showMessage(id, text) {
  byId(id).replaceChildren(make("p", {}, text));
}

/**
 * @param {string} id
 * @param {string} text
 */
function showAlert(id, text) {
  byId(id).replaceChildren(make("div", { class: "alert" }, make("p", {}, text)));
}
