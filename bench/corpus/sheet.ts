/** A line of text on a sheet: points from its lower left corner to the beginning of its baseline. */
export interface Mark {
  text: string;
  x: number;
  y: number;
  size: number;
  /** Degrees from the horizontal, as the characters of a seal have. */
  turned?: number;
  /** Drawn character by character, each on its own, as forms made in an office program are. */
  apart?: boolean;
}

/** A page as a program draws it, whatever program that is. */
export interface Sheet {
  width: number;
  height: number;
  marks: Mark[];
  /** Straight rules: x and y of both ends. */
  rules: [x1: number, y1: number, x2: number, y2: number][];
  qr: { text: string; x: number; y: number; side: number } | null;
}

/** How wide a font of full-width Chinese and half-width Latin characters sets a text. */
export function widthOf(text: string, size: number): number {
  return [...text].reduce((sum, char) => sum + (char.charCodeAt(0) < 0x2000 ? 0.5 : 1), 0) * size;
}

/** A mark that ends at x. */
export function endingAt(x: number, y: number, text: string, size = 9): Mark {
  return { text, x: x - widthOf(text, size), y, size };
}

export function mark(x: number, y: number, text: string, size = 9): Mark {
  return { text, x, y, size };
}

/** One character below the other. */
export function downwards(x: number, y: number, text: string, step: number, size = 9): Mark[] {
  return [...text].map((char, n) => mark(x, y - n * step, char, size));
}

/** The characters of a text, each a mark of its own, with so much more room between them. */
export function spread(x: number, y: number, text: string, room: number, drop = 0, size = 9): Mark[] {
  return [...text].map((char, n) => mark(x + n * (size + room), y - n * drop, char, size));
}

/** A text along an arc, as the seal 全国统一发票监制章 has it. */
export function sealed(x: number, y: number, radius: number, text: string): Mark[] {
  const chars = [...text];
  return chars.map((char, n) => {
    const angle = Math.PI * (0.85 - (0.7 * n) / (chars.length - 1));
    return {
      ...mark(x + radius * Math.cos(angle), y + 0.6 * radius * Math.sin(angle), char, 7),
      turned: (angle * 180) / Math.PI - 90,
    };
  });
}

/** The outline of a box. */
export function box(left: number, bottom: number, right: number, top: number): Sheet['rules'] {
  return [
    [left, bottom, right, bottom],
    [left, top, right, top],
    [left, bottom, left, top],
    [right, bottom, right, top],
  ];
}
