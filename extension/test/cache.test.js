import "fake-indexeddb/auto";

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { Cache, cacheKey } from "../src/cache.js";

const ANSWER = { sentences: [], warnings: [] };

beforeEach(() => new Cache().clear());

test("an answer that was put is found again", async () => {
  const cache = new Cache();
  assert.equal(await cache.get("a"), null);
  await cache.put("a", ANSWER);
  assert.deepEqual(await cache.get("a"), ANSWER);
});

test("of too many answers the least recently used goes", async () => {
  const cache = new Cache({ answers: 2, characters: 1_000 });
  await cache.put("a", ANSWER);
  await cache.put("b", ANSWER);
  await cache.get("a");
  await cache.put("c", ANSWER);
  assert.equal(await cache.get("b"), null);
  assert.deepEqual(await cache.get("a"), ANSWER);
  assert.equal(await cache.count(), 2);
});

test("of answers that are too long together the oldest go", async () => {
  const cache = new Cache({ answers: 9, characters: 250 });
  const long = { sentences: [], warnings: [{ code: "c", message: "m".repeat(60), sentence: 0 }] };
  for (const key of ["a", "b", "c"]) await cache.put(key, long);
  assert.equal(await cache.get("a"), null);
  assert.deepEqual(await cache.get("c"), long);
});

test("an answer that alone is too long is not kept", async () => {
  const cache = new Cache({ answers: 9, characters: 10 });
  await cache.put("a", ANSWER);
  assert.equal(await cache.count(), 0);
});

test("another text, model or server has another key", async () => {
  const request = { server: "https://one", model: "base-1+1", text: "It may rain." };
  const keys = await Promise.all([
    cacheKey(request),
    cacheKey({ ...request, text: "It may rain!" }),
    cacheKey({ ...request, model: "base-1+2" }),
    cacheKey({ ...request, server: "https://two" }),
  ]);
  assert.equal(new Set(keys).size, 4);
  assert.match(keys[0], /^[0-9a-f]{64}$/);
  assert.equal(await cacheKey(request), keys[0]);
});
