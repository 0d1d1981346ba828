import { app } from '../app/messages.en.ts';
import { details } from '../details/messages.en.ts';
import { files } from '../files/messages.en.ts';

/** The texts of each folder. */
export const english = { app, details, files };
