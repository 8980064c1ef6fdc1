// The pictures as cards, newest first; a thumbnail may come later than the result it belongs to.

import { thumbnailAddress } from "./api.js";
import { element } from "./elements.js";
import { isError, pictureName, resultWords, timeWords } from "./words.js";

const THUMBNAIL_WAITS = [1_000, 2_000, 3_000, 5_000, 8_000, 15_000, 30_000];
// A thumbnail is made seconds after its result; behind a retry on AWS, minutes after it.
const LATE_MILLISECONDS = 180_000;
const NONE_CAME = "No thumbnail. Sent before lesson 7 made thumbnail-gen? Send it again. If not, read that function's log.";

export class Gallery {
  #list;
  #config;
  #onChoose;
  #cards = new Map();

  constructor(list, config, onChoose) {
    this.#list = list;
    this.#config = config;
    this.#onChoose = onChoose;
  }

  /** Show these results in this order; cards that are there already stay, so focus stays too. */
  show(items) {
    items.forEach((item, place) => {
      const card = this.#cards.get(item.id) ?? this.#add(item);
      const now = this.#list.children[place];
      if (now !== card) this.#list.insertBefore(card, now ?? null);
    });
  }

  /** Mark one card as the chosen one. */
  mark(id) {
    for (const [cardId, card] of this.#cards) {
      card.querySelector("button").setAttribute("aria-pressed", String(cardId === id));
    }
  }

  #add(item) {
    const button = element("button", { type: "button", className: "card" }, [
      thumbnail(item, this.#config),
      element("span", { className: isError(item) ? "card-result bad" : "card-result" }, [element("bdi", { text: resultWords(item) })]),
      element("span", { className: "card-name", title: pictureName(item.name) }, [element("bdi", { text: pictureName(item.name) })]),
      element("span", { className: "card-time", text: timeWords(item.timestamp) }),
    ]);
    button.setAttribute("aria-pressed", "false");
    button.addEventListener("click", () => this.#onChoose(item.id));
    const card = element("li", {}, [button]);
    this.#cards.set(item.id, card);
    return card;
  }
}

function thumbnail(item, config) {
  const place = element("span", { className: "thumbnail" });
  if (isError(item)) say(place, "No thumbnail: not a readable picture");
  else tryThumbnail(place, item, config, 0);
  return place;
}

function tryThumbnail(place, item, config, attempt) {
  const image = element("img", { alt: "", decoding: "async" });
  image.addEventListener("load", () => place.replaceChildren(image), { once: true });
  image.addEventListener("error", () => {
    if (attempt === THUMBNAIL_WAITS.length) {
      say(place, NONE_CAME);
      return;
    }
    say(place, isLate(item) ? NONE_CAME : "Thumbnail on its way …");
    setTimeout(() => tryThumbnail(place, item, config, attempt + 1), THUMBNAIL_WAITS[attempt]);
  }, { once: true });
  // A new address each time, or the browser could answer from what it remembers.
  image.src = thumbnailAddress(config, item.name, attempt);
}

function isLate(item) {
  return Date.now() - new Date(item.timestamp).getTime() > LATE_MILLISECONDS;
}

function say(place, words) {
  place.replaceChildren(element("span", { className: "thumbnail-words", text: words }));
}
