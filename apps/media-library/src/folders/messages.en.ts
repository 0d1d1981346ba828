export const folders = {
  heading: 'Folders',
  all: 'All files',
  count_one: '{{count, number}} file',
  count_other: '{{count, number}} files',
  create: 'New folder',
  actions: 'Actions for the folder',
  menu: { rename: 'Rename…', move: 'Move to…', delete: 'Delete…' },
  title: {
    create: 'New folder',
    rename: 'Rename folder',
    move: 'Move folder',
    delete: 'Delete folder',
  },
  do: { create: 'Create', rename: 'Rename', move: 'Move', delete: 'Delete' },
  name: 'Name',
  parent: 'In folder',
  top: 'None (top level)',
  cancel: 'Cancel',
  deleteHint: 'Only an empty folder can be deleted.',
  moved: 'The folder is now at {{path}}.',
  failed: 'The folders could not be loaded.',
  retry: 'Try again',
  unreachable: 'The server did not respond, so nothing was changed. Try again.',
  error: {
    gone: 'This folder no longer exists.',
    notEmpty:
      'The folder still contains files or folders. Move or delete them first, then delete the folder.',
    exists: 'There is already a folder with this name. Choose another name.',
    invalid:
      'The folder was not changed. Choose another name or place: it may exist there already, or the name is too long or not allowed. ({{message}})',
    other: 'The folder was not changed. Try again. ({{message}})',
  },
} as const;
