// Where answers come from: the server that sent the page.
import { joined } from "#mt/packed.js";

const NAME = "mediatypes-token";
const NUMBERS = "application/octet-stream"; // without base64, which takes long to read

export const isLive = true;
let token = "";

/** Take the token out of the link, so that it is in no history and no copied link. */
export function enter() {
  const hash = new URLSearchParams(location.hash.replace(/^#\/?[^?]*\??/, "").replace(/^#/, ""));
  const given = new URLSearchParams(location.hash.slice(1)).get("token") ?? hash.get("token");
  if (given) {
    sessionStorage.setItem(NAME, given);
    history.replaceState(null, "", location.pathname + location.search + "#/");
  }
  token = sessionStorage.getItem(NAME) ?? "";
}

export class Refused extends Error {
  constructor(status, error) {
    super(error.message);
    this.status = status;
    this.hint = error.hint ?? "";
  }
}

export async function get(path, params = {}) {
  const query = new URLSearchParams();
  for (const [name, given] of Object.entries(params)) {
    for (const one of Array.isArray(given) ? given : [given]) {
      if (one !== null && one !== undefined) query.append(name, one);
    }
  }
  const answer = await fetch(`./api/v1/${path}?${query}`, {
    headers: { Authorization: `Bearer ${token}`, Accept: `${NUMBERS}, application/json` },
    cache: "no-store",
  });
  return read(answer);
}

/** What a signed link of an item leads to. */
export const json = async address => read(await fetch(address));

export async function bytes(address, most) {
  const answer = await fetch(address, most ? { headers: { Range: `bytes=0-${most - 1}` } } : {});
  if (!answer.ok) await read(answer);
  return answer.arrayBuffer();
}

/** What a frame shows that draws figures of a library. */
export const frame = library => ({ src: `./frame/${library}` });

async function read(answer) {
  let found = null;
  try {
    found = answer.headers.get("content-type") === NUMBERS ? joined(await answer.arrayBuffer()) : await answer.json();
  } catch {
    throw new Refused(answer.status, { message: `The server answered ${answer.status}.` });
  }
  if (!answer.ok) throw new Refused(answer.status, found.error);
  return found;
}
