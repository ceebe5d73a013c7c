/**
 * The reader in a page: collects the article, asks the worker, paints the findings, and watches the
 * page. It never changes the page's DOM.
 *
 * @import { Collected, CollectOptions } from "../../sayso/web/highlighter/collect.js"
 * @import { Summary } from "../../sayso/web/highlighter/findings.js"
 * @import { Painter } from "../../sayso/web/highlighter/paint.js"
 * @import { Finding, Sentence, TextRange } from "../../sayso/web/highlighter/types.js"
 * @import { ErrorReport } from "./errors.js"
 * @import { Phase, ReaderState, ScoreAnswer, View } from "./messages.js"
 */

import { findArticle } from "../../sayso/web/highlighter/article.js";
import { collectInSlices } from "../../sayso/web/highlighter/collect.js";
import { findFindings, summarize } from "../../sayso/web/highlighter/findings.js";
import { schemeOf } from "../../sayso/web/highlighter/highlight_styles.js";
import { Watcher, carryOver, inOrder } from "../../sayso/web/highlighter/watch.js";
import { customPalettes } from "../../sayso/web/shared/custom_colours.js";
import { ownError } from "./errors.js";
import { joinRanges } from "./unread_ranges.js";

/** New text of a page that is followed is sent at most this often. */
const FOLLOW_MILLISECONDS = 5_000;

/**
 * @typedef {object} ReaderOptions
 * @property {Painter} painter
 * @property {CollectOptions} collect
 * @property {(text: string, onAnswer: (answer: ScoreAnswer) => void) => () => void} requestScores
 *   returns a function that aborts the request
 * @property {() => void} onChange  of the state
 * @property {(page: Collected) => void} onCollect  of the page
 */

export class PageReader {
  /** @type {Pick<ReaderState, "phase" | "note" | "error" | "model" | "isCached">} */
  #status = { phase: "idle", note: "", error: null, model: "", isCached: false };
  /** @type {View | null} */
  #view = null;
  /** @type {Collected | null} the page as it is */
  #page = null;
  /** The scored sentences, and the text that they count in, which may be the page's former one. */
  #scored = { text: "", sentences: /** @type {Sentence[]} */ ([]) };
  /** @type {TextRange[]} of the page, without scored sentences */
  #unread = [];
  /** @type {Finding[]} */
  #findings = [];
  /** @type {Summary | null} */
  #summary = null;
  /** @type {Set<string>} */
  #warnings = new Set();
  /** @type {() => void} */
  #abort = () => {};
  /** @type {Watcher | null} */
  #watcher = null;
  #followedAt = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #followTimer = undefined;

  /** @param {ReaderOptions} options */
  constructor(options) {
    this.options = options;
  }

  /** Mark the article: ask for the scores that are missing, and paint all. */
  async mark() {
    this.#stop();
    const abort = new AbortController();
    this.#abort = () => abort.abort();
    this.#setPhase("collecting");
    try {
      const options = { ...this.options.collect, signal: abort.signal };
      const page = await collectInSlices(findArticle(document), options);
      this.#setPage(page);
      this.#watch(page);
      if (this.#unread.length) this.#requestScores();
      else if (this.#scored.sentences.length) await this.#finish(true);
      else this.#fail(ownError("no_text"));
    } catch (error) {
      if (abort.signal.aborted) return;
      console.error(error);
      this.#fail(ownError("unexpected"));
    }
  }

  /** Remove all marks, and forget all findings. */
  clear() {
    this.#stop();
    this.#watcher?.stop();
    this.options.painter.clear();
    this.#scored = { text: "", sentences: [] };
    this.#page = this.#summary = null;
    this.#findings = [];
    this.#unread = [];
    this.#warnings.clear();
    this.#setPhase("idle");
  }

  /** @param {View} view */
  show(view) {
    this.#view = view;
    this.restyle();
    this.#paint();
  }

  /** Give the marks the view's colours, as the page's own scheme needs them. */
  restyle() {
    if (!this.#view) return;
    this.options.painter.restyle({
      scheme: schemeOf(findArticle(document)),
      palettes: customPalettes(this.#view.colours),
    });
  }

  /** @returns {ReaderState} */
  state() {
    const text = this.#page?.text ?? "";
    return {
      ...this.#status,
      findings: this.#findings.map((finding) => ({
        ...finding,
        context: text.slice(finding.start, finding.end).replace(/\s+/g, " "),
      })),
      summary: this.#summary,
      warnings: [...this.#warnings],
      leftOut: this.#page?.leftOut ?? [],
      unread: this.#unread.reduce((sum, { start, end }) => sum + end - start, 0),
    };
  }

  #requestScores() {
    const page = /** @type {Collected} */ (this.#page);
    const { text, toPage } = joinRanges(page.text, this.#unread);
    this.#setPhase("scoring");
    const model = this.#status.model;
    this.#abort = this.options.requestScores(text, (answer) => {
      if (answer.type === "view") {
        if (model && answer.model !== model && this.#scored.sentences.length) {
          this.#startOver(); // scores of two models do not mix
          return;
        }
        this.#status.model = answer.model;
        this.show(answer.view);
      } else if (answer.type === "sentences") {
        this.#scored.sentences = inOrder([
          ...this.#scored.sentences,
          ...toPage(answer.sentences),
        ]);
        this.#status.note = "";
        this.#paint();
      } else if (answer.type === "note") {
        this.#setPhase("scoring", answer.note);
      } else if (answer.type === "end") {
        for (const { message } of answer.warnings) this.#warnings.add(message);
        this.#finish(answer.isCached);
      } else {
        this.#fail(answer.error);
      }
    });
  }

  /** @param {boolean} isCached */
  async #finish(isCached) {
    this.#status.isCached = isCached;
    this.#status.phase = "done";
    if (this.#page) this.#setPage(this.#page);
    await this.#paint();
    this.#setPhase("done");
  }

  #startOver() {
    this.#scored = { text: "", sentences: [] };
    this.#status.model = "";
    this.mark();
  }

  /**
   * @param {Phase} phase
   * @param {string} [note]
   */
  #setPhase(phase, note = "") {
    this.#status.phase = phase;
    this.#status.note = note;
    if (phase !== "done") this.#status.error = null;
    this.options.onChange();
  }

  /** @param {ErrorReport} error */
  #fail(error) {
    this.#status.phase = "done";
    if (this.#page) this.#setPage(this.#page);
    this.#status.error = error;
    this.#setPhase("done");
  }

  #stop() {
    clearTimeout(this.#followTimer);
    this.#abort();
    this.#abort = () => {};
  }

  /** @param {Collected} page */
  #watch(page) {
    this.#watcher?.stop();
    this.#watcher = new Watcher(page, {
      collect: this.options.collect,
      findRoot: () => findArticle(document),
      onChange: (changed) => {
        this.#setPage(changed);
        this.#paint();
        this.#follow();
      },
    });
  }

  /** Send new text of a page that is followed, now or a little later. */
  #follow() {
    if (!this.#view?.follow || this.#status.phase !== "done" || !this.#unread.length) return;
    clearTimeout(this.#followTimer);
    const wait = this.#followedAt + FOLLOW_MILLISECONDS - Date.now();
    this.#followTimer = setTimeout(() => {
      this.#followedAt = Date.now();
      if (this.#status.phase === "done" && this.#unread.length) this.#requestScores();
    }, Math.max(0, wait));
  }

  /** @param {Collected} page  as it is now */
  #setPage(page) {
    if (page !== this.#page) this.options.onCollect(page);
    this.#page = page;
    this.#unread = carryOver(this.#scored.sentences, this.#scored.text, page.text).unread;
    // While answers come, the scored sentences count in the text that was sent.
    if (this.#status.phase === "scoring") return;
    this.#scored = { text: page.text, sentences: this.#sentencesIn(page.text) };
  }

  /** @param {string} text */
  #sentencesIn(text) {
    const { text: former, sentences } = this.#scored;
    return text === former ? sentences : carryOver(sentences, former, text).sentences;
  }

  async #paint() {
    if (!this.#page || !this.#view) return;
    const { text } = this.#page;
    const sentences = this.#sentencesIn(text);
    this.#findings = findFindings(sentences, text, this.#view.thresholds);
    this.#summary = summarize(sentences, text, this.#findings);
    this.options.onChange();
    await this.options.painter.paint(this.#page, this.#findings);
  }
}
