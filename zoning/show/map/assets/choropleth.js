"use strict";
/* Figures of units: a map in classes, a table beside it, two years under a slider, and a CSV. */

zoningPage.parts.push(function (page) {
  var map = page.map, el = page.cards.el, fill = page.cards.fill, words = page.words;
  var data = page.data.statistics, two = data && data.years.length > 1;
  if (!data) return;
  var GREY = "#c9c9c9", column = 0, order = { by: 0, down: false }, chosen = null;
  var drawn = [], body = null, head = null;

  function remark(unit, year) {
    var at = unit.r[column][year];
    return at === null ? "" : data.texts[at];
  }
  function told(value) {
    if (value === null || value === undefined) return "—";
    var digits = data.columns[column].digits;
    return value.toLocaleString("en-US", {
      minimumFractionDigits: digits, maximumFractionDigits: digits
    });
  }
  function color(own) { return data.columns[column].keys[own].color; }
  function paint(unit, year) {
    var own = unit.c[column][year];
    if (own === null) return GREY;
    return remark(unit, year) ? "url(#z-unsure-" + color(own).slice(1) + ")" : color(own);
  }

  /* Hatching in the colour of each class, for figures that are not sure to lie in it. */
  function patterns() {
    var svg = document.createElementNS("http://www.w3.org/2000/svg", "svg"), all = {};
    data.columns.forEach(function (c) { c.keys.forEach(function (k) { all[k.color] = 1; }); });
    svg.setAttribute("class", "z-patterns");
    svg.setAttribute("width", 0);
    svg.setAttribute("height", 0);
    svg.setAttribute("aria-hidden", "true");
    svg.innerHTML = Object.keys(all).map(function (c) {
      return '<pattern id="z-unsure-' + c.slice(1) + '" width="7" height="7" ' +
        'patternUnits="userSpaceOnUse" patternTransform="rotate(45)">' +
        '<rect width="7" height="7" fill="' + c + '"/>' +
        '<rect width="2.2" height="7" fill="#fff"/><rect width="0.8" height="7" fill="#444"/></pattern>';
    }).join("");
    map.getContainer().appendChild(svg);
  }

  /* The map. */
  function label(unit) {
    var node = el("div"), year;
    node.appendChild(el("b", "", unit.n));
    for (year = 0; year < data.years.length; year++) {
      var name = two ? data.years[year] + ": " : "";
      node.appendChild(el("div", "", name + told(unit.v[column][year])));
      if (remark(unit, year)) node.appendChild(el("small", "", remark(unit, year)));
    }
    return node;
  }
  function draw() {
    data.years.forEach(function (_, year) {
      var pane = map.createPane("z-figures-" + year), group = L.featureGroup();
      pane.style.zIndex = 340 + year;
      drawn[year] = data.units.map(function (unit) {
        var part = L.geoJSON(page.layers.decode(unit.g), { pane: "z-figures-" + year, style: { weight: 0.8 } });
        part.bindTooltip(function () { return label(unit); }, { sticky: true });
        part.on("click", function () { choose(unit, false); });
        return part.addTo(group);
      });
      group.addTo(map);
    });
  }
  function restyle() {
    data.years.forEach(function (_, year) {
      data.units.forEach(function (unit, at) {
        var own = unit === chosen;
        drawn[year][at].setStyle({
          color: own ? "#000" : "#444", weight: own ? 3 : 0.8, fillColor: paint(unit, year),
          fillOpacity: 0.85
        });
        if (own) drawn[year][at].bringToFront();
      });
    });
  }
  function choose(unit, zoom) {
    chosen = unit;
    restyle();
    if (zoom) {
      map.fitBounds(drawn[0][data.units.indexOf(unit)].getBounds(), page.fitOptions(11));
    }
    Array.from(body.children).forEach(function (row) {
      row.classList.toggle("z-chosen", row.zoningUnit === unit);
      if (row.zoningUnit === unit && !zoom) row.scrollIntoView({ block: "nearest" });
    });
  }

  /* Two years: the later lies over the earlier, and what is left of the slider is cut away. */
  var line = el("div", "z-divider"), input = el("input", "z-swipe");
  function swipe() {
    var size = map.getSize(), x = Math.round(size.x * input.value / 1000);
    var nw = map.containerPointToLayerPoint([0, 0]), se = map.containerPointToLayerPoint(size);
    function clip(year, left, right) {
      map.getPane("z-figures-" + year).style.clip =
        "rect(" + [nw.y, nw.x + right, se.y, nw.x + left].join("px,") + "px)";
    }
    clip(0, 0, x);
    clip(1, x, size.x);
    line.style.left = x + "px";
  }
  function buildSwipe() {
    var box = map.getContainer();
    input.type = "range";
    input.min = 0;
    input.max = 1000;
    input.value = Math.round(500 + 500 * page.offset() / Math.max(map.getSize().x, 1));
    input.setAttribute("aria-label", fill(words.swipe, { a: data.years[0], b: data.years[1] }));
    input.addEventListener("input", swipe);
    L.DomEvent.disableClickPropagation(input);
    line.appendChild(el("b", "z-before", "◀ " + data.years[0]));
    line.appendChild(el("b", "z-after", data.years[1] + " ▶"));
    box.appendChild(line);
    box.appendChild(input);
    map.on("move zoomend resize viewreset", swipe);
    swipe();
  }

  /* The table. */
  var table = el("div", "z-figures");
  function cells(unit) {
    var values = unit.v[column], found = [unit.n].concat(values);
    if (two) found.push(values[0] === null || values[1] === null ? null : values[1] - values[0]);
    var remarks = data.years.map(function (_, year) { return remark(unit, year); });
    found.push(remarks.filter(function (t, i) { return t && remarks.indexOf(t) === i; }).join("; "));
    return found;
  }
  function heads() {
    var name = data.columns[column].title;
    var years = two ? data.years.slice() : [name];
    return [words.unit].concat(years, two ? [words.change] : [], [words.remark]);
  }
  function compare(a, b) {
    var x = cells(a)[order.by], y = cells(b)[order.by];
    if (x === null || y === null) return x === y ? 0 : x === null ? 1 : -1; // Always last.
    var sign = order.down ? -1 : 1;
    return sign * (typeof x === "number" ? x - y : String(x).localeCompare(String(y), page.data.lang));
  }
  function fillTable() {
    head.textContent = "";
    heads().forEach(function (title, at) {
      var th = head.appendChild(el("th")), button = th.appendChild(el("button", "", title));
      button.type = "button";
      if (order.by === at) {
        th.setAttribute("aria-sort", order.down ? "descending" : "ascending");
        button.appendChild(el("span", "", order.down ? " ▼" : " ▲")).setAttribute("aria-hidden", true);
      }
      button.addEventListener("click", function () {
        order = { by: at, down: order.by === at ? !order.down : at > 0 && at < heads().length - 1 };
        fillTable();
        head.children[at].firstChild.focus();
      });
    });
    body.textContent = "";
    data.units.slice().sort(compare).forEach(function (unit) {
      var row = body.appendChild(el("tr")), values = cells(unit);
      row.zoningUnit = unit;
      var button = row.appendChild(el("td")).appendChild(el("button", "", unit.n));
      button.type = "button";
      values.slice(1, -1).forEach(function (value, at) {
        var cell = row.appendChild(el("td", "z-figure"));
        if (at < data.years.length) cell.appendChild(swatch(unit, at));
        cell.appendChild(el("span", "", told(value)));
      });
      row.appendChild(el("td", "z-remark", values[values.length - 1]));
      row.addEventListener("click", function () { choose(unit, true); });
      if (unit === chosen) row.classList.add("z-chosen");
    });
  }
  function swatch(unit, year) {
    var own = unit.c[column][year];
    return key(own === null ? GREY : color(own), own !== null && Boolean(remark(unit, year)));
  }
  function key(tone, unsure) {
    var node = el("i", "z-swatch" + (unsure ? " z-unsure" : ""));
    node.style.background = unsure
      ? "repeating-linear-gradient(45deg,#444 0 1px,#fff 1px 2.5px," + tone + " 2.5px 7px)" : tone;
    return node;
  }
  function buildTable() {
    var close = el("button", "z-close", "×"), grid = el("table");
    table.setAttribute("role", "region");
    table.setAttribute("aria-label", data.title);
    table.tabIndex = 0;
    close.type = "button";
    close.setAttribute("aria-label", words.close_table);
    close.addEventListener("click", function () { beside(false); });
    table.appendChild(close);
    table.appendChild(el("h2", "", data.title));
    table.appendChild(grid);
    head = grid.appendChild(el("thead")).appendChild(el("tr"));
    body = grid.appendChild(el("tbody"));
    document.body.appendChild(table);
  }
  /* The table stands beside the map, which gives it room; below it on a narrow screen. */
  function beside(open) {
    document.body.classList.toggle("z-beside", open);
    shower.setAttribute("aria-pressed", String(open));
    map.invalidateSize({ animate: false, pan: false });
    page.home();
    page.layers.placeLabels();
  }

  /* The figures as a file: every column and year, rounded as they are told. */
  function csv() {
    function cell(value) {
      var text = value === null || value === undefined ? "" : String(value);
      if (/^[=+\-@\t\r]/.test(text) && isNaN(Number(text))) text = "'" + text;
      return /[",\r\n]/.test(text) ? '"' + text.replace(/"/g, '""') + '"' : text;
    }
    var rows = [["unit", "name", "land_area_km2"]], notes = data.warnings.concat(data.notes);
    data.columns.forEach(function (c) {
      data.years.forEach(function (y) { rows[0].push(two ? c.name + " " + y : c.name); });
    });
    rows[0].push("remark", "notes");
    data.units.forEach(function (unit, at) {
      var row = [unit.u, unit.n, unit.a], found = [];
      data.columns.forEach(function (c, i) {
        data.years.forEach(function (y, year) {
          row.push(unit.v[i][year]);
          var r = unit.r[i][year];
          if (r !== null) found.push(c.name + (two ? " " + y : "") + ": " + data.texts[r]);
        });
      });
      row.push(found.join("; "), at ? "" : notes.join(" | "));
      rows.push(row);
    });
    return "\ufeff" + rows.map(function (row) { return row.map(cell).join(","); }).join("\r\n") + "\r\n";
  }
  function save() {
    var link = el("a");
    link.href = URL.createObjectURL(new Blob([csv()], { type: "text/csv;charset=utf-8" }));
    link.download = data.title.replace(/[\\/:*?"<>|]/g, " ") + ".csv";
    document.body.appendChild(link);
    link.click();
    link.remove();
    setTimeout(function () { URL.revokeObjectURL(link.href); }, 1000);
  }

  /* The section of the panel. */
  var shower = el("button", "z-button", words.table), keys = el("div", "z-figure-keys");
  function fillKeys() {
    keys.textContent = "";
    function line(node, text) {
      var row = keys.appendChild(el("div", "z-class"));
      row.appendChild(node);
      row.appendChild(el("span", "", text));
    }
    var counts = {};
    data.units.forEach(function (unit) {
      data.years.forEach(function (_, year) {
        var own = unit.c[column][year];
        counts[own === null ? "grey" : remark(unit, year) ? "unsure" : "sure"] = 1;
      });
    });
    if (counts.sure || counts.unsure) {
      data.columns[column].keys.forEach(function (k) { line(key(k.color), k.name); });
    }
    if (counts.unsure) line(key("#bbb", true), words.unsure);
    if (counts.grey) line(key(GREY), words.not_shown);
  }
  function buildSection() {
    var node = page.section(data.title, true, "z-statistics");
    page.legend.parentNode.insertBefore(node, page.legend);
    data.warnings.forEach(function (text) { node.appendChild(el("p", "z-warning", text)); });
    if (data.columns.length > 1) {
      var label = node.appendChild(el("label", "z-column", words.figure + " "));
      var select = label.appendChild(el("select"));
      data.columns.forEach(function (c, at) {
        select.appendChild(el("option", "", c.title)).value = at;
      });
      select.addEventListener("change", function () {
        column = Number(select.value);
        fillKeys();
        restyle();
        fillTable();
      });
    } else node.appendChild(el("p", "z-column", data.columns[0].title));
    node.appendChild(keys);
    var row = node.appendChild(el("div", "z-actions"));
    shower.type = "button";
    shower.addEventListener("click", function () {
      beside(!document.body.classList.contains("z-beside"));
    });
    row.appendChild(shower);
    var saver = row.appendChild(el("button", "z-button", words.csv));
    saver.type = "button";
    saver.addEventListener("click", save);
    if (data.notes.length) {
      var list = page.section(words.figure_notes, false, "", node).appendChild(el("ul"));
      data.notes.forEach(function (text) { list.appendChild(el("li", "", text)); });
    }
  }

  page.statistics = { csv: csv, beside: beside };
  patterns();
  draw();
  buildSection();
  buildTable();
  fillKeys();
  restyle();
  fillTable();
  if (two) buildSwipe();
  // Without layers of its own the legend holds nothing.
  page.legend.hidden = !page.legend.querySelector(".z-row");
  beside(!page.narrow);
});
