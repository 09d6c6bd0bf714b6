"use strict";
/* Search over sites, counties and zones, reached by keyboard alone as well. */

function zoningSearch(page) {
  var el = page.cards.el, words = page.words, entries = [], MOST = 8;
  var box = el("div", "z-search"), input = el("input"), list = el("ul", "z-hits");
  input.type = "search";
  input.placeholder = words.search;
  input.setAttribute("aria-label", words.search);
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", "z-hits");
  input.setAttribute("aria-expanded", "false");
  list.id = "z-hits";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", words.search);
  list.hidden = true;
  box.appendChild(input);
  box.appendChild(list);
  var found = [], at = -1;

  function ranked(text) {
    var key = text.trim().toLowerCase();
    if (!key) return [];
    return entries.filter(function (e) { return e.key.indexOf(key) >= 0; }).sort(function (a, b) {
      return a.rank - b.rank || a.key.indexOf(key) - b.key.indexOf(key) || a.key.length - b.key.length;
    }).slice(0, MOST);
  }
  function close() {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
    at = -1;
  }
  function choose(entry) {
    close();
    input.value = entry.name;
    entry.act();
  }
  function mark(next) {
    at = (next + found.length) % found.length;
    Array.from(list.children).forEach(function (node, i) {
      node.setAttribute("aria-selected", String(i === at));
    });
    input.setAttribute("aria-activedescendant", "z-hit-" + at);
  }
  function show() {
    found = ranked(input.value);
    list.textContent = "";
    found.forEach(function (entry, i) {
      var node = list.appendChild(el("li", "", entry.name));
      node.id = "z-hit-" + i;
      node.setAttribute("role", "option");
      node.setAttribute("aria-selected", "false");
      if (entry.about) node.appendChild(el("small", "", entry.about));
      node.addEventListener("mousedown", function (event) {
        event.preventDefault();
        choose(entry);
      });
    });
    if (!found.length && input.value.trim()) {
      var none = list.appendChild(el("li", "z-none", words.nothing));
      none.setAttribute("role", "option");
      none.setAttribute("aria-disabled", "true");
      none.setAttribute("aria-selected", "false");
    }
    list.hidden = !list.childNodes.length;
    input.setAttribute("aria-expanded", String(!list.hidden));
    at = -1;
  }
  input.addEventListener("input", show);
  input.addEventListener("blur", close);
  input.addEventListener("keydown", function (event) {
    if (event.key === "ArrowDown" && found.length) mark(at + 1), event.preventDefault();
    else if (event.key === "ArrowUp" && found.length) mark(at - 1), event.preventDefault();
    else if (event.key === "Enter" && found.length) choose(found[Math.max(at, 0)]);
    else if (event.key === "Escape") close(), event.stopPropagation();
  });
  return {
    node: box,
    /* `rank` orders what is found: sites first, then counties, then zones. */
    add: function (name, about, rank, act) {
      if (!name) return;
      entries.push({ name: name, about: about, rank: rank, act: act,
        key: (name + " " + about).toLowerCase() });
    }
  };
}
