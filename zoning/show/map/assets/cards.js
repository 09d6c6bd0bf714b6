"use strict";
/* What a zoning page writes: signs, patterns, figures, cards. Every text of the report enters the
   document as a text node, never as HTML, so a site may be called anything. */

function zoningCards(data) {
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
    if (f.reason !== undefined) row(list, "reason", text(f.reason));
    if (f.problem !== undefined) row(list, "problem", text(f.problem));
    if (f.m) row(list, "measures", measured(f.m));
    if (f.zones) row(list, "zones", f.zones.join(data.lang === "zh" ? "、" : ", "));
    if (f.clause !== undefined) row(list, "clause", text(f.clause));
    if (f.doc !== undefined) row(list, "document", text(f.doc));
    if (f.basis !== undefined) row(list, "basis", text(f.basis));
    (f.missing || []).forEach(function (m) {
      row(list, "missing", text(m));
    });
    if (f.advice !== undefined) row(list, "advice", text(f.advice));
    return card;
  }
  function systemsCard(lines) {
    var box = el("details", "z-systems");
    box.appendChild(el("summary", "", words.systems));
    var list = box.appendChild(el("dl"));
    lines.forEach(function (line) {
      list.appendChild(el("dt", "", text(line[0])));
      list.appendChild(el("dd", "", text(line[1])));
    });
    return box;
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
    if (site.card.length) card.appendChild(systemsCard(site.card));
    site.f.forEach(function (f) { card.appendChild(findingCard(f)); });
    if (site.met) card.appendChild(el("p", "", fill(words.met, { n: site.met })));
    return card;
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
  function swatch(status) {
    var node = svg("svg", { width: 22, height: 16, "aria-hidden": true });
    node.appendChild(svg("rect", {
      x: 1, y: 1, width: 20, height: 14, fill: "url(#z-" + status + ")",
      stroke: LOOK[status].color, "stroke-width": 2
    }));
    return node;
  }
  return {
    LOOK: LOOK, el: el, escaped: escaped, fill: fill, patterns: patterns, sign: sign,
    swatch: swatch, siteCard: siteCard, featureCard: featureCard
  };
}
