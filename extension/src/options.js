/**
 * The options page.
 *
 * @import { Info, Label } from "../../sayso/web/highlighter/types.js"
 * @import { Address } from "./address.js"
 * @import { Problem } from "./errors.js"
 * @import { Effective, Settings } from "./settings.js"
 */

import { LABELS, LABEL_LOOKS } from "../../sayso/web/shared/labels.js";
import { AddressProblem, readAddress } from "./address.js";
import { at, element } from "./elements.js";
import { setInks } from "./inks.js";
import { LabelFields } from "./label_fields.js";
import { keyFor, ownOf } from "./settings.js";
import { PATTERNS, loadSettings, saveSettings } from "./storage.js";

const ORGANISATION_S_KEY = "Your organisation has set a key.";

const [main] = document.getElementsByTagName("main");
const server = at("server", HTMLInputElement);
const key = at("key", HTMLInputElement);
const follow = at("follow", HTMLInputElement);
const fields = LABELS.map((label) => new LabelFields(label));
at("labels", HTMLElement).append(...fields.map(({ fieldset }) => fieldset));

/** @type {Effective} */
let now = await loadSettings();
/** What the browser was asked for here: only the chosen server keeps its permission. */
const asked = new Set([patternOf(now.settings.server)]);

server.addEventListener("input", noteOpenness);
at("form", HTMLFormElement).addEventListener("submit", (event) => {
  event.preventDefault();
  save();
});
at("test", HTMLButtonElement).addEventListener("click", test);
at("forget", HTMLButtonElement).addEventListener("click", async () => {
  await chrome.runtime.sendMessage({ type: "forget" });
  say("forgotten", "Forgotten.");
});
addEventListener("pagehide", () => giveUpOthers(patternOf(now.settings.server)));
show();

function show() {
  const { settings, base, locked, managed } = now;
  server.value = settings.server;
  server.disabled = locked.includes("server");
  const isShown = settings.key !== base.key || !managed.includes("key");
  key.value = isShown ? settings.key : "";
  key.placeholder = managed.includes("key") ? ORGANISATION_S_KEY : "";
  key.disabled = locked.includes("key");
  follow.checked = settings.follow;
  follow.disabled = locked.includes("follow");
  for (const one of fields) one.show(settings, locked);
  at("managed", HTMLElement).hidden = !managed.length && !locked.length;
  setInks(settings.colours);
  noteOpenness();
  main.hidden = false;
}

/** @returns {Settings} */
function written() {
  /** @type {Pick<Settings, "labels" | "thresholds" | "colours">} */
  const marks = { labels: [], thresholds: {}, colours: {} };
  for (const one of fields) one.read(marks);
  const typed = server.value.trim();
  const secret = key.value.trim() || keyFor(typed, now.base);
  return { ...marks, server: typed, key: secret, follow: follow.checked };
}

async function save() {
  const chosen = written();
  /** @type {Address | null} */
  let address = null;
  try {
    if (chosen.server) address = readAddress(chosen.server, PATTERNS);
  } catch (error) {
    if (!server.disabled) { // the organisation's nobody can mend here
      complain("saved", /** @type {Error} */ (error).message);
      return;
    }
  }
  // The first thing after the click, or the browser no longer sees the click behind it.
  const isAllowed = !address || (await allow(address));
  await giveUpOthers(address?.pattern ?? "");
  await saveSettings(ownOf({ ...chosen, server: address?.base ?? "" }, now));
  now = await loadSettings();
  show();
  if (isAllowed) say("saved", "Saved.");
  else complain("saved", "Saved, but the browser does not let the extension ask this server yet.");
}

async function test() {
  const { server: typed, key: secret } = written();
  try {
    const address = readAddress(typed, PATTERNS);
    if (!(await allow(address))) {
      complain("tested", "The browser does not let the extension ask this server.");
      return;
    }
    say("tested", "Asking…");
    /** @type {{info?: Info, problem?: Problem}} */
    const { info, problem } = await chrome.runtime.sendMessage({
      type: "test",
      server: typed,
      key: secret,
    });
    if (info) praise(info);
    else complain("tested", problem?.message ?? "");
  } catch (error) {
    if (!(error instanceof AddressProblem)) throw error;
    complain("tested", error.message);
  }
}

/** @param {Info} info */
function praise({ model, labels, limits, access }) {
  const thresholds = labels.map(({ label, threshold }) => {
    return `${LABEL_LOOKS[label]?.name ?? label} ${threshold.toFixed(2)}`;
  });
  at("tested", HTMLElement).replaceChildren(
    element(
      "div",
      { class: "good" },
      element("p", {}, `The server answers. Its model is ${model.model}.`),
      element(
        "p",
        { class: "quiet" },
        `Its thresholds: ${thresholds.join(", ")}. It takes ` +
          `${limits.text_characters.toLocaleString("en")} characters at once; longer pages go in ` +
          `parts. ${access.needs_key ? "It asks for a key, and knows yours." : "It asks for no key."}`,
      ),
    ),
  );
}

/**
 * Ask the browser for the permission for one address.
 *
 * @param {Address} address
 */
function allow({ pattern }) {
  asked.add(pattern);
  return chrome.permissions.request({ origins: [pattern] });
}

/**
 * Give back the permissions for servers that are not the chosen one.
 *
 * @param {string} chosen  its pattern
 */
async function giveUpOthers(chosen) {
  const others = [...asked].filter((pattern) => pattern && pattern !== chosen);
  asked.clear();
  asked.add(chosen);
  const removals = others.map((pattern) => chrome.permissions.remove({ origins: [pattern] }));
  await Promise.allSettled(removals); // one that the manifest itself gives stays
}

/**
 * The browser's permission for a server; "" where there is none to be had.
 *
 * @param {string} address
 */
function patternOf(address) {
  try {
    return readAddress(address, PATTERNS).pattern;
  } catch {
    return "";
  }
}

function noteOpenness() {
  let note = "";
  try {
    const { isOpen } = readAddress(server.value, PATTERNS);
    if (isOpen) note = "Without https, others on the way can read text and key.";
  } catch {
    // said when it is saved or tested
  }
  at("server-note", HTMLElement).textContent = note;
}

/**
 * @param {string} id
 * @param {string} text
 */
function say(id, text) {
  at(id, HTMLElement).replaceChildren(element("p", {}, text));
}

/**
 * @param {string} id
 * @param {string} text
 */
function complain(id, text) {
  at(id, HTMLElement).replaceChildren(element("div", { class: "alert" }, element("p", {}, text)));
}
