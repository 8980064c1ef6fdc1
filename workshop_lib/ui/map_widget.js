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
  const status = announcements();
  const { bar, problem, end } = watch(model, "What happens lights up by itself.");
  el.append(element("div", { className: "workshop-widget workshop-live-map", role: "group", ariaLabel: "Map" }, [drawing, bar, problem, list, status]));

  const played = new Set();
  const waiting = [];
  let timer = 0;
  const play = () => {
    const event = waiting.shift();
    timer = event ? setTimeout(play, waiting.length > MANY ? STEP_IN_HASTE : STEP) : 0;
    if (!event) return;
    light(drawing, event);
    list.prepend(row(list, event));
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
  const stop = listen(model, { "change:drawing": draw, "change:events": take });
  draw();
  take();
  return () => {
    clearTimeout(timer);
    stop();
    end();
  };
}

/** What happened as a row; what happens again and again, as galleries ask, keeps to one. */
function row(list, { words, failed }) {
  const before = [...list.children].find((item) => item.dataset.words === words);
  const times = Number(before?.dataset.times ?? 0) + 1;
  before?.remove();
  const made = element("li", { className: failed ? "bad" : "" }, [element("bdi", { text: words })]);
  Object.assign(made.dataset, { words, times });
  if (times > 1) made.append(` (${times} times)`);
  return made;
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

export default { render };
