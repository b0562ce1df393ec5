import { describe, expect, it } from "vitest";
import { Heap } from "./heap.ts";

const PAGE = 65536;

function makeHeap(pages = 1, maximum = 16): Heap {
  return new Heap(new WebAssembly.Memory({ initial: pages, maximum }), 1000, maximum * PAGE);
}

describe("Heap", () => {
  it("aligns to 64 bytes, from behind the base on", () => {
    const heap = makeHeap();
    const addresses = [1, 0, 100, 64].map((bytes) => heap.alloc(bytes));
    for (const address of addresses) expect(address % 64).toBe(0);
    expect(addresses[0]).toBeGreaterThanOrEqual(1000);
    expect(new Set(addresses).size).toBe(4);
  });

  it("keeps ranges apart, with spare bytes behind each", () => {
    const heap = makeHeap();
    const [a, b] = [heap.alloc(64), heap.alloc(64)];
    expect(b - a).toBeGreaterThanOrEqual(64 + 64);
  });

  it("uses freed ranges again, the smallest that fits", () => {
    const heap = makeHeap();
    const large = heap.alloc(1000);
    heap.alloc(1);
    const small = heap.alloc(100);
    heap.alloc(1);
    heap.free(large);
    heap.free(small);
    expect(heap.alloc(90)).toBe(small);
    expect(heap.alloc(900)).toBe(large);
  });

  it.each([
    ["first to last", [0, 1, 2, 3]],
    ["last to first", [3, 2, 1, 0]],
    ["the middle last", [0, 3, 1, 2]],
    ["the middle first", [1, 2, 3, 0]],
  ])("merges neighbours freed %s", (_, order) => {
    const heap = makeHeap();
    const addresses = [500, 500, 500, 500].map((bytes) => heap.alloc(bytes));
    heap.alloc(1);
    for (const i of order) heap.free(addresses[i] ?? -1);
    expect(heap.alloc(4 * 500)).toBe(addresses[0]);
  });

  it("grows the memory, refreshes the views and keeps the contents", () => {
    const heap = makeHeap();
    const address = heap.alloc(16);
    heap.f32[address >> 2] = 7;
    const before = heap.f32;
    heap.alloc(3 * PAGE);
    expect(heap.f32 === before).toBe(false);
    expect(heap.f32[address >> 2]).toBe(7);
    expect(heap.f32.byteLength).toBe(heap.memory.buffer.byteLength);
    expect(heap.i32.byteLength).toBe(heap.memory.buffer.byteLength);
  });

  it("refuses more than its limit, naming the sizes, and goes on", () => {
    const heap = makeHeap(1, 4);
    const address = heap.alloc(2 * PAGE);
    const used = heap.usedBytes;
    expect(() => heap.alloc(3 * PAGE)).toThrow(new RegExp(`by ${3 * PAGE} bytes: ${used} bytes are in use`));
    expect(heap.usedBytes).toBe(used);
    heap.free(address);
    expect(heap.alloc(3 * PAGE)).toBe(address);
  });

  it("refuses to free twice", () => {
    const heap = makeHeap();
    const address = heap.alloc(16);
    heap.free(address);
    expect(() => heap.free(address)).toThrow(`address=${address}`);
  });

  it("survives random use", () => {
    const heap = makeHeap(1, 64);
    const live = new Map<number, number>();
    let seed = 12345;
    const random = (n: number): number => {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      return seed % n;
    };
    for (let i = 0; i < 2000; i++) {
      const [oldest] = live.keys();
      if (oldest !== undefined && (live.size > 40 || random(2) === 0)) {
        heap.free(oldest);
        live.delete(oldest);
      } else {
        const bytes = random(5000);
        live.set(heap.alloc(bytes), bytes);
      }
    }
    const ranges = [...live].sort(([a], [b]) => a - b);
    ranges.forEach(([address, bytes], i) => {
      expect(address + bytes).toBeLessThanOrEqual(ranges[i + 1]?.[0] ?? Number.POSITIVE_INFINITY);
    });
    for (const address of live.keys()) heap.free(address);
    expect(heap.usedBytes).toBe(0);
  });
});
