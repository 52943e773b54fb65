/** The face of a 数电 invoice in points: A4 wide and 140 mm high; only lines that do not fit make it higher. */
export const PAGE_WIDTH = 595.28;
export const PAGE_HEIGHT = 396.85;

/** The frame around everything below the head. */
export const LEFT = 22;
export const RIGHT = PAGE_WIDTH - LEFT;
export const TOP = 92;
export const MIDDLE = (LEFT + RIGHT) / 2;

/** Width of a column that holds a vertical label. */
export const LABEL_WIDTH = 17;
