import { app } from '../app/messages.en.ts';
import { details } from '../details/messages.en.ts';
import { files } from '../files/messages.en.ts';
import { folders } from '../folders/messages.en.ts';
import { selection } from '../selection/messages.en.ts';

/** The texts of each folder. */
export const english = { app, details, files, folders, selection };
