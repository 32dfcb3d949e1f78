// Names next to the points of a plot: none overlaps another one, or covers a point.

const DIRECTIONS = [
  [1, 0],
  [-1, 0],
  [0, -1],
  [0, 1],
  [1, -1],
  [-1, -1],
  [1, 1],
  [-1, 1],
];
const HIGH = 14; // pixels of a name

const overlaps = (a, b) =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

/**
 * A box within `bounds` for the name of each place, in order; null where there is no space.
 * A place has `x`, `y`, the radius `r` of its mark, and the width of its name, 0 for none.
 */
export function placedNames(places, bounds, distances) {
  const taken = places.map(({ x, y, r }) => boxOf(x - r, y - r, 2 * r, 2 * r));
  const isFree = (box) =>
    box.left >= bounds.left &&
    box.right <= bounds.right &&
    box.top >= bounds.top &&
    box.bottom <= bounds.bottom &&
    !taken.some((other) => overlaps(box, other));
  return places.map((place) => {
    const boxes = place.width ? distances.flatMap((far) => boxesAround(place, far)) : [];
    const found = boxes.find(isFree) ?? null;
    if (found) taken.push(found);
    return found;
  });
}

const boxOf = (left, top, width, height) => ({
  left,
  top,
  right: left + width,
  bottom: top + height,
});

function boxesAround({ x, y, r, width }, far) {
  const start = (center, size, direction) =>
    direction > 0 ? center + r + far : direction < 0 ? center - r - far - size : center - size / 2;
  return DIRECTIONS.map(([across, down]) =>
    boxOf(start(x, width, across), start(y, HIGH, down), width, HIGH),
  );
}
