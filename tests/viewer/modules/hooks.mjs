// What the page's import map says, for Node.
import { registerHooks } from "node:module";

const STATIC = new URL("../../../mediatypes/viewer/static/", import.meta.url);
const VENDOR = {
  preact: "preact.js", "preact/hooks": "hooks.js", htm: "htm.js", uplot: "uplot.js",
  "@preact/signals-core": "signals-core.js", "@preact/signals": "signals.js",
};

registerHooks({
  resolve(name, context, next) {
    if (name.startsWith("#mt/")) return next(new URL(name.slice(4), STATIC).href, context);
    if (name in VENDOR) return next(new URL(`vendor/${VENDOR[name]}`, STATIC).href, context);
    return next(name, context);
  },
});

globalThis.ImageData = class {
  constructor(width, height) {
    Object.assign(this, { width, height, data: new Uint8ClampedArray(width * height * 4) });
  }
};
