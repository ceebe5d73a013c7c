/** Work in slices, so that no task of the main thread is long. */

/** Milliseconds after which a slice gives way. */
export const SLICE = 12;

/** Gives way if this slice has lasted long enough: `await slices.breathe()` inside a loop. */
export class Slices {
  #until = 0;

  /** @param {AbortSignal} [signal]  where it is aborted, `breathe` throws */
  constructor(signal) {
    this.signal = signal;
  }

  /** @returns {Promise<void> | void} */
  breathe() {
    this.signal?.throwIfAborted();
    if (performance.now() >= this.#until) return this.#rest();
  }

  async #rest() {
    await nextTask();
    this.signal?.throwIfAborted();
    this.#until = performance.now() + SLICE;
  }
}

/** @returns {Promise<void>} */
function nextTask() {
  const scheduler = /** @type {any} */ (globalThis).scheduler;
  if (scheduler?.yield) return scheduler.yield();
  return new Promise((resolve) => setTimeout(resolve));
}
