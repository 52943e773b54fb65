/** A refusal of the control port, with the HTTP status it is answered with. */
export class Problem extends Error {
  constructor(
    readonly statusCode: number,
    message: string,
  ) {
    super(message);
  }
}

/** Schema of a body that is one thing or a list of them; a fault is reported against the one that was meant. */
export function oneOrMany(schema: object): object {
  return { if: { type: 'array' }, then: { type: 'array', items: schema }, else: schema };
}
