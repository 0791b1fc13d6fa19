// Files of shapes as scenes: PLY, STL, OBJ, glTF and GLB, as far as a plain canvas shows them.
import { ofCategory, ofHeight } from "#mt/space.js";

const GREY = [160, 170, 185];
const TYPES = {
  char: ["Int8", 1], uchar: ["Uint8", 1], short: ["Int16", 2], ushort: ["Uint16", 2], int: ["Int32", 4], uint: ["Uint32", 4], float: ["Float32", 4], double: ["Float64", 8],
  int8: ["Int8", 1], uint8: ["Uint8", 1], int16: ["Int16", 2], uint16: ["Uint16", 2], int32: ["Int32", 4], uint32: ["Uint32", 4], float32: ["Float32", 4], float64: ["Float64", 8],
};
const MOST = 4_000_000; // points or corners that a page can hold and draw

const text = data => new TextDecoder().decode(data);
const floats = words => words.map(Number);

/** Points with a colour each, by height where they have none of their own. */
function cloud(points, colours) {
  if (!colours) {
    let [low, high] = [Infinity, -Infinity];
    for (let i = 2; i < points.length; i += 3) if (Number.isFinite(points[i])) { low = Math.min(low, points[i]); high = Math.max(high, points[i]); }
    colours = new Uint8Array(points.length);
    for (let i = 0; i < points.length; i += 3) colours.set(ofHeight(Number.isFinite(points[i + 2]) ? (points[i + 2] - low) / (high - low || 1) : 0), i);
  }
  return { points, colours };
}

/** Triangles of corners that faces name, in the colours of their first corners. */
function mesh(vertices, faces, colours, notes = []) {
  const triangles = new Float64Array(faces.length * 3);
  const shades = new Uint8Array(faces.length);
  for (let i = 0; i < faces.length; i++) {
    for (let axis = 0; axis < 3; axis++) triangles[3 * i + axis] = vertices[3 * faces[i] + axis];
    if (i % 3 === 0) for (let axis = 0; axis < 3; axis++) shades[i + axis] = colours ? colours[3 * faces[i] + axis] : GREY[axis];
  }
  return { triangles, shades, notes };
}

function upright(list) {
  for (let i = 0; i < list.length; i += 3) [list[i + 1], list[i + 2]] = [-list[i + 2], list[i + 1]];
  return list;
}

function plyHeader(data) {
  const head = text(new Uint8Array(data, 0, Math.min(data.byteLength, 65_536)));
  const end = /end_header[ \t]*\r?\n/.exec(head);
  const elements = [];
  let format = "";
  for (const line of head.slice(0, end.index).split(/\r?\n/)) {
    const words = line.trim().split(/\s+/);
    if (words[0] === "format") format = words[1];
    if (words[0] === "element") elements.push({ name: words[1], count: Number(words[2]), properties: [] });
    if (words[0] === "property") elements.at(-1).properties.push(words[1] === "list" ? { name: words[4], type: TYPES[words[3]], counted: TYPES[words[2]] } : { name: words[2], type: TYPES[words[1]] });
  }
  return { format, elements, start: new TextEncoder().encode(head.slice(0, end.index + end[0].length)).length };
}

/** Reads the values of a PLY file one after the other. */
function plyValues(data, { format, start }) {
  if (format === "ascii") {
    const words = text(data.slice(start)).split(/\s+/);
    let at = words[0] === "" ? 1 : 0;
    return () => Number(words[at++]);
  }
  const view = new DataView(data);
  const little = format === "binary_little_endian";
  let at = start;
  return ([name, size]) => { at += size; return view[`get${name}`](at - size, little); };
}

function ply(data) {
  const header = plyHeader(data);
  const next = plyValues(data, header);
  let [points, faces, colours] = [new Float64Array(0), [], null];
  for (const { name, count, properties } of header.elements) {
    if (count > MOST) throw new Error(`${count} elements are more than this page draws`);
    const names = properties.map(one => one.name);
    const kept = name === "vertex";
    const own = kept && (names.includes("red") ? "rgb" : names.includes("category") ? "category" : "");
    if (kept) { points = new Float64Array(3 * count); colours = own ? new Uint8Array(3 * count) : null; }
    for (let i = 0; i < count; i++) {
      for (const { name: property, type, counted } of properties) {
        if (counted) {
          const corners = Array.from({ length: Math.min(next(counted), 10_000) }, () => next(type));
          if (name === "face" && property.startsWith("vert")) for (let n = 2; n < corners.length; n++) faces.push(corners[0], corners[n - 1], corners[n]);
          continue;
        }
        const value = next(type);
        if (!kept) continue;
        const axis = "xyz".indexOf(property);
        if (property.length === 1 && axis >= 0) points[3 * i + axis] = value;
        else if (own === "category" && property === "category") colours.set(ofCategory(Number.isFinite(value) ? value : 0), 3 * i);
        else if (own === "rgb") { const one = ["red", "green", "blue"].indexOf(property); if (one >= 0) colours[3 * i + one] = type[0].startsWith("Float") ? value * 255 : value; }
      }
    }
  }
  return faces.length ? mesh(points, faces, colours) : cloud(points, colours);
}

function stl(data) {
  const view = new DataView(data);
  const count = data.byteLength >= 84 ? view.getUint32(80, true) : 0;
  if (data.byteLength === 84 + 50 * count) {
    const corners = new Float64Array(9 * count);
    for (let i = 0; i < count; i++) for (let n = 0; n < 9; n++) corners[9 * i + n] = view.getFloat32(96 + 50 * i + 4 * n, true);
    return mesh(corners, Uint32Array.from({ length: 3 * count }, (_, i) => i));
  }
  const found = [...text(data).matchAll(/^[ \t]*vertex[ \t]+(\S+)[ \t]+(\S+)[ \t]+(\S+)/gm)].flatMap(one => floats(one.slice(1, 4)));
  return mesh(found, Uint32Array.from({ length: found.length / 3 }, (_, i) => i));
}

function obj(data) {
  const [vertices, faces] = [[], []];
  for (const line of text(data).split("\n")) {
    const words = line.trim().split(/\s+/);
    if (words[0] === "v") vertices.push(...floats(words.slice(1, 4)));
    if (words[0] !== "f") continue;
    const corners = words.slice(1).map(word => { const id = parseInt(word, 10); return id > 0 ? id - 1 : vertices.length / 3 + id; });
    for (let n = 2; n < corners.length; n++) faces.push(corners[0], corners[n - 1], corners[n]);
  }
  upright(vertices);
  return faces.length ? mesh(vertices, faces, null, /^\s*(mtllib|usemtl)/m.test(text(data)) ? ["materials are not drawn"] : []) : cloud(Float64Array.from(vertices));
}

const COMPONENTS = { 5120: ["Int8", 1], 5121: ["Uint8", 1], 5122: ["Int16", 2], 5123: ["Uint16", 2], 5125: ["Uint32", 4], 5126: ["Float32", 4] };

function times(a, b) { // column by column, as the format has them
  return Array.from({ length: 16 }, (_, i) => [0, 1, 2, 3].reduce((sum, k) => sum + a[(i % 4) + 4 * k] * b[k + 4 * Math.floor(i / 4)], 0));
}

function matrixOf(node) {
  if (node.matrix) return node.matrix;
  const [x, y, z, w] = node.rotation ?? [0, 0, 0, 1];
  const [a, b, c] = node.scale ?? [1, 1, 1];
  return [
    (1 - 2 * (y * y + z * z)) * a, 2 * (x * y + z * w) * a, 2 * (x * z - y * w) * a, 0,
    2 * (x * y - z * w) * b, (1 - 2 * (x * x + z * z)) * b, 2 * (y * z + x * w) * b, 0,
    2 * (x * z + y * w) * c, 2 * (y * z - x * w) * c, (1 - 2 * (x * x + y * y)) * c, 0,
    ...(node.translation ?? [0, 0, 0]), 1,
  ];
}

async function gltf(data, beside) {
  const isBinary = new DataView(data).getUint32(0, true) === 0x46546c67;
  const size = isBinary ? new DataView(data).getUint32(12, true) : 0;
  const tree = JSON.parse(text(isBinary ? data.slice(20, 20 + size) : data));
  if (tree.extensionsRequired?.length) throw new Error(`it needs ${tree.extensionsRequired.join(", ")}`);
  const inside = isBinary ? data.slice(28 + size) : null;
  const buffers = await Promise.all((tree.buffers ?? []).map(({ uri }) => {
    if (uri === undefined) return inside;
    return uri.startsWith("data:") ? Uint8Array.from(atob(uri.slice(uri.indexOf(",") + 1)), one => one.charCodeAt(0)).buffer : beside(uri);
  }));
  const read = number => {
    const { bufferView, byteOffset = 0, componentType, count, type } = tree.accessors[number];
    const [name, bytes] = COMPONENTS[componentType];
    const width = { SCALAR: 1, VEC2: 2, VEC3: 3, VEC4: 4 }[type];
    const { buffer, byteOffset: start = 0, byteStride = width * bytes } = tree.bufferViews[bufferView];
    const view = new DataView(buffers[buffer]);
    if (count > MOST) throw new Error(`${count} vertices are more than this page draws`);
    return Float64Array.from({ length: count * width }, (_, i) => view[`get${name}`](start + byteOffset + Math.floor(i / width) * byteStride + (i % width) * bytes, true));
  };
  const [vertices, faces, colours] = [[], [], []];
  const visit = (number, above, depth) => {
    const node = tree.nodes[number];
    const matrix = times(above, matrixOf(node));
    for (const { attributes, indices, material, mode = 4 } of tree.meshes?.[node.mesh]?.primitives ?? []) {
      const points = read(attributes.POSITION);
      const first = vertices.length / 3;
      const factor = tree.materials?.[material]?.pbrMetallicRoughness?.baseColorFactor ?? [0.8, 0.8, 0.8];
      const colour = factor.slice(0, 3).map(one => 255 * one ** (1 / 2.2));
      for (let i = 0; i < points.length; i += 3) {
        for (let axis = 0; axis < 3; axis++) vertices.push(matrix[axis] * points[i] + matrix[4 + axis] * points[i + 1] + matrix[8 + axis] * points[i + 2] + matrix[12 + axis]);
        colours.push(...colour);
      }
      const ids = indices === undefined ? Uint32Array.from({ length: points.length / 3 }, (_, i) => i) : read(indices);
      if (mode === 4) for (const id of ids) faces.push(first + id);
    }
    if (depth < 64) for (const child of node.children ?? []) visit(child, matrix, depth + 1);
  };
  const roots = tree.scenes?.[tree.scene ?? 0]?.nodes ?? (tree.nodes ?? []).map((_, i) => i);
  for (const root of roots) visit(root, [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1], 0);
  upright(vertices);
  return faces.length ? mesh(vertices, faces, colours, tree.textures?.length ? ["textures are not drawn"] : []) : cloud(Float64Array.from(vertices), colours);
}

const READERS = { "model/ply": ply, "model/stl": stl, "model/obj": obj, "model/gltf-binary": gltf, "model/gltf+json": gltf };
const EDGES = [0, 1, 2, 3].flatMap(i => [[i, (i + 1) % 4], [4 + i, 4 + ((i + 1) % 4)], [i, i + 4]]);

/** The scene of a file, or an error that says why there is none. */
export async function read(mime, data, beside) {
  const reader = READERS[mime];
  if (!reader) throw new Error("this page does not know the format");
  return reader(data, beside);
}

/** Boxes and vectors as lines. */
export function marks({ boxes = [], vectors = [] }) {
  const words = ({ label, score }) => [label, score !== undefined && score.toFixed(2)].filter(Boolean).join(" ");
  return [
    ...boxes.flatMap(box => EDGES.map(([from, to], i) => ({ a: box.corners[from], b: box.corners[to], colour: box.color ?? [220, 60, 50], label: i ? "" : words(box) }))),
    ...vectors.map(one => ({ a: one.end, b: one.start, colour: one.color ?? [220, 60, 50], label: words(one) })),
  ];
}
