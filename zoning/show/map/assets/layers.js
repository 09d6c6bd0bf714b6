"use strict";
/* Layers of a zoning page: geometry unpacked, zones in the colour of their class, names that do not
   collide, and the switches that are the legend at the same time. */

function zoningLayers(page) {
  var map = page.map, el = page.cards.el, words = page.words;
  var CODE = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", VALUE = {};
  CODE.split("").forEach(function (letter, i) { VALUE[letter] = i; });

  /* Coordinates come as differences, five bits a letter; see codec.py. */
  function unpack(text, scale) {
    var out = [], at = [0, 0], i = 0;
    while (i < text.length) {
      for (var axis = 0; axis < 2; axis++) {
        var value = 0, power = 1, five;
        do {
          five = VALUE[text[i++]];
          value += (five & 31) * power;
          power *= 32;
        } while (five & 32);
        at[axis] += value % 2 ? -(value + 1) / 2 : value / 2;
      }
      out.push([at[0] / scale, at[1] / scale]);
    }
    return out;
  }
  function decode(g) {
    if (!g || g.d === undefined) return g;
    if (g.geometries) return { type: g.type, geometries: g.geometries.map(decode) };
    var scale = Math.pow(10, g.d);
    function walk(c) {
      if (typeof c === "string") return unpack(c, scale);
      return typeof c[0] === "number" ? c : c.map(walk);
    }
    return { type: g.type, coordinates: walk(g.coordinates) };
  }
  function kind(g) { return g.geometries ? kind(g.geometries[0]) : g.type; }

  function pathStyle(style, color, areal) {
    return {
      color: color, weight: style.weight, dashArray: style.dashArray, opacity: 0.95,
      fill: style.fillOpacity > 0 && areal, fillColor: color, fillOpacity: style.fillOpacity
    };
  }
  /* A layer is drawn when it is first switched on, so that a page of many opens at once. */
  function context(layer) {
    var group = L.featureGroup(), drawn = false;
    group.zoningLabels = layer.labels.map(function (label) {
      return { at: L.latLng(label[0], label[1]), text: label[2], from: layer.many ? 9.5 : 7, rank: 3 };
    });
    function draw() {
      drawn = true;
      layer.features.forEach(function (feature) {
        var areal = kind(feature.g).indexOf("Polygon") >= 0;
        var own = layer.classes && feature.c !== undefined ? layer.classes[feature.c] : null;
        var color = own ? own.color : layer.style.color;
        var part = L.geoJSON(decode(feature.g), {
          pane: "z-context", style: pathStyle(layer.style, color, areal),
          pointToLayer: function (_, at) {
            return L.circleMarker(at, {
              pane: "z-context", radius: 5, color: "#fff", weight: 1.5, fillColor: color,
              fillOpacity: 1
            });
          }
        });
        if (!layer.still) {
          var told = [layer.name, own && own.name, feature.n].filter(Boolean);
          var name = told.filter(function (t, i) { return told.indexOf(t) === i; }).join(" · ");
          part.bindTooltip(el("span", "", name), { sticky: true });
          page.untabbed(part);
          if (feature.p) part.bindPopup(function () { return page.cards.featureCard(name, feature.p); });
        }
        group.addLayer(part);
      });
    }
    group.on("add", function () { if (!drawn) draw(); });
    return group;
  }

  /* Keys of the legend. */
  function swatch(style, color) {
    var node = el("i", "z-swatch");
    if (style.fillOpacity > 0) {
      node.style.borderColor = color;
      node.style.background = tint(color, Math.min(1, style.fillOpacity + 0.15));
    } else node.className = "z-swatch z-line", node.style.borderTopColor = color;
    if (style.dashArray) node.style.borderStyle = "dashed";
    return node;
  }
  function tint(color, share) {
    var rgb = [1, 3, 5].map(function (i) { return parseInt(color.substr(i, 2), 16); });
    return "rgba(" + rgb.join(",") + "," + share + ")";
  }
  function classKeys(layer) {
    var box = el("div", "z-classes");
    (layer.classes || []).forEach(function (own) {
      var line = box.appendChild(el("span", "z-class"));
      line.appendChild(swatch(layer.style, own.color));
      line.appendChild(el("span", "", own.name));
    });
    return box;
  }
  /* A switch: `spec` has name, note, key (a node), group (a Leaflet layer), shown, classes. */
  function toggle(parent, spec) {
    var row = parent.appendChild(el("div", "z-row"));
    var label = row.appendChild(el("label", "z-choice"));
    var box = label.appendChild(el("input"));
    box.type = "checkbox";
    box.checked = Boolean(spec.shown);
    if (spec.key) label.appendChild(spec.key);
    var text = label.appendChild(el("span", "", spec.name));
    if (spec.note) text.appendChild(el("small", "", spec.note));
    if (spec.classes && spec.classes.childNodes.length) {
      row.appendChild(spec.classes);
      row.classList.add("z-classed");
    }
    function apply() {
      if (box.checked) spec.group.addTo(map); else spec.group.remove();
      row.classList.toggle("z-off", !box.checked);
      placeLabels();
    }
    box.addEventListener("change", apply);
    if (spec.shown) spec.group.addTo(map); else row.classList.add("z-off");
    return { row: row, box: box, set: function (on) { box.checked = on; apply(); } };
  }
  function add(parent, layer) {
    var group = context(layer);
    groups.push(group);
    return toggle(parent, {
      name: layer.name, note: layer.note, group: group, shown: layer.shown,
      key: layer.classes && layer.classes.length ? null : swatch(layer.style, layer.style.color),
      classes: classKeys(layer)
    });
  }

  /* Names appear as the map has room for them: the most important first, none over a sign. */
  var groups = [], sources = [], layer = L.layerGroup().addTo(map), pen = null;
  function measure(text, size) {
    pen = pen || document.createElement("canvas").getContext("2d");
    pen.font = size + "px sans-serif";
    return pen.measureText(text).width;
  }
  function hidden() { // What lies over the map leaves no room for names.
    var frame = map.getContainer().getBoundingClientRect();
    return Array.from(map.getContainer().querySelectorAll(
      ".z-panel, .z-side:not([hidden]), .leaflet-control, .z-bar:not([hidden])"
    )).map(function (node) {
      var b = node.getBoundingClientRect();
      return [b.left - frame.left, b.top - frame.top, b.right - frame.left, b.bottom - frame.top];
    });
  }
  function placeLabels() {
    var taken = page.printing ? [] : hidden(), zoom = map.getZoom(), view = map.getSize();
    layer.clearLayers();
    function box(at, width, height) {
      return [at.x - width / 2, at.y - height / 2, at.x + width / 2, at.y + height / 2];
    }
    function free(b) {
      return b[0] > 2 && b[1] > 2 && b[2] < view.x - 2 && b[3] < view.y - 2 &&
        taken.every(function (t) {
          return b[2] < t[0] || b[0] > t[2] || b[3] < t[1] || b[1] > t[3];
        });
    }
    page.signs().forEach(function (at) {
      taken.push(box(map.latLngToContainerPoint(at), 28, 28));
    });
    var wanted = [];
    sources.forEach(function (source) { wanted = wanted.concat(source()); });
    groups.forEach(function (group) {
      if (map.hasLayer(group)) wanted = wanted.concat(group.zoningLabels);
    });
    wanted.sort(function (a, b) { return a.rank - b.rank; });
    var told = {};
    wanted.forEach(function (label) {
      // A seat and its county bear one name, told once.
      var key = label.text.replace(/(.)[市县区]$| (County|District|City)$/, "$1");
      if (told[key] && label.rank > 0) return;
      if (zoom < label.from || (label.until && zoom > label.until)) return;
      var size = label.size || 12, at = map.latLngToContainerPoint(label.at);
      at = at.add(label.offset || [0, 0]);
      var b = box(at, measure(label.text, size) + 8, size * 1.5);
      if (!free(b)) return;
      taken.push(b);
      told[key] = true;
      layer.addLayer(L.marker(label.at, {
        pane: "z-labels", interactive: false, keyboard: false,
        icon: L.divIcon({ className: "z-label " + (label.look || ""), iconSize: [0, 0],
          iconAnchor: [-(label.offset || [0, 0])[0], -(label.offset || [0, 0])[1]],
          html: el("span", "", label.text) })
      }));
    });
  }
  /* Layers come from the top of the legend down; on the map the first lies above the others. */
  function restack() {
    groups.slice().reverse().forEach(function (group) {
      if (map.hasLayer(group)) group.bringToFront();
    });
  }
  return {
    restack: restack,
    decode: decode, toggle: toggle, add: add, swatch: swatch, tint: tint, placeLabels: placeLabels,
    labelsFrom: function (source) { sources.push(source); }
  };
}
