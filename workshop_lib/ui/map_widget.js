// The map of the application, lit up as events pass. The kernel looks and says what happened; here
// it is played, one event after the other, so that an eye can follow what took milliseconds.

const STEP = 700; // milliseconds from one event to the next
const STEP_IN_HASTE = 200;
const MANY = 12; // so many events are played in haste
const GLOW = 2200; // how long a part stays lit
const LISTED = 6;

function render({ model, el }) {
  const drawing = element("div", { className: "drawing" });
  const list = element("ol", { className: "happened", ariaLabel: "What happened, newest first" });
  const problem = element("p", { className: "problem" });
  const look = element("button", { type: "button", className: "button", text: "Look again" });
  const watching = element("span", { className: "watching" });
  const status = element("p", { className: "for-readers", role: "status" });
  // With the focus here, JupyterLab would take Enter as a command to the notebook.
  look.dataset.lmSuppressShortcuts = "true";
  look.addEventListener("click", () => model.send({ kind: "look" }));
  const bar = element("div", { className: "bar" }, [look, watching]);
  el.append(element("div", { className: "workshop-live-map", role: "group", ariaLabel: "Map" }, [drawing, bar, problem, list, status]));

  const played = new Set();
  const waiting = [];
  let timer = 0;
  const play = () => {
    const event = waiting.shift();
    timer = event ? setTimeout(play, waiting.length > MANY ? STEP_IN_HASTE : STEP) : 0;
    if (!event) return;
    light(drawing, event);
    list.prepend(element("li", { className: event.failed ? "bad" : "" }, [element("bdi", { text: event.words })]));
    while (list.children.length > LISTED) list.lastChild.remove();
    status.textContent = event.words;
  };
  const take = () => {
    for (const event of model.get("events")) {
      if (played.has(event.id)) continue;
      played.add(event.id);
      waiting.push(event);
    }
    if (!timer) play();
  };
  const draw = () => {
    // The drawing is the workshop's own; every label in it is escaped where it is made.
    drawing.innerHTML = model.get("drawing");
  };
  const say = () => {
    problem.textContent = model.get("problem");
    problem.hidden = !problem.textContent;
    watching.textContent = model.get("is_watching") ? "What happens lights up by itself." : "Not looking by itself any more.";
  };
  const callbacks = { "change:drawing": draw, "change:events": take, "change:problem": say, "change:is_watching": say };
  for (const [name, callback] of Object.entries(callbacks)) model.on(name, callback);
  draw();
  say();
  take();
  model.send({ kind: "look" });
  return () => {
    clearTimeout(timer);
    for (const [name, callback] of Object.entries(callbacks)) model.off(name, callback);
    model.send({ kind: "hidden" });
  };
}

/** Light the flows that the event passed, and then the part that it happened in, for a moment. */
function light(drawing, { part, flows, failed }) {
  for (const name of flows) {
    const [source, target, since] = name.split(" ");
    glow(find(drawing, "flow", { flow: `${source} ${target}`, since }), "passing");
  }
  glow(find(drawing, "part", { part }), failed ? "failing" : "working");
}

function find(drawing, kind, data) {
  return [...drawing.querySelectorAll(`.${kind}`)].find((group) =>
    Object.entries(data).every(([name, value]) => group.dataset[name] === value),
  );
}

function glow(group, look) {
  // What does not stand yet lights nothing.
  if (!group || group.matches(".later, .missing")) return;
  group.classList.remove(look);
  void group.getBoundingClientRect(); // so that the animation begins anew
  group.classList.add(look);
  clearTimeout(group.glowing);
  group.glowing = setTimeout(() => group.classList.remove(look), GLOW);
}

function element(tag, { text, ...properties } = {}, children = []) {
  const made = Object.assign(document.createElement(tag), properties);
  if (text !== undefined) made.textContent = text;
  made.append(...children);
  return made;
}

export default { render };
