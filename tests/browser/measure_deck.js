// Shows every slide of a deck and returns what is wrong with any of them, in words.
() => {
  // A fortieth of the frame's height, below which the back of a room reads nothing.
  const SMALLEST = 18;
  // Code may be a little smaller at 4:3, where a line of eighty letters leaves it no choice.
  const SMALLEST_CODE = 15.5;
  const faults = [];
  const slides = Reveal.getSlides();
  const { width, height } = Reveal.getConfig();
  const scale = Reveal.getScale();

  function name(element) {
    const words = (element.textContent ?? "").trim().replace(/\s+/g, " ").slice(0, 40);
    return `<${element.tagName.toLowerCase()} class="${element.getAttribute("class") ?? ""}"> ${words}`;
  }

  function isShown(element) {
    if (element.closest(".notes") || element.parentElement?.closest("svg")) return false;
    const box = element.getBoundingClientRect();
    return box.width > 0 && box.height > 0;
  }

  function overlap(one, other) {
    const a = one.getBoundingClientRect();
    const b = other.getBoundingClientRect();
    const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    return Math.min(across, down) / scale;
  }

  function neighbours(slide) {
    return [slide, ...slide.querySelectorAll(".columns, .column, ul, ol")].map((parent) =>
      [...parent.children].filter(isShown),
    );
  }

  for (const [place, slide] of slides.entries()) {
    Reveal.slide(place);
    const say = (fault) => faults.push(`slide ${place + 1} #${slide.id}: ${fault}`);
    const frame = slide.getBoundingClientRect();
    if (Math.abs(frame.width - width * scale) > 1 || Math.abs(frame.height - height * scale) > 1)
      say(`the frame is ${frame.width} by ${frame.height}`);
    for (const element of [...slide.querySelectorAll("*")].filter(isShown)) {
      const box = element.getBoundingClientRect();
      const out = Math.max(
        frame.left - box.left,
        box.right - frame.right,
        frame.top - box.top,
        box.bottom - frame.bottom,
      );
      if (out > 1) say(`${Math.round(out / scale)} px outside: ${name(element)}`);
      if (element.tagName === "PRE" && element.scrollWidth > element.clientWidth + 1)
        say(`code wider than its box: ${name(element)}`);
    }
    for (const element of [...slide.querySelectorAll("*")].filter(isShown)) {
      const ownWords = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
      const size = parseFloat(getComputedStyle(element).fontSize);
      if (ownWords && !element.closest("svg") && size < (element.closest("pre") ? SMALLEST_CODE : SMALLEST))
        say(`letters of ${size.toFixed(1)} px: ${name(element)}`);
    }
    for (const siblings of neighbours(slide))
      for (const [at, one] of siblings.entries())
        for (const other of siblings.slice(at + 1))
          if (overlap(one, other) > 9) say(`overlap: ${name(one)} and ${name(other)}`);
    for (const image of slide.querySelectorAll("img"))
      if (!image.complete || image.naturalWidth === 0 || !image.alt) say(`image ${image.src}`);
    for (const drawing of slide.querySelectorAll("svg:not([aria-hidden])")) {
      const words = drawing.getAttribute("aria-label") || drawing.querySelector("title")?.textContent;
      if (drawing.getAttribute("role") !== "img" || !words) say("a drawing without words");
      if (drawing.getBoundingClientRect().height < 0.3 * frame.height)
        say("a drawing less than a third of the slide high");
    }
    for (const link of slide.querySelectorAll("a[href^='#']"))
      if (!document.getElementById(link.getAttribute("href").replace(/^#\/?/, "")))
        say(`a link to ${link.getAttribute("href")}, which is not here`);
  }
  return faults;
};
