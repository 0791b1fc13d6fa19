// PNG decoded exactly: a canvas gives pixels back changed (colour profiles, alpha,
// browsers that add noise), at 8 bits, and not at all in a page opened from disk.
const CHANNELS = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

const paeth = (a, b, c) => {
  const p = a + b - c;
  const [x, y, z] = [Math.abs(p - a), Math.abs(p - b), Math.abs(p - c)];
  if (x <= y && x <= z) return a;
  return y <= z ? b : c;
};

function unfilter(raw, height, stride, pixel) {
  const out = new Uint8Array(height * stride);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (stride + 1)];
    const from = y * (stride + 1) + 1;
    const to = y * stride;
    for (let x = 0; x < stride; x++) {
      const left = x >= pixel ? out[to + x - pixel] : 0;
      const above = y ? out[to + x - stride] : 0;
      let one = raw[from + x];
      if (filter === 1) one += left;
      else if (filter === 2) one += above;
      else if (filter === 3) one += (left + above) >> 1;
      else if (filter === 4) one += paeth(left, above, x >= pixel && y ? out[to + x - stride - pixel] : 0);
      out[to + x] = one;
    }
  }
  return out;
}

function samples(bytes, width, height, channels, depth, stride) {
  if (depth === 8) return bytes;
  const count = width * channels;
  if (depth === 16) {
    const found = new Uint16Array(count * height);
    for (let i = 0; i < found.length; i++) found[i] = (bytes[2 * i] << 8) | bytes[2 * i + 1];
    return found;
  }
  const found = new Uint8Array(count * height);
  const mask = (1 << depth) - 1;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < count; x++) {
      const bit = x * depth;
      found[y * count + x] = (bytes[y * stride + (bit >> 3)] >> (8 - depth - (bit & 7))) & mask;
    }
  }
  return found;
}

async function inflate(parts) {
  const stream = new Blob(parts).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** Width, height, channels, bits and samples of a PNG; null where it is interlaced. */
export async function decode(buffer) {
  const view = new DataView(buffer);
  const bytes = new Uint8Array(buffer);
  if (bytes.length < 33 || view.getUint32(0) !== 0x89504e47) return null;
  const parts = [];
  let [at, width, height, depth, type, interlaced, palette] = [8, 0, 0, 0, 0, 0, null];
  while (at + 12 <= bytes.length) {
    const length = view.getUint32(at);
    const name = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    const body = bytes.subarray(at + 8, at + 8 + length);
    if (name === "IHDR") [width, height, depth, type, interlaced] = [view.getUint32(at + 8), view.getUint32(at + 12), body[8], body[9], body[12]];
    else if (name === "PLTE") palette = body;
    else if (name === "IDAT") parts.push(body);
    at += length + 12;
  }
  if (interlaced || !(type in CHANNELS)) return null;
  const channels = CHANNELS[type];
  const stride = Math.ceil((width * channels * depth) / 8);
  const raw = await inflate(parts);
  const rows = unfilter(raw, height, stride, Math.max(1, (channels * depth) >> 3));
  const data = samples(rows, width, height, channels, depth, stride);
  if (type !== 3 || !palette) return { width, height, channels, depth, data };
  const rgb = new Uint8Array(width * height * 3);
  for (let i = 0; i < data.length; i++) rgb.set(palette.subarray(data[i] * 3, data[i] * 3 + 3), i * 3);
  return { width, height, channels: 3, depth: 8, data: rgb };
}
