/** HTML by template: values are escaped, markup inside markup is not. */

export interface Markup {
  readonly html: string;
}

type Part = Markup | string | number | readonly Part[];

export function markup(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return {
    html: strings.reduce((text, string, at) => text + string + (at < parts.length ? render(parts[at] ?? "") : ""), ""),
  };
}

export function escapeText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

function render(part: Part): string {
  if (typeof part === "string") return escapeText(part);
  if (typeof part === "number") return String(part);
  return "html" in part ? part.html : part.map(render).join("");
}
