// A question as one group of radio buttons; the kernel explains each choice.

function render({ model, el }) {
  const group = document.createElement("fieldset");
  // JupyterLab would take the arrow keys for its cells.
  group.addEventListener("keydown", (event) => event.stopPropagation());
  const legend = document.createElement("legend");
  legend.textContent = model.get("question");
  group.append(legend);
  // crypto.randomUUID is missing where Jupyter is served without TLS.
  const name = `question-${Math.random().toString(36).slice(2)}`;
  for (const [letter, text] of model.get("answers")) {
    group.append(makeAnswer(model, name, letter, text));
  }
  const explanation = document.createElement("div");
  explanation.setAttribute("role", "status");
  const explain = () => { explanation.innerHTML = model.get("explanation"); };
  model.on("change:explanation", explain);
  explain();
  const frame = document.createElement("div");
  frame.className = "workshop-view question";
  frame.append(group, explanation);
  const styles = document.createElement("style");
  styles.textContent = model.get("styles");
  el.append(styles, frame);
  return () => model.off("change:explanation", explain);
}

function makeAnswer(model, name, letter, text) {
  const radio = document.createElement("input");
  radio.type = "radio";
  radio.name = name;
  radio.checked = model.get("chosen") === letter;
  radio.addEventListener("change", () => {
    model.set("chosen", letter);
    model.save_changes();
  });
  const mark = document.createElement("strong");
  mark.textContent = `${letter})`;
  const words = document.createElement("span");
  words.textContent = text;
  const label = document.createElement("label");
  label.append(radio, mark, words);
  return label;
}

export default { render };
