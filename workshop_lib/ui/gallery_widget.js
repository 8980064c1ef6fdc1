// Results as cards, newest first; the kernel asks for them and says what each card holds. All of it
// is text: nothing that comes from outside is ever markup here.

const SVG = "http://www.w3.org/2000/svg";

function render({ model, el }) {
  const { bar, problem, end } = watch(model, "New results appear by themselves.");
  const list = element("ul", { className: "cards", ariaLabel: "Pictures, newest first" });
  const none = element("p", { className: "none", text: model.get("none") });
  const status = announcements();
  el.append(element("div", { className: "workshop-widget workshop-gallery", role: "group", ariaLabel: "Gallery" }, [bar, problem, none, list, status]));

  const shown = new Map();
  let isFirst = true;
  const show = () => {
    const cards = model.get("cards");
    const news = isFirst ? [] : cards.filter(({ id }) => !shown.has(id));
    showCards(list, shown, cards);
    none.hidden = cards.length > 0 || Boolean(model.get("problem"));
    if (news.length) status.textContent = news.map(({ words }) => `New: ${words}`).join(". ");
    isFirst = false;
  };
  const stop = listen(model, { "change:cards": show, "change:problem": show });
  show();
  return () => {
    stop();
    end();
  };
}

/** Show these cards in this order; those that are there already stay, unless they have changed. */
function showCards(list, shown, cards) {
  const wanted = new Set(cards.map(({ id }) => id));
  for (const [id, { item }] of shown) {
    if (wanted.has(id)) continue;
    item.remove();
    shown.delete(id);
  }
  cards.forEach((card, place) => {
    const looks = JSON.stringify(card);
    const known = shown.get(card.id) ?? { item: element("li") };
    if (known.looks !== looks) known.item.replaceChildren(...cardParts(card));
    known.looks = looks;
    shown.set(card.id, known);
    if (list.children[place] !== known.item) list.insertBefore(known.item, list.children[place] ?? null);
  });
}

function cardParts(card) {
  const quiet = [card.also, card.name, card.time, card.picture ? card.note : ""].filter(Boolean);
  return [
    element("span", { className: "thumbnail" }, [card.picture ? picture(card) : element("span", { className: "quiet", text: card.note })]),
    element("strong", { className: card.is_error ? "bad" : "" }, [element("bdi", { text: card.finding })]),
    ...quiet.map((words) => element("span", { className: "quiet" }, [element("bdi", { text: words })])),
  ];
}

function picture({ picture: href, picture_words: words, width, height, boxes }) {
  const rectangles = boxes.flatMap(([x, y, w, h]) => ["edge", "box"].map((look) => drawn("rect", { class: look, x, y, width: w, height: h, rx: 1 })));
  return drawn("svg", { role: "img", "aria-label": words, viewBox: `0 0 ${width} ${height}`, width, height }, [
    drawn("image", { href, width, height }),
    ...rectangles,
  ]);
}

function drawn(tag, attributes, children = []) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

export default { render };
