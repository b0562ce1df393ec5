/**
 * Runs a list of kernel calls. An entry has the kernel's place in the table, its parameter block and a count of pointers; for each of these
 * follow where it goes in the block, where its address stands among `addresses`, and the bytes to add to that. An entry without a kernel (0)
 * only writes its pointers.
 */

const WORD: usize = 4;
const HEAD: usize = 3 * WORD;
const POINTER: usize = 3 * WORD;

export function runList(entry: usize, end: usize, addresses: usize): void {
  while (entry < end) {
    const kernel = load<u32>(entry);
    const block = load<usize>(entry, WORD);
    const next = entry + HEAD + POINTER * load<u32>(entry, 2 * WORD);
    for (let p = entry + HEAD; p < next; p += POINTER) {
      const address = load<usize>(addresses + load<u32>(p, WORD));
      store<usize>(block + load<u32>(p), address + load<u32>(p, 2 * WORD));
    }
    if (kernel != 0) call_indirect<void>(kernel, block);
    entry = next;
  }
}
