"use strict";
/* Sites by status, what each finding rests on, and one finding alone: its zone or band, the part of
   the site in it, and the ribbon within which the line may truly lie. */

function zoningSites(page) {
  var map = page.map, data = page.data, cards = page.cards, words = page.words;
  var el = cards.el, LOOK = cards.LOOK, ORDER = Object.keys(LOOK);
  var MANY = 200; // Beyond this, signs are drawn on a canvas: so many elements would be slow.
  var many = data.sites.length > MANY;
  var areas = L.featureGroup(), signs = L.featureGroup();
  var parts = L.featureGroup(), zones = L.featureGroup(), alone = L.featureGroup();
  var dots = L.featureGroup();
  var current = null;

  function severity(site) { return ORDER.indexOf(site.s); }
  function hits(site) {
    return site.f.filter(function (f) { return f.s === "violation" || f.s === "restricted"; }).length;
  }
  var ranked = data.sites.map(function (site, i) { return [site, i]; }).sort(function (a, b) {
    return severity(a[0]) - severity(b[0]) || hits(b[0]) - hits(a[0]) || a[1] - b[1];
  }).map(function (pair) { return pair[0]; });

  /* A sign drawn on the canvas, for sites by the hundred. */
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
  function shape(g, style, into) {
    if (!g) return null;
    var made = L.geoJSON(page.layers.decode(g), {
      style: style, interactive: Boolean(style.interactive),
      pointToLayer: function (_, at) {
        return L.circleMarker(at, Object.assign({ radius: 6 }, style));
      }
    });
    return into ? made.addTo(into) : made;
  }

  /* What a finding rests on, drawn in its own colour and hatch. */
  function drawOutline(zone, into) {
    var look = data.look.bands[zone.k];
    shape(zone.edge, { pane: "z-zones", color: look.color, weight: 1.5, dashArray: "2 5", fill: false },
      into);
  }
  function drawZone(zone, into, whole) {
    var look = data.look.bands[zone.k];
    if (whole && zone.rib) {
      shape(zone.rib, { pane: "z-zones", stroke: false, fillColor: "url(#z-rib-" + zone.k + ")",
        fillOpacity: 1 }, into);
    }
    shape(zone.band, { pane: "z-zones", stroke: false, fillColor: "url(#z-band-" + zone.k + ")",
      fillOpacity: 1 }, into);
    shape(zone.edge, { pane: "z-zones", color: look.color, weight: 2, fill: false }, into);
    if (zone.zones) {
      shape(zone.zones, { pane: "z-zones", color: look.color, weight: 3, fill: false }, into);
    }
  }
  /* The part of a site in it: its status under a black broken line. */
  function drawPart(zone, into) {
    if (!zone.over) return;
    shape(zone.over, { pane: "z-overlaps", color: LOOK[zone.s].color, weight: 4, opacity: 0.8,
      fillColor: LOOK[zone.s].color, fillOpacity: 0.4 }, into);
    shape(zone.over, { pane: "z-overlaps", color: "#000", weight: 1.5, dashArray: "5 4", fill: false },
      into);
  }
  function severe(zone) { return zone.s === "violation" || zone.s === "restricted"; }

  function drawSite(site) {
    var look = LOOK[site.s], options = {
      pane: "z-sites", color: look.color, weight: 3, interactive: true,
      fillColor: many ? look.color : "url(#z-" + site.s + ")", fillOpacity: many ? 0.3 : 1
    };
    site.drawn = shape(site.g, options, areas);
    var mark = many
      ? new Sign(L.latLng(site.at), {
        renderer: canvas, pane: "z-signs", radius: 7, sign: look.sign, color: "#fff", weight: 1,
        fillColor: look.color, fillOpacity: 1
      })
      : L.marker(site.at, {
        pane: "z-signs", zIndexOffset: -1000 * severity(site), riseOnHover: true,
        icon: L.divIcon({ className: "z-sign", iconSize: [28, 28], html: cards.sign(site.s, 28) })
      });
    mark.on("add", function () {
      var node = mark.getElement && mark.getElement();
      if (node) node.setAttribute("aria-label", data.status[site.s] + " " + site.name);
    });
    signs.addLayer(mark);
    [site.drawn, mark].forEach(function (layer) {
      layer.on("click", function () { current = site; });
      layer.bindPopup(function () { return cards.brief(site, acts(site)); }, popupOptions());
      layer.bindTooltip(el("span", "", site.name + " · " + data.status[site.s]), { sticky: true });
    });
    page.untabbed(site.drawn);
    site.mark = mark;
    // What weighs most is filled; what stands behind it is an outline, lest hatches hide each other.
    // Of very many sites, one fill upon the other would hide everything.
    (site.z || []).filter(severe).forEach(function (zone, i) {
      if (i || many) drawOutline(zone, zones); else drawZone(zone, zones, false);
      if (!i) drawPart(zone, parts);
    });
  }
  /* Sites of which only place and status are told; the most severe are drawn last. */
  function drawDots() {
    var below = L.canvas({ pane: "z-zones" });
    ORDER.slice().reverse().forEach(function (status) {
      var own = data.dots[status];
      if (!own || !own.g) return;
      page.layers.decode(own.g).coordinates.forEach(function (c) {
        dots.addLayer(L.circleMarker([c[1], c[0]], { renderer: below, pane: "z-zones", radius: 3.5,
          color: "#fff", weight: 0.7, fillColor: LOOK[status].color, fillOpacity: 0.9,
          interactive: false }));
      });
    });
  }
  function popupOptions() {
    var size = map.getSize(), left = page.offset() + 15;
    return {
      maxWidth: Math.max(240, Math.min(400, size.x - left - 60)),
      minWidth: Math.min(300, size.x - left - 80),
      maxHeight: Math.max(160, Math.round(size.y * 0.6)),
      autoPanPaddingTopLeft: [left, page.narrow ? 60 : 20], autoPanPaddingBottomRight: [50, 40]
    };
  }
  function acts(site) {
    return {
      more: function () { map.closePopup(); open(site); },
      pick: function (f) { focus(site, f); }
    };
  }

  /* The list says which site is looked at; a site opens at its own scale. */
  function choose(site) {
    current = site;
    page.panel.querySelectorAll(".z-pick").forEach(function (node) {
      if (node.site === site) node.setAttribute("aria-current", "true");
      else node.removeAttribute("aria-current");
    });
    if (!shown.zones) return;
    names_.textContent = "";
    (site.z || []).filter(severe).forEach(function (zone, i) {
      var line = names_.appendChild(el("span", "z-class"));
      line.appendChild(bandKey(zone.k, many || i > 0));
      line.appendChild(el("span", "", cards.text(zone.n) + (zone.acc ? " " + zone.acc : "")));
    });
  }
  function fit(box) {
    map.fitBounds([[box[1], box[0]], [box[3], box[2]]], page.fitOptions(17));
  }
  function show(site, quiet) {
    clear();
    choose(site);
    if (!site.g) {
      open(site);
      return;
    }
    fit(site.box);
    if (!quiet) site.mark.openPopup(L.latLng(site.at));
  }
  function isolate(site, zone) {
    [areas, signs, parts, zones, dots].forEach(function (group) { group.remove(); });
    map.getPane("z-context").style.display = "none";
    alone.clearLayers();
    if (zone) { drawZone(zone, alone, true); drawPart(zone, alone); }
    if (site.drawn) alone.addLayer(site.drawn);
    alone.addTo(map);
  }
  function focus(site, f) {
    var zone = f.z === undefined ? null : site.z[f.z];
    clear();
    map.closePopup();
    choose(site);
    isolate(site, zone);
    if (site.g) fit(zone ? zone.box : site.box);
    bar.textContent = "";
    bar.appendChild(cards.sign(f.s, 20));
    var told = bar.appendChild(el("div", "z-told"));
    told.appendChild(el("b", "", site.name));
    told.appendChild(el("span", "", zone ? cards.text(zone.n) : cards.headline(f)));
    if (zone && zone.rib) {
      told.appendChild(el("span", "z-about", cards.fill(words.ribbon, { v: zone.acc })));
    }
    if (!zone) told.appendChild(el("span", "z-about", words.no_shape));
    var all = bar.appendChild(el("button", "z-button", words.show_all));
    all.type = "button";
    all.addEventListener("click", clear);
    bar.hidden = false;
    page.layers.placeLabels();
  }
  function clear() {
    if (bar.hidden) return;
    bar.hidden = true;
    alone.clearLayers();
    alone.remove();
    map.getPane("z-context").style.display = "";
    // What was switched off stays off.
    if (shown.sites.box.checked) { areas.addTo(map); signs.addTo(map); }
    if (current && current.drawn && !areas.hasLayer(current.drawn)) areas.addLayer(current.drawn);
    if (shown.dots && shown.dots.box.checked) dots.addTo(map);
    if (shown.parts && shown.parts.box.checked) parts.addTo(map);
    if (shown.zones && shown.zones.box.checked) zones.addTo(map);
    page.layers.placeLabels();
  }

  /* The panel beside the map: everything that was found at one site. */
  var side = el("aside", "z-side"), opener = null, bar = el("div", "z-bar");
  side.hidden = true;
  bar.hidden = true;
  bar.setAttribute("role", "status");
  side.setAttribute("aria-label", words.details);
  function open(site) {
    opener = document.activeElement;
    choose(site);
    side.textContent = "";
    var close = side.appendChild(el("button", "z-close", "×"));
    close.type = "button";
    close.setAttribute("aria-label", words.close);
    close.addEventListener("click", shut);
    var body = side.appendChild(el("div", "z-side-body"));
    body.tabIndex = 0;
    body.setAttribute("role", "region");
    body.setAttribute("aria-label", site.name);
    body.appendChild(cards.siteCard(site, acts(site)));
    side.hidden = false;
    close.focus();
    if (site.box && bar.hidden) fit(site.box);
    page.layers.placeLabels();
  }
  function shut() {
    side.hidden = true;
    if (opener && opener.isConnected) opener.focus();
    page.layers.placeLabels();
  }
  side.addEventListener("keydown", function (event) { if (event.key === "Escape") shut(); });

  function list(parent) {
    var most = 200;
    ranked.slice(0, most).forEach(function (site) {
      var button = parent.appendChild(el("button", "z-pick"));
      button.type = "button";
      button.site = site;
      button.appendChild(cards.sign(site.s, 18));
      button.appendChild(el("span", "", site.name));
      button.title = data.status[site.s];
      button.addEventListener("click", function () { show(site); });
    });
    var more = Math.max(data.sites.length - most, 0);
    Object.values(data.dots).forEach(function (own) { more += own.n; });
    if (more) parent.appendChild(el("p", "", cards.fill(words.more_sites, { n: more })));
  }
  function legend(parent) {
    var counts = {};
    data.sites.forEach(function (site) { counts[site.s] = (counts[site.s] || 0) + 1; });
    ORDER.forEach(function (status) {
      if (data.dots[status]) counts[status] = (counts[status] || 0) + data.dots[status].n;
      if (!counts[status]) return;
      var line = parent.appendChild(el("div", "z-key"));
      line.appendChild(cards.sign(status, 20));
      line.appendChild(cards.swatch(status));
      line.appendChild(el("span", "", data.status[status]));
      line.appendChild(el("b", "", String(counts[status])));
    });
  }
  var shown = {}, canvas = null, names_ = el("div", "z-classes");
  function build(parent) {
    canvas = many ? L.canvas({ pane: "z-signs" }) : null;
    // The most severe are drawn last, for they must not lie under others.
    ranked.slice().reverse().forEach(function (site) { if (site.g) drawSite(site); });
    var T = page.layers.toggle;
    shown.sites = T(parent, { name: words.sites, group: L.layerGroup([areas, signs]), shown: true,
      key: el("i", "z-site-key") });
    // Groups of groups cannot be told apart when a finding stands alone.
    areas.addTo(map);
    signs.addTo(map);
    drawDots();
    if (dots.getLayers().length) {
      shown.dots = T(parent, { name: words.other_sites, group: dots, shown: true,
        key: el("i", "z-dot") });
    }
    if (parts.getLayers().length) {
      shown.parts = T(parent, { name: words.part, group: parts, shown: true, key: el("i", "z-part-key") });
    }
    if (zones.getLayers().length) {
      names_.appendChild(el("i"));
      shown.zones = T(parent, { name: words.zones_decide, group: zones, shown: true, classes: names_ });
    }
    page.layers.labelsFrom(names);
    data.sites.forEach(function (site) {
      page.search.add(site.name, site.id + " " + site.in.join(" "), 0, function () { show(site); });
    });
    map.getContainer().appendChild(bar);
    map.getContainer().appendChild(side);
    L.DomEvent.disableClickPropagation(side);
    L.DomEvent.disableScrollPropagation(side);
    L.DomEvent.disableClickPropagation(bar);
  }
  function bandKey(k, outline) {
    var key = cards.svg("svg", { width: 22, height: 16, "aria-hidden": true, class: "z-band-key" });
    key.appendChild(cards.svg("rect", { x: 1, y: 1, width: 20, height: 14, fill: "url(#z-band-" + k + ")",
      stroke: data.look.bands[k].color, "stroke-width": 2, "stroke-dasharray": outline ? "2 3" : "none",
      "fill-opacity": outline ? 0 : 1 }));
    return key;
  }
  function names() {
    if (many || (!map.hasLayer(areas) && !map.hasLayer(alone))) return [];
    var told = bar.hidden ? data.sites : [current];
    return told.filter(function (s) { return s.at; }).map(function (site) {
      return { at: L.latLng(site.at), text: site.name.slice(0, 24), from: 8, rank: 0, size: 13,
        offset: [0, 26], look: "z-name" };
    });
  }
  function spots() {
    if (many || !map.hasLayer(signs)) return [];
    return data.sites.filter(function (s) { return s.at; }).map(function (s) { return s.at; });
  }
  return {
    build: build, list: list, legend: legend, spots: spots, show: show, focus: focus, open: open,
    clear: clear, covered: function () { return side.hidden ? 0 : side.offsetWidth; }, worst: function () { return ranked.find(function (s) { return s.g; }); }
  };
}
