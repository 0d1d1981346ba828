export const picker = {
  title: { one: 'Choose a file', many: 'Choose files' },
  cancel: 'Cancel',
  use_one: 'Use {{count}} file',
  use_other: 'Use {{count}} files',
  use_zero: 'Use',
  selected_zero: 'Nothing is selected yet.',
  selected_one: '{{count}} file is selected.',
  selected_other: '{{count}} files are selected.',
  most: 'At most {{count}} files can be chosen at once.',
  chosen: 'Selected files, in this order',
  remove: 'Remove {{name}} from the selection',
  notReady:
    'One of the files is still being checked, or was rejected. Remove it, or try again later.',
  wrongType: 'One of the files has a type that cannot be used here. Remove it.',
  failed: 'The files could not be read. Your selection is kept: try again.',
  gone: 'One of the files does not exist any more. Select the files again.',
  alone: {
    title: 'This page is a part of other programs',
    text: 'Other programs open it to choose files. To see and change your files, open the media library.',
    open: 'Open the media library',
  },
  refused: {
    title: 'This program may not use the media library',
    text: 'It is at {{origin}}. Ask the people who run the media library to allow it: they can add this origin to the setting LIBRARY_PICKER_ORIGINS.',
  },
  misunderstood: {
    title: 'The program asks for something that this media library does not know',
    text: 'It probably needs another version of the media library. Please report this to the people who run the program.',
  },
  silent: {
    title: 'The program does not answer',
    text: 'It opened the media library, but does not say what you want to choose. Close this window and open it again.',
  },
};
