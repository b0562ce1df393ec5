// A group as every version of HDF5 reads it: names in a local heap, entries sorted by name in nodes of 8, a B-tree of nodes of 32 above them.

import { align, Block, type FileLayout } from "./file-layout.ts";

/** The default sizes of the superblock: nodes hold twice as many. */
export const LEAF_K = 4;
export const INTERNAL_K = 16;

/** A child of a group. */
export interface SymbolEntry {
  readonly name: string;
  readonly header: number;
  /** Where a group's B-tree and heap are, which entries repeat. */
  readonly table: { readonly tree: number; readonly heap: number } | null;
}

/** Writes B-tree and heap of a group; `entries` come in any order, their names differ. */
export function writeSymbolTable(file: FileLayout, entries: readonly SymbolEntry[]): { tree: number; heap: number } {
  const encoder = new TextEncoder();
  const named = entries.map((entry) => ({ ...entry, bytes: encoder.encode(`${entry.name}\0`) }));
  named.sort((a, b) => compareBytes(a.bytes, b.bytes));
  const offsets: number[] = [];
  let size = 8; // offset 0 is the empty name, the first key
  for (const { bytes } of named) {
    offsets.push(size);
    size += align(bytes.length);
  }
  const names = new Block(size).skip(8);
  for (const { bytes } of named) names.raw(bytes).skip(align(bytes.length) - bytes.length);
  const data = file.append(names.bytes);
  const noFreeSpace = 1;
  const heap = file.append(new Block(32).text("HEAP").skip(4).uint64(size).uint64(noFreeSpace).uint64(data).bytes);

  let nodes: TreeChild[] = [];
  for (let start = 0; start < named.length; start += 2 * LEAF_K) {
    const part = named.slice(start, start + 2 * LEAF_K);
    const address = writeLeaf(file, part, offsets.slice(start, start + part.length));
    nodes.push({ address, first: offsets[start - 1] ?? 0, last: offsets[start + part.length - 1] as number });
  }
  for (let level = 0; ; level++) {
    nodes = writeLevel(file, nodes, level);
    if (nodes.length === 1) return { tree: (nodes[0] as TreeChild).address, heap };
  }
}

/** A node with the heap offsets of the name before its first, and of its last. */
interface TreeChild {
  readonly address: number;
  readonly first: number;
  readonly last: number;
}

function writeLeaf(file: FileLayout, entries: readonly SymbolEntry[], offsets: readonly number[]): number {
  const block = new Block(8 + 2 * LEAF_K * 40).text("SNOD").uint8(1).skip(1).uint16(entries.length);
  for (const [index, { header, table }] of entries.entries())
    writeEntry(block, offsets[index] as number, header, table);
  return file.append(block.bytes);
}

/** An entry, as leaves have it and the superblock for the root. */
export function writeEntry(block: Block, name: number, header: number, table: SymbolEntry["table"]): void {
  block
    .uint64(name)
    .uint64(header)
    .uint32(table ? 1 : 0)
    .skip(4);
  if (table) block.uint64(table.tree).uint64(table.heap);
  else block.skip(16);
}

/** The nodes above these, all of one level; a group without children has one node without any. */
function writeLevel(file: FileLayout, children: readonly TreeChild[], level: number): TreeChild[] {
  const most = 2 * INTERNAL_K;
  const count = Math.max(1, Math.ceil(children.length / most));
  const size = 24 + (2 * most + 1) * 8;
  const start = align(file.end); // nodes of a level follow each other, so that siblings are known
  return Array.from({ length: count }, (_, node) => {
    const part = children.slice(node * most, (node + 1) * most);
    const block = new Block(size).text("TREE").uint8(0).uint8(level).uint16(part.length);
    block
      .uint64(node === 0 ? null : start + (node - 1) * size)
      .uint64(node === count - 1 ? null : start + (node + 1) * size);
    const first = part[0]?.first ?? 0;
    block.uint64(first);
    for (const { address, last } of part) block.uint64(address).uint64(last);
    return { address: file.append(block.bytes), first, last: part.at(-1)?.last ?? 0 };
  });
}

/** The order of names in HDF5. */
function compareBytes(a: Uint8Array, b: Uint8Array): number {
  for (let index = 0; index < Math.min(a.length, b.length); index++) {
    const difference = (a[index] as number) - (b[index] as number);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
