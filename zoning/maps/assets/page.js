"use strict";
/* The page of a zoning map. Every text of the report enters the document as a text node, never as
   HTML, so a site may be called anything. */

/* folium's own Popup asks jQuery for one thing, a node from HTML; this is that one thing. */
if (!window.$) {
  window.$ = function (html) {
    var holder = document.createElement("template");
    holder.innerHTML = html.trim();
    return holder.content.childNodes;
  };
}

function zoningPage(map, data) {
  var words = data.words, SVG = "http://www.w3.org/2000/svg";

  /* Colours after Okabe and Ito, told apart by the colour-blind; shape and sign say it again. */
  var LOOK = {
    violation: { color: "#b3001b", sign: "×", shape: "octagon", hatch: "slash" },
    restricted: { color: "#d98200", sign: "!", shape: "triangle", hatch: "dots" },
    undetermined: { color: "#7b3fa0", sign: "?", shape: "circle", hatch: "level" },
    failed: { color: "#222222", sign: "E", shape: "square", hatch: "cross" },
    not_checked: { color: "#6b7280", sign: "–", shape: "square", hatch: "upright" },
    conditional: { color: "#0072b2", sign: "§", shape: "diamond", hatch: "backslash" },
    compliant: { color: "#00795a", sign: "✓", shape: "circle", hatch: "plain" }
  };
  var SHAPES = {
    octagon: "M8 1h8l7 7v8l-7 7H8l-7-7V8z",
    triangle: "M12 1L24 23H0z",
    circle: "M12 1a11 11 0 1 0 .01 0z",
    square: "M2 2h20v20H2z",
    diamond: "M12 0l12 12-12 12L0 12z"
  };
  var HATCHES = {
    slash: "M-2 2L2-2M0 8L8 0M6 10L10 6",
    backslash: "M-2 6L2 10M0 0L8 8M6-2L10 2",
    level: "M0 4H8", upright: "M4 0V8", cross: "M0 4H8M4 0V8", dots: "M3 4H5", plain: ""
  };
  var MANY = 800; // Beyond this, signs are drawn on a canvas: so many elements would be slow.

  function el(tag, name, text) {
    var node = document.createElement(tag);
    if (name) node.className = name;
    if (text !== undefined) node.textContent = text;
    return node;
  }
  function svg(tag, attributes) {
    var node = document.createElementNS(SVG, tag);
    for (var key in attributes) node.setAttribute(key, attributes[key]);
    return node;
  }
  function escaped(text) { return el("i", "", text).innerHTML; }
  function fill(template, values) {
    return template.replace(/\{(\w+)\}/g, function (_, key) { return values[key]; });
  }
  function text(number) { return data.texts[number]; }

  /* Figures as people write them. */
  function digits(value, places) {
    var parts = value.toFixed(places).split(".");
    parts[0] = parts[0].replace(/\B(?=(\d{3})+$)/g, ",");
    return parts.join(".");
  }
  function area(m2) {
    var ha = m2 / 1e4;
    return fill(words.ha, { ha: digits(ha, ha < 1 ? 4 : 2), mu: digits(ha * 15, 2) });
  }
  function length(m) {
    if (m < 1) return fill(words.m, { v: m.toFixed(2) });
    if (Math.round(m) < 1000) return fill(words.m, { v: digits(m, 0) });
    return fill(words.km, { v: digits(m / 1000, 2) });
  }
  function measured(m) {
    var parts = [];
    function put(key, value) { parts.push(fill(words[key], { v: value })); }
    if (m.area) put("area", area(m.area));
    if (m.length) put("length", length(m.length));
    if (m.share) put("share", digits(m.share * 100, 1) + "%");
    if (m.depth) put("depth", length(m.depth));
    if (m.distance) put("distance", length(m.distance));
    if (m.rawArea && area(m.rawArea) !== area(m.area || 0)) put("raw", area(m.rawArea));
    else if (m.rawLength && length(m.rawLength) !== length(m.length || 0)) {
      put("raw", length(m.rawLength));
    }
    return parts.join(data.lang === "zh" ? "；" : "; ");
  }

  /* Signs, patterns. */
  function sign(status, size) {
    var look = LOOK[status];
    var node = svg("svg", { width: size, height: size, viewBox: "-2 -2 28 28", "aria-hidden": true });
    node.appendChild(svg("path", {
      d: SHAPES[look.shape], fill: look.color, stroke: "#fff", "stroke-width": 2
    }));
    var mark = svg("text", {
      x: 12, y: look.shape === "triangle" ? 20 : 18, "text-anchor": "middle", fill: "#fff",
      "font-size": look.shape === "triangle" ? 15 : 17, "font-weight": 700,
      "font-family": "sans-serif"
    });
    mark.textContent = look.sign;
    node.appendChild(mark);
    return node;
  }
  function patterns() {
    var holder = svg("svg", { width: 0, height: 0, class: "z-patterns", "aria-hidden": true });
    var defs = holder.appendChild(svg("defs", {}));
    Object.keys(LOOK).forEach(function (status) {
      var look = LOOK[status];
      var pattern = defs.appendChild(svg("pattern", {
        id: "z-" + status, width: 8, height: 8, patternUnits: "userSpaceOnUse"
      }));
      pattern.appendChild(svg("rect", {
        width: 8, height: 8, fill: look.color, "fill-opacity": 0.22
      }));
      pattern.appendChild(svg("path", {
        d: HATCHES[look.hatch], stroke: look.color, "stroke-width": 2, fill: "none",
        "stroke-linecap": look.hatch === "dots" ? "round" : "butt"
      }));
    });
    return holder;
  }

  /* What a click on a site shows. */
  function row(list, key, value) {
    if (!value) return;
    list.appendChild(el("dt", "", words[key]));
    list.appendChild(el("dd", "", value));
  }
  function findingCard(f) {
    var card = el("section", "z-finding z-" + f.s);
    var head = card.appendChild(el("h3"));
    head.appendChild(sign(f.s, 20));
    head.appendChild(el("b", "", data.status[f.s]));
    if (f.r) head.appendChild(el("span", "z-rule", f.r));
    if (f.cite !== undefined) head.appendChild(el("span", "", text(f.cite)));
    if (f.hint) card.appendChild(el("p", "z-note", words.hint));
    if (f.near) card.appendChild(el("p", "z-note", words.near));
    var list = card.appendChild(el("dl"));
    row(list, "reason", text(f.reason));
    if (f.problem !== undefined) row(list, "problem", text(f.problem));
    if (f.m) row(list, "measures", measured(f.m));
    if (f.zones) row(list, "zones", f.zones.join(data.lang === "zh" ? "、" : ", "));
    if (f.clause !== undefined) row(list, "clause", text(f.clause));
    if (f.doc !== undefined) row(list, "document", text(f.doc));
    if (f.basis !== undefined) row(list, "basis", text(f.basis));
    (f.missing || []).forEach(function (m) {
      row(list, "missing", text(m[0]) + " " + words.yes + " → " + data.status[m[1]] + "; " +
        words.no + " → " + data.status[m[2]]);
    });
    if (f.advice !== undefined) row(list, "advice", text(f.advice));
    return card;
  }
  function siteCard(site) {
    var card = el("article", "z-site");
    card.appendChild(el("h2", "", site.name));
    var line = card.appendChild(el("p", "z-status"));
    line.appendChild(sign(site.s, 22));
    line.appendChild(el("b", "", data.status[site.s]));
    if (site.id !== site.name) line.appendChild(el("span", "z-rule", site.id));
    if (site.in.length) {
      line.appendChild(el("span", "", site.in.join(data.lang === "zh" ? "、" : ", ")));
    }
    site.notes.forEach(function (note) { card.appendChild(el("p", "z-note", note)); });
    site.f.forEach(function (f) { card.appendChild(findingCard(f)); });
    if (site.met) card.appendChild(el("p", "", fill(words.met, { n: site.met })));
    return card;
  }

  /* Layers of the map, from the ground up. */
  function pane(name, z, still) {
    var node = map.createPane(name);
    node.style.zIndex = z;
    if (still) node.style.pointerEvents = "none";
  }
  function contextLayer(layer) {
    var group = L.featureGroup(), style = layer.style;
    layer.features.forEach(function (feature) {
      var part = L.geoJSON(feature.g, {
        pane: "z-context",
        style: {
          color: style.color, weight: style.weight, dashArray: style.dashArray,
          fill: style.fillOpacity > 0 && feature.g.type.indexOf("Polygon") >= 0,
          fillOpacity: style.fillOpacity
        },
        pointToLayer: function (_, at) {
          return L.circleMarker(at, {
            pane: "z-context", radius: 5, color: "#fff", weight: 1.5,
            fillColor: style.color, fillOpacity: 1
          });
        }
      });
      var name = feature.n ? layer.name + ": " + feature.n : layer.name;
      part.bindTooltip(el("span", "", name), { sticky: true });
      if (feature.p) part.bindPopup(function () { return featureCard(name, feature.p); });
      group.addLayer(part);
    });
    group.zoningLabels = L.layerGroup(layer.labels.map(function (label) {
      return L.marker([label[0], label[1]], {
        pane: "z-labels", interactive: false, keyboard: false,
        icon: L.divIcon({ className: "z-label" + (layer.many ? " z-far" : ""), iconSize: [0, 0],
          html: el("span", "", label[2]) })
      });
    }));
    group.on("add", function () { group.zoningLabels.addTo(map); });
    group.on("remove", function () { group.zoningLabels.remove(); });
    return group;
  }
  function featureCard(name, rows) {
    var card = el("article", "z-site");
    card.appendChild(el("h2", "", name));
    var list = card.appendChild(el("dl"));
    rows.forEach(function (pair) {
      list.appendChild(el("dt", "", pair[0]));
      list.appendChild(el("dd", "", pair[1]));
    });
    return card;
  }
  function popupOptions() {
    var size = map.getSize();
    return {
      maxWidth: Math.max(240, Math.min(560, size.x - 60)),
      minWidth: Math.min(320, size.x - 80),
      maxHeight: Math.max(160, Math.round(size.y * 0.66)),
      autoPanPaddingTopLeft: [20, 20], autoPanPaddingBottomRight: [20, 40]
    };
  }
  function siteLayers(sites, many) {
    var areas = L.featureGroup(), overlaps = L.featureGroup(), signs = L.featureGroup();
    var canvas = many ? L.canvas({ pane: "z-signs" }) : null;
    sites.forEach(function (site) {
      if (!site.g) return;
      var look = LOOK[site.s];
      var options = {
        pane: "z-sites", color: look.color, weight: 3,
        fillColor: many ? look.color : "url(#z-" + site.s + ")", fillOpacity: many ? 0.3 : 1
      };
      var drawn = L.geoJSON(site.g, {
        style: options,
        pointToLayer: function (_, at) {
          return L.circleMarker(at, Object.assign({ radius: 6 }, options));
        }
      }).addTo(areas);
      var mark = many
        ? L.circleMarker(site.at, {
          renderer: canvas, pane: "z-signs", radius: 5, color: "#fff", weight: 1,
          fillColor: look.color, fillOpacity: 1
        })
        : L.marker(site.at, {
          pane: "z-signs", alt: data.status[site.s] + " " + site.name,
          icon: L.divIcon({
            className: "z-sign", iconSize: [28, 28], html: sign(site.s, 28)
          })
        });
      signs.addLayer(mark);
      [drawn, mark].forEach(function (layer) {
        layer.bindPopup(function () { return siteCard(site); }, popupOptions());
        layer.bindTooltip(el("span", "", site.name + " · " + data.status[site.s]), { sticky: true });
      });
      site.open = function () {
        map.fitBounds(drawn.getBounds(), Object.assign({ maxZoom: 13 }, padding()));
        mark.openPopup(L.latLng(site.at));
      };
      site.f.forEach(function (f) {
        if (f.g) overlaps.addLayer(overlap(f.g));
      });
    });
    return { areas: areas, overlaps: overlaps, signs: signs };
  }
  /* Yellow under a black broken line: told from every status without seeing hues. */
  function overlap(shape) {
    function draw(style) {
      return L.geoJSON(shape, {
        interactive: false, style: Object.assign({ pane: "z-overlaps" }, style),
        pointToLayer: function (_, at) {
          return L.circleMarker(at, Object.assign({ radius: 9, pane: "z-overlaps" }, style));
        }
      });
    }
    return L.layerGroup([
      draw({ color: "#ffe000", weight: 6, fillColor: "#ffe000", fillOpacity: 0.45 }),
      draw({ color: "#000", weight: 2, dashArray: "6 4", fill: false })
    ]);
  }

  /* The panel: title, provenance, warning, legend, sites, what was not checked, sources. */
  function swatch(status) {
    var node = svg("svg", { width: 22, height: 16, "aria-hidden": true });
    node.appendChild(svg("rect", {
      x: 1, y: 1, width: 20, height: 14, fill: "url(#z-" + status + ")",
      stroke: LOOK[status].color, "stroke-width": 2
    }));
    return node;
  }
  function section(panel, title, open) {
    var node = panel.appendChild(el("details"));
    node.open = open;
    node.appendChild(el("summary", "", title));
    return node;
  }
  function legend(panel) {
    var node = section(panel, words.legend, true), counts = {};
    data.sites.forEach(function (site) { counts[site.s] = (counts[site.s] || 0) + 1; });
    Object.keys(LOOK).forEach(function (status) {
      if (!counts[status]) return;
      var line = node.appendChild(el("div", "z-key"));
      line.appendChild(sign(status, 20));
      line.appendChild(swatch(status));
      line.appendChild(el("span", "", data.status[status]));
      line.appendChild(el("b", "", String(counts[status])));
    });
    if (data.sites.some(function (s) { return s.f.some(function (f) { return f.g; }); })) {
      var key = node.appendChild(el("div", "z-key"));
      key.appendChild(el("i", "z-overlap-key"));
      key.appendChild(el("span", "", words.overlap));
    }
  }
  function siteList(panel) {
    var node = section(panel, words.sites, true), most = 200;
    data.sites.slice(0, most).forEach(function (site) {
      var button = node.appendChild(el("button", "z-pick"));
      button.type = "button";
      button.appendChild(sign(site.s, 18));
      button.appendChild(el("span", "", site.name));
      button.title = data.status[site.s];
      button.addEventListener("click", function () {
        if (site.open) site.open();
        else map.openPopup(siteCard(site), map.getCenter(), popupOptions());
      });
    });
    if (data.sites.length > most) {
      node.appendChild(el("p", "", fill(words.more_sites, { n: data.sites.length - most })));
    }
  }
  function lines(panel, title, texts, open) {
    if (!texts.length) return;
    var list = section(panel, title, open).appendChild(el("ul"));
    texts.forEach(function (item) { list.appendChild(el("li", "", item)); });
  }
  var panel = el("div", "z-panel"), narrow = map.getSize().x < 760;
  function padding() {
    var wide = !narrow && !panel.classList.contains("z-shut");
    return { paddingTopLeft: [wide ? 340 : 30, 40], paddingBottomRight: [40, 40] };
  }
  function buildPanel() {
    var toggle = panel.appendChild(el("button", "z-toggle", "☰"));
    toggle.type = "button";
    toggle.title = words.panel;
    toggle.setAttribute("aria-label", words.panel);
    toggle.addEventListener("click", function () { panel.classList.toggle("z-shut"); });
    panel.appendChild(el("h1", "", data.title));
    var body = panel.appendChild(el("div", "z-body"));
    if (data.facts.length) body.appendChild(el("p", "z-facts", data.facts.join(" · ")));
    if (data.warning) body.appendChild(el("p", "z-warning", data.warning));
    if (data.sites.length) { legend(body); siteList(body); }
    lines(body, words.not_checked, data.closing, false);
    lines(body, words.sources, data.sources, false);
    body.appendChild(el("p", "z-facts", words.simplified));
    if (narrow) panel.classList.add("z-shut");
    L.DomEvent.disableClickPropagation(panel);
    L.DomEvent.disableScrollPropagation(panel);
    map.getContainer().appendChild(panel);
  }

  /* Labels appear as the map has room for them. */
  function labelZoom() {
    var node = map.getContainer(), zoom = map.getZoom();
    node.classList.toggle("z-near", zoom >= 9);
    node.classList.toggle("z-wide", zoom < 6.5);
  }

  function build() {
    map.setMinZoom(5).setMaxZoom(19);
    map.attributionControl.setPrefix("Leaflet");
    map.getContainer().appendChild(patterns());
    pane("z-context", 350);
    pane("z-sites", 410);
    pane("z-overlaps", 420, true);
    pane("z-labels", 430, true);
    pane("z-signs", 610);
    L.control.zoom({ position: "topright" }).addTo(map);
    L.control.scale({ imperial: false, position: "bottomright" }).addTo(map);
    buildPanel();
    if (data.bounds) {
      var b = data.bounds;
      map.fitBounds([[b[1], b[0]], [b[3], b[2]]], Object.assign({ maxZoom: 14 }, padding()));
    }
    map.on("zoomend", labelZoom);
    labelZoom();
    var overlays = {};
    data.layers.forEach(function (layer) {
      var group = contextLayer(layer);
      if (layer.shown) group.addTo(map);
      var label = el("span", "z-choice");
      label.appendChild(el("i")).style.background = layer.style.color;
      label.appendChild(el("span", "", layer.name));
      if (layer.note) label.title = layer.note;
      overlays[label.outerHTML] = group;
    });
    if (data.sites.length) {
      var drawn = siteLayers(data.sites, data.sites.length > MANY);
      overlays[escaped(words.sites)] = L.layerGroup([drawn.areas, drawn.signs]).addTo(map);
      overlays[escaped(words.overlap)] = drawn.overlaps.addTo(map);
    }
    L.control.layers(null, overlays, { collapsed: narrow }).addTo(map);
    window.zoningReady = true;
  }
  build();
}
