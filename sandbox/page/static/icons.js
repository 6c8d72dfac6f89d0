// The few line icons of the page, drawn on a grid of 24.

const PATHS = {
  hash: "M10 4 8 20M16 4l-2 16M4.5 9h16M3.5 15h16",
  menu: "M4 7h16M4 12h16M4 17h16",
  cluster: "M12 3l7.5 4.2v8.6L12 20l-7.5-4.2V7.2zM4.5 7.2 12 11.5l7.5-4.3M12 11.5V20",
  close: "M6 6l12 12M18 6 6 18",
  smile: "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM8.5 14c.8 1.3 2 2 3.5 2s2.7-.7 3.5-2M9 9.5v.5M15 9.5v.5",
  thread: "M4 5h16v11h-9l-4 4v-4H4zM8 9h8M8 12h5",
  more: "M12 6v.1M12 12v.1M12 18v.1",
  eye: "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM12 9.3a2.7 2.7 0 1 0 0 5.4 2.7 2.7 0 0 0 0-5.4z",
  send: "M4 12 3 4l18 8-18 8 1-8zm0 0h8",
  down: "M7 10l5 5 5-5",
  plus: "M12 5v14M5 12h14",
  house: "M4 11l8-7 8 7v9h-5.5v-6h-5v6H4z",
  crack: "M13 3 6 13h5l-1 8 8-11h-5.5z",
  bell: "M6 16V11a6 6 0 0 1 12 0v5l1.5 2h-15zM10 20.5h4",
  flame: "M12 3c1 4 5 5.5 5 10.5a5 5 0 0 1-10 0c0-2 1-3.5 2-4.5.3 1.5 1 2.2 1.8 2.5C11 9 10.5 6 12 3z",
  file: "M7 3h7l4 4v14H7zM14 3v4h4",
};

export function icon(name, size = 18) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", PATHS[name]);
  for (const [key, value] of Object.entries({ viewBox: "0 0 24 24", width: size, height: size, class: "icon", "aria-hidden": "true" })) {
    svg.setAttribute(key, value);
  }
  svg.append(path);
  return svg;
}
