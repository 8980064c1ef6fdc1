// Where pictures are dropped, pasted and chosen. The kernel's list of transfers is the truth; this
// file shows it, and sends the piece that the list says is next. Names and words are only ever text.

const STATE_SIGNS = { waiting: "…", sending: "↑", storing: "↑", stored: "✓", refused: "✗", cancelled: "–" };
const ENDS = new Set(["stored", "refused", "cancelled"]);
const PATIENCE = 3_000; // milliseconds without an answer until the reason is guessed at
const DELAY = "The kernel does not answer now. Where a cell is running, the upload goes on by itself after it; if the kernel was restarted, run this cell again.";
const REMIND_AFTER = 15_000; // a message may be lost when a connection breaks

function render({ model, el }) {
  const view = new UploadView(model, el);
  return () => view.close();
}

class UploadView {
  #model;
  #files = new Map(); // what this view has offered, by id: { file, sent, preview, heard }
  #rows = new Map();
  #heard = Date.now();
  #reminded = Date.now();
  #stops = [];

  constructor(model, el) {
    this.#model = model;
    const terms = model.get("terms");
    this.input = element("input", { type: "file", multiple: true, accept: terms.accept, tabIndex: -1, ariaHidden: "true" });
    this.choose = button("Choose pictures", { className: "button" }, () => this.input.click());
    const place = element("div", { className: "drop", tabIndex: -1 }, [
      element("p", { className: "title", text: "Drop pictures here" }),
      element("p", { className: "or", text: "or paste them, or" }),
      element("p", {}, [this.choose, this.input]),
      element("p", { className: "limits", text: terms.limits }),
    ]);
    this.problem = element("div", { className: "problem", hidden: true });
    this.list = element("ul", { className: "transfers", ariaLabel: "Uploads" });
    this.delay = element("p", { className: "delay", hidden: true });
    this.status = announcements();
    this.root = element("div", { className: "workshop-widget workshop-upload", role: "group", ariaLabel: "Upload pictures" }, [
      element("div", { className: "entry" }, [place, this.#samples(terms.samples)]),
      this.problem, this.delay, this.list, this.status,
    ]);
    el.append(this.root);
    this.#listen();
    this.#show();
    const clock = setInterval(() => this.#watch(), 500);
    this.#stops.push(() => clearInterval(clock));
  }

  /** The view goes away, and with it the files that it was sending. */
  close() {
    for (const row of this.#model.get("transfers")) {
      if (this.#files.has(row.id) && (row.state === "waiting" || row.state === "sending")) this.#send("cancel", row.id);
    }
    for (const { preview } of this.#files.values()) URL.revokeObjectURL(preview);
    for (const stop of this.#stops) stop();
  }

  #samples(samples) {
    const buttons = samples.map(({ name, thumbnail }) => {
      const choice = button("", { className: "sample" }, () => this.#model.send({ kind: "sample", name }));
      choice.append(element("img", { src: thumbnail, alt: "" }), element("span", { text: name }));
      return element("li", {}, [choice]);
    });
    const list = element("ul", { ariaLabel: "Sample pictures" }, buttons);
    return element("div", { className: "samples" }, [element("p", { text: "Nothing at hand? Send a sample:" }), list]);
  }

  #listen() {
    this.input.addEventListener("change", () => {
      this.#offer(this.input.files);
      this.input.value = ""; // so that the same file can be chosen again
    });
    let depth = 0;
    const drag = (event, change) => {
      event.preventDefault();
      event.stopPropagation();
      depth = change === null ? 0 : Math.max(0, depth + change);
      this.root.classList.toggle("ready", depth > 0);
    };
    this.root.addEventListener("dragenter", (event) => drag(event, 1));
    this.root.addEventListener("dragleave", (event) => drag(event, -1));
    this.root.addEventListener("dragover", (event) => drag(event, 0));
    this.root.addEventListener("drop", (event) => {
      drag(event, null);
      this.#take(event.dataTransfer.files, "That was no file. Drop the picture's file itself.");
    });
    this.root.addEventListener("paste", (event) => {
      event.preventDefault();
      event.stopPropagation();
      this.#take(event.clipboardData.files, "There is no picture in the clipboard. Copy the picture itself, not its address.");
    });
    this.#stops.push(listen(this.#model, {
      "change:transfers": () => this.#show(),
      "change:problem": () => this.#showProblem(this.#model.get("problem")),
    }));
  }

  #take(files, otherwise) {
    if (files.length) this.#offer(files);
    else this.#showProblem({ what: otherwise });
  }

  #offer(files) {
    const most = this.#model.get("terms").mostOnTheWay;
    const free = most - this.#unfinished();
    this.#showProblem(files.length > free ? { what: `At most ${most} pictures can be on their way at once.`, next: `The first ${free} are sent; choose the others when these are stored.` } : {});
    for (const file of [...files].slice(0, free)) {
      const id = newId();
      this.#files.set(id, { file, sent: -1, preview: URL.createObjectURL(file), heard: false });
      this.#offerOne(id);
    }
  }

  async #offerOne(id) {
    const { file } = this.#files.get(id);
    // A folder cannot be read; the kernel says what that means.
    const head = await file.slice(0, this.#model.get("terms").head).arrayBuffer().catch(() => null);
    this.#send("offer", id, { name: file.name, size: head && file.size }, head ? [head] : []);
  }

  #unfinished() {
    return this.#model.get("transfers").filter((row) => !ENDS.has(row.state)).length + this.#unheard().length;
  }

  #unheard() {
    return [...this.#files].filter(([, { heard }]) => !heard).map(([id]) => id);
  }

  async #sendPiece(row) {
    const held = this.#files.get(row.id);
    held.sent = row.received;
    try {
      const piece = await held.file.slice(row.received, Math.min(row.received + this.#model.get("terms").piece, row.bytes)).arrayBuffer();
      this.#send("piece", row.id, { offset: row.received }, [piece]);
    } catch {
      this.#send("unreadable", row.id);
    }
  }

  #send(kind, id, more = {}, buffers = []) {
    this.#model.send({ kind, id, ...more }, undefined, buffers);
  }

  #show() {
    this.#heard = Date.now();
    const listed = this.#model.get("transfers");
    const places = new Set();
    for (const data of listed) {
      const row = this.#rows.get(data.id) ?? this.#addRow(data);
      row.update(data, this.#preview(data), (words) => { this.status.textContent = words; });
      places.add(data.id);
      this.#goOn(data);
    }
    for (const [id, row] of this.#rows) {
      if (places.has(id)) continue;
      row.item.remove();
      this.#rows.delete(id);
      URL.revokeObjectURL(this.#files.get(id)?.preview);
      this.#files.delete(id);
    }
    this.list.hidden = listed.length === 0;
    this.#watch();
  }

  #goOn(data) {
    const held = this.#files.get(data.id);
    if (!held) return;
    held.heard = true;
    if (data.state === "sending" && held.sent !== data.received) this.#sendPiece(data);
    if (data.state !== "sending") held.sent = -1;
    if (data.state === "stored") held.file = null;
  }

  #preview(data) {
    const sample = () => this.#model.get("terms").samples.find(({ name }) => name === data.name);
    return this.#files.get(data.id)?.preview ?? (data.isHeld ? sample()?.thumbnail : undefined);
  }

  #addRow(data) {
    const row = new Row(data, {
      cancel: () => this.#send("cancel", data.id),
      again: () => {
        this.#send("again", data.id);
        // After the page was loaded anew the file is the kernel's only if the kernel has it.
        if (!this.#files.has(data.id) && !data.isHeld) this.#send("unreadable", data.id);
      },
    });
    this.#rows.set(data.id, row);
    this.list.prepend(row.item);
    return row;
  }

  #showProblem({ what, next } = {}) {
    this.problem.hidden = !what;
    this.problem.replaceChildren(...(what ? [element("p", { className: "what", text: what }), element("p", { text: next ?? "" })] : []));
    if (what) this.status.textContent = `${what} ${next ?? ""}`;
  }

  // Say why nothing moves, and say again what may not have been heard.
  #watch() {
    const unheard = this.#unheard();
    const sending = this.#model.get("transfers").filter((row) => row.state === "sending" && this.#files.has(row.id));
    if (!unheard.length && !sending.length) this.#heard = Date.now();
    const isLate = Date.now() - this.#heard > PATIENCE;
    const words = isLate ? DELAY : "";
    if (this.delay.textContent !== words) this.delay.textContent = words;
    if (this.delay.hidden === isLate) this.status.textContent = words;
    this.delay.hidden = !isLate;
    if (isLate && Date.now() - Math.max(this.#reminded, this.#heard) > REMIND_AFTER) {
      this.#reminded = Date.now();
      unheard.forEach((id) => this.#offerOne(id));
      sending.forEach((row) => this.#sendPiece(row));
    }
  }
}

class Row {
  #state;

  constructor({ name, size }, { cancel, again }) {
    this.name = name;
    this.preview = element("span", { className: "preview", ariaHidden: "true" });
    this.sign = element("span", { className: "sign", ariaHidden: "true" });
    this.what = element("p", { className: "what" });
    this.next = element("p", { className: "next" });
    this.bar = element("progress", { max: 1, value: 0, ariaLabel: `${name} on its way` });
    this.cancel = button("Cancel", { className: "link", ariaLabel: `Cancel the upload of ${name}` }, cancel);
    this.again = button("Try again", { className: "link", ariaLabel: `Try again to upload ${name}` }, again);
    this.item = element("li", { tabIndex: -1 }, [
      this.preview,
      element("div", { className: "facts" }, [
        element("p", { className: "name" }, [element("bdi", { text: name }), element("span", { className: "size", text: ` ${size}` })]),
        element("div", { className: "state" }, [this.sign, element("div", {}, [this.what, this.next])]),
        this.bar,
      ]),
      element("div", { className: "acts" }, [this.cancel, this.again]),
    ]);
  }

  update(data, preview, announce) {
    this.item.className = data.state;
    this.sign.textContent = STATE_SIGNS[data.state];
    this.what.textContent = data.what;
    this.next.textContent = data.next;
    this.bar.hidden = data.share === null;
    this.bar.value = data.share ?? 0;
    const hadFocus = this.item.contains(document.activeElement);
    this.cancel.hidden = ENDS.has(data.state);
    this.again.hidden = !data.mayRetry;
    // A button that goes away must not take the reader's place with it.
    if (hadFocus && !this.item.contains(document.activeElement)) (this.again.hidden ? this.item : this.again).focus();
    if (preview && !this.preview.firstChild) this.#showPreview(preview);
    if (this.#state && this.#state !== data.state && ENDS.has(data.state)) announce(`${data.name}: ${data.what} ${data.next}`);
    if (!this.#state && data.state === "refused") announce(`${data.name}: ${data.what} ${data.next}`);
    this.#state = data.state;
  }

  #showPreview(address) {
    const image = element("img", { alt: "", src: address });
    image.addEventListener("error", () => this.preview.replaceChildren("?"), { once: true });
    this.preview.replaceChildren(image);
  }
}

// crypto.randomUUID is missing where Jupyter is served without TLS.
function newId() {
  return Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(36)).join("-");
}

export default { render };
