// Where pictures come from: the file dialog, a drop anywhere on the page, the clipboard.

/** Call `take` with the files of every choice, drop and paste. */
export function listenForPictures(input, zone, take) {
  input.addEventListener("change", () => {
    take([...input.files]);
    // Empty again, so that the same file can be chosen twice.
    input.value = "";
  });
  listenForDrops(zone, take);
  addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (!files.length) return;
    event.preventDefault();
    take(files);
  });
}

// A drop beside the zone would make the browser leave this page for the picture.
function listenForDrops(zone, take) {
  const hasFiles = (event) => event.dataTransfer?.types.includes("Files");
  addEventListener("dragover", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    zone.classList.add("ready");
  });
  addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) zone.classList.remove("ready");
  });
  addEventListener("drop", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    zone.classList.remove("ready");
    take([...event.dataTransfer.files]);
  });
}
