// JupyterLab's part of the workshop: "Present" in the launcher and in the palette, and the command
// behind the links of a lesson's card. Written by hand as the federated module that JupyterLab
// loads, so that there is nothing to build; the slides themselves come from the Jupyter server.
"use strict";

(() => {
  const NAME = "serverless-workshop";
  const OPEN = "workshop:open-slides";
  const OPEN_HERE = "workshop:open-slides-of-this-section";

  let shared = {};

  // Any version will do: JupyterLab shares one of each of its own packages.
  async function use(name) {
    const versions = Object.values(shared[name] ?? {});
    if (versions.length === 0) throw new Error(`JupyterLab shares no ${name}`);
    return (await versions[0].get())();
  }

  async function load() {
    const [{ ILauncher }, { ICommandPalette, MainAreaWidget }, { INotebookTracker }] =
      await Promise.all(
        ["@jupyterlab/launcher", "@jupyterlab/apputils", "@jupyterlab/notebook"].map(use),
      );
    const [{ PageConfig, URLExt }, { LabIcon }, { Widget }] = await Promise.all(
      ["@jupyterlab/coreutils", "@jupyterlab/ui-components", "@lumino/widgets"].map(use),
    );

    const icon = new LabIcon({
      name: `${NAME}:slides`,
      svgstr:
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" width="16" fill="none" ' +
        'stroke-width="1.7" stroke-linecap="round" stroke-linejoin="round">' +
        '<g class="jp-icon3" stroke="#616161"><path d="M2.5 4h19M4 4v11.5h16V4M12 15.5V18M8 21l4-3 4 3"/>' +
        '<path d="M10 7.2v5l4-2.5z"/></g></svg>',
    });

    // The pane of slides that is open, and the frame in it.
    let pane = null;
    let frame = null;

    function address({ deck, section }) {
      const page = deck ? `${deck}.html` : "index.html";
      const scheme = document.body.dataset.jpThemeLight === "false" ? "dark" : "light";
      const url = URLExt.join(PageConfig.getBaseUrl(), "workshop/slides", page);
      return `${url}?scheme=${scheme}${section ? `#/${section}` : ""}`;
    }

    function makePane() {
      frame = document.createElement("iframe");
      frame.title = "The workshop's slides";
      frame.allow = "fullscreen";
      frame.style.cssText = "border: 0; width: 100%; height: 100%;";
      const content = new Widget();
      content.node.append(frame);
      pane = new MainAreaWidget({ content });
      pane.id = `${NAME}-slides`;
      pane.title.label = "Slides";
      pane.title.icon = icon;
      pane.title.closable = true;
      pane.disposed.connect(() => {
        pane = null;
        frame = null;
      });
    }

    // Beside the notebook that is open, or alone where none is.
    function open(app, tracker, asked) {
      const isNew = pane === null;
      if (isNew) makePane();
      frame.src = address(asked);
      const notebook = tracker?.currentWidget;
      const beside = notebook ? { mode: "split-right", ref: notebook.id } : {};
      // The launcher that was asked has done its work, as with everything it opens.
      if (asked.isLauncher) app.shell.currentWidget?.dispose();
      if (isNew) app.shell.add(pane, "main", beside);
      app.shell.activateById(pane.id);
      frame.focus();
    }

    // Which deck and section the reader is at: the last section's heading above the active cell.
    function whereTheReaderIs(tracker) {
      const notebook = tracker?.currentWidget;
      if (!notebook) return {};
      const deck = notebook.context.path.split("/").pop().replace(/\.ipynb$/, "");
      if (!/^\d\d_/.test(deck)) return {};
      const cells = notebook.content.widgets.slice(0, notebook.content.activeCellIndex + 1);
      for (const cell of cells.reverse()) {
        if (cell.model.type !== "markdown") continue;
        const found = cell.model.sharedModel.getSource().match(/^## (.+) · \d+ min$/m);
        if (found) return { deck, section: sectionAnchor(found[1]) };
      }
      return { deck };
    }

    // As workshop_lib/notebook_sections.py names it; a test compares the two.
    function sectionAnchor(title) {
      return `section-${(title.toLowerCase().match(/[a-z0-9]+/g) ?? []).join("-")}`;
    }

    return {
      id: `${NAME}:slides`,
      description: "Presents the workshop's slides beside its notebooks.",
      autoStart: true,
      optional: [ILauncher, ICommandPalette, INotebookTracker],
      activate: (app, launcher, palette, tracker) => {
        app.commands.addCommand(OPEN, {
          label: (asked) => (asked.isLauncher ? "Present" : "Present the Slides"),
          caption: "Open the workshop's slides beside the notebook",
          icon: (asked) => (asked.isPalette ? null : icon),
          execute: (asked) => open(app, tracker, asked),
        });
        app.commands.addCommand(OPEN_HERE, {
          label: "Present the Slides of This Section",
          caption: "Open the slides at the section of the notebook's active cell",
          execute: () => open(app, tracker, whereTheReaderIs(tracker)),
        });
        launcher?.add({
          command: OPEN,
          args: { isLauncher: true },
          category: "Workshop",
          rank: 0,
        });
        palette?.addItem({ command: OPEN, args: { isPalette: true }, category: "Workshop" });
        palette?.addItem({ command: OPEN_HERE, category: "Workshop" });
      },
    };
  }

  window._JUPYTERLAB = window._JUPYTERLAB ?? {};
  window._JUPYTERLAB[NAME] = {
    init: (scope) => {
      shared = scope;
    },
    get: async () => {
      const plugin = await load();
      return () => ({ __esModule: true, default: plugin });
    },
  };
})();
