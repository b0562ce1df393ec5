/**
 * What the page does: draws the heat maps when their card is opened, and filters the list of cases. Kept as a function, so
 * that it is type-checked; `html.ts` embeds its text, so it may refer to nothing outside itself.
 */

/** The data that `html.ts` embeds: words are indices into lists, to keep thousands of cases small. */
export interface PageData {
  readonly suites: readonly string[];
  readonly groups: readonly string[];
  readonly backends: readonly string[];
  readonly modes: readonly string[];
  readonly statuses: readonly string[];
  readonly cases: readonly PageCase[];
}

export type PageCase = readonly [
  suite: number,
  id: string,
  group: number,
  backend: number,
  mode: number,
  status: number,
  /** Error over tolerance at the worst element; -1 without numbers. */
  used: number,
  ulp: string,
  abs: string,
  message: string,
];

export function pageScript(): void {
  const PAGE = 150;
  const byId = (id: string) => document.getElementById(id);
  const data: PageData = JSON.parse(byId("data")?.textContent ?? "{}");

  // Colours of error over tolerance, on a log scale from 1/1000 to 1000; beyond 1 it differs.
  const colourOf = (ratio: number): string => {
    if (ratio < 0) return "#d01ce0";
    if (ratio === 0) return "rgba(128,128,128,.12)";
    const t = Math.max(-3, Math.min(3, Math.log10(ratio)));
    if (t <= 0) return `hsl(210 70% ${Math.round(86 - (t + 3) * 9)}%)`;
    return `hsl(${Math.round(42 - t * 14)} 92% ${Math.round(56 - t * 7)}%)`;
  };

  const draw = (canvas: HTMLCanvasElement) => {
    const { rows = "1", columns = "1", cells = "[]" } = canvas.dataset;
    const values: number[] = JSON.parse(cells);
    const size = Math.max(3, Math.min(22, Math.floor(320 / Number(columns)), Math.floor(200 / Number(rows))));
    canvas.width = Number(columns) * size;
    canvas.height = Number(rows) * size;
    const context = canvas.getContext("2d");
    if (!context) return;
    const gap = size > 6 ? 1 : 0;
    values.forEach((value, at) => {
      context.fillStyle = colourOf(value);
      context.fillRect((at % Number(columns)) * size, Math.floor(at / Number(columns)) * size, size - gap, size - gap);
    });
  };
  const drawInside = (element: Element) => {
    for (const canvas of element.querySelectorAll<HTMLCanvasElement>("canvas[data-cells]")) draw(canvas);
  };
  for (const details of document.querySelectorAll<HTMLDetailsElement>("details.card")) {
    if (details.open) drawInside(details);
    details.addEventListener("toggle", () => details.open && drawInside(details));
  }
  const scale = document.querySelector<HTMLCanvasElement>("canvas.scale-bar");
  const context = scale?.getContext("2d");
  if (scale && context) {
    for (let x = 0; x < scale.width; x++) {
      context.fillStyle = colourOf(10 ** ((x / scale.width) * 6 - 3));
      context.fillRect(x, 0, 1, scale.height);
    }
  }

  // The search of layers, over both tables that have a row a layer.
  const search = byId("search");
  if (search) search.hidden = false;
  byId("layers")?.addEventListener("input", (event) => {
    const wanted = (event.target as HTMLInputElement).value.toLowerCase().replace(/\s+/g, "");
    for (const part of document.querySelectorAll<HTMLElement>("[data-layer]"))
      part.hidden = !part.dataset["layer"]?.includes(wanted);
  });

  const body = byId("list");
  const count = byId("count");
  const more = byId("more");
  const field = (id: string) => byId(id) as HTMLInputElement | HTMLSelectElement | null;
  const value = (id: string) => field(id)?.value ?? "";
  let shown = PAGE;

  const cell = (text: string, className = "") => {
    const td = document.createElement("td");
    td.className = className;
    td.textContent = text;
    return td;
  };
  const bar = (used: number) => {
    const td = document.createElement("td");
    if (used < 0) return td;
    const track = document.createElement("span");
    track.className = "used";
    const fill = document.createElement("i");
    fill.style.width = `${Math.min(100, used * 100)}%`;
    if (used > 1) fill.className = "over";
    track.append(fill);
    const text = document.createElement("span");
    text.className = "num";
    text.textContent =
      used === 0 ? "equal" : used > 9.99 ? `${used < 1e5 ? Math.round(used) : "∞"}×` : `${Math.round(used * 100)} %`;
    td.append(track, text);
    return td;
  };
  const rowsOf = (item: PageCase) => {
    const [suite, id, group, backend, mode, status, used, ulp, abs, message] = item;
    const row = document.createElement("tr");
    const badge = document.createElement("span");
    const word = data.statuses[status] ?? "";
    badge.className = `badge ${word}-bg`;
    badge.textContent = word;
    const first = document.createElement("td");
    first.append(badge);
    const name = cell(id, "id");
    name.title = `${data.suites[suite]} · ${data.groups[group]}`;
    row.append(
      first,
      name,
      cell(`${data.backends[backend]} ${data.modes[mode]}`),
      bar(used),
      cell(ulp, "num wide"),
      cell(abs, "num wide"),
    );
    if (!message) return [row];
    const second = document.createElement("tr");
    second.className = "sub";
    const text = cell(message);
    text.colSpan = 5;
    second.append(cell(""), text);
    return [row, second];
  };
  const render = () => {
    const words = value("text").toLowerCase().split(/\s+/).filter(Boolean);
    const matches = (list: readonly string[], at: number, wanted: string) => wanted === "" || list[at] === wanted;
    const found = data.cases.filter(([suite, id, group, backend, mode, status, , , , message]) => {
      const text = `${data.suites[suite]} ${id} ${data.groups[group]} ${message}`.toLowerCase();
      return (
        matches(data.statuses, status, value("status")) &&
        matches(data.groups, group, value("group")) &&
        matches(data.backends, backend, value("backend")) &&
        matches(data.modes, mode, value("mode")) &&
        words.every((word) => text.includes(word))
      );
    });
    found.sort((a, b) => b[5] - a[5] || b[6] - a[6]);
    body?.replaceChildren(...found.slice(0, shown).flatMap(rowsOf));
    if (count)
      count.textContent = `${found.length.toLocaleString("en")} of ${data.cases.length.toLocaleString("en")} replays`;
    if (more) more.hidden = found.length <= shown;
  };
  const restart = () => {
    shown = PAGE;
    render();
  };
  for (const id of ["text", "status", "group", "backend", "mode"]) field(id)?.addEventListener("input", restart);
  more?.addEventListener("click", () => {
    shown += PAGE;
    render();
  });
  for (const link of document.querySelectorAll<HTMLElement>("[data-show]")) {
    link.addEventListener("click", () => {
      const [group = "", backend = "", mode = "", status = ""] = (link.dataset["show"] ?? "").split("|");
      for (const [id, chosen] of Object.entries({ group, backend, mode, status, text: "" })) {
        const input = field(id);
        if (input) input.value = chosen;
      }
      restart();
    });
  }
  restart();
}
