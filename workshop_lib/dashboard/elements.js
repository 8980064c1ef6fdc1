// Elements made from plain text: whatever comes from outside is text here, never markup.

/** An element with a class, a text, and further properties. */
export function element(tag, { text, ...properties } = {}, children = []) {
  const made = Object.assign(document.createElement(tag), properties);
  if (text !== undefined) made.textContent = text;
  made.append(...children);
  return made;
}

/** Two paragraphs: what happened, and what to do about it. */
export function explanation(problem) {
  const parts = [element("p", { className: "what", text: problem.what })];
  if (problem.next) parts.push(element("p", { className: "next", text: problem.next }));
  return parts;
}
