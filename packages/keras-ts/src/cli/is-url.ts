/** Whether a word of the command line is a URL to load from, not a path. */
export function isUrl(word: string): boolean {
  return /^https?:/i.test(word);
}
