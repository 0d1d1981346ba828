/** The path, or a folder on the way to it, is not there. */
export const isMissing = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  (error.code === 'ENOENT' || error.code === 'ENOTDIR');

/** Resolves to undefined where `work` fails in the expected way. */
export async function ignoring<Result>(
  isExpected: (error: unknown) => boolean,
  work: Promise<Result>,
): Promise<Result | undefined> {
  try {
    return await work;
  } catch (error) {
    if (isExpected(error)) return undefined;
    throw error;
  }
}
