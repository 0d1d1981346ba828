import type { ChosenFile } from './incoming.ts';

/** Where files are that nobody has put anywhere. */
const DEFAULT_FOLDER = 'general';

export const folderOf = (parameters: URLSearchParams) =>
  parameters.get('folder')?.trim() || DEFAULT_FOLDER;

/** What systems put into folders without being asked. */
const SYSTEM_FILE = /^(?:\..*|thumbs\.db|desktop\.ini)$/i;

/** Files of a chosen folder keep their position in it, below `folder`. */
export function chosenFiles(files: Iterable<File>, folder: string): ChosenFile[] {
  return [...files].flatMap((file) => {
    const path = pathOf(file).split('/').filter(Boolean);
    const below = path.slice(0, -1);
    if (below.length === 0) return [{ file, folder }];
    if (SYSTEM_FILE.test(file.name)) return [];
    const parents = folder === DEFAULT_FOLDER ? [] : [folder];
    return [{ file, folder: [...parents, ...below].join('/') }];
  });
}

/** Uppy sets `relativePath` of dropped files, browsers `webkitRelativePath` of chosen ones. */
function pathOf(file: File): string {
  const dropped = 'relativePath' in file ? file.relativePath : null;
  return typeof dropped === 'string' ? dropped : file.webkitRelativePath;
}
