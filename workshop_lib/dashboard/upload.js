// One picture on its way: checked, given an address, sent with progress.

import { askForUpload } from "./api.js";
import { Problem, unreadable } from "./problems.js";
import { sizeWords } from "./words.js";

export const TYPES = { "image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WebP", "image/gif": "GIF" };
export const MOST_BYTES = 20_000_000;

/** Throw a Problem unless this file is a picture that can be sent. */
export async function checkPicture(file) {
  if (file.size === 0) {
    throw unfit("The file is empty.", "Choose another picture, or save this one again.");
  }
  if (await isHeic(file)) {
    throw unfit("This is a HEIC picture, which most browsers and the recogniser cannot read.", "Save it as JPEG first. An iPhone takes JPEG under Settings, Camera, Formats, Most Compatible.");
  }
  if (!(file.type in TYPES)) {
    throw unfit(`This is not a picture that can be sent${file.type ? ` (${file.type})` : ""}.`, `Choose a ${typesWords()} file.`);
  }
  if (file.size > MOST_BYTES) {
    throw unfit(`The picture has ${sizeWords(file.size)}; the limit is ${sizeWords(MOST_BYTES)}.`, "Save it smaller: 2000 pixels are plenty for the recogniser.");
  }
}

function unfit(what, next) {
  return new Problem(what, next, false);
}

/** The kinds of picture that can be sent, in words. */
export function typesWords() {
  const names = Object.values(TYPES);
  return `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
}

// Phones rename HEIC files to .jpg now and then, so their first bytes are looked at too.
async function isHeic(file) {
  if (/^image\/hei[cf]/.test(file.type) || /\.hei[cf]$/i.test(file.name)) return true;
  const start = String.fromCharCode(...new Uint8Array(await file.slice(4, 12).arrayBuffer()));
  return /^ftyp(hei[cmsx]|hev[cmsx]|mif1|msf1)$/.test(start);
}

/**
 * Send a picture and return its key in the bucket.
 * @param {(words: string, share?: number) => void} report is told what happens, share from 0 to 1.
 */
export async function sendPicture(config, file, report) {
  await checkPicture(file);
  report("Asking for an address …");
  const ticket = await askForUpload(config, file.name);
  if (typeof ticket?.url !== "string" || typeof ticket.key !== "string") {
    throw new Problem("The API's answer to /upload has no url and key.", "Call presigned-url with its test event and compare its answer with lesson 2.");
  }
  await put(ticket, file, report);
  return ticket.key;
}

// fetch() cannot say how much of a body has left; XMLHttpRequest can.
function put(ticket, file, report) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(ticket.method ?? "PUT", ticket.url);
    for (const [name, value] of Object.entries(ticket.headers ?? {})) request.setRequestHeader(name, value);
    request.upload.onprogress = ({ loaded, total }) => {
      report(`Sending, ${Math.round((100 * loaded) / total)} %`, loaded / total);
    };
    request.onload = () => (request.status < 300 ? resolve() : reject(refusal(request)));
    request.onerror = async () => {
      reject(await unreadable(
        ticket.url,
        "The bucket of the pictures",
        `Give the bucket a CORS rule that lets ${location.origin} PUT (lesson 1).`,
      ));
    };
    report("Sending, 0 %", 0);
    request.send(file);
  });
}

function refusal(request) {
  const found = (tag) => new RegExp(`<${tag}>([^<]{1,200})</${tag}>`).exec(request.responseText)?.[1];
  const said = [found("Code"), found("Message")].filter(Boolean).join(": ") || `status ${request.status}`;
  return new Problem(`S3 refused the picture: ${said}.`, "Try again: that asks for a new address. If it stays, check that the role of presigned-url may put objects.");
}
