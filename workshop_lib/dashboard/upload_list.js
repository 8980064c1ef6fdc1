// The list of uploads: at most three on their way at once, each with its progress and its end.

import { element, explanation } from "./elements.js";
import { asProblem } from "./problems.js";
import { sendPicture } from "./upload.js";
import { outcomeWords } from "./words.js";

const AT_ONCE = 3;
const KEPT = 6;
const PATIENCE_MILLISECONDS = 60_000;

export class UploadList {
  #config;
  #section;
  #list;
  #announce;
  #onSent;
  #queue = [];
  #running = 0;
  #waiting = new Map();

  constructor(section, config, { announce, onSent }) {
    this.#section = section;
    this.#list = section.querySelector("ul");
    this.#config = config;
    this.#announce = announce;
    this.#onSent = onSent;
  }

  /** The keys that were sent and have no result yet. */
  get waitingKeys() {
    return new Set(this.#waiting.keys());
  }

  /** Send these files, the first of them first. */
  add(files) {
    for (const file of files) this.#enqueue(file, this.#addRow(file.name));
    this.#section.hidden = this.#list.childElementCount === 0;
    this.#start();
  }

  /** Tell the uploads what has been recognised; returns the items that they waited for. */
  settle(items) {
    const settled = items.filter((item) => this.#waiting.has(item.name));
    for (const item of settled) {
      const { row, patience } = this.#waiting.get(item.name);
      clearTimeout(patience);
      this.#waiting.delete(item.name);
      row.finish("done", outcomeWords(item));
    }
    return settled;
  }

  #enqueue(file, row) {
    row.report("Waiting for its turn …");
    this.#queue.push({ file, row });
  }

  #start() {
    while (this.#running < AT_ONCE && this.#queue.length) {
      const { file, row } = this.#queue.shift();
      this.#running += 1;
      this.#send(file, row).finally(() => {
        this.#running -= 1;
        this.#start();
      });
    }
  }

  async #send(file, row) {
    try {
      this.#wait(await sendPicture(this.#config, file, row.report), row);
    } catch (error) {
      const problem = asProblem(error);
      row.fail(problem, () => {
        this.#enqueue(file, row);
        this.#start();
      });
      this.#announce(`${file.name} was not sent. ${problem.what}`);
    }
  }

  #wait(key, row) {
    row.finish("waiting", "Sent. Waiting for the function …");
    const patience = setTimeout(() => {
      row.finish("waiting", "Sent, but there is no result after a minute. Look at the logs of reco-image and db-save; the page keeps looking.");
    }, PATIENCE_MILLISECONDS);
    this.#waiting.set(key, { row, patience });
    this.#onSent(key);
  }

  #addRow(name) {
    const row = new Row(name);
    this.#list.prepend(row.item);
    const done = [...this.#list.querySelectorAll(".done")];
    for (const old of done.slice(Math.max(0, KEPT - this.#list.childElementCount + done.length))) old.remove();
    return row;
  }
}

class Row {
  constructor(name) {
    this.name = name;
    this.status = element("div", { className: "upload-status" });
    this.item = element("li", { className: "upload" }, [
      element("p", { className: "upload-name" }, [element("bdi", { text: name })]),
      this.status,
    ]);
    this.report = this.report.bind(this);
  }

  /** Say what happens now, with a bar where the share that is done is known. */
  report(words, share) {
    this.item.className = "upload";
    if (share === undefined) {
      this.status.replaceChildren(element("p", { text: words }));
      return;
    }
    const bar = this.status.querySelector("progress") ?? element("progress", { max: 1, ariaLabel: `${this.name} on its way` });
    bar.value = share;
    const text = this.status.querySelector("p") ?? element("p");
    text.textContent = words;
    // Put in again, a bar would lose its place and be read aloud anew.
    if (!bar.isConnected) this.status.replaceChildren(bar, text);
  }

  finish(state, words) {
    this.item.className = `upload ${state}`;
    this.status.replaceChildren(element("p", { text: words }));
  }

  fail(problem, tryAgain) {
    this.item.className = "upload failed";
    this.status.replaceChildren(...explanation(problem));
    if (!problem.mayPass) return;
    const again = element("button", { type: "button", className: "link", text: "Try again", ariaLabel: `Try again to send ${this.name}` });
    again.addEventListener("click", tryAgain);
    this.status.append(again);
  }
}
