/** What an exit code says; scripts depend on it. */
export const EXIT = {
  /** Done; or the invoice is valid, the chain whole, the ledgers equal. */
  ok: 0,
  /** The answer is no: faults in the data, a refusal, differences found. */
  no: 1,
  /** The command line or a setting is wrong; nothing was done. */
  usage: 2,
  /** The service cannot be reached or failed; trying again is safe. */
  unreachable: 3,
  /** The key is missing, unknown, or lacks the scope or role. */
  forbidden: 4,
} as const;

/** Ends a command with a sentence for the person at the terminal. */
export class CliError extends Error {
  constructor(
    readonly exit: number,
    message: string,
    /** What `--json` prints; a problem of the service as it came. */
    readonly data: object = { error: message },
  ) {
    super(message);
  }
}
