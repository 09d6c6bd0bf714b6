"use strict";
/* What makes a page a map: scale, north arrow, graticule, coordinates, measuring, full screen. */

function zoningFurniture(page) {
  var map = page.map, words = page.words, el = page.cards.el, fill = page.cards.fill;
  var G = zoningGeodesy;
  var STEPS = [1 / 3600, 2 / 3600, 5 / 3600, 10 / 3600, 20 / 3600, 30 / 3600, 1 / 60, 2 / 60, 5 / 60,
    10 / 60, 15 / 60, 30 / 60, 1, 2, 5];

  function control(position, node) {
    var made = L.control({ position: position });
    made.onAdd = function () {
      L.DomEvent.disableClickPropagation(node);
      return node;
    };
    return made.addTo(map);
  }
  var SIGNS = { // Drawn, for not every font has them.
    home: "M2 9L9 3L16 9M4 8V15H14V8",
    measure: "M2 12L12 2L16 6L6 16ZM5 9L7 11M8 6L10 8M11 3L13 5",
    full: "M2 6V2H6M12 2H16V6M16 12V16H12M6 16H2V12",
    print: "M5 6V2H13V6M5 12H2V6H16V12H13M5 10H13V16H5Z"
  };
  function button(sign, title, act) {
    var node = el("button", "z-tool");
    var drawn = node.appendChild(page.cards.svg("svg", { viewBox: "0 0 18 18", width: 18, height: 18,
      "aria-hidden": true }));
    drawn.appendChild(page.cards.svg("path", { d: SIGNS[sign], fill: "none", stroke: "#1c1c1c",
      "stroke-width": 1.6, "stroke-linejoin": "round" }));
    node.type = "button";
    node.title = title;
    node.setAttribute("aria-label", title);
    node.addEventListener("click", act);
    return node;
  }

  /* Meridians and parallels at whole degrees, minutes or seconds, told at the edges. */
  var lines = L.layerGroup(), marks = el("div", "z-grid-labels");
  marks.setAttribute("aria-hidden", "true");
  function told(value, step) {
    var text = G.degrees(value, 0);
    if (step >= 1) return text.split("°")[0] + "°";
    return step >= 1 / 60 ? text.split("′")[0] + "′" : text;
  }
  function drawGraticule() {
    lines.clearLayers();
    marks.textContent = "";
    if (!map.hasLayer(lines)) return;
    var size = map.getSize(), west = map.containerPointToLatLng([0, size.y]);
    var east = map.containerPointToLatLng([size.x, 0]), left = page.offset();
    var most = page.printing ? 6 : 5;
    var step = STEPS.find(function (s) { return (east.lng - west.lng) / s <= most; }) || 10;
    function each(from, to, act) {
      for (var i = Math.ceil(from / step); i * step <= to; i++) act(i * step);
    }
    var style = { pane: "z-grid", color: "#333", weight: 0.7, dashArray: "1 4", opacity: 0.7,
      interactive: false };
    each(west.lng, east.lng, function (lon) {
      lines.addLayer(L.polyline([[west.lat, lon], [east.lat, lon]], style));
      var x = map.latLngToContainerPoint([east.lat, lon]).x;
      if (x > left + 24 && x < size.x - 60) mark(told(lon, step) + "E", x, 1, "z-lon");
    });
    each(west.lat, east.lat, function (lat) {
      lines.addLayer(L.polyline([[lat, west.lng], [lat, east.lng]], style));
      var y = map.latLngToContainerPoint([lat, east.lng]).y;
      if (y > 24 && y < size.y - 24) mark(told(lat, step) + "N", left + 2, y, "z-lat");
    });
  }
  function mark(text, x, y, look) {
    var node = marks.appendChild(el("span", look, text));
    node.style.left = x + "px";
    node.style.top = y + "px";
  }
  lines.on("add remove", drawGraticule);
  map.on("moveend resize", drawGraticule);

  /* Degrees and 3° zone metres of the place under the pointer, or in the middle of the map. */
  var place = el("div", "z-coordinates");
  place.setAttribute("aria-live", "off");
  function tell(at) {
    var z = G.zone(at.lat, at.lng);
    place.textContent = "";
    place.appendChild(el("span", "", fill(words.degrees, {
      lon: G.degrees(at.lng, 1), lat: G.degrees(at.lat, 1)
    })));
    place.appendChild(el("span", "", fill(words.metres, {
      zone: z.zone, x: z.x.toFixed(1), y: z.y.toFixed(1)
    })));
  }
  map.on("mousemove", function (event) { tell(event.latlng); });
  map.on("moveend", function () { tell(map.getCenter()); });

  function northArrow() {
    var node = page.cards.svg("svg", { viewBox: "0 0 24 40", width: 24, height: 40, class: "z-north",
      role: "img", "aria-label": words.north });
    node.appendChild(page.cards.svg("path", { d: "M12 12L19 34L12 29L5 34Z", fill: "#222", stroke: "#fff" }));
    var n = node.appendChild(page.cards.svg("text", { x: 12, y: 10, "text-anchor": "middle",
      "font-size": 11, "font-weight": 700, "font-family": "sans-serif" }));
    n.textContent = "N";
    return node;
  }

  /* Measuring: each click adds a point; Escape or a second press of the button ends it. */
  var path = null, points = [], readout = el("div", "z-readout"), tool = null;
  readout.setAttribute("role", "status");
  readout.hidden = true;
  function showMeasured() {
    var parts = [fill(words.measured_length, { v: page.cards.length(G.length(points)) })];
    if (points.length > 2) {
      parts.push(fill(words.measured_area, { v: page.cards.area(G.area(points)) }));
    }
    readout.textContent = points.length < 2 ? words.measure_start : parts.join(" · ");
  }
  function addPoint(event) {
    points.push(event.latlng);
    path.setLatLngs(points);
    path.dots.addLayer(L.circleMarker(event.latlng, { pane: "z-measure", radius: 4, color: "#000",
      weight: 1.5, fillColor: "#ffe000", fillOpacity: 1, interactive: false }));
    showMeasured();
  }
  function measure(on) {
    if (on === Boolean(path)) return;
    tool.setAttribute("aria-pressed", String(on));
    map.getContainer().classList.toggle("z-measuring", on);
    readout.hidden = !on;
    if (on) {
      points = [];
      path = L.polygon([], { pane: "z-measure", color: "#000", weight: 2, dashArray: "6 4",
        fillColor: "#ffe000", fillOpacity: 0.15, interactive: false }).addTo(map);
      path.dots = L.layerGroup().addTo(map);
      map.on("click", addPoint);
      map.doubleClickZoom.disable();
      showMeasured();
    } else {
      map.off("click", addPoint);
      path.dots.remove();
      path.remove();
      path = null;
      map.doubleClickZoom.enable();
    }
  }
  function fullScreen() {
    if (document.fullscreenElement) document.exitFullscreen();
    else map.getContainer().requestFullscreen();
  }
  map.getContainer().addEventListener("keydown", function (event) {
    if (event.key === "Escape" && path) measure(false);
  });

  function build() {
    map.getContainer().appendChild(marks);
    L.control.zoom({ position: "topright", zoomInTitle: words.zoom_in, zoomOutTitle: words.zoom_out })
      .addTo(map);
    var bar = el("div", "leaflet-bar z-tools");
    bar.appendChild(button("home", words.whole, function () { page.home(); }));
    tool = bar.appendChild(button("measure", words.measure, function () { measure(!path); }));
    tool.setAttribute("aria-pressed", "false");
    bar.appendChild(button("full", words.fullscreen, fullScreen));
    bar.appendChild(button("print", words.print, function () { page.print.open(); }));
    control("topright", bar);
    control("bottomright", place);
    L.control.scale({ imperial: false, position: "bottomright", maxWidth: 140 }).addTo(map);
    var north = el("div", "z-north-box");
    north.appendChild(northArrow());
    control("bottomright", north);
    map.getContainer().appendChild(readout);
    tell(map.getCenter());
  }
  return { build: build, graticule: lines, draw: drawGraticule, northArrow: northArrow, button: button };
}
