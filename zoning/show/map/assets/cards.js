"use strict";
/* What a zoning page writes: signs, patterns, figures, cards. Every text of the report enters the
   document as a text node, never as HTML, so a site may be called anything. */

function zoningCards(data) {
  var words = data.words, SVG = "http://www.w3.org/2000/svg";

  /* Colours come with the data, see palette.py; shape, sign and hatch say the status again. */
  var LOOK = data.look.status;
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
    level: "M0 4H8", upright: "M4 0V8", cross: "M0 4H8M4 0V8", dots: "M4 4h.01", plain: ""
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
  function pattern(defs, id, color, hatch, share, size) {
    var made = defs.appendChild(svg("pattern", {
      id: id, width: 8, height: 8, patternUnits: "userSpaceOnUse",
      patternTransform: "scale(" + (size || 1) + ")"
    }));
    made.appendChild(svg("rect", { width: 8, height: 8, fill: color, "fill-opacity": share }));
    made.appendChild(svg("path", {
      d: HATCHES[hatch], stroke: color, "stroke-width": hatch === "dots" ? 2.2 : 1, fill: "none",
      "stroke-opacity": 0.75,
      "stroke-linecap": hatch === "dots" ? "round" : "butt"
    }));
  }
  function patterns() {
    var holder = svg("svg", { width: 0, height: 0, class: "z-patterns", "aria-hidden": true });
    var defs = holder.appendChild(svg("defs", {}));
    Object.keys(LOOK).forEach(function (status) {
      pattern(defs, "z-" + status, LOOK[status].color, LOOK[status].hatch, 0.1, 1.3);
    });
    data.look.bands.forEach(function (band, i) {
      pattern(defs, "z-band-" + i, band.color, band.hatch, 0.12, 2);
      pattern(defs, "z-rib-" + i, band.color, "dots", 0.08, 1.1);
    });
    return holder;
  }

  /* What a click on a site shows. */
  function row(list, key, value) {
    if (!value) return;
    list.appendChild(el("dt", "", words[key]));
    list.appendChild(el("dd", "", value));
  }
  /* What a finding's rule says; of one that nobody could check, the clause is all there is to say. */
  function told(f, key) {
    var law = data.rules[f.r] || {};
    if (f.s === "not_checked" && (key === "doc" || key === "advice")) return "";
    return law[key] === undefined ? "" : text(law[key]);
  }
  function headline(f) {
    var parts = [f.r, told(f, "cite")].filter(Boolean);
    return parts.join(" · ") || data.status[f.s];
  }
  function clip(value, most) {
    return value.length > most ? value.slice(0, most - 1) + "…" : value;
  }
  function button(look, label, act) {
    var node = el("button", look, label);
    node.type = "button";
    node.addEventListener("click", act);
    return node;
  }
  function findingCard(f, acts) {
    var card = el("section", "z-finding z-" + f.s);
    var head = card.appendChild(el("h3"));
    head.appendChild(sign(f.s, 20));
    head.appendChild(el("b", "", data.status[f.s]));
    if (f.r) head.appendChild(el("span", "z-rule", f.r));
    if (told(f, "cite")) head.appendChild(el("span", "", told(f, "cite")));
    if (acts && f.z !== undefined) {
      head.appendChild(button("z-button", words.on_map, function () { acts.pick(f); }));
    }
    if (f.hint) card.appendChild(el("p", "z-note", words.hint));
    if (f.near) card.appendChild(el("p", "z-note", words.near));
    var list = card.appendChild(el("dl"));
    if (f.reason !== undefined) row(list, "reason", text(f.reason));
    if (f.problem !== undefined) row(list, "problem", text(f.problem));
    if (f.m) row(list, "measures", measured(f.m));
    if (f.zones) row(list, "zones", f.zones.join(data.lang === "zh" ? "、" : ", "));
    row(list, "clause", told(f, "clause"));
    row(list, "document", told(f, "doc"));
    if (f.basis !== undefined) row(list, "basis", text(f.basis));
    (f.missing || []).forEach(function (m) {
      row(list, "missing", text(m));
    });
    row(list, "advice", told(f, "advice"));
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
  function siteHead(card, site) {
    card.appendChild(el("h2", "", clip(site.name, 120)));
    var line = card.appendChild(el("p", "z-status"));
    line.appendChild(sign(site.s, 22));
    line.appendChild(el("b", "", data.status[site.s]));
    if (site.id !== site.name) line.appendChild(el("span", "z-rule", clip(site.id, 40)));
    if (site.in.length) {
      line.appendChild(el("span", "", clip(site.in.join(data.lang === "zh" ? "、" : ", "), 80)));
    }
  }
  /* A popup: the findings that weigh most, in no more than some 1,000 letters. */
  function brief(site, acts) {
    var card = el("article", "z-site z-brief"), most = 3;
    siteHead(card, site);
    site.notes.slice(0, 1).forEach(function (note) { card.appendChild(el("p", "z-note", clip(note, 120))); });
    site.f.slice(0, most).forEach(function (f) {
      var row = card.appendChild(button("z-hit", undefined, function () { acts.pick(f); }));
      row.appendChild(sign(f.s, 18));
      var lines = row.appendChild(el("span"));
      var zone = f.z === undefined ? null : site.z[f.z];
      lines.appendChild(el("b", "", clip(zone ? text(zone.n) : headline(f), 70)));
      var why = f.reason !== undefined ? text(f.reason) : f.problem !== undefined ? text(f.problem) : "";
      lines.appendChild(el("span", "", clip([f.m && zone ? measured(f.m) : "", why].filter(Boolean).join(" · "), 150)));
      if (zone) lines.appendChild(el("small", "", clip(headline(f), 60)));
    });
    var left = site.f.length + site.left - Math.min(most, site.f.length);
    card.appendChild(button("z-button z-more", fill(words.more, { n: left }), acts.more));
    return card;
  }
  function siteCard(site, acts) {
    var card = el("article", "z-site");
    siteHead(card, site);
    site.notes.forEach(function (note) { card.appendChild(el("p", "z-note", note)); });
    if (site.card.length) card.appendChild(systemsCard(site.card));
    site.f.forEach(function (f) { card.appendChild(findingCard(f, acts)); });
    if (site.left) card.appendChild(el("p", "z-note", fill(words.left, { n: site.left })));
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
    LOOK: LOOK, el: el, svg: svg, escaped: escaped, fill: fill, text: text, patterns: patterns,
    sign: sign, swatch: swatch, siteCard: siteCard, featureCard: featureCard, brief: brief,
    headline: headline, area: area, length: length, digits: digits
  };
}
