"use strict";
/* Raster layers of a zoning page: pictures that lie on the map, their keys and transparency. */

zoningPage.parts.push(function (page) {
  var map = page.map, el = page.cards.el, words = page.words;
  var images = page.data.images || [];
  if (!images.length) return;
  map.createPane("z-rasters").style.zIndex = 300;
  map.getPane("z-rasters").style.pointerEvents = "none";

  function overlay(image) {
    var b = image.box;
    return L.imageOverlay(image.image, [[b[1], b[0]], [b[3], b[2]]], {
      pane: "z-rasters", opacity: image.opacity, className: "z-raster", alt: image.name
    });
  }
  function slider(group, image) {
    var line = el("label", "z-slide");
    line.appendChild(el("span", "", words.opacity));
    var input = line.appendChild(el("input"));
    input.type = "range";
    input.min = 0;
    input.max = 100;
    input.value = Math.round(image.opacity * 100);
    input.setAttribute("aria-label", words.opacity + " " + image.name);
    input.addEventListener("input", function () { group.setOpacity(input.value / 100); });
    return line;
  }
  /* The colours from the least to the largest value, with what they stand for. */
  function ramp(key) {
    var box = el("div", "z-ramp"), bar = box.appendChild(el("i"));
    bar.style.background = "linear-gradient(90deg," + key.colors.join(",") + ")";
    var ticks = box.appendChild(el("div", "z-ticks"));
    key.ticks.forEach(function (tick, i) {
      var last = i === key.ticks.length - 1 && key.unit;
      ticks.appendChild(el("span", "", last ? tick + " " + key.unit : tick));
    });
    return box;
  }
  function classes(list) {
    var box = el("div", "z-classes");
    list.forEach(function (own) {
      var line = box.appendChild(el("span", "z-class"));
      line.appendChild(el("i", "z-swatch")).style.background = own.color;
      line.appendChild(el("span", "", own.name));
    });
    return box;
  }
  images.forEach(function (image) {
    var group = overlay(image), keys = el("div", "z-raster-keys");
    keys.appendChild(image.ramp ? ramp(image.ramp) : classes(image.classes));
    keys.appendChild(slider(group, image));
    page.layers.toggle(page.legend, {
      name: image.name, note: image.note, group: group, shown: image.shown, classes: keys
    });
  });
});
