/**
 * The worker's part of marking: asks the server, or finds the answer in the cache.
 *
 * @import { ServerOptions } from "../../sayso/web/highlighter/server.js"
 * @import { Info, Sentence } from "../../sayso/web/highlighter/types.js"
 * @import { ScoreAnswer, View } from "./messages.js"
 * @import { Settings } from "./settings.js"
 */

import { readInfo, scoreStream } from "../../sayso/web/highlighter/server.js";
import { count } from "../../sayso/web/shared/wording.js";
import { Cache, cacheKey } from "./cache.js";
import { asTooOld, requireCompatible } from "./errors.js";
import { thresholdsOf } from "./settings.js";
import { loadSettings, requireServer } from "./storage.js";

const INFO = "info";
const INFO_MINUTES = 10;
/** Sentences that come within this time go to the page together. */
const BATCH_MILLISECONDS = 40;

export const cache = new Cache();

/**
 * Score a text for the reader in the page.
 *
 * @param {string} text
 * @param {(answer: ScoreAnswer) => void} send
 * @param {{signal: AbortSignal, mayCache: boolean}} options
 */
export async function score(text, send, { signal, mayCache }) {
  const { settings } = await loadSettings();
  const { base } = await requireServer(settings.server);
  const options = { base, key: settings.key, signal };
  const info = await currentInfo(options);
  send({ type: "view", view: viewOf(settings, info), model: info.model.model });
  const cached = await cache.get(await cacheKey({ server: base, model: info.model.model, text }));
  if (cached) {
    const { sentences, warnings } = cached;
    send({ type: "sentences", sentences });
    send({ type: "end", model: info.model.model, warnings, isCached: true });
    return;
  }
  /** @type {Sentence[]} */
  const sentences = [];
  let sent = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    if (sentences.length > sent) send({ type: "sentences", sentences: sentences.slice(sent) });
    sent = sentences.length;
  };
  try {
    const { model, warnings } = await scoreStream(text, {
      ...options,
      limits: info.limits,
      onSentences: (more) => {
        sentences.push(...more);
        timer ??= setTimeout(flush, BATCH_MILLISECONDS);
      },
      onChunk: (done, chunks) => {
        send({ type: "note", note: `Reading part ${done + 1} of ${chunks}` });
      },
      onWait: (seconds) => {
        send({ type: "note", note: `The server asks to wait ${count(seconds, "second")}` });
      },
    });
    flush();
    if (model !== info.model.model) await chrome.storage.session.remove(INFO);
    if (mayCache) {
      await cache.put(await cacheKey({ server: base, model, text }), { sentences, warnings });
    }
    send({ type: "end", model, warnings, isCached: false });
  } catch (error) {
    flush();
    throw asTooOld(error);
  }
}

/**
 * Test a server by its info and by one made-up sentence.
 *
 * @param {ServerOptions} options
 * @returns {Promise<Info>}
 */
export async function testConnection(options) {
  const info = await readInfo(options);
  requireCompatible(info);
  try {
    await scoreStream("It may rain tomorrow.", { ...options, onSentences: () => {} });
  } catch (error) {
    throw asTooOld(error);
  }
  return info;
}

/**
 * The view by these settings; null as long as the server's info is not known.
 *
 * @param {Settings} settings
 * @returns {Promise<View | null>}
 */
export async function currentView(settings) {
  const stored = await storedInfo();
  return stored ? viewOf(settings, stored.info) : null;
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
 * The server's info; asked for again after some minutes, and for another server or key.
 *
 * @param {ServerOptions} options
 * @returns {Promise<Info>}
 */
async function currentInfo(options) {
  const source = JSON.stringify([options.base, options.key]);
  const stored = await storedInfo();
  const isFresh = stored && Date.now() - stored.at < 60_000 * INFO_MINUTES;
  if (isFresh && stored.source === source) return stored.info;
  const info = await readInfo(options);
  requireCompatible(info);
  await chrome.storage.session.set({ [INFO]: { source, at: Date.now(), info } });
  return info;
}

async function storedInfo() {
  const { [INFO]: stored } = await chrome.storage.session.get(INFO);
  return /** @type {{source: string, at: number, info: Info} | undefined} */ (stored);
}
