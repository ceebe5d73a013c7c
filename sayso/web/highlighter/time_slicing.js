/** Work in slices, so that no task of the main thread is long. */

const SLICE_MILLISECONDS = 12;

/** Yields if the current slice has lasted long enough: `await slicer.yieldIfDue()` in a loop. */
export class TimeSlicer {
  #until = 0;

  /** @param {AbortSignal} [signal]  once it is aborted, `yieldIfDue` throws */
  constructor(signal) {
    this.signal = signal;
  }

  async yieldIfDue() {
    this.signal?.throwIfAborted();
    if (performance.now() < this.#until) return;
    const { scheduler } = /** @type {any} */ (globalThis);
    await (scheduler?.yield?.() ?? new Promise((resolve) => setTimeout(resolve)));
    this.signal?.throwIfAborted();
    this.#until = performance.now() + SLICE_MILLISECONDS;
  }
}
