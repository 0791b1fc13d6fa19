// Pictures decoded and compared, held against a PNG that is written here by the standard.
import assert from "node:assert/strict";
import { test } from "node:test";
import { crc32, deflateSync } from "node:zlib";
import { difference, pixel } from "#mt/compare.js";
import { decode } from "#mt/png.js";

function chunk(name, body) {
  const data = Buffer.concat([Buffer.from(name, "latin1"), body]);
  const found = Buffer.alloc(data.length + 8);
  found.writeUInt32BE(body.length, 0);
  data.copy(found, 4);
  found.writeUInt32BE(crc32(data) >>> 0, data.length + 4);
  return found;
}

const near = (a, b, c) => {
  const p = a + b - c;
  const [x, y, z] = [p - a, p - b, p - c].map(Math.abs);
  return x <= y && x <= z ? a : y <= z ? b : c;
};

/** A PNG of rows of bytes, each row under another of the five filters (PNG 3, 9.2). */
function png(rows, { width, depth, type, interlaced = 0, palette = null }) {
  const channels = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }[type];
  const pixelBytes = Math.max(1, (channels * depth) >> 3);
  const filtered = rows.map((row, y) => {
    const filter = y % 5;
    const at = (r, x) => (r && x >= 0 ? r[x] : 0);
    const bytes = row.map((one, x) => {
      const [a, b, c] = [at(row, x - pixelBytes), at(rows[y - 1], x), at(rows[y - 1], x - pixelBytes)];
      return one - [0, a, b, (a + b) >> 1, near(a, b, c)][filter];
    });
    return Buffer.from([filter, ...bytes].map(one => one & 255));
  });
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(rows.length, 4);
  head.set([depth, type, 0, 0, interlaced], 8);
  const parts = [chunk("IHDR", head), ...(palette ? [chunk("PLTE", Buffer.from(palette))] : []), chunk("IDAT", deflateSync(Buffer.concat(filtered))), chunk("IEND", Buffer.alloc(0))];
  const data = Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]), ...parts]);
  return data.buffer.slice(data.byteOffset, data.byteOffset + data.length);
}

let seed = 1;
const random = () => { seed = (seed * 48271) % 2147483647; return seed; };
const bytes = count => Array.from({ length: count }, () => random() & 255);

for (const [type, channels, depth] of [[0, 1, 8], [2, 3, 8], [4, 2, 8], [6, 4, 8], [0, 1, 16], [2, 3, 16], [6, 4, 16]]) {
  test(`colour type ${type} at ${depth} bits is decoded exactly under all filters`, async () => {
    const [width, height] = [7, 11];
    const rows = Array.from({ length: height }, () => bytes((width * channels * depth) / 8));
    const found = await decode(png(rows, { width, depth, type }));
    const flat = rows.flat();
    const expected = depth === 8 ? flat : Array.from({ length: flat.length / 2 }, (_, i) => flat[2 * i] * 256 + flat[2 * i + 1]);
    assert.deepEqual([found.width, found.height, found.channels, found.depth], [width, height, channels, depth]);
    assert.deepEqual([...found.data], expected);
  });
}

test("samples of one, two and four bits and palettes are decoded", async () => {
  const found = await decode(png([[0b10110010, 0b10000000]], { width: 9, depth: 1, type: 0 }));
  assert.deepEqual([...found.data], [1, 0, 1, 1, 0, 0, 1, 0, 1]);
  const coloured = await decode(png([[0b00011011]], { width: 4, depth: 2, type: 3, palette: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12] }));
  assert.deepEqual([...coloured.data], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
});

test("what is no PNG or interlaced is left to the browser", async () => {
  assert.equal(await decode(new ArrayBuffer(100)), null);
  assert.equal(await decode(new ArrayBuffer(0)), null);
  assert.equal(await decode(png([[0]], { width: 1, depth: 8, type: 0, interlaced: 1 })), null);
});

const picture = (data, depth = 8, channels = 1) => ({ width: data.length / channels, height: 1, channels, depth, data });

test("the difference of two pictures has the PSNR of the textbook", () => {
  const found = difference(picture([0, 100, 255]), picture([0, 110, 255]));
  assert.equal(found.most, 10);
  assert.ok(Math.abs(found.psnr - 10 * Math.log10((255 * 255 * 3) / 100)) < 1e-9);
  assert.equal(found.gain, 16);
  assert.deepEqual([...found.image.data.slice(4, 8)], [160, 160, 160, 255]);
  assert.equal(difference(picture([1]), picture([1])).psnr, Infinity);
  assert.equal(difference(picture([1]), picture([1, 2])), null);
});

test("pictures of 8 and 16 bits are compared on one scale", () => {
  const found = difference(picture([255]), picture([65535], 16));
  assert.deepEqual([found.most, found.top], [0, 65535]);
});

test("a pixel outside is none", () => {
  const samples = { width: 2, height: 2, channels: 2, depth: 8, data: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8) };
  assert.deepEqual(pixel(samples, 1, 1), [7, 8]);
  for (const [x, y] of [[-1, 0], [2, 0], [0, 2]]) assert.equal(pixel(samples, x, y), null);
});
