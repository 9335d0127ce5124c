// Brings a part of the page to what the box says now and leaves alone what is the same, so that the
// focus, a choice, an unfolded row, a selection and the place on the page stay where they are.
"use strict";
window.Morph = (() => {
  const key = (node) => (node.dataset ? node.dataset.key : undefined);
  const alike = (a, b) => a.nodeName === b.nodeName && key(a) === key(b);

  function attributes(old, now) {
    for (const { name, value } of now.attributes) {
      if (old.getAttribute(name) !== value) old.setAttribute(name, value);
    }
    for (const { name } of [...old.attributes]) {
      const unfolded = name === "open" && old.localName === "details";
      if (!now.hasAttribute(name) && !unfolded) old.removeAttribute(name);
    }
  }

  function one(old, now) {
    if (old.nodeType !== Node.ELEMENT_NODE) {
      if (old.data !== now.data) old.data = now.data;
      return;
    }
    // The page ages it by itself; the box sends the time of day.
    if (old.matches("time[data-age]") && old.dateTime === now.dateTime) return;
    attributes(old, now);
    children(old, now);
  }

  // The next old child that is `wanted`, when only children that are gone stand before it.
  function ahead(place, wanted, kept) {
    for (let node = place; node; node = node.nextSibling) {
      if (alike(node, wanted)) return node;
      if (kept.has(key(node))) return null;
    }
    return null;
  }

  function children(old, now) {
    const kept = new Set([...now.children].map(key).filter(Boolean));
    let place = old.firstChild;
    for (const wanted of [...now.childNodes]) {
      const found = ahead(place, wanted, kept);
      if (!found) { old.insertBefore(wanted, place); continue; }
      while (place !== found) { const gone = place; place = place.nextSibling; gone.remove(); }
      one(found, wanted);
      place = found.nextSibling;
    }
    while (place) { const gone = place; place = place.nextSibling; gone.remove(); }
  }

  return {
    into(element, html) {
      const template = document.createElement("template");
      template.innerHTML = html;
      children(element, template.content);
    },
  };
})();
