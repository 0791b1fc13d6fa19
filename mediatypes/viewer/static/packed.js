// Numbers as the server packs them: little-endian bytes, in base64 or as they are.
const TYPES = { float32: Float32Array, float64: Float64Array, uint8: Uint8Array };

/** @type {(text: string) => Uint8Array} */
const decoded = Uint8Array["fromBase64"] ?? (text => Uint8Array.from(atob(text), one => one.charCodeAt(0)));

export function unpack(packed) {
  if (!packed) return new Float64Array(0);
  return ArrayBuffer.isView(packed) ? packed : new TYPES[packed.dtype](decoded(packed.b64).buffer);
}

/** An answer whose numbers lie before its words: views of what was received, no copies. */
export function joined(buffer) {
  const at = Number(new DataView(buffer).getBigUint64(0, true));
  const words = new TextDecoder().decode(new Uint8Array(buffer, at));
  return JSON.parse(words, (_, one) => (one?.dtype && one.at !== undefined ? new TYPES[one.dtype](buffer, one.at, one.count) : one));
}

/** Where the last number at or below `wanted` is in a sorted list, or -1. */
export function atOrBefore(sorted, wanted) {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] <= wanted) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** The sorted union of sorted lists. */
export function union(lists) {
  const all = new Set();
  for (const list of lists) for (const one of list) all.add(one);
  return Float64Array.from(all).sort();
}
