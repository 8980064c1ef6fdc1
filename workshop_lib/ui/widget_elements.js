// What the widgets share; it comes before each widget's own script, since a widget is one module.

/** An element made of plain text: whatever comes from outside is never markup here. */
function element(tag, { text, ...properties } = {}, children = []) {
  const made = Object.assign(document.createElement(tag), properties);
  if (text !== undefined) made.textContent = text;
  made.append(...children);
  // With the focus here, JupyterLab would take Enter and letters as commands to the notebook.
  if (made.tabIndex >= 0 || "tabIndex" in properties) made.dataset.lmSuppressShortcuts = "true";
  return made;
}

function button(text, properties, act) {
  const made = element("button", { type: "button", text, ...properties });
  made.addEventListener("click", act);
  return made;
}

/** A place for what only a screen reader is to say. */
function announcements() {
  return element("p", { className: "for-readers", role: "status" });
}

/** Call these at each change of the model; returns what ends it. */
function listen(model, callbacks) {
  for (const [name, callback] of Object.entries(callbacks)) model.on(name, callback);
  return () => {
    for (const [name, callback] of Object.entries(callbacks)) model.off(name, callback);
  };
}

/** Have the kernel look as long as this is shown, and say whether it does; returns parts and end. */
function watch(model, words) {
  const watching = element("span", { className: "watching" });
  const look = button("Look again", { className: "button outlined" }, () => model.send({ kind: "look" }));
  const problem = element("p", { className: "problem" });
  let hasWatched = false;
  const say = () => {
    problem.textContent = model.get("problem");
    problem.hidden = !problem.textContent;
    hasWatched ||= model.get("is_watching");
    const ended = hasWatched ? "Not looking by itself any more." : "";
    watching.textContent = model.get("is_watching") ? words : ended;
  };
  const stop = listen(model, { "change:problem": say, "change:is_watching": say });
  say();
  model.send({ kind: "look" });
  const end = () => {
    stop();
    model.send({ kind: "hidden" });
  };
  return { bar: element("div", { className: "bar" }, [look, watching]), problem, end };
}
