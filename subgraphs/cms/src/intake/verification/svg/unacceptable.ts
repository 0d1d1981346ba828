import { type RefusalCode, type Refused, rejectFile } from '../verdict.ts';

/** Thrown from inside a parser or a walk, to end it there; becomes a refusal where the file is inspected. */
export class Unacceptable extends Error {
  readonly refusal: Refused;

  constructor(code: RefusalCode, message: string) {
    super(message);
    this.name = 'Unacceptable';
    this.refusal = rejectFile(code, message);
  }
}

export const broken = (why: string) => new Unacceptable('CORRUPT_FILE', `The SVG ${why}.`);
