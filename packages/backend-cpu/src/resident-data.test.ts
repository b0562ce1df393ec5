import * as tf from "@tensorflow/tfjs-core";
import { afterEach, beforeEach, expect, test } from "vitest";
import { CpuBackend } from "./cpu-backend.ts";

const N = 10_000;
let backend: CpuBackend;

beforeEach(async () => {
  backend = new CpuBackend({ maximumMemory: 4 << 20 });
  await backend.init();
  await tf.setBackend("cpu");
});

afterEach(() => backend.dispose());

/** A tensor whose values are still on the heap: i + offset. */
function adopted(offset: number, size = N): tf.Tensor {
  const buffer = backend.alloc([size]);
  backend.write(
    buffer,
    Float32Array.from({ length: size }, (_, i) => i + offset),
  );
  return tf.engine().makeTensorFromTensorInfo(backend.adopt(buffer, [size]));
}

test("tfjs reads, computes with and disposes a resident like any tensor", () => {
  const before = tf.memory().numTensors;
  const x = adopted(1);
  const doubled = tf.add(x, x);
  expect(doubled.dataSync()[N - 1]).toBe(2 * N);
  expect(x.dataSync()[0]).toBe(1);
  tf.dispose([x, doubled]);
  expect(tf.memory().numTensors).toBe(before);
  expect(backend.memory()).toEqual({ buffers: 0, packed: 0, bytes: 0 });
});

test("a resident is borrowed in place, and outlives the tensor while it is borrowed", () => {
  const x = adopted(3);
  const buffer = backend.borrow(x);
  expect(backend.memory()).toMatchObject({ buffers: 1, bytes: 0 });
  x.dispose();
  const values = new Float32Array(N);
  backend.readSync(buffer, values);
  expect([values[0], values[N - 1]]).toEqual([3, N + 2]);
  backend.free(buffer);
  expect(backend.memory().buffers).toBe(0);
});

/** A tensor of tfjs's own, used as a layer would use it `times` times; the addresses of its copies. */
function used(x: tf.Tensor, times: number): number[] {
  return Array.from({ length: times }, () => {
    const buffer = backend.borrow(x);
    const { byteOffset } = backend.view(buffer);
    backend.free(buffer);
    return byteOffset;
  });
}

const heapInUse = () => {
  const buffer = backend.alloc([1]);
  const { byteOffset } = backend.view(buffer);
  backend.free(buffer);
  return byteOffset;
};

test("an input that is used again stays on the heap until its tensor goes", () => {
  const before = heapInUse();
  const x = tf.range(0, N);
  used(x, 1);
  expect(heapInUse()).toBe(before);
  const [second, third] = used(x, 2);
  expect(third).toBe(second);
  expect(heapInUse()).toBeGreaterThan(before);
  expect(backend.memory()).toEqual({ buffers: 0, packed: 0, bytes: 0 });
  const clone = x.clone();
  x.dispose();
  expect(heapInUse()).toBeGreaterThan(before);
  clone.dispose();
  expect(heapInUse()).toBe(before);
});

test("an array that was handed out counts, even where it is changed afterwards", () => {
  const x = tf.fill([N], 1);
  used(x, 3);
  const values = x.dataSync();
  values[0] = 5;
  for (let i = 0; i < 3; i++) {
    const buffer = backend.borrow(x);
    expect(backend.view(buffer)[0]).toBe(5 + i);
    backend.free(buffer);
    values[0] += 1;
  }
  expect(x.dataSync()).toBe(values);
});

test("a copy makes room without a loss", () => {
  const x = tf.range(0, 400_000);
  used(x, 2);
  const large = backend.alloc([600_000]);
  backend.free(large);
  const buffer = backend.borrow(x);
  expect(backend.view(buffer)[399_999]).toBe(399_999);
  backend.free(buffer);
  expect(x.dataSync()[7]).toBe(7);
});

test("residents make room when the heap is full, and keep their values", () => {
  const kept = Array.from({ length: 20 }, (_, i) => adopted(i, 40_000)); // 3.2 MB of 4
  const large = backend.alloc([600_000]);
  for (const [i, x] of kept.entries()) expect(x.dataSync()[39_999]).toBe(39_999 + i);
  backend.free(large);
  tf.dispose(kept);
});

test("a thousand results that are disposed leave the heap as it was", () => {
  for (let i = 0; i < 1000; i++) adopted(i).dispose();
  const whole = backend.alloc([900_000]);
  backend.free(whole);
  expect(backend.memory()).toEqual({ buffers: 0, packed: 0, bytes: 0 });
});

test("values survive the backend that computed them", () => {
  const x = adopted(7);
  backend.dispose();
  expect(x.dataSync()[1]).toBe(8);
  x.dispose();
});

test("a clone shares the values, and the last one to go frees them", () => {
  const x = adopted(0);
  const y = x.clone();
  x.dispose();
  expect(y.dataSync()[5]).toBe(5);
  y.dispose();
});

test("a view is the buffer itself: nothing is copied through it", () => {
  const buffer = backend.alloc([2, N]);
  const view = backend.view(buffer);
  view[5] = 42;
  backend.write(buffer, view);
  const values = new Float32Array(2 * N);
  backend.readSync(buffer, values);
  expect(values[5]).toBe(42);
  backend.free(buffer);
});
