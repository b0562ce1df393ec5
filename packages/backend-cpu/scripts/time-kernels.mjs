/**
 * Times the kernels of the built package alone, packed weights reused: `node scripts/time-kernels.mjs [TEXT]` for the rows whose name has TEXT.
 * `THREADS=2 node scripts/time-kernels.mjs` for more than one thread. For work on kernels; comparisons with other libraries are `npm run bench`. Relaxed SIMD on Node 20:
 * `node --experimental-wasm-relaxed-simd scripts/time-kernels.mjs`.
 */
import { hasWeights, sizeOf, weightShapes } from "@keras-ts/core";
import { cpu } from "../dist/index.js";

const relu = { name: "relu", params: [0, Number.POSITIVE_INFINITY, 0] };

/** Keras's `same` padding. */
function same(size, kernel, stride) {
  const total = Math.max(0, (Math.ceil(size / stride) - 1) * stride + kernel - size);
  return [total >> 1, total - (total >> 1)];
}

function conv(size, inChannels, outChannels, kernel, { stride = 1, groups = 1 } = {}) {
  const op = {
    kind: "conv",
    kernelSize: size.map(() => kernel),
    strides: size.map(() => stride),
    dilation: size.map(() => 1),
    padding: size.map((n) => same(n, kernel, stride)),
    groups,
    inChannels,
    outChannels,
    bias: true,
    activation: relu,
  };
  return { op, inputs: [[1, ...size, inChannels]] };
}

const depthwise = (size, channels, kernel, { stride = 1, multiplier = 1 } = {}) =>
  conv(size, channels, channels * multiplier, kernel, { stride, groups: channels });

function filterGrad({ op, inputs }) {
  const { kernelSize, strides, dilation, groups, inChannels, outChannels, padding } = op;
  const [x] = inputs;
  const dy = [1, ...x.slice(1, -1).map((n, i) => Math.ceil(n / strides[i])), outChannels];
  const padBefore = padding.map(([before]) => before);
  const grad = { kind: "conv_filter_grad", kernelSize, strides, dilation, groups, inChannels, outChannels, padBefore };
  return { op: grad, inputs: [x, dy] };
}

/** A transposed convolution as the gradient of one with `same` padding. */
function transposed(size, inChannels, outChannels, kernel, stride, groups = 1) {
  const outputSize = size.map((n) => n * stride);
  const op = {
    kind: "conv_transpose",
    kernelSize: size.map(() => kernel),
    strides: size.map(() => stride),
    dilation: size.map(() => 1),
    crop: outputSize.map((n) => same(n, kernel, stride)[0]),
    outputSize,
    groups,
    inChannels,
    outChannels,
    bias: true,
    activation: relu,
  };
  return { op, inputs: [[1, ...size, inChannels]] };
}

/** Both convolutions as one op. */
const stripes = (first, second) => ({
  op: { kind: "separable", depthwise: first.op, pointwise: second.op },
  inputs: first.inputs,
});

const add16 = { op: { kind: "binary", fn: "add" }, inputs: [[16], [16]] };
const swap = { op: { kind: "transpose", perm: [0, 2, 1] }, inputs: [[1, 3136, 64]] };
const gelu = { op: { kind: "unary", fn: { name: "gelu", params: [] } }, inputs: [[1 << 20]] };

/** A pooling without padding or with Keras's `same`. */
function pool(fn, size, channels, window, { stride = window, padded = false } = {}) {
  const axes = size.map((n) => {
    const [before, after] = padded ? same(n, window, stride) : [0, 0];
    const outputSize = Math.floor((n + before + after - window) / stride) + 1;
    return { outputSize, step: stride, divisor: 1, reach: window, before };
  });
  return { op: { kind: "pool", fn, axes }, inputs: [[1, ...size, channels]] };
}

function poolGrad({ op, inputs }) {
  const [x] = inputs;
  const dy = [1, ...op.axes.map(({ outputSize }) => outputSize), x.at(-1)];
  const grad = { kind: "pool_grad", fn: op.fn, axes: op.axes, inputSize: x.slice(1, -1) };
  return { op: grad, inputs: op.fn === "max" ? [dy, x] : [dy] };
}

/** Each position of an axis `times` times, or (bilinear) between its neighbours. */
function enlarge(shape, axis, times, bilinear = false) {
  const n = shape[axis];
  const positions = Array.from({ length: n * times }, (_, o) => {
    const at = Math.min(n - 1, Math.max(0, (o + 0.5) / times - 0.5));
    const start = Math.min(n - 2, Math.floor(at));
    return bilinear ? [start, [1 - (at - start), at - start]] : [Math.floor(o / times), [1]];
  });
  const op = { kind: "resample", axis, starts: positions.map(([s]) => s), weights: positions.map(([, w]) => w) };
  return { op, inputs: [shape] };
}

const pad1 = {
  op: {
    kind: "pad",
    padding: [
      [0, 0],
      [1, 1],
      [1, 1],
      [0, 0],
    ],
    value: 0,
  },
  inputs: [[1, 56, 56, 64]],
};
const choose = { op: { kind: "select" }, inputs: [[1 << 20], [1 << 20], [1 << 20]] };
const chooseMasked = { op: { kind: "select" }, inputs: [[32, 128, 1], [32, 128, 256], [256]] };
const largest = { op: { kind: "reduce", fn: "max", axes: [1, 2], keepdims: false }, inputs: [[1, 56, 56, 64]] };

const unary = (name, size) => ({ op: { kind: "unary", fn: { name, params: [] } }, inputs: [[size]] });
const softmax = (...shape) => ({ op: { kind: "softmax", log: false }, inputs: [shape] });

/** σ(f)·c + σ(i)·tanh(g) of the gates i, f, g, o side by side. */
function carry(rows, units) {
  const shape = [rows, units];
  const gate = (i) => ({ input: 0, part: { begin: [0, i * units], size: shape } });
  const fn = (name, x) => ({ fn: { name, params: [] }, operands: [x] });
  const steps = [
    fn("sigmoid", 0),
    { fn: "mul", operands: [4, 3] },
    fn("sigmoid", 1),
    fn("tanh", 2),
    { fn: "mul", operands: [6, 7] },
    { fn: "add", operands: [5, 8] },
  ];
  const views = [gate(1), gate(0), gate(2), { input: 1, part: null }];
  return { op: { kind: "elementwise", shape, views, steps }, inputs: [[rows, 4 * units], shape] };
}

/** (x − a) / b, both a channel. */
function standardize(...shape) {
  const views = [0, 1, 2].map((input) => ({ input, part: null }));
  const steps = [
    { fn: "sub", operands: [0, 1] },
    { fn: "div", operands: [3, 2] },
  ];
  return { op: { kind: "elementwise", shape, views, steps }, inputs: [shape, shape.slice(-1), shape.slice(-1)] };
}

const ROWS = [
  ["depthwise 1D T1024 C256 k7", depthwise([1024], 256, 7)],
  ["depthwise 1D T16000 C32 k31", depthwise([16000], 32, 31)],
  ["depthwise 1D T64 C16 k3", depthwise([64], 16, 3)],
  ["depthwise 1D T16000 C1 k31", depthwise([16000], 1, 31)],
  ["depthwise 1D T1024 C64 k7 x4", depthwise([1024], 64, 7, { multiplier: 4 })],
  ["depthwise 2D 112x112x32 k3", depthwise([112, 112], 32, 3)],
  ["depthwise 2D 56x56x128 k3 stride 2", depthwise([56, 56], 128, 3, { stride: 2 })],
  ["depthwise 2D 14x14x512 k3", depthwise([14, 14], 512, 3)],
  ["depthwise 2D 28x28x240 k5", depthwise([28, 28], 240, 5)],
  ["depthwise 2D 7x7x1152 k5", depthwise([7, 7], 1152, 5)],
  ["depthwise 2D 56x56x144 k5 stride 2", depthwise([56, 56], 144, 5, { stride: 2 })],
  ["separable 1D T1024 128-256 k9", depthwise([1024], 128, 9), conv([1024], 128, 256, 1)],
  ["separable 2D 56x56 128-128 k3", depthwise([56, 56], 128, 3), conv([56, 56], 128, 128, 1)],
  ["separable 2D 56x56 128-128 k3 in stripes", stripes(depthwise([56, 56], 128, 3), conv([56, 56], 128, 128, 1))],
  ["separable 2D 112x112 32-64 k3", depthwise([112, 112], 32, 3), conv([112, 112], 32, 64, 1)],
  ["separable 2D 112x112 32-64 k3 in stripes", stripes(depthwise([112, 112], 32, 3), conv([112, 112], 32, 64, 1))],
  ["separable 2D 28x28 256-256 k3", depthwise([28, 28], 256, 3), conv([28, 28], 256, 256, 1)],
  ["separable 2D 28x28 256-256 k3 in stripes", stripes(depthwise([28, 28], 256, 3), conv([28, 28], 256, 256, 1))],
  ["separable 2D 14x14 512-512 k3", depthwise([14, 14], 512, 3), conv([14, 14], 512, 512, 1)],
  ["separable 2D 14x14 512-512 k3 in stripes", stripes(depthwise([14, 14], 512, 3), conv([14, 14], 512, 512, 1))],
  ["conv 1D T1000 64-128 k5", conv([1000], 64, 128, 5)],
  ["conv 2D 56x56 64-64 k3", conv([56, 56], 64, 64, 3)],
  ["conv 2D 28x28 256-256 k1", conv([28, 28], 256, 256, 1)],
  ["conv 2D 14x14 512-512 k1", conv([14, 14], 512, 512, 1)],
  ["conv 2D 7x7 1024-1024 k1", conv([7, 7], 1024, 1024, 1)],
  ["conv 2D 7x7 256-256 k3", conv([7, 7], 256, 256, 3)],
  ["conv 2D 224x224 3-32 k3 stride 2", conv([224, 224], 3, 32, 3, { stride: 2 })],
  ["conv 2D 28x28 128-128 k3 groups 32", conv([28, 28], 128, 128, 3, { groups: 32 })],
  ["conv 2D 28x28 128-128 k3 groups 64", conv([28, 28], 128, 128, 3, { groups: 64 })],
  ["conv 2D 28x28 128-128 k3 groups 16", conv([28, 28], 128, 128, 3, { groups: 16 })],
  ["conv 2D 56x56 64-1 k3", conv([56, 56], 64, 1, 3)],
  ["conv 2D 28x28 256-64 k3 groups 64", conv([28, 28], 256, 64, 3, { groups: 64 })],
  ["conv 2D transposed 56x56 64-1 k4 stride 2", transposed([56, 56], 64, 1, 4, 2)],
  ["conv 2D transposed 56x56 64-32 k3 groups 32", transposed([56, 56], 64, 32, 3, 1, 32)],
  ["filter gradient of conv 2D 56x56 64-64 k3", filterGrad(conv([56, 56], 64, 64, 3))],
  ["filter gradient of depthwise 1D T1024 C256 k7", filterGrad(depthwise([1024], 256, 7))],
  ["filter gradient of depthwise 2D 112x112x32 k3", filterGrad(depthwise([112, 112], 32, 3))],
  ["max pool 112x112x64 k2", pool("max", [112, 112], 64, 2)],
  ["max pool 112x112x64 k3 stride 2", pool("max", [112, 112], 64, 3, { stride: 2, padded: true })],
  ["max pool 56x56x4 k2", pool("max", [56, 56], 4, 2)],
  ["max pool 20x20x256 k5 stride 1", pool("max", [20, 20], 256, 5, { stride: 1, padded: true })],
  ["max pool 1D 16000x1 k4", pool("max", [16000], 1, 4)],
  ["average pool 28x28x256 k3 stride 1", pool("mean", [28, 28], 256, 3, { stride: 1, padded: true })],
  ["average pool 112x112x64 k2", pool("mean", [112, 112], 64, 2)],
  ["average pool 7x7x1024 k7", pool("mean", [7, 7], 1024, 7)],
  ["gradient of max pool 112x112x64 k2", poolGrad(pool("max", [112, 112], 64, 2))],
  ["gradient of average pool 28x28x256 k3", poolGrad(pool("mean", [28, 28], 256, 3, { stride: 1, padded: true }))],
  ["nearest x2 56x56x64", enlarge([1, 56, 56, 64], 1, 2), enlarge([1, 112, 56, 64], 2, 2)],
  ["bilinear x2 56x56x64", enlarge([1, 56, 56, 64], 1, 2, true), enlarge([1, 112, 56, 64], 2, 2, true)],
  ["bilinear x2 112x112x3", enlarge([1, 112, 112, 3], 1, 2, true), enlarge([1, 224, 112, 3], 2, 2, true)],
  ["pad 1 56x56x64", pad1],
  ["select 1M", choose],
  ["select 32x128x256 by mask", chooseMasked],
  ["maximum of 56x56x64 over space", largest],
  ["transpose 3136x64", swap],
  ["gelu 1M", gelu],
  ["silu 64K", unary("silu", 1 << 16)],
  ["tanh 64K", unary("tanh", 1 << 16)],
  ["softmax 1024x256", softmax(1024, 256)],
  ["carry of an LSTM 1x128", carry(1, 128)],
  ["carry of an LSTM 32x16", carry(32, 16)],
  ["carry of an LSTM 32x64", carry(32, 64)],
  ["standardize 224x224x3", standardize(224, 224, 3)],
  ["standardize 56x56x64", standardize(56, 56, 64)],
  ["standardize 28x28x128", standardize(28, 28, 128)],
  ["standardize 28x28x256", standardize(28, 28, 256)],
  ["add 16", add16],
];

const backend = cpu({ threads: Number(process.env.THREADS ?? 1) });
await backend.init();

function filled(shape) {
  const buffer = backend.alloc(shape);
  backend.write(
    buffer,
    Float32Array.from({ length: sizeOf(shape) }, () => Math.random() * 2 - 1),
  );
  return buffer;
}

/** The steps of a row as one function; a step reads what the one before wrote. */
function prepare(steps) {
  let last = null;
  const calls = steps.map(({ op, inputs }) => {
    const exe = backend.prepare(op, inputs);
    const buffers = inputs.map((shape, i) => (i === 0 && last !== null ? last : filled(shape)));
    const packed = hasWeights(op) ? backend.pack(op, weightShapes(op).map(filled)) : null;
    last = backend.alloc(exe.outputShape);
    return [exe, packed, buffers, last, exe.workspace > 0 ? backend.alloc([exe.workspace]) : null];
  });
  const run = () => {
    for (const call of calls) backend.dispatch(...call);
  };
  return { run, kernels: calls.map(([exe]) => exe.kernel).join(" + ") };
}

/** Median and least milliseconds a call, over 400 ms of calls in batches of about 0.3 ms. */
function time(run) {
  for (let i = 0; i < 30; i++) run();
  let start = performance.now();
  run();
  const batch = Math.ceil(0.3 / Math.max(1e-4, performance.now() - start));
  const times = [];
  for (const end = performance.now() + 400; performance.now() < end || times.length < 7; ) {
    start = performance.now();
    for (let i = 0; i < batch; i++) run();
    times.push((performance.now() - start) / batch);
  }
  times.sort((a, b) => a - b);
  return [times[times.length >> 1], times[0]];
}

console.log(`${backend.describe()}, Node ${process.version}; median and least ms`);
for (const [name, ...steps] of ROWS) {
  if (!name.includes(process.argv[2] ?? "")) continue;
  const { run, kernels } = prepare(steps);
  const [median, least] = time(run);
  console.log(name.padEnd(46), median.toFixed(5).padStart(10), least.toFixed(5).padStart(10), " ", kernels);
}
