() => {
  const found = [];
  for (const svg of document.querySelectorAll("svg.workshop-drawing")) {
    const name = svg.getAttribute("aria-label");
    const view = svg.viewBox.baseVal;
    const texts = [...svg.querySelectorAll("text:not(.badge text)")].map(t => ({t: t.textContent, b: t.getBBox()}));
    const shrink = 2;
    const meets = (a, b) => a.x + shrink < b.x + b.width && b.x + shrink < a.x + a.width && a.y + 4 < b.y + b.height && b.y + 4 < a.y + a.height;
    texts.forEach(({t, b}, i) => {
      if (b.x < 0 || b.y < 0 || b.x + b.width > view.width || b.y + b.height > view.height) found.push(`${name}: "${t}" leaves the drawing`);
      texts.slice(i + 1).forEach(o => { if (meets(b, o.b)) found.push(`${name}: "${t}" meets "${o.t}"`); });
    });
    for (const path of svg.querySelectorAll(".arrow path:not(.tip), path.rule:not(.dotted)")) {
      const length = path.getTotalLength();
      for (const {t, b} of texts) {
        for (let at = 0; at <= length; at += 4) {
          const q = path.getPointAtLength(at);
          if (q.x > b.x && q.x < b.x + b.width && q.y > b.y + 4 && q.y < b.y + b.height - 4) { found.push(`${name}: a line runs through "${t}"`); break; }
        }
      }
    }
    for (const rect of svg.querySelectorAll("rect.box")) {
      const r = rect.getBBox();
      for (const {t, b} of texts) {
        const inside = b.x >= r.x && b.x + b.width <= r.x + r.width;
        const sameHeight = b.y + b.height / 2 > r.y && b.y + b.height / 2 < r.y + r.height;
        const touches = b.x < r.x + r.width && b.x + b.width > r.x;
        if (sameHeight && touches && !inside) found.push(`${name}: "${t}" crosses the side of a box`);
      }
    }
  }
  return found;
}
