import { Line, placeIn, Segment } from './text-lines';

/** A label where it stands on the page, with the place in its line where its value may begin. */
export interface Label {
  /** As it is printed. */
  text: string;
  line: number;
  /** The segment it ends in, and the place behind it there. */
  segment: number;
  end: number;
  x: number;
  right: number;
  y: number;
  height: number;
}

/** Every label that a pattern (with the flag g) finds, its characters may stand apart. From top to bottom. */
export function labelsIn(lines: readonly Line[], pattern: RegExp): Label[] {
  return lines.flatMap((line, index) =>
    [...line.text.matchAll(pattern)].map((found) => {
      const from = placeIn(line, found.index);
      const last = placeIn(line, found.index + found[0].trimEnd().length - 1);
      const own = line.segments[last.segment] as Segment;
      const end = last.at + 1;
      const right = own.places[end] ?? own.right;
      return {
        text: found[0],
        line: index,
        segment: last.segment,
        end,
        x: from.x,
        right,
        y: own.y,
        height: own.height,
      };
    }),
  );
}
