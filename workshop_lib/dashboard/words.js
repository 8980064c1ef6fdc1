// How things are said on this page: percentages, times, names, sizes.

const percent = new Intl.NumberFormat("en", { style: "percent", maximumFractionDigits: 0 });
const clock = new Intl.DateTimeFormat(undefined, { month: "short", day: "numeric", hour: "numeric", minute: "2-digit" });

/** A confidence of 0 to 1 as a percentage; nothing when there is none, or nothing was seen. */
export function confidenceWords(confidence) {
  const number = Number(confidence);
  return Number.isFinite(number) && number > 0 ? percent.format(Math.min(number, 1)) : "";
}

/** Whether a result says that the picture could not be recognised. */
export function isError(item) {
  return item.status === "error" || Boolean(item.error);
}

/** What a result says in a line: the label with its confidence, or why there is none. */
export function resultWords(item) {
  if (isError(item)) return "Could not be recognised";
  const confidence = confidenceWords(item.confidence);
  return confidence ? `${item.result}, ${confidence}` : String(item.result ?? "No label");
}

/** What became of an upload: a picture in which something was recognised, or one without. */
export function outcomeWords(item) {
  const seen = !isError(item) && confidenceWords(item.confidence);
  return seen ? `Recognised: ${resultWords(item)}` : `Done: ${resultWords(item)}`;
}

/** The readable end of an object's key. */
export function pictureName(key) {
  const name = String(key ?? "").split("/").pop();
  return name || "a picture without a name";
}

/** A time in ISO 8601 as the reader's own clock shows it. */
export function timeWords(timestamp) {
  const time = new Date(timestamp);
  return Number.isNaN(time.getTime()) ? "" : clock.format(time);
}

/** A size in bytes, in megabytes or kilobytes. */
export function sizeWords(bytes) {
  const megabytes = bytes / 1_000_000;
  return megabytes >= 1 ? `${Math.round(10 * megabytes) / 10} MB` : `${Math.max(1, Math.round(bytes / 1000))} kB`;
}
