/** The form for the reader's text: typed, pasted, dropped, from a file, or an example. */

import { countWords } from "../highlighter/findings.js";
import { button, byId } from "../shared/dom.js";
import { count } from "../shared/wording.js";
import { EXAMPLES } from "./examples.js";
import { looksLikeHtml, textOfFile, textOfHtml } from "./import_text.js";

const SLOW_TO_INSERT = 50_000; // code units

export class InputForm {
  /**
   * @param {object} handlers
   * @param {(text: string) => void} handlers.onSubmit
   * @param {(message: string) => void} handlers.onError
   */
  constructor(handlers) {
    this.handlers = handlers;
    this.section = byId("input-form");
    this.field = byId("text", HTMLTextAreaElement);
    const file = byId("file", HTMLInputElement);
    byId("mark").addEventListener("click", () => this.submit());
    byId("open").addEventListener("click", () => file.click());
    file.addEventListener("change", () => {
      if (file.files?.[0]) this.#read(file.files[0]);
      file.value = "";
    });
    this.field.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.submit();
    });
    this.field.addEventListener("input", () => this.#showInfo(""));
    this.field.addEventListener("paste", (event) => this.#paste(event));
    this.#acceptDrops();
    const examples = EXAMPLES.map(({ title, text }) =>
      button(title, () => {
        this.field.value = text;
        this.submit();
      }, { class: "link" }),
    );
    byId("examples").replaceChildren(...examples);
  }

  submit() {
    const { value } = this.field;
    const text = looksLikeHtml(value) ? textOfHtml(value) : value;
    if (text.trim()) this.handlers.onSubmit(text);
    else this.handlers.onError("There is no text yet. Paste an article, or open a file.");
  }

  /** @param {boolean} isShown */
  show(isShown) {
    this.section.hidden = !isShown;
    if (isShown) this.field.focus();
  }

  /** @param {ClipboardEvent} event */
  #paste(event) {
    const html = event.clipboardData?.getData("text/html") ?? "";
    if (!/<(p|div|br|li|h[1-6])[\s>/]/i.test(html)) return;
    const text = textOfHtml(html);
    if (!text) return;
    event.preventDefault();
    this.field.focus();
    // Old, but the only way that Ctrl + Z can undo.
    const isSlow = text.length > SLOW_TO_INSERT;
    if (isSlow || !document.execCommand("insertText", false, text)) this.field.setRangeText(text);
    this.#showInfo("");
  }

  #acceptDrops() {
    const target = byId("drop-target");
    addEventListener("dragover", (event) => {
      event.preventDefault();
      target.classList.add("over");
    });
    addEventListener("dragleave", (event) => {
      if (!event.relatedTarget) target.classList.remove("over");
    });
    addEventListener("drop", (event) => {
      event.preventDefault();
      target.classList.remove("over");
      const [file] = event.dataTransfer?.files ?? [];
      const html = event.dataTransfer?.getData("text/html");
      const plain = event.dataTransfer?.getData("text/plain");
      if (file) this.#read(file);
      else if (html || plain) this.#fill(html ? textOfHtml(html) : (plain ?? ""), "");
    });
  }

  /** @param {File} file */
  async #read(file) {
    try {
      this.#fill(await textOfFile(file), file.name);
    } catch (error) {
      this.handlers.onError(/** @type {Error} */ (error).message);
    }
  }

  /**
   * @param {string} text
   * @param {string} name
   */
  #fill(text, name) {
    this.show(true);
    this.field.value = text;
    this.field.setSelectionRange(0, 0);
    this.field.scrollTop = 0;
    this.#showInfo(name);
    byId("mark").focus();
  }

  /** @param {string} name  of the file */
  #showInfo(name) {
    const words = count(countWords(this.field.value), "word");
    byId("text-info").textContent = `${name ? `${name}: ` : ""}${this.field.value ? words : ""}`;
  }
}
