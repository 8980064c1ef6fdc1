// The two routes of the API, and the file that says where they are.

import { Problem, unreadable } from "./problems.js";

/** Read config.json beside this page: `{api: {upload, results}, thumbnails}`, all addresses. */
export async function loadConfig() {
  const next = "Write config.json into the website's bucket (lesson 8), then reload this page.";
  const answer = await fetch(new URL("config.json", document.baseURI), { cache: "no-store" }).catch(() => null);
  if (!answer?.ok) {
    throw new Problem(`config.json cannot be read (${answer?.status ?? "no answer"}), so this page does not know its API.`, next);
  }
  const config = await answer.json().catch(() => {
    throw new Problem("config.json is not JSON.", next);
  });
  return {
    upload: address(config?.api?.upload, "api.upload", next),
    results: address(config?.api?.results, "api.results", next),
    thumbnails: address(config?.thumbnails, "thumbnails", next),
  };
}

function address(value, name, next) {
  if (typeof value === "string" && URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)) {
    return value;
  }
  throw new Problem(`config.json has no usable address under "${name}".`, next);
}

/** Ask for a presigned address for a picture of this name: `{url, method, headers, key}`. */
export function askForUpload(config, filename) {
  return getJson(withQuery(config.upload, { filename }), "upload");
}

/** One page of results, newest first: `{items, next}`. */
export async function fetchResults(config, { limit, next }) {
  const page = await getJson(withQuery(config.results, { limit, next }), "results");
  if (!Array.isArray(page?.items)) {
    throw new Problem("The API's answer to /results has no list of items.", "Call db-list with its test event and compare its answer with lesson 6.");
  }
  return page;
}

/** Where the thumbnail of a picture lies. */
export function thumbnailAddress(config, key, attempt = 0) {
  const path = String(key).split("/").map(encodeURIComponent).join("/");
  const address = `${config.thumbnails.replace(/\/$/, "")}/${path}`;
  return attempt ? `${address}?attempt=${attempt}` : address;
}

function withQuery(base, query) {
  const url = new URL(base);
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== undefined) url.searchParams.set(name, value);
  }
  return url.href;
}

async function getJson(address, route) {
  const answer = await fetch(address, { cache: "no-store", credentials: "omit" }).catch(async () => {
    throw await unreadable(
      address,
      "The API",
      `Let /${route} answer with Access-Control-Allow-Origin: ${location.origin}, in its errors too (lesson 2), and deploy the stage.`,
    );
  });
  const body = await answer.json().catch(() => null);
  if (!answer.ok) throw refusal(answer.status, body, route);
  return body;
}

function refusal(status, body, route) {
  const reason = [body?.message, body?.error, body?.reason].find((text) => typeof text === "string" && text);
  const said = reason ? `: ${reason}` : "";
  const next = {
    400: "Change what the reason names, then try again.",
    403: `Is the route /${route} deployed on this stage, and does the address in config.json name it?`,
    429: "Too many requests at once: wait a moment.",
    502: `The function behind /${route} failed or answered in another shape: look at its log.`,
    504: `The function behind /${route} took too long: look at its log.`,
  }[status];
  const advice = next ?? `Look at the log of the function behind /${route}.`;
  return new Problem(`The API answered ${status} to /${route}${said}`, advice, status !== 400);
}
