/** Zip archives that are the same, byte for byte, whenever they hold the same files. */

import { crc32, deflateRawSync } from "node:zlib";

const VERSION = 20;
const DEFLATED = 8;
const NAMES_IN_UTF8 = 1 << 11;
/** 1 January 1980, the first day that a zip archive knows. */
const DATE = (1 << 5) | 1;

/**
 * @param {readonly {name: string, bytes: Uint8Array}[]} files
 * @returns {Buffer}
 */
export function zip(files) {
  /** @type {Buffer[]} */
  const bodies = [];
  /** @type {Buffer[]} */
  const directory = [];
  let offset = 0;
  for (const { name, bytes } of [...files].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const packed = deflateRawSync(bytes, { level: 9 });
    const path = Buffer.from(name, "utf-8");
    const header = Buffer.alloc(26);
    header.writeUInt16LE(VERSION, 0);
    header.writeUInt16LE(NAMES_IN_UTF8, 2);
    header.writeUInt16LE(DEFLATED, 4);
    header.writeUInt16LE(DATE, 8);
    header.writeUInt32LE(crc32(bytes), 10);
    header.writeUInt32LE(packed.length, 14);
    header.writeUInt32LE(bytes.length, 18);
    header.writeUInt16LE(path.length, 22);
    const body = [signature(0x04034b50), header, path, packed];
    const location = Buffer.alloc(14);
    location.writeUInt32LE(offset, 10);
    directory.push(signature(0x02014b50), short(VERSION), header, location, path);
    bodies.push(...body);
    offset += body.reduce((sum, part) => sum + part.length, 0);
  }
  const size = directory.reduce((sum, part) => sum + part.length, 0);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(files.length, 4);
  end.writeUInt16LE(files.length, 6);
  end.writeUInt32LE(size, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...bodies, ...directory, signature(0x06054b50), end]);
}

/** @param {number} value */
function signature(value) {
  const four = Buffer.alloc(4);
  four.writeUInt32LE(value);
  return four;
}

/** @param {number} value */
function short(value) {
  const two = Buffer.alloc(2);
  two.writeUInt16LE(value);
  return two;
}
