/** `done` with a word for what came of it; `parked`: nothing here fits yet; `again`: in a moment. */
export type Processed = { kind: 'done'; outcome: string } | { kind: 'parked' | 'again' };
