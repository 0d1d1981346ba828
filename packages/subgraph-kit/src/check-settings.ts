/**
 * A program that checks the settings of modules and starts none. Its arguments are the paths of their `main.ts`. It
 * sends `{ problems }` to its parent over IPC.
 */
import { checkSettings, loadModules } from './host-modules.ts';
import { SettingsError } from './settings.ts';

const { env } = process;
const modules = await loadModules(process.argv.slice(2));
const problems = settingsProblems();
process.send?.({ problems }, () => process.exit(0));

function settingsProblems(): readonly string[] {
  try {
    checkSettings(modules, env);
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
}
