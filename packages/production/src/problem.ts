/** An operator can correct it: its message is printed without a stack. */
export class Problem extends Error {
  override readonly name = 'Problem';
}
