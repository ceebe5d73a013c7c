/** Work in slices, so that no task of the main thread is long. */

/** Milliseconds after which a slice gives way. */
export const SLICE = 12;

/** Give way if this slice has lasted long enough: `await slices.breathe()` inside a loop. */
export class Slices {
  /** @param {AbortSignal} [signal]  where it is aborted, `breathe` throws */
  constructor(signal) {
    this.signal = signal;
    this.until = 0;
  }

  /** @returns {Promise<void> | void} */
  breathe() {
    throw new Error("not yet");
  }
}
