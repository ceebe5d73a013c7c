import assert from "node:assert/strict";
import { test } from "node:test";

import { AddressError, readAddress } from "../src/address.js";

const PORTS = { ports: true };

for (const [typed, base, pattern] of [
  ["https://sayso.example.org", "https://sayso.example.org", "https://sayso.example.org/*"],
  ["  https://sayso.example.org/  ", "https://sayso.example.org", "https://sayso.example.org/*"],
  ["sayso.example.org", "https://sayso.example.org", "https://sayso.example.org/*"],
  ["SAYSO.example.org:8443", "https://sayso.example.org:8443", "https://sayso.example.org:8443/*"],
  ["localhost:3000", "http://localhost:3000", "http://localhost:3000/*"],
  ["127.0.0.1:3000", "http://127.0.0.1:3000", "http://127.0.0.1:3000/*"],
  ["http://[::1]:3000/", "http://[::1]:3000", "http://[::1]:3000/*"],
  ["https://tools.example.org/sayso/", "https://tools.example.org/sayso", "https://tools.example.org/*"],
  ["https://zürich.example.org", "https://xn--zrich-kva.example.org", "https://xn--zrich-kva.example.org/*"],
  ["https://sayso.example.org:443", "https://sayso.example.org", "https://sayso.example.org/*"],
]) {
  test(`${typed} is ${base}`, () => {
    const address = readAddress(typed, PORTS);
    assert.equal(address.base, base);
    assert.equal(address.pattern, pattern);
  });
}

test("where match patterns know no ports, the permission is for the host", () => {
  assert.equal(readAddress("localhost:3000", { ports: false }).pattern, "http://localhost/*");
});

test("an address is insecure if others can read requests on their way", () => {
  assert.equal(readAddress("http://sayso.example.org", PORTS).isInsecure, true);
  assert.equal(readAddress("http://127.0.0.1:3000", PORTS).isInsecure, false);
  assert.equal(readAddress("https://sayso.example.org", PORTS).isInsecure, false);
});

/** @type {[string, RegExp][]} */
const NONE = [
  ["", /Enter/],
  ["two words", /not a web address/],
  ["https://two%20words", /not a web address/],
  ["https://*.example.org", /not a web address/],
  ["ftp://sayso.example.org", /must begin/],
  ["javascript://alert(1)", /not a web address|must begin/],
  ["https://me:secret@sayso.example.org", /password/],
  ["https://sayso.example.org/?key=1", /\?/],
];
for (const [typed, message] of NONE) {
  test(`${typed || "nothing"} is no address`, () => {
    assert.throws(
      () => readAddress(typed, PORTS),
      (error) => error instanceof AddressError && message.test(error.message),
    );
  });
}
