/**
 * What sits in the page: collects the article, asks the worker, paints what comes back, and goes on
 * watching. It never changes the page's DOM.
 *
 * @import { Collected, CollectOptions } from "../../sayso/web/highlighter/collect.js"
 * @import { Finding, Sentence } from "../../sayso/web/highlighter/types.js"
 * @import { Summary } from "../../sayso/web/highlighter/findings.js"
 * @import { Painter } from "../../sayso/web/highlighter/paint.js"
 * @import { Answer, Phase, ReaderState, View } from "./messages.js"
 * @import { Problem } from "./errors.js"
 * @import { Stretch } from "./unread_ranges.js"
 */

import { collectInSlices, findArticle } from "../../sayso/web/highlighter/collect.js";
import { findFindings, summarize } from "../../sayso/web/highlighter/findings.js";
import { carryOver, inOrder, watch } from "../../sayso/web/highlighter/watch.js";
import { problem } from "./errors.js";
import { joinStretches } from "./unread_ranges.js";

/** New text of a page that is followed is asked for at most this often. */
const FOLLOW_MILLISECONDS = 5_000;

/**
 * @typedef {object} Surroundings
 * @property {Painter} painter
 * @property {CollectOptions} collect
 * @property {(text: string, onAnswer: (answer: Answer) => void) => () => void} ask  gives back
 *   what breaks it off
 * @property {() => void} changed  called whenever the state is another
 * @property {(view: View) => void} look  brings the view's colours onto the page
 * @property {(page: Collected) => void} read  called whenever the page was collected
 */

export class Reader {
  /** @type {Phase} */
  #phase = "idle";
  #note = "";
  /** @type {Problem | null} */
  #problem = null;
  #model = "";
  #kept = false;
  /** @type {View | null} */
  #view = null;
  /** @type {Collected | null} the page as it is */
  #page = null;
  /** What is known, and the text that its offsets count in, which may be the page's former one. */
  #known = { text: "", sentences: /** @type {Sentence[]} */ ([]) };
  /** @type {Stretch[]} of the page, that nothing is known of */
  #unread = [];
  /** @type {Finding[]} */
  #findings = [];
  /** @type {Summary | null} */
  #summary = null;
  /** @type {Set<string>} */
  #warnings = new Set();
  /** @type {() => void} */
  #breakOff = () => {};
  /** @type {() => void} */
  #unwatch = () => {};
  #followed = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #following = undefined;

  /** @param {Surroundings} around */
  constructor(around) {
    this.around = around;
  }

  /** Mark the article: ask for what is not known yet, and paint all. */
  async mark() {
    this.#stop();
    const abort = new AbortController();
    this.#breakOff = () => abort.abort();
    this.#is("collecting");
    try {
      const options = { ...this.around.collect, signal: abort.signal };
      const page = await collectInSlices(findArticle(document), options);
      this.#carry(page);
      this.#watch(page);
      if (this.#unread.length) this.#ask();
      else if (this.#known.sentences.length) await this.#finish(true);
      else this.#fail(problem("no_text"));
    } catch (error) {
      if (abort.signal.aborted) return;
      console.error(error);
      this.#fail(problem("unexpected"));
    }
  }

  /** Take all marks away, and forget what was found. */
  clear() {
    this.#stop();
    this.#unwatch();
    this.around.painter.clear();
    this.#known = { text: "", sentences: [] };
    this.#page = this.#summary = null;
    this.#findings = [];
    this.#unread = [];
    this.#warnings.clear();
    this.#is("idle");
  }

  /** @param {View} view */
  show(view) {
    this.#view = view;
    this.around.look(view);
    this.#paint();
  }

  /** @returns {ReaderState} */
  state() {
    const text = this.#page?.text ?? "";
    return {
      phase: this.#phase,
      note: this.#note,
      problem: this.#problem,
      model: this.#model,
      kept: this.#kept,
      findings: this.#findings.map((one) => ({
        ...one,
        context: text.slice(one.start, one.end).replace(/\s+/g, " "),
      })),
      summary: this.#summary,
      warnings: [...this.#warnings],
      leftOut: this.#page?.leftOut ?? [],
      unread: this.#unread.reduce((sum, { start, end }) => sum + end - start, 0),
    };
  }

  #ask() {
    const page = /** @type {Collected} */ (this.#page);
    this.#settle(page);
    const { text, back } = joinStretches(page.text, this.#unread);
    this.#is("scoring");
    const model = this.#model;
    this.#breakOff = this.around.ask(text, (answer) => {
      if (answer.type === "view") {
        if (model && answer.model !== model && this.#known.sentences.length) {
          this.#forget(); // what another model found does not go with this one's
          return;
        }
        this.#model = answer.model;
        this.show(answer.view);
      } else if (answer.type === "sentences") {
        const all = [...this.#known.sentences, ...back(answer.sentences)];
        this.#known.sentences = inOrder(all);
        this.#note = "";
        this.#paint();
      } else if (answer.type === "note") {
        this.#is("scoring", answer.note);
      } else if (answer.type === "end") {
        for (const { message } of answer.warnings) this.#warnings.add(message);
        this.#finish(answer.kept);
      } else {
        this.#fail(answer.problem);
      }
    });
  }

  /** @param {boolean} kept */
  async #finish(kept) {
    this.#kept = kept;
    this.#phase = "done";
    if (this.#page) this.#carry(this.#page);
    await this.#paint();
    this.#is("done");
  }

  #forget() {
    this.#known = { text: "", sentences: [] };
    this.#model = "";
    this.mark();
  }

  /**
   * @param {Phase} phase
   * @param {string} [note]
   */
  #is(phase, note = "") {
    this.#phase = phase;
    this.#note = note;
    if (phase !== "done") this.#problem = null;
    this.around.changed();
  }

  /** @param {Problem} problem */
  #fail(problem) {
    this.#phase = "done";
    if (this.#page) this.#carry(this.#page);
    this.#problem = problem;
    this.#is("done");
  }

  #stop() {
    clearTimeout(this.#following);
    this.#breakOff();
    this.#breakOff = () => {};
  }

  /** @param {Collected} page */
  #watch(page) {
    this.#unwatch();
    this.#unwatch = watch(page.root, {
      collected: page,
      collect: this.around.collect,
      findRoot: () => findArticle(document),
      onChange: (changed) => {
        this.#carry(changed);
        this.#paint();
        this.#follow();
      },
    });
  }

  /** Ask for new text of a page that is followed, now or a little later. */
  #follow() {
    if (!this.#view?.follow || this.#phase !== "done" || !this.#unread.length) return;
    clearTimeout(this.#following);
    const wait = this.#followed + FOLLOW_MILLISECONDS - Date.now();
    this.#following = setTimeout(() => {
      this.#followed = Date.now();
      if (this.#phase === "done" && this.#unread.length) this.#ask();
    }, Math.max(0, wait));
  }

  /**
   * Take the page as it is now.
   *
   * @param {Collected} page
   */
  #carry(page) {
    if (page !== this.#page) this.around.read(page);
    this.#page = page;
    this.#unread = carryOver(this.#known.sentences, this.#known.text, page.text).unknown;
    if (this.#phase !== "scoring") this.#settle(page);
  }

  /**
   * Let what is known count in the page's text. Not while answers come: they count in the former.
   *
   * @param {Collected} page
   */
  #settle(page) {
    const { text, sentences } = this.#known;
    const carried = text === page.text ? sentences : carryOver(sentences, text, page.text).sentences;
    this.#known = { text: page.text, sentences: carried };
  }

  async #paint() {
    if (!this.#page || !this.#view) return;
    const { text, sentences } = this.#known;
    const now = this.#page.text;
    const here = text === now ? sentences : carryOver(sentences, text, now).sentences;
    this.#findings = findFindings(here, now, this.#view.thresholds);
    this.#summary = summarize(here, now, this.#findings);
    this.around.changed();
    await this.around.painter.paint(this.#page, this.#findings);
  }
}
