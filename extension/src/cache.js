/**
 * A cache of answers, so that a page that is opened again is not sent again.
 *
 * It holds no text: the key of an answer is a hash of the text, the model's version and the
 * server's address, and the answer has offsets and scores.
 *
 * @import { ReportWarning, Sentence } from "../../sayso/web/highlighter/types.js"
 *
 * @typedef {{sentences: Sentence[], warnings: ReportWarning[]}} CachedAnswer
 */

const NAME = "sayso-answers";
const ANSWERS = "answers";
const BY_USE = "by_use";

/** The answers that were not used for longest go first. */
const LIMITS = { answers: 300, characters: 12_000_000 };

/**
 * The key of an answer.
 *
 * @param {{server: string, model: string, text: string}} request
 * @returns {Promise<string>}
 */
export async function cacheKey({ server, model, text }) {
  const bytes = new TextEncoder().encode(JSON.stringify([server, model, text]));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** In the browser's own database. */
export class Cache {
  /** @param {{answers: number, characters: number}} [limits] */
  constructor(limits = LIMITS) {
    this.limits = limits;
    this.lastUse = 0;
  }

  /**
   * @param {string} key
   * @returns {Promise<CachedAnswer | null>}
   */
  async get(key) {
    return this.#transaction(async (answers) => {
      const entry = await result(answers.get(key));
      if (!entry) return null;
      await result(answers.put({ ...entry, used: this.#now() }));
      return JSON.parse(entry.answer);
    });
  }

  /**
   * @param {string} key
   * @param {CachedAnswer} answer
   */
  async put(key, answer) {
    const written = JSON.stringify(answer);
    const size = written.length;
    if (size > this.limits.characters) return;
    await this.#transaction(async (answers) => {
      await result(answers.put({ key, answer: written, size, used: this.#now() }));
      this.#prune(answers);
    });
  }

  /** Remove all answers. */
  async clear() {
    await this.#transaction((answers) => result(answers.clear()));
  }

  /** The number of answers. */
  async count() {
    return this.#transaction((answers) => result(answers.count()));
  }

  /**
   * Delete answers beyond the limits, without reading any: the latest are counted first.
   *
   * @param {IDBObjectStore} answers
   */
  #prune(answers) {
    const cursors = answers.index(BY_USE).openKeyCursor(null, "prev");
    let count = 0;
    let characters = 0;
    cursors.onsuccess = () => {
      const cursor = cursors.result;
      if (!cursor) return;
      const [, size] = /** @type {[number, number]} */ (cursor.key);
      count += 1;
      characters += size;
      const isBeyond = count > this.limits.answers || characters > this.limits.characters;
      if (isBeyond) answers.delete(cursor.primaryKey);
      cursor.continue();
    };
  }

  /** Later than any use before, also within a millisecond. */
  #now() {
    this.lastUse = Math.max(Date.now(), this.lastUse + 1);
    return this.lastUse;
  }

  /**
   * @template T
   * @param {(answers: IDBObjectStore) => Promise<T>} work
   * @returns {Promise<T>}
   */
  async #transaction(work) {
    const database = await open();
    try {
      return await work(database.transaction(ANSWERS, "readwrite").objectStore(ANSWERS));
    } finally {
      database.close();
    }
  }
}

/** @returns {Promise<IDBDatabase>} */
function open() {
  const opening = indexedDB.open(NAME, 1);
  opening.onupgradeneeded = () => {
    const answers = opening.result.createObjectStore(ANSWERS, { keyPath: "key" });
    answers.createIndex(BY_USE, ["used", "size"]);
  };
  return result(opening);
}

/**
 * @template T
 * @param {IDBRequest<T>} request
 * @returns {Promise<T>}
 */
function result(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
