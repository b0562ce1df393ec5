/** Numbers as people read them, in the table and on the page. */

/** `3.1e-7`, `0`, `inf`, `–` where there is none. */
export function short(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return "–";
  if (value === 0) return "0";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  return value.toExponential(1).replace("e+", "e");
}

/** `12`, `1.5`, `3.2e6`: counts of ulp. */
export function shortUlp(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return "–";
  if (!Number.isFinite(value)) return "inf";
  if (value >= 1e5) return short(value);
  return value >= 10 || Number.isInteger(value) ? String(Math.round(value)) : value.toFixed(1);
}

/** Ours beside Keras's: `1.2×`. `exact` where neither errs. */
export function ratioOf(ours: number | undefined, keras: number | undefined): string {
  if (ours === undefined || keras === undefined) return "–";
  if (ours === 0) return keras === 0 ? "exact" : "0×";
  if (keras === 0) return `inf×`;
  const ratio = ours / keras;
  return ratio >= 100 ? `${short(ratio)}×` : `${ratio.toFixed(2)}×`;
}
