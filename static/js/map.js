// Lets the map of places be zoomed and moved, over the same lines and the same signs that the page draws.
// Nothing is loaded before the button is pressed: then Leaflet (static/vendor) and the lines, all from this site.

/** Takes a script of ours that sets a global, or a style sheet, into the page. */
function load(tag, properties) {
  return new Promise((resolve, reject) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.addEventListener("load", resolve);
    element.addEventListener("error", reject);
    document.head.append(element);
  });
}

/** The colours of the page's own tokens, so that light, dark and forced colours hold here too. */
function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function style(feature) {
  const kind = feature.properties.kind;
  if (kind === "land") return { stroke: false, fillOpacity: 1, interactive: false, fillColor: colour("--card") };
  if (kind === "coast") return { color: colour("--control"), weight: 1, interactive: false };
  if (kind === "boundary") return { color: colour("--control"), weight: 1, dashArray: "6 4", interactive: false };
  return {
    color: colour("--control"), weight: 1, fillOpacity: 1, interactive: false,
    fillColor: colour("--sunk"),
  };
}

/** The lines of a file with the coast as lines of its own: land that was cut ends at the edge without one. */
function withCoasts(lines) {
  const [west, south, east, north] = lines.bbox;
  const cut = ([ax, ay], [bx, by]) => (ax === bx && (ax === west || ax === east)) || (ay === by && (ay === south || ay === north));
  const coasts = [];
  for (const { properties, geometry } of lines.features) {
    if (properties.kind !== "land") continue;
    for (const [ring] of geometry.coordinates) {
      ring.slice(1).forEach((point, place) => {
        if (!cut(ring[place], point)) coasts.push([ring[place], point]);
      });
    }
  }
  const coast = { type: "Feature", properties: { kind: "coast" }, geometry: { type: "MultiLineString", coordinates: coasts } };
  return { ...lines, features: [...lines.features, coast] };
}

/** The places of the list, each with the sign that stands for it on the drawn map. */
function places(map) {
  const signs = new Map();
  for (const link of map.querySelectorAll(".sheets svg > a")) {
    const sign = link.querySelector(":scope > circle, :scope > rect, :scope > path");
    if (!signs.has(link.getAttribute("href"))) signs.set(link.getAttribute("href"), sign);
  }
  return [...map.querySelectorAll(".map-list li")].flatMap((item) => {
    const link = item.querySelector("a");
    const sign = link && signs.get(link.getAttribute("href"));
    return sign ? [{ at: item.dataset.at.split(",").map(Number), link, sign: sign.cloneNode(true) }] : [];
  });
}

function icon(L, sign) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "-12 -12 24 24");
  svg.setAttribute("width", "24");
  svg.setAttribute("height", "24");
  svg.append(sign);
  return L.divIcon({ html: svg, iconSize: [24, 24] });
}

function draw(L, map, box, lines, world, words) {
  // No attribution of Leaflet's own: the note below the map says whose the lines are.
  const drawn = L.map(box, { attributionControl: false, zoomControl: false, maxZoom: 11, minZoom: 1 });
  L.control.zoom({ zoomInTitle: words.in, zoomOutTitle: words.out }).addTo(drawn);
  const shown = places(map);
  const [west, south, east, north] = lines.bbox;
  const near = shown.filter(({ at }) => south < at[0] && at[0] < north && west < at[1] && at[1] < east);
  drawn.fitBounds((near.length ? near : shown).map(({ at }) => at), { padding: [24, 24], animate: false });
  L.geoJSON(withCoasts(world), { style }).addTo(drawn);
  if (lines !== world) {
    // The fine lines take the place of the coarse ones within their own box.
    const box = [[south, west], [north, east]];
    L.rectangle(box, { stroke: false, fillColor: colour("--sunk"), fillOpacity: 1, interactive: false }).addTo(drawn);
    L.geoJSON(withCoasts(lines), { style }).addTo(drawn);
  }
  for (const place of shown) {
    const link = place.link.cloneNode(true);
    L.marker(place.at, { icon: icon(L, place.sign), alt: link.textContent, title: link.textContent })
      .bindPopup(link)
      .addTo(drawn);
  }
  return drawn;
}

async function open(map, button) {
  const [lines, world] = await Promise.all([
    fetch(map.dataset.lines).then((answer) => answer.json()),
    fetch(map.dataset.world).then((answer) => answer.json()),
    globalThis.L ? null : load("link", { rel: "stylesheet", href: map.dataset.style }),
    globalThis.L ? null : load("script", { src: map.dataset.leaflet }),
  ]);
  const sheets = map.querySelector(".sheets");
  const box = document.createElement("div");
  box.className = "zoomed";
  box.setAttribute("role", "region");
  box.setAttribute("aria-label", button.dataset.label);
  sheets.before(box);
  const close = () => {
    box.remove();
    sheets.hidden = false;
  };
  try {
    const drawn = draw(globalThis.L, map, box, map.dataset.lines === map.dataset.world ? world : lines, world, button.dataset);
    sheets.hidden = true;
    box.querySelector(".leaflet-control-zoom-in").focus();
    return () => {
      drawn.remove();
      close();
    };
  } catch (error) {
    close();
    throw error;
  }
}

for (const map of document.querySelectorAll("[data-map]")) {
  const button = map.querySelector("[data-zoom]");
  const said = map.querySelector("[data-failed]");
  const words = button.textContent;
  let close = null;
  button.hidden = false;
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      if (close) close();
      close = close ? null : await open(map, button);
      button.textContent = close ? button.dataset.back : words;
      said.textContent = "";
    } catch {
      said.textContent = said.dataset.failed;
    }
    button.disabled = false;
    if (!close) button.focus();
  });
}
