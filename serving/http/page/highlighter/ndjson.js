/**
 * Lines of JSON from a stream of bytes, each as soon as it is there.
 *
 * @param {ReadableStream<Uint8Array>} stream
 * @param {AbortSignal} [signal]
 * @returns {AsyncGenerator<any, void, void>}
 */
export async function* readNdjson(stream, signal) {
  throw new Error("not yet");
}
