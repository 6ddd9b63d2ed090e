// The gallery's pages work without this; it adds the search and the keys.
"use strict";

const search = document.querySelector("input[type=search]");

function matches(tile, words) {
  const text = tile.dataset.find;
  return words.every((word) => text.includes(word));
}

function filter() {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const section of document.querySelectorAll("section")) {
    let here = 0;
    for (const tile of section.querySelectorAll(".tile")) {
      tile.hidden = !matches(tile, words);
      here += tile.hidden ? 0 : 1;
    }
    section.hidden = here === 0;
    const link = document.querySelector(`nav.layers a[href="#${section.id}"]`);
    if (link) link.hidden = here === 0;
    shown += here;
  }
  document.querySelector("#shown").textContent = `${shown} units`;
  history.replaceState(null, "", words.length ? "#find=" + encodeURIComponent(search.value)
                                              : location.pathname);
}

if (search) {
  search.addEventListener("input", filter);
  const asked = location.hash.match(/^#find=(.*)$/);
  if (asked) {
    search.value = decodeURIComponent(asked[1]);
    filter();
  }
}

function follow(name) {
  const link = document.querySelector(`a[rel=${name}]`);
  if (link) location.href = link.href;
}

// From one picture of the grid to the next with the arrow keys.
function move(step, event) {
  const tiles = [...document.querySelectorAll(".tile:not([hidden])")];
  const at = tiles.indexOf(document.activeElement);
  if (at < 0 || !tiles[at + step]) return;
  tiles[at + step].focus();
  event.preventDefault();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.target === search) {
    if (event.key === "Escape") {
      search.value = "";
      filter();
      search.blur();
    } else if (event.key === "Enter" || event.key === "ArrowDown") {
      const first = document.querySelector(".tile:not([hidden])");
      if (first && event.key === "Enter") location.href = first.href;
      else if (first) first.focus();
    }
    return;
  }
  if (event.key === "/" && search) {
    search.focus();
    event.preventDefault();
  } else if (event.key === "ArrowLeft" || event.key === "[") {
    if (search) move(-1, event); else follow("prev");
  } else if (event.key === "ArrowRight" || event.key === "]") {
    if (search) move(1, event); else follow("next");
  } else if (event.key === "Escape" && !search) {
    follow("index");
  }
});
