"use strict";
/* The ground under a zoning page: relief, seats and graticule, all inside the page; and maps from
   the network, which stay off until the reader switches one on. */

function zoningBase(page) {
  var map = page.map, data = page.data, words = page.words, el = page.cards.el;
  var base = data.base || {}, shifted = false, mercator = L.Projection.SphericalMercator;

  /* On a basemap in GCJ-02 everything else is moved by its shift; coordinates told stay true. */
  map.options.crs = L.extend({}, L.CRS.EPSG3857, {
    projection: {
      bounds: mercator.bounds, R: mercator.R,
      project: function (at) {
        var p = shifted ? zoningGeodesy.toGcj(at.lat, at.lng) : null;
        return mercator.project(p ? L.latLng(p[0], p[1]) : at);
      },
      unproject: function (point) {
        var at = mercator.unproject(point);
        if (!shifted) return at;
        var p = zoningGeodesy.fromGcj(at.lat, at.lng);
        return L.latLng(p[0], p[1]);
      }
    }
  });
  function shift(on) {
    if (on === shifted) return;
    var centre = map.getCenter(), zoom = map.getZoom();
    shifted = on;
    note.hidden = !on;
    map.setView(centre, zoom, { reset: true, animate: false });
  }
  var note = el("p", "z-note", words.gcj_note);
  note.hidden = true;

  function relief() {
    var b = base.bounds;
    var picture = L.imageOverlay(base.relief, [[b[1], b[0]], [b[3], b[2]]], {
      pane: "z-relief", className: "z-relief", alt: ""
    });
    // Near by, its cells say nothing any more.
    function fade() { picture.setOpacity(Math.max(0.25, Math.min(1, 1 - (map.getZoom() - 10) / 4))); }
    map.on("zoomend", fade);
    picture.on("add", fade);
    return picture;
  }
  function seats() {
    var group = L.layerGroup();
    (base.seats || []).forEach(function (seat) {
      var big = seat[3] === 1;
      group.addLayer(L.circleMarker([seat[1], seat[0]], {
        pane: "z-seats", radius: big ? 4 : 2.5, color: "#222", weight: big ? 2 : 1,
        fillColor: "#fff", fillOpacity: 1, interactive: false
      }));
    });
    page.layers.labelsFrom(function () {
      if (!map.hasLayer(group)) return [];
      return base.seats.map(function (seat) {
        var big = seat[3] === 1;
        return {
          at: L.latLng(seat[1], seat[0]), text: seat[2], from: big ? 6.5 : 8.5, rank: big ? 1 : 2,
          size: big ? 14 : 12, offset: [0, big ? 12 : 10], look: big ? "z-city" : "z-seat"
        };
      });
    });
    return group;
  }
  function dot() { return el("i", "z-dot"); }
  function online(parent) {
    if (!(data.basemaps || []).length) return;
    parent.appendChild(el("p", "z-facts", words.online_note));
    var all = data.basemaps.map(function (spec) {
      var tiles = L.layerGroup(spec.urls.map(function (url) {
        return L.tileLayer(url, {
          pane: "z-tiles", maxZoom: 19, maxNativeZoom: spec.zoom, subdomains: spec.subdomains,
          attribution: page.cards.escaped(spec.attribution)
        });
      }));
      tiles.on("add", function () { shift(spec.gcj); });
      tiles.on("remove", function () { if (spec.gcj) shift(false); });
      var made = page.layers.toggle(parent, { name: spec.name, group: tiles, shown: false });
      made.box.addEventListener("change", function () {
        if (made.box.checked) all.forEach(function (x) { if (x !== made && x.box.checked) x.set(false); });
        shift(made.box.checked && spec.gcj);
      });
      return made;
    });
    parent.appendChild(note);
  }
  function build(parent) {
    if (base.relief) {
      page.layers.toggle(parent, { name: words.relief, group: relief(), shown: true, key: el("i", "z-shade") });
    }
    if (base.seats && base.seats.length) {
      page.layers.toggle(parent, { name: words.seats, group: seats(), shown: true, key: dot() });
    }
    page.layers.toggle(parent, {
      name: words.graticule, group: page.furniture.graticule, shown: true, key: el("i", "z-grid-key")
    });
    online(parent);
  }
  return { build: build, shift: shift };
}
