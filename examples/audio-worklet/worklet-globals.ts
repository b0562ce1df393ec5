// tfjs looks for the global object under the names it has in pages, workers and Node. An AudioWorklet has none of these. Imported before it.
Object.assign(globalThis, { self: globalThis });
