// Runs in a sandboxed frame of its own: draws the description that the page sends.
(() => {
  "use strict";
  const place = document.getElementById("figure");
  const tell = (kind, more) => parent.postMessage({ kind, ...more }, "*");

  function plotly({ data, layout, config }) {
    const wanted = { ...layout, width: undefined, height: undefined, autosize: true };
    return window.Plotly.react(place, data ?? [], wanted, { ...config, responsive: true, displaylogo: false });
  }

  async function vega(spec) {
    place.style.cssText = "height:auto;padding:10px";
    // With `ast`, expressions are interpreted: nothing of a description is evaluated.
    const { view } = await window.vegaEmbed(place, spec, { ast: true, actions: false, renderer: "svg" });
    return view.runAsync();
  }

  const DRAW = { plotly, vega };
  let turn = Promise.resolve();
  addEventListener("message", event => {
    if (event.source !== parent) return;
    const { number, library, text } = event.data;
    turn = turn
      .then(() => DRAW[library](JSON.parse(text)))
      .then(() => tell("drawn", { number }), error => tell("failed", { number, text: String(error?.message ?? error).slice(0, 300) }));
  });
  tell("ready");
})();
