/**
 * Answers that are kept, so that a page that is opened again is not sent again.
 *
 * No text is kept: an answer lies under a hash of the text, the model's version and the server's
 * address, and holds offsets and scores.
 *
 * @import { ReportWarning, Sentence } from "../../sayso/web/highlighter/types.js"
 *
 * @typedef {{sentences: Sentence[], warnings: ReportWarning[]}} Answer
 */

const NAME = "sayso";
const ANSWERS = "answers";
const BY_USE = "by_use";

/** What is kept at most; what was not used for longest goes first. */
export const BOUNDS = { answers: 300, characters: 12_000_000 };

/**
 * Where an answer lies.
 *
 * @param {{server: string, model: string, text: string}} of
 * @returns {Promise<string>}
 */
export async function placeOf({ server, model, text }) {
  const bytes = new TextEncoder().encode(JSON.stringify([server, model, text]));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The kept answers, in the browser's own database. */
export class Cache {
  /** @param {{answers: number, characters: number}} [bounds] */
  constructor(bounds = BOUNDS) {
    this.bounds = bounds;
    this.lastUse = 0;
  }

  /**
   * @param {string} place
   * @returns {Promise<Answer | null>}
   */
  async get(place) {
    return this.#within("readwrite", async (answers) => {
      const kept = await result(answers.get(place));
      if (!kept) return null;
      await result(answers.put({ ...kept, used: this.#now() }));
      return JSON.parse(kept.answer);
    });
  }

  /**
   * @param {string} place
   * @param {Answer} answer
   */
  async put(place, answer) {
    const written = JSON.stringify(answer);
    if (written.length > this.bounds.characters) return;
    await this.#within("readwrite", async (answers) => {
      const size = written.length;
      await result(answers.put({ place, answer: written, size, used: this.#now() }));
      await this.#prune(answers);
    });
  }

  /** Forget all. */
  async clear() {
    await this.#within("readwrite", (answers) => result(answers.clear()));
  }

  /** How many answers are kept. */
  async count() {
    return this.#within("readonly", (answers) => result(answers.count()));
  }

  /** @param {IDBObjectStore} answers */
  async #prune(answers) {
    const kept = await byUse(answers.index(BY_USE));
    let count = kept.length;
    let characters = kept.reduce((sum, { size }) => sum + size, 0);
    for (const { place, size } of kept) {
      if (count <= this.bounds.answers && characters <= this.bounds.characters) break;
      await result(answers.delete(place));
      count -= 1;
      characters -= size;
    }
  }

  /** Later than any use before, also within a millisecond. */
  #now() {
    this.lastUse = Math.max(Date.now(), this.lastUse + 1);
    return this.lastUse;
  }

  /**
   * @template T
   * @param {IDBTransactionMode} mode
   * @param {(answers: IDBObjectStore) => Promise<T>} work
   * @returns {Promise<T>}
   */
  async #within(mode, work) {
    const database = await open();
    try {
      return await work(database.transaction(ANSWERS, mode).objectStore(ANSWERS));
    } finally {
      database.close();
    }
  }
}

/** @returns {Promise<IDBDatabase>} */
function open() {
  const opening = indexedDB.open(NAME, 1);
  opening.onupgradeneeded = () => {
    const answers = opening.result.createObjectStore(ANSWERS, { keyPath: "place" });
    answers.createIndex(BY_USE, ["used", "size"]);
  };
  return result(opening);
}

/**
 * What is kept, oldest use first, without reading an answer.
 *
 * @param {IDBIndex} index
 * @returns {Promise<{place: IDBValidKey, size: number}[]>}
 */
function byUse(index) {
  return new Promise((resolve, reject) => {
    /** @type {{place: IDBValidKey, size: number}[]} */
    const kept = [];
    const asking = index.openKeyCursor();
    asking.onerror = () => reject(asking.error);
    asking.onsuccess = () => {
      const cursor = asking.result;
      if (!cursor) {
        resolve(kept);
        return;
      }
      const [, size] = /** @type {[number, number]} */ (cursor.key);
      kept.push({ place: cursor.primaryKey, size });
      cursor.continue();
    };
  });
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
