import { type RefusalCode, type Refused, rejectFile } from '../verdict.ts';

/** Thrown within a parser or a tree walk to stop it. The inspection returns its refusal. */
export class Unacceptable extends Error {
  readonly refusal: Refused;

  constructor(code: RefusalCode, message: string) {
    super(message);
    this.name = 'Unacceptable';
    this.refusal = rejectFile(code, message);
  }
}

export const broken = (why: string) => new Unacceptable('CORRUPT_FILE', `The SVG ${why}.`);
