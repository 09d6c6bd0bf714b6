"use strict";
/* The page of a zoning map: layers, sites, panel. */

/* folium's own Popup asks jQuery for one thing, a node from HTML; this is that one thing. */
if (!window.$) {
  window.$ = function (html) {
    var holder = document.createElement("template");
    holder.innerHTML = html.trim();
    return holder.content.childNodes;
  };
}

function zoningPage(map, data) {
  var words = data.words, labels = [], cards = zoningCards(data), LOOK = cards.LOOK;
  var el = cards.el, escaped = cards.escaped, fill = cards.fill, sign = cards.sign;

  var MANY = 800; // Beyond this, signs are drawn on a canvas: so many elements would be slow.

  /* Layers of the map, from the ground up. */
  function pane(name, z, still) {
    var node = map.createPane(name);
    node.style.zIndex = z;
    if (still) node.style.pointerEvents = "none";
  }
  function contextLayer(layer) {
    var group = L.featureGroup(), style = layer.style;
    layer.features.forEach(function (feature) {
      var kind = feature.g.type;
      var part = L.geoJSON(feature.g, {
        pane: "z-context",
        style: kind.indexOf("Point") >= 0 ? null : {
          color: style.color, weight: style.weight, dashArray: style.dashArray,
          fill: style.fillOpacity > 0 && kind.indexOf("Polygon") >= 0,
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
      if (feature.p) part.bindPopup(function () { return cards.featureCard(name, feature.p); });
      group.addLayer(part);
    });
    group.zoningLabels = L.layerGroup(layer.labels.map(function (label) {
      var mark = L.marker([label[0], label[1]], {
        pane: "z-labels", interactive: false, keyboard: false,
        icon: L.divIcon({ className: "z-label" + (layer.many ? " z-small" : ""), iconSize: [0, 0],
          html: el("span", "", label[2]) })
      });
      labels.push({ mark: mark, text: label[2], from: layer.many ? 9 : 6.5 });
      return mark;
    }));
    group.on("add", function () { group.zoningLabels.addTo(map); });
    group.on("remove", function () { group.zoningLabels.remove(); });
    return group;
  }
  function popupOptions() {
    var size = map.getSize(), left = narrow ? 20 : 335;
    return {
      maxWidth: Math.max(240, Math.min(560, size.x - left - 60)),
      minWidth: Math.min(320, size.x - left - 80),
      maxHeight: Math.max(160, Math.round(size.y * 0.66)),
      autoPanPaddingTopLeft: [left, narrow ? 60 : 20], autoPanPaddingBottomRight: [20, 40]
    };
  }
  /* A sign drawn on the canvas, for sites by the thousand. */
  var Sign = L.CircleMarker.extend({
    _updatePath: function () {
      L.CircleMarker.prototype._updatePath.call(this);
      var renderer = this._renderer, ctx = renderer._ctx;
      if (!renderer._drawing || this._empty()) return;
      ctx.fillStyle = "#fff";
      ctx.font = "bold 10px sans-serif";
      ctx.textAlign = "center";
      ctx.textBaseline = "middle";
      ctx.fillText(this.options.sign, this._point.x, this._point.y);
    }
  });
  function severity(site) { return Object.keys(LOOK).indexOf(site.s); }
  function siteLayers(sites, many) {
    var areas = L.featureGroup(), overlaps = L.featureGroup(), signs = L.featureGroup();
    var canvas = many ? L.canvas({ pane: "z-signs" }) : null;
    if (many) { // A canvas has no z-index: the most severe are drawn last.
      sites = sites.slice().sort(function (a, b) { return severity(b) - severity(a); });
    }
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
        ? new Sign(L.latLng(site.at), {
          renderer: canvas, pane: "z-signs", radius: 7, sign: look.sign, color: "#fff", weight: 1,
          fillColor: look.color, fillOpacity: 1
        })
        : L.marker(site.at, {
          pane: "z-signs", alt: data.status[site.s] + " " + site.name,
          zIndexOffset: -1000 * severity(site),
          icon: L.divIcon({
            className: "z-sign", iconSize: [28, 28], html: sign(site.s, 28)
          })
        });
      signs.addLayer(mark);
      [drawn, mark].forEach(function (layer) {
        layer.bindPopup(function () { return cards.siteCard(site); }, popupOptions());
        layer.bindTooltip(el("span", "", site.name + " · " + data.status[site.s]), { sticky: true });
      });
      site.open = function () {
        map.fitBounds(drawn.getBounds(), fitOptions(15));
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
      line.appendChild(cards.swatch(status));
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
    var node = section(panel, words.sites, true).appendChild(el("div", "z-list")), most = 200;
    var sites = data.sites.slice();
    if (sites.length > most) sites.sort(function (a, b) { return severity(a) - severity(b); });
    sites.slice(0, most).forEach(function (site) {
      var button = node.appendChild(el("button", "z-pick"));
      button.type = "button";
      button.appendChild(sign(site.s, 18));
      button.appendChild(el("span", "", site.name));
      button.title = data.status[site.s];
      button.addEventListener("click", function () {
        if (site.open) site.open();
        else map.openPopup(cards.siteCard(site), map.getCenter(), popupOptions());
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
  /* No animation: Leaflet drops a second move that comes while the first is still under way. */
  function fitOptions(maxZoom) {
    var wide = !narrow && !panel.classList.contains("z-shut");
    return {
      maxZoom: maxZoom, animate: false,
      paddingTopLeft: [wide ? 340 : 30, 40], paddingBottomRight: [40, 40]
    };
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
    lines(body, words.not_checked, data.closing, true);
    section(body, words.layers_title, true).className = "z-layers";
    lines(body, words.sources, data.sources, false);
    body.appendChild(el("p", "z-facts", words.simplified));
    if (narrow) panel.classList.add("z-shut");
    L.DomEvent.disableClickPropagation(panel);
    L.DomEvent.disableScrollPropagation(panel);
    map.getContainer().appendChild(panel);
  }

  /* Labels appear as the map has room for them: first come, first shown, never over a sign. */
  function placeLabels() {
    var taken = [], zoom = map.getZoom(), view = map.getSize();
    function box(at, width, height) {
      return [at.x - width / 2, at.y - height / 2, at.x + width / 2, at.y + height / 2];
    }
    function free(b) {
      return taken.every(function (t) {
        return b[2] < t[0] || b[0] > t[2] || b[3] < t[1] || b[1] > t[3];
      });
    }
    function point(at) { return map.latLngToContainerPoint(at); }
    data.sites.slice(0, MANY).forEach(function (site) {
      if (site.at) taken.push(box(point(site.at), 30, 30));
    });
    labels.forEach(function (label) {
      var node = label.mark.getElement();
      if (!node) return;
      var at = point(label.mark.getLatLng()), wide = 0;
      for (var i = 0; i < label.text.length; i++) wide += label.text.charCodeAt(i) > 255 ? 14 : 8;
      var b = box(at, wide + 6, 20);
      var inView = at.x > -50 && at.y > -50 && at.x < view.x + 50 && at.y < view.y + 50;
      var shown = zoom >= label.from && inView && free(b);
      if (shown) taken.push(b);
      node.style.display = shown ? "" : "none";
    });
  }

  function build() {
    map.setMinZoom(5).setMaxZoom(19);
    map.attributionControl.setPrefix("Leaflet");
    map.getContainer().appendChild(cards.patterns());
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
      map.fitBounds([[b[1], b[0]], [b[3], b[2]]], fitOptions(15));
    }
    var overlays = {};
    data.layers.forEach(function (layer) {
      var group = contextLayer(layer);
      if (layer.shown) group.addTo(map);
      var label = el("span", "z-choice");
      label.appendChild(el("i")).style.background = layer.style.color;
      label.appendChild(el("span", "", layer.name));
      if (layer.note) label.appendChild(el("small", "", layer.note));
      overlays[label.outerHTML] = group;
    });
    if (data.sites.length) {
      var drawn = siteLayers(data.sites, data.sites.length > MANY);
      overlays[escaped(words.sites)] = L.layerGroup([drawn.areas, drawn.signs]).addTo(map);
      overlays[escaped(words.overlap)] = drawn.overlaps.addTo(map);
    }
    var control = L.control.layers(null, overlays, { collapsed: false }).addTo(map);
    panel.querySelector(".z-layers").appendChild(control.getContainer());
    map.on("moveend overlayadd overlayremove", placeLabels);
    placeLabels();
    window.zoningReady = true;
  }
  build();
}
