// Numbers as `cnncalc show` prints them.  Integers above 2^53 come as text.

const UNITS = [
  [10n ** 15n, "P"],
  [10n ** 12n, "T"],
  [10n ** 9n, "G"],
  [10n ** 6n, "M"],
  [10n ** 3n, "k"],
];
const BINARY_UNITS = [
  [2n ** 50n, "PiB"],
  [2n ** 40n, "TiB"],
  [2n ** 30n, "GiB"],
  [2n ** 20n, "MiB"],
  [2n ** 10n, "KiB"],
];

/** Three significant digits and a unit, rounded half up; exact below the smallest unit. */
function scaled(number, units, gap) {
  const n = BigInt(number);
  for (const [size, unit] of units) {
    // 999,500 is 1.00M: a unit starts where the smaller one would need four digits.
    if (2000n * n < 1999n * size || n < size - size / 1000n) continue;
    const places = 1000n * n < 9995n * size ? 2 : 100n * n < 9995n * size ? 1 : 0;
    const tenths = 10n ** BigInt(places);
    const digits = String((2n * n * tenths + size) / (2n * size));
    const text = places ? `${digits.slice(0, -places)}.${digits.slice(-places)}` : digits;
    return `${text}${gap}${unit}`;
  }
  return String(n);
}

/** 34944 -> 34.9k */
export const short = (number) => scaled(number, UNITS, "");

/** 2323200 -> 2.22 MiB */
export function shortBytes(number) {
  const text = scaled(number, BINARY_UNITS, " ");
  return text.includes(" ") ? text : `${text} B`;
}

/** All digits, in groups of three. */
export const exact = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, ",");

/** A share to a tenth of a percent, rounded half up; only exact shares are 0 % or 100 %. */
export function percent(part, whole) {
  const [p, w] = [BigInt(part), BigInt(whole)];
  if (!w) return "-";
  const tenths = (2000n * p + w) / (2n * w);
  if (p && !tenths) return "<0.1 %";
  if (p < w && tenths === 1000n) return ">99.9 %";
  return `${tenths / 10n}.${tenths % 10n} %`;
}

/** A share as a number from 0 to 1. */
export const share = (part, whole) => (Number(whole) ? Number(part ?? 0) / Number(whole) : 0);

export const times = (shape) => shape.join("x");

export const plural = (number, noun) => `${exact(number)} ${noun}${number === 1 ? "" : "s"}`;
