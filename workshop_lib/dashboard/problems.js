// What can go wrong between this page and the cloud, each with what to do about it.

export class Problem extends Error {
  /**
   * @param {string} what happened, a sentence.
   * @param {string} next what to do about it.
   * @param {boolean} mayPass whether the same thing, tried again, may go well.
   */
  constructor(what, next = "", mayPass = true) {
    super(what);
    this.what = what;
    this.next = next;
    this.mayPass = mayPass;
  }
}

/** Any error as a problem that can be shown. */
export function asProblem(error) {
  return error instanceof Problem
    ? error
    : new Problem(`This page failed: ${error?.message ?? error}`, "Reload the page. If it stays, look at the browser's console.");
}

/**
 * Why a request got no readable answer. A browser does not tell a script whether the other side
 * was silent or forbade this page to read, so the address is asked once more without reading.
 */
export async function unreadable(address, who, corsAdvice) {
  const host = new URL(address, document.baseURI).host;
  try {
    await fetch(address, { mode: "no-cors", cache: "no-store", credentials: "omit" });
  } catch {
    return new Problem(`${who} does not answer at ${host}.`, silenceAdvice(host));
  }
  return new Problem(`${who} answered, but does not let this page read the answer (CORS).`, corsAdvice);
}

function silenceAdvice(host) {
  const name = host.replace(/:\d+$/, "");
  if (name === "localhost" || name.endsWith(".localhost") || name === "127.0.0.1") {
    return "Is the local cloud running? `workshop cloud start` starts it; this page then goes on by itself.";
  }
  return navigator.onLine
    ? "Check that the stage is deployed and the address in config.json is right; this page keeps trying."
    : "This computer is offline. The page goes on by itself when the network is back.";
}
