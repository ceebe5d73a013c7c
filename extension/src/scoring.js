/**
 * The worker's part of marking: asks the server, or finds the answer among those that are kept.
 *
 * @import { Info, Sentence } from "../../sayso/web/highlighter/types.js"
 * @import { ServerOptions } from "../../sayso/web/highlighter/server.js"
 * @import { Answer, View } from "./messages.js"
 * @import { Settings } from "./settings.js"
 */

import { readInfo, scoreStream } from "../../sayso/web/highlighter/server.js";
import { Cache, placeOf } from "./cache.js";
import { asTooOld, requireFit } from "./errors.js";
import { thresholdsOf } from "./settings.js";
import { loadSettings, requireServer } from "./storage.js";

const INFO = "info";
const INFO_MINUTES = 10;
/** Sentences that come within this time go to the page together. */
const GATHER_MILLISECONDS = 40;

export const cache = new Cache();

/**
 * Answer one question of the reader in the page.
 *
 * @param {string} text
 * @param {(answer: Answer) => void} send
 * @param {{signal: AbortSignal, keep: boolean}} how  `keep`: whether the answer may be kept
 */
export async function answer(text, send, { signal, keep }) {
  const { settings } = await loadSettings();
  const { base } = await requireServer(settings);
  const options = { base, key: settings.key, signal };
  const info = await knownInfo(options);
  send({ type: "view", view: viewOf(settings, info), model: info.model.model });
  const place = await placeOf({ server: base, model: info.model.model, text });
  const kept = await cache.get(place);
  if (kept) {
    send({ type: "sentences", sentences: kept.sentences });
    send({ type: "end", model: info.model.model, warnings: kept.warnings, kept: true });
    return;
  }
  /** @type {Sentence[]} */
  const sentences = [];
  const gathered = new Gathered((some) => send({ type: "sentences", sentences: some }));
  try {
    const end = await scoreStream(text, {
      ...options,
      limits: info.limits,
      onSentences: (some) => {
        sentences.push(...some);
        gathered.add(some);
      },
      onPart: (done, parts) => {
        if (parts > 1) send({ type: "note", note: `Reading part ${done + 1} of ${parts}` });
      },
      onWait: (seconds) => {
        send({ type: "note", note: `The server asks to wait ${seconds} seconds` });
      },
    });
    gathered.flush();
    if (end.model !== info.model.model) await chrome.storage.session.remove(INFO);
    if (keep) {
      const now = await placeOf({ server: base, model: end.model, text });
      await cache.put(now, { sentences, warnings: end.warnings });
    }
    send({ type: "end", model: end.model, warnings: end.warnings, kept: false });
  } catch (error) {
    gathered.flush();
    throw asTooOld(error);
  }
}

/**
 * Whether a server can be used, by its info and by one made-up sentence.
 *
 * @param {ServerOptions} options
 * @returns {Promise<Info>}
 */
export async function test(options) {
  const info = await readInfo(options);
  requireFit(info);
  try {
    await scoreStream("It may rain tomorrow.", { ...options, onSentences: () => {} });
  } catch (error) {
    throw asTooOld(error);
  }
  return info;
}

/**
 * The view that the settings ask for; null where the server is not known yet.
 *
 * @param {Settings} settings
 * @returns {Promise<View | null>}
 */
export async function knownView(settings) {
  const { [INFO]: known } = await chrome.storage.session.get(INFO);
  const { info } = /** @type {{info?: Info}} */ (known ?? {});
  return info ? viewOf(settings, info) : null;
}

/**
 * @param {Settings} settings
 * @param {Info} info
 * @returns {View}
 */
function viewOf(settings, info) {
  return {
    thresholds: thresholdsOf(settings, info.labels),
    colours: settings.colours,
    follow: settings.follow,
  };
}

/**
 * What the server runs; asked anew after some minutes, and for another server or key.
 *
 * @param {ServerOptions} options
 * @returns {Promise<Info>}
 */
async function knownInfo(options) {
  const of = JSON.stringify([options.base, options.key]);
  const { [INFO]: known } = await chrome.storage.session.get(INFO);
  const kept = /** @type {{of: string, at: number, info: Info} | undefined} */ (known);
  if (kept?.of === of && Date.now() - kept.at < 60_000 * INFO_MINUTES) return kept.info;
  const info = await readInfo(options);
  requireFit(info);
  await chrome.storage.session.set({ [INFO]: { of, at: Date.now(), info } });
  return info;
}

/** Sentences, given on together a moment after the first. */
class Gathered {
  /** @param {(sentences: Sentence[]) => void} give */
  constructor(give) {
    this.give = give;
    /** @type {Sentence[]} */
    this.sentences = [];
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
  }

  /** @param {Sentence[]} some */
  add(some) {
    this.sentences.push(...some);
    this.timer ??= setTimeout(() => this.flush(), GATHER_MILLISECONDS);
  }

  flush() {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.sentences.length) this.give(this.sentences.splice(0));
  }
}
