// Writes an HDF5 file in the structures of its first version (superblock 0, symbol tables, contiguous values), which h5py and Keras write
// by default and every reader reads. The same tree gives the same bytes.

import { ValueError } from "@keras-ts/core";
import { Block, FileLayout } from "./file-layout.ts";
import {
  checkName,
  checkValues,
  fullAttribute,
  type Hdf5DatasetTree,
  type Hdf5GroupTree,
  type Hdf5WrittenAttributes,
} from "./hdf5-tree.ts";
import {
  attributeMessage,
  dataspaceMessage,
  datatypeMessage,
  fillValueMessage,
  layoutMessage,
  symbolTableMessage,
  valueBytes,
  type WrittenMessage,
  writeObjectHeader,
} from "./header-messages.ts";
import { StringHeap } from "./string-heap.ts";
import { INTERNAL_K, LEAF_K, type SymbolEntry, writeEntry, writeSymbolTable } from "./symbol-table.ts";

const SUPERBLOCK_BYTES = 96;
const DEEPEST = 64; // what readers with default limits open

/**
 * The bytes of a file with this tree. Throws ValueError, before anything is written, for values that do not fit their shape or
 * dtype, names that a group cannot hold, groups more than 64 deep, and attributes of more than 64 KB.
 */
export function writeHdf5(root: Hdf5GroupTree): Uint8Array {
  const texts: string[] = [];
  checkGroup(root, "/", 0, texts);
  const file = new FileLayout(SUPERBLOCK_BYTES);
  const strings = new StringHeap(file, texts);
  const entry = writeGroup({ file, strings }, "/", root);
  const end = Math.ceil(file.end / 8) * 8;
  const head = new Block(SUPERBLOCK_BYTES).raw([0x89]).text("HDF\r\n\x1a\n");
  head.skip(5).uint8(8).uint8(8).skip(1); // versions 0; addresses and lengths of 8 bytes
  head.uint16(LEAF_K).uint16(INTERNAL_K).uint32(0);
  head.uint64(0).uint64(null).uint64(end).uint64(null); // base, free space, end, driver
  writeEntry(head, 0, entry.header, entry.table);
  return file.finish(head.bytes);
}

/** What all that is written needs. */
interface Writing {
  readonly file: FileLayout;
  readonly strings: StringHeap;
}

type Placed = Omit<SymbolEntry, "name">;

function checkGroup({ attributes, children }: Hdf5GroupTree, path: string, depth: number, texts: string[]): void {
  if (depth > DEEPEST) throw new ValueError(`writeHdf5: groups may be ${DEEPEST} deep. Received: ${path}.`);
  checkAttributes(attributes, path, texts);
  for (const [name, child] of children) {
    checkName(name, path);
    const childPath = `${path === "/" ? "" : path}/${name}`;
    if ("children" in child) {
      checkGroup(child, childPath, depth + 1, texts);
      continue;
    }
    checkValues(child, childPath);
    if (child.dtype === "string") for (const text of child.data) texts.push(text);
    checkAttributes(child.attributes, childPath, texts);
  }
}

function checkAttributes(attributes: Hdf5WrittenAttributes | undefined, path: string, texts: string[]): void {
  for (const [name, given] of attributes ?? []) {
    const value = fullAttribute(given);
    checkValues(value, `${path}@${name}`);
    if (name === "" || name.includes("\0"))
      throw new ValueError(`writeHdf5: "${path}" cannot have this attribute. Received: ${JSON.stringify(name)}.`);
    if (value.dtype === "string") for (const text of value.data) texts.push(text);
  }
}

/** Children first, so that all addresses are known when they are needed. */
function writeGroup(writing: Writing, path: string, { attributes, children }: Hdf5GroupTree): Placed {
  const entries = [...children].map(([name, child]): SymbolEntry => {
    const childPath = `${path === "/" ? "" : path}/${name}`;
    const placed =
      "children" in child ? writeGroup(writing, childPath, child) : writeDataset(writing, childPath, child);
    return { name, ...placed };
  });
  const table = writeSymbolTable(writing.file, entries);
  const messages = [symbolTableMessage(table.tree, table.heap), ...attributeMessages(writing, path, attributes)];
  return { header: writeObjectHeader(writing.file, messages), table };
}

function writeDataset(writing: Writing, path: string, dataset: Hdf5DatasetTree): Placed {
  const bytes = valueBytes(dataset, writing.strings);
  const address = bytes.length === 0 ? null : writing.file.append(bytes);
  const messages = [
    dataspaceMessage(dataset.shape),
    datatypeMessage(dataset.dtype),
    fillValueMessage(),
    layoutMessage(address, bytes.length),
    ...attributeMessages(writing, path, dataset.attributes),
  ];
  return { header: writeObjectHeader(writing.file, messages), table: null };
}

function attributeMessages({ strings }: Writing, path: string, attributes?: Hdf5WrittenAttributes): WrittenMessage[] {
  return [...(attributes ?? [])].map(([name, value]) => attributeMessage(name, fullAttribute(value), strings, path));
}
