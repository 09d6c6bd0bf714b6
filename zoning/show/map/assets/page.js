"use strict";
/* The page of a zoning map, put together: panel, layers, sites, furniture.

   Other scripts join in by `zoningPage.parts.push(function (page) { … })`; see `page` below. */

/* folium's own Popup asks jQuery for one thing, a node from HTML; this is that one thing. */
if (!window.$) {
  window.$ = function (html) {
    var holder = document.createElement("template");
    holder.innerHTML = html.trim();
    return holder.content.childNodes;
  };
}

function zoningPage(map, data) {
  var cards = zoningCards(data), el = cards.el, words = data.words;
  var panel = el("div", "z-panel"), narrow = map.getSize().x < 760, body = null;
  var page = {
    map: map, data: data, words: words, cards: cards, panel: panel, narrow: narrow, printing: false,
    section: section, offset: offset, inner: inner, fitOptions: fitOptions, home: home,
    signs: function () { return page.sites ? page.sites.spots() : []; },
    /* Shapes with a tooltip would each be a stop of the tab key; signs and lists are enough. */
    untabbed: function (group) {
      group.eachLayer(function (shape) {
        shape.on("add", function () {
          var node = shape.getElement && shape.getElement();
          if (node && !(shape instanceof L.Marker)) node.setAttribute("tabindex", "-1");
        });
      });
    },
    subtitle: function () { return data.facts[0] || ""; }
  };

  /* From the ground up. */
  function panes() {
    [["z-tiles", 150], ["z-relief", 200], ["z-veil", 250], ["z-context", 350], ["z-zones", 380],
      ["z-grid", 385], ["z-seats", 390], ["z-sites", 410], ["z-overlaps", 420], ["z-labels", 430],
      ["z-signs", 610], ["z-measure", 620]].forEach(function (pane) {
      var node = map.createPane(pane[0]);
      node.style.zIndex = pane[1];
      var live = ["z-context", "z-sites", "z-signs"].indexOf(pane[0]) >= 0;
      if (!live) node.style.pointerEvents = "none";
    });
  }
  function wide() { return !narrow && !page.printing && !panel.classList.contains("z-shut"); }
  function offset() { return wide() ? panel.offsetWidth + 20 : 0; }
  /* The bounds of what is seen beside the panel. */
  function inner() {
    var size = map.getSize();
    return L.latLngBounds(map.containerPointToLatLng([offset(), size.y]),
      map.containerPointToLatLng([size.x, 0]));
  }
  /* No animation: Leaflet drops a second move that comes while the first is still under way. */
  function fitOptions(maxZoom) {
    return {
      maxZoom: maxZoom, animate: false,
      paddingTopLeft: [offset() + 20, 30],
      paddingBottomRight: [60 + (page.sites && !narrow ? page.sites.covered() : 0), 40]
    };
  }
  function home() {
    if (page.sites) page.sites.clear();
    map.closePopup();
    var b = data.bounds;
    if (b) map.fitBounds([[b[1], b[0]], [b[3], b[2]]], fitOptions(15));
  }
  function section(title, open, look, parent) {
    var node = (parent || body).appendChild(el("details", look || ""));
    node.open = open;
    node.appendChild(el("summary", "", title));
    return node;
  }
  function lines(title, texts, open) {
    if (!texts.length) return;
    var list = section(title, open).appendChild(el("ul"));
    texts.forEach(function (item) { list.appendChild(el("li", "", item)); });
  }
  function fold() {
    panel.classList.toggle("z-shut");
    toggle.setAttribute("aria-expanded", String(!panel.classList.contains("z-shut")));
    page.furniture.draw();
    page.layers.placeLabels();
  }
  var toggle = el("button", "z-toggle", "☰");
  function head() {
    toggle.type = "button";
    toggle.title = words.panel;
    toggle.setAttribute("aria-label", words.panel);
    toggle.setAttribute("aria-expanded", String(!narrow));
    toggle.addEventListener("click", fold);
    panel.appendChild(toggle);
    panel.appendChild(el("h1", "", data.title));
    body = panel.appendChild(el("div", "z-body"));
    body.tabIndex = 0;
    body.setAttribute("role", "region");
    body.setAttribute("aria-label", data.title);
    if (narrow) panel.classList.add("z-shut");
    L.DomEvent.disableClickPropagation(panel);
    L.DomEvent.disableScrollPropagation(panel);
    map.getContainer().appendChild(panel);
    if (data.facts.length) body.appendChild(el("p", "z-facts", page.subtitle()));
    [data.partial, data.warning].filter(Boolean).forEach(function (text) {
      body.appendChild(el("p", "z-warning", text));
    });
    body.appendChild(page.search.node);
  }
  /* The province stands out from what lies around it. */
  function veil() {
    var all = data.layers.find(function (x) { return x.id === "province"; });
    if (!all || !data.base || !data.base.relief) return;
    var world = [[20, 90], [20, 130], [55, 130], [55, 90]], holes = [];
    all.features.forEach(function (feature) {
      var g = page.layers.decode(feature.g);
      (g.type === "Polygon" ? [g.coordinates] : g.coordinates).forEach(function (rings) {
        holes.push(rings[0].map(function (c) { return [c[1], c[0]]; }));
      });
    });
    L.polygon([world].concat(holes), { pane: "z-veil", stroke: false, fillColor: "#fff",
      fillOpacity: 0.6, interactive: false }).addTo(map);
  }
  function legend() {
    var node = section(words.legend, true, "z-layers"), keys = node.appendChild(el("div", "z-keys"));
    if (data.sites.length) { page.sites.legend(keys); page.sites.build(node); }
    var later = data.layers.filter(function (x) { return !x.shown && !x.base; });
    data.layers.filter(function (x) { return x.shown && !x.base; }).reverse().forEach(function (x) {
      page.layers.add(node, x);
    });
    page.legend = node;
    if (data.sites.length) page.sites.list(section(words.sites, true).appendChild(el("div", "z-list")));
    var ground = section(words.ground, false, "z-layers z-ground");
    page.base.build(ground);
    data.layers.filter(function (x) { return x.base; }).forEach(function (x) {
      page.layers.add(ground, Object.assign({ still: true }, x));
    });
    if (later.length) {
      var more = section(cards.fill(words.more_layers, { n: later.length }), false, "z-layers");
      later.reverse().forEach(function (x) { page.layers.add(more, x); });
    }
    page.layers.restack();
  }
  function searchable() {
    data.layers.forEach(function (layer) {
      var rank = layer.id === "counties" ? 1 : layer.id === "cities" ? 2 : 3;
      layer.features.forEach(function (feature) {
        page.search.add(feature.n, layer.name, rank, function () {
          var b = L.geoJSON(page.layers.decode(feature.g)).getBounds();
          if (page.sites) page.sites.clear();
          map.fitBounds(b, fitOptions(14));
        });
      });
    });
  }
  function build() {
    map.setMinZoom(5).setMaxZoom(19);
    map.attributionControl.setPrefix("Leaflet");
    map.getContainer().appendChild(cards.patterns());
    panes();
    page.layers = zoningLayers(page);
    page.furniture = zoningFurniture(page);
    page.base = zoningBase(page);
    page.search = zoningSearch(page);
    page.print = zoningPrint(page);
    if (data.sites.length) page.sites = zoningSites(page);
    head();
    home();
    page.furniture.build();
    legend();
    veil();
    searchable();
    lines(cards.fill(words.not_checked_count, { n: data.closing.length }), data.closing, false);
    if (data.empty.length) lines(cards.fill(words.empty_layers, { n: data.empty.length }), data.empty, false);
    lines(words.sources, data.sources.concat(data.facts.slice(1)), false);
    body.appendChild(el("p", "z-facts", words.simplified));
    (zoningPage.parts || []).forEach(function (part) { part(page); });
    map.on("moveend", page.layers.placeLabels);
    var worst = page.sites && page.sites.worst();
    if (worst) page.sites.show(worst, true);
    page.furniture.draw();
    page.layers.placeLabels();
    window.zoningPageObject = page;
    window.zoningReady = true;
  }
  build();
}
zoningPage.parts = [];
