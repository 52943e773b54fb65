/** Grey pixels, 0 is black, row after row. */
export interface Picture {
  width: number;
  height: number;
  grey: Uint8Array;
}
