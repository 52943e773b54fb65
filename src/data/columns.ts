import { ValueTransformer } from 'typeorm';

/** bigint columns that hold counters: safe integers in JavaScript, never silently rounded. */
export const safeInteger: ValueTransformer = {
  to: (value: number | null) => value,
  from: (value: string | null) => {
    if (value === null) return null;
    const number = Number(value);
    if (!Number.isSafeInteger(number)) throw new RangeError('a counter left the range of safe integers');
    return number;
  },
};
