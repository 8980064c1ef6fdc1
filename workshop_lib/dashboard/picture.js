// One picture, large: the photo, boxes around what was found, and the findings as a list.

import { element } from "./elements.js";
import { confidenceWords, isError, pictureName, resultWords, timeWords } from "./words.js";

/** The figure of a result. `renew` is called once when the picture's address no longer works. */
export function pictureFigure(item, renew) {
  const photo = element("div", { className: "photo" });
  const finding = isError(item) ? errorWords(item) : findingWords(item);
  if (typeof item.picture_url === "string") showPhoto(photo, item, renew);
  else photo.append(element("p", { className: "no-photo", text: "The API gave no address for this picture." }));
  return element("figure", { className: "picture" }, [
    photo,
    element("figcaption", {}, [...finding, provenance(item)]),
  ]);
}

function showPhoto(photo, item, renew) {
  const image = element("img", { alt: `${pictureName(item.name)}: ${resultWords(item)}` });
  const frame = element("div", { className: "frame" }, [image]);
  image.addEventListener("load", () => frame.append(...boxes(item.labels)), { once: true });
  image.addEventListener("error", () => {
    photo.replaceChildren(element("p", { className: "no-photo", text: isError(item) ? "This file cannot be shown as a picture." : "The picture cannot be shown: its address may have expired." }));
    renew();
  }, { once: true });
  image.src = item.picture_url;
  photo.append(frame);
}

/** Boxes are drawn for the eye; the list beside the picture says the same. */
export function boxes(labels) {
  return usable(labels).filter((label) => isBox(label.box)).map((label) => {
    const [left, top, width, height] = label.box.map((share) => Math.min(Math.max(Number(share), 0), 1));
    const tag = element("span", { className: "tag" }, [element("bdi", { text: label.name }), ` ${confidenceWords(label.confidence)}`]);
    const box = element("div", { className: "box", ariaHidden: "true" }, [tag]);
    // The style object is allowed where a style attribute would not be (Content-Security-Policy).
    box.style.left = `${100 * left}%`;
    box.style.top = `${100 * top}%`;
    box.style.width = `${100 * Math.min(width, 1 - left)}%`;
    box.style.height = `${100 * Math.min(height, 1 - top)}%`;
    box.classList.toggle("high", top < 0.08);
    box.classList.toggle("far", left > 0.6);
    return box;
  });
}

function isBox(box) {
  return Array.isArray(box) && box.length === 4 && box.every((share) => Number.isFinite(Number(share)));
}

function usable(labels) {
  return Array.isArray(labels) ? labels.filter((label) => label && typeof label === "object") : [];
}

function errorWords(item) {
  return [
    element("p", { className: "result bad", text: "Could not be recognised" }),
    element("p", { className: "reason", text: String(item.error ?? "The function gave no reason.") }),
  ];
}

function findingWords(item) {
  const rows = usable(item.labels).map((label) => {
    const share = confidenceWords(label.confidence);
    const bar = element("span", { className: "bar", ariaHidden: "true" }, [element("span")]);
    bar.firstChild.style.width = share.replace(/\s/g, "") || "0%";
    return element("li", {}, [element("bdi", { className: "finding", text: label.name }), bar, element("span", { className: "share", text: share })]);
  });
  return [
    element("p", { className: "result" }, [element("bdi", { text: item.result ?? "No label" }), element("span", { className: "confidence", text: ` ${confidenceWords(item.confidence)}` })]),
    rows.length ? element("ul", { className: "findings", ariaLabel: "Everything found" }, rows) : "",
  ];
}

function provenance(item) {
  const parts = [["Picture", pictureName(item.name)], ["Recognised", timeWords(item.timestamp)], ["By", item.recogniser ?? ""]];
  const rows = parts.filter(([, text]) => text).flatMap(([term, text]) => [
    element("dt", { text: term }),
    element("dd", {}, [element("bdi", { text })]),
  ]);
  return element("dl", { className: "provenance" }, rows);
}
