"use strict";
/* The page on paper: A4 or A3 across, with title, legend, scale, date and the evidence of it all. */

function zoningPrint(page) {
  var map = page.map, data = page.data, words = page.words, el = page.cards.el;
  var SIZES = { A4: [277, 190], A3: [400, 277] }, MM = 96 / 25.4; // Within margins of 10 mm.
  var chosen = "A4", before = null, sheet = null, rule = el("style");

  function choose(name) {
    chosen = name;
    rule.textContent = "@page { size: " + name + " landscape; margin: 10mm; }";
    document.documentElement.style.setProperty("--z-sheet-w", SIZES[name][0] + "mm");
    document.documentElement.style.setProperty("--z-sheet-h", SIZES[name][1] + "mm");
  }
  function keys(box) {
    page.panel.querySelectorAll(".z-keys > .z-key").forEach(function (key) {
      box.appendChild(key.cloneNode(true));
    });
    page.panel.querySelectorAll(".z-row:not(.z-off)").forEach(function (row) {
      var copy = row.cloneNode(true);
      copy.querySelectorAll("input").forEach(function (x) { x.remove(); });
      if (row.closest(".z-ground")) copy.querySelectorAll("small").forEach(function (x) { x.remove(); });
      box.appendChild(copy);
    });
  }
  function compose() {
    sheet = el("div", "z-sheet");
    var head = sheet.appendChild(el("div", "z-sheet-head"));
    head.appendChild(el("h1", "", data.title));
    head.appendChild(el("p", "", page.subtitle()));
    var side = sheet.appendChild(el("div", "z-sheet-side"));
    side.appendChild(el("h2", "", words.legend));
    keys(side.appendChild(el("div", "z-sheet-keys")));
    side.appendChild(page.furniture.northArrow());
    var foot = sheet.appendChild(el("div", "z-sheet-foot"));
    [data.partial, data.warning].filter(Boolean).forEach(function (text) {
      foot.appendChild(el("p", "z-warning", text));
    });
    foot.appendChild(el("p", "", data.facts.slice(0, 3).concat([words.sheet_crs]).join(" · ")));
    document.body.appendChild(sheet);
    return side;
  }
  /* A long legend is set smaller rather than cut. */
  function fit(box, keys) {
    for (var size = 1; size > 0.4 && box.scrollHeight > box.clientHeight; size -= 0.05) {
      keys.style.zoom = size;
    }
  }
  function start() {
    if (page.printing) return;
    before = { bounds: map.getBounds(), zoom: map.getZoom(), centre: map.getCenter() };
    var inner = page.inner();
    page.printing = true;
    document.documentElement.classList.add("z-print");
    map.closePopup();
    var side = compose();
    fit(side, side.querySelector(".z-sheet-keys"));
    map.invalidateSize({ animate: false, pan: false });
    map.options.zoomSnap = 0;
    map.fitBounds(inner, { animate: false, padding: [0, 0] });
    page.furniture.draw();
    page.layers.placeLabels();
  }
  function end() {
    if (!page.printing) return;
    page.printing = false;
    document.documentElement.classList.remove("z-print");
    sheet.remove();
    map.options.zoomSnap = 0.5;
    map.invalidateSize({ animate: false, pan: false });
    map.setView(before.centre, before.zoom, { animate: false });
    page.furniture.draw();
    page.layers.placeLabels();
  }
  function open() {
    var box = el("div", "z-ask");
    box.setAttribute("role", "dialog");
    box.setAttribute("aria-label", words.print);
    box.appendChild(el("p", "", words.print));
    Object.keys(SIZES).forEach(function (name) {
      var node = box.appendChild(el("button", "z-button", name));
      node.type = "button";
      node.addEventListener("click", function () {
        box.remove();
        choose(name);
        window.print();
      });
    });
    var no = box.appendChild(el("button", "z-button", words.close));
    no.type = "button";
    no.addEventListener("click", function () { box.remove(); });
    box.addEventListener("keydown", function (event) { if (event.key === "Escape") box.remove(); });
    map.getContainer().appendChild(box);
    box.querySelector("button").focus();
  }
  document.head.appendChild(rule);
  choose(chosen);
  window.addEventListener("beforeprint", start);
  window.addEventListener("afterprint", end);
  return { open: open, choose: choose, start: start, end: end };
}
