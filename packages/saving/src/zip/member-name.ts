// Which names a member of an archive may have.

/** Why this name is refused, or null. Refused is what could lead outside of a folder, on any system, and what is no name. */
export function refuseMemberName(name: string): string | null {
  if (name === "") return "is empty";
  if (name.includes("\\")) return "has a backslash";
  if (name.startsWith("/") || /^[A-Za-z]:/.test(name)) return "is an absolute path";
  for (const character of name) if (character < " ") return "has a control character";
  const folders = name.split("/");
  if (folders.at(-1) === "") folders.pop(); // the name of a folder itself
  if (folders.some((folder) => folder === "" || folder === "." || folder === "..")) return "is no plain path";
  return null;
}
