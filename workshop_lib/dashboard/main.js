// The page put together: configuration, uploads, results, the chosen picture, the gallery.

import { loadConfig } from "./api.js";
import { element, explanation } from "./elements.js";
import { Gallery } from "./gallery.js";
import { pictureFigure } from "./picture.js";
import { asProblem } from "./problems.js";
import { Results } from "./results.js";
import { listenForPictures } from "./sources.js";
import { MOST_BYTES, typesWords } from "./upload.js";
import { UploadList } from "./upload_list.js";
import { pictureName, resultWords, sizeWords } from "./words.js";

const find = (selector) => document.querySelector(selector);

class Page {
  #results;
  #gallery;
  #uploads;
  #chosen = null;
  #renewed = new Set();

  constructor(config) {
    this.#uploads = new UploadList(find("#uploads"), config, {
      announce,
      onSent: () => this.#results.askSoon(),
    });
    this.#results = new Results(config, () => this.#uploads.waitingKeys.size > 0);
    this.#gallery = new Gallery(find(".cards"), config, (id) => this.#choose(id, true));
    this.#results.addEventListener("change", () => this.#show());
    this.#results.addEventListener("answer", () => showNotice(null));
    this.#results.addEventListener("problem", (event) => this.#showProblem(event.detail));
    find(".older").addEventListener("click", () => this.#showOlder());
    this.#results.askSoon();
  }

  send(files) {
    this.#uploads.add(files);
  }

  #show() {
    const { items } = this.#results;
    this.#gallery.show(items);
    find(".gallery").hidden = items.length === 0;
    find(".empty").hidden = items.length > 0;
    find(".older").hidden = !this.#results.hasOlder;
    showEmpty("No pictures yet", "Send the first one: what is in it appears here a few seconds later.");
    const settled = this.#uploads.settle(items);
    for (const item of settled) announce(`${pictureName(item.name)}: ${resultWords(item)}`);
    if (settled.length) this.#choose(settled[0].id);
    else if (this.#chosen === null && items.length) this.#choose(items[0].id);
  }

  #choose(id, byHand = false) {
    this.#chosen = id;
    this.#gallery.mark(id);
    const stage = find(".stage");
    stage.hidden = false;
    stage.querySelector("figure")?.remove();
    stage.append(pictureFigure(this.#results.get(id), () => this.#renew(id)));
    if (byHand) {
      announce(`${pictureName(this.#results.get(id).name)}: ${resultWords(this.#results.get(id))}`);
      stage.scrollIntoView({ block: "nearest" });
    }
  }

  // A picture's address lives for minutes only; a new answer of the API brings a new one.
  async #renew(id) {
    const old = this.#results.get(id).picture_url;
    if (this.#renewed.has(old)) return;
    this.#renewed.add(old);
    await this.#results.askSoon();
    if (this.#chosen === id && this.#results.get(id).picture_url !== old) this.#choose(id);
  }

  async #showOlder() {
    const button = find(".older");
    button.disabled = true;
    try {
      await this.#results.askForOlder();
    } catch (error) {
      showNotice(asProblem(error));
    }
    button.disabled = false;
  }

  #showProblem(problem) {
    showNotice(problem);
    showEmpty("The pictures cannot be shown now", "They appear by themselves once the API answers.");
  }
}

/** Say something to a screen reader. */
function announce(words) {
  find("#announcements").append(element("span", { text: `${words} ` }));
  while (find("#announcements").childElementCount > 5) find("#announcements").firstElementChild.remove();
}

function showEmpty(title, next) {
  find(".empty-title").textContent = title;
  find(".empty-next").textContent = next;
}

function showNotice(problem) {
  const notices = find(".notices");
  // The same words again would be read aloud again.
  if ((notices.dataset.what ?? "") === (problem?.what ?? "")) return;
  notices.dataset.what = problem?.what ?? "";
  notices.replaceChildren(...(problem ? [element("div", { className: "notice" }, explanation(problem))] : []));
}

find("#limits").textContent = `${typesWords()}, up to ${sizeWords(MOST_BYTES)} each`;
const page = loadConfig().then((config) => new Page(config));
// A picture that is chosen before the configuration is here waits for it; why none comes is said below.
listenForPictures(find("#files"), find(".drop"), (files) => page.then((ready) => ready.send(files), () => {}));
try {
  await page;
} catch (error) {
  showNotice(asProblem(error));
  showEmpty("This page is not set up yet", "");
  find("#files").disabled = true;
}
