// The results as they come: asked for again and again, more seldom while nothing changes, and not
// at all while nobody looks.

import { fetchResults } from "./api.js";
import { asProblem } from "./problems.js";

const PAGE = 24;
const QUICK_MILLISECONDS = 1_200;
const WAITING_MILLISECONDS = 5_000;
const SLOW_MILLISECONDS = 30_000;
const GROWTH = 1.6;
const MOST_CATCH_UP_PAGES = 5;

export class Results extends EventTarget {
  #config;
  #isWaiting;
  #items = new Map();
  #older = null;
  #olderWasShown = false;
  #delay = QUICK_MILLISECONDS;
  #timer;
  #asking = null;
  #askAgain = false;

  /** @param {() => boolean} isWaiting whether an upload waits for its result. */
  constructor(config, isWaiting) {
    super();
    this.#config = config;
    this.#isWaiting = isWaiting;
    document.addEventListener("visibilitychange", () => this.#look());
    addEventListener("online", () => this.askSoon());
  }

  /** All results known so far, newest first. */
  get items() {
    return [...this.#items.values()].sort(newestFirst);
  }

  /** The result of this id, as last answered. */
  get(id) {
    return this.#items.get(id);
  }

  /** Whether the API has pictures older than those known. */
  get hasOlder() {
    return this.#older !== null;
  }

  /** Ask now, and often for a while. */
  askSoon() {
    this.#delay = QUICK_MILLISECONDS;
    return this.#ask();
  }

  /** Ask for the next page of older pictures. */
  async askForOlder() {
    const page = await fetchResults(this.#config, { limit: PAGE, next: this.#older });
    this.#olderWasShown = true;
    this.#older = page.next ?? null;
    this.#keep(page.items);
    this.#tell("change");
  }

  #look() {
    clearTimeout(this.#timer);
    if (!document.hidden) this.askSoon();
  }

  #ask() {
    if (this.#asking) {
      this.#askAgain = true;
      return this.#asking;
    }
    clearTimeout(this.#timer);
    this.#asking = this.#askOnce().finally(() => this.#planNext());
    return this.#asking;
  }

  async #askOnce() {
    try {
      const changed = await this.#askForNewest();
      this.#delay = changed ? QUICK_MILLISECONDS : this.#slower();
      this.#tell("answer");
      this.#tell("change");
    } catch (error) {
      this.#delay = this.#slower();
      this.dispatchEvent(new CustomEvent("problem", { detail: asProblem(error) }));
    }
  }

  #planNext() {
    this.#asking = null;
    if (this.#askAgain) this.#delay = QUICK_MILLISECONDS;
    this.#askAgain = false;
    if (!document.hidden) this.#timer = setTimeout(() => this.#ask(), this.#delay);
  }

  #slower() {
    const most = this.#isWaiting() ? WAITING_MILLISECONDS : SLOW_MILLISECONDS;
    return Math.min(this.#delay * GROWTH, most);
  }

  // More pictures than a page may have come since the last time: go on until a known one is met.
  async #askForNewest() {
    const wasEmpty = this.#items.size === 0;
    let changed = false;
    let next = null;
    for (let pages = 0; pages < MOST_CATCH_UP_PAGES; pages += 1) {
      const page = await fetchResults(this.#config, { limit: PAGE, next });
      const meetsKnown = page.items.some((item) => this.#items.has(item.id));
      changed = this.#keep(page.items) || changed;
      next = page.next ?? null;
      if (wasEmpty || meetsKnown || next === null) break;
    }
    if (!this.#olderWasShown) this.#older = next;
    return changed;
  }

  #keep(items) {
    const known = this.#items.size;
    for (const item of items) this.#items.set(item.id, item);
    return this.#items.size > known;
  }

  #tell(type) {
    this.dispatchEvent(new Event(type));
  }
}

function newestFirst(one, other) {
  return String(other.timestamp).localeCompare(String(one.timestamp)) || String(other.id).localeCompare(String(one.id));
}
