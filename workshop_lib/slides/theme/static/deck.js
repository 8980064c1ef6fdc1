// Starts reveal.js; or, where the address says ?print=slides or ?print=notes, lays the slides out for
// paper instead. T switches light and dark; every window of the same deck follows.
"use strict";

const WIDE = { width: 1280, height: 720 };
const NARROW = { width: 1024, height: 768 };
const SCHEME = "workshop-slides-scheme";

const asked = new URLSearchParams(window.location.search);

function frame() {
  return window.innerWidth / window.innerHeight < 1.55 ? NARROW : WIDE;
}

function useFrame(size) {
  document.body.classList.toggle("narrow", size === NARROW);
}

function kept() {
  try {
    return window.localStorage.getItem(SCHEME);
  } catch {
    return null; // a page without storage of its own keeps the reader's scheme
  }
}

function useScheme(scheme) {
  if (scheme === "light" || scheme === "dark") {
    document.documentElement.dataset.jpThemeLight = String(scheme === "light");
  }
}

function switchScheme() {
  const dark = window.matchMedia("(prefers-color-scheme: dark)").matches;
  const now = document.documentElement.dataset.jpThemeLight ?? String(!dark);
  const next = now === "true" ? "dark" : "light";
  useScheme(next);
  try {
    window.localStorage.setItem(SCHEME, next);
  } catch {
    // The switch holds for this page only.
  }
}

function present() {
  useScheme(asked.get("scheme") ?? kept());
  window.addEventListener("storage", (event) => {
    if (event.key === SCHEME) useScheme(event.newValue);
  });
  useFrame(frame());
  Reveal.initialize({
    ...frame(),
    center: false,
    defaultTiming: 0, // each slide tells its own seconds; the speaker view then shows the pace
    display: "flex",
    hash: true,
    margin: 0,
    minScale: 0.05,
    maxScale: 4,
    plugins: [RevealNotes],
    scrollActivationWidth: null,
    slideNumber: "c/t",
    transition: "none",
  });
  Reveal.addKeyBinding({ keyCode: 84, key: "T", description: "Light or dark" }, switchScheme);
  window.addEventListener("resize", () => {
    useFrame(frame());
    Reveal.configure(frame());
  });
}

function layOutForPaper(withNotes) {
  useScheme("light");
  useFrame(WIDE);
  // reveal.js has rules of its own for paper.
  document.getElementById("presenting").remove();
  document.body.classList.add("printed", withNotes ? "printed-notes" : "printed-slides");
  const style = document.createElement("style");
  style.textContent = withNotes
    ? "@page { size: A4; margin: 14mm 11mm; }"
    : "@page { size: 1280px 720px; margin: 0; }";
  document.head.append(style);
  if (withNotes) document.querySelectorAll(".slides > section").forEach(putNotesBelow);
}

function putNotesBelow(slide) {
  const sheet = document.createElement("div");
  sheet.className = "sheet";
  slide.replaceWith(sheet);
  sheet.append(slide, ...slide.querySelectorAll(".notes"));
}

if (asked.has("print")) {
  layOutForPaper(asked.get("print") === "notes");
} else {
  present();
}
